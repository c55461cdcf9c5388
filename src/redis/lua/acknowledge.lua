-- Notes up to which pts a user's devices have everything; it never goes back.
-- KEYS: 1 the user's position
-- ARGV: 1 pts, 2 seconds that it is kept
local held = tonumber(redis.call('GET', KEYS[1]) or '-1')
if tonumber(ARGV[1]) >= held then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end
return 1
