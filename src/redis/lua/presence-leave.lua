-- Takes a connection of a user out, if it is still the one of that generation.
-- KEYS: 1 presence hash, 2 sorted set of users who left and were not yet told of
-- ARGV: 1 user id, 2 device, 3 generation, 4 gateway id
local held = redis.call('HGET', KEYS[1], ARGV[1])
if not held then return 0 end
local gone = ARGV[2] .. '=' .. ARGV[4] .. '/' .. ARGV[3]
local kept = {}
local removed = 0
for part in string.gmatch(held, '[^,]+') do
  if part == gone or part == gone .. 'b' then removed = 1 else kept[#kept + 1] = part end
end
if removed == 0 then return 0 end
if #kept > 0 then
  redis.call('HSET', KEYS[1], ARGV[1], table.concat(kept, ','))
  return 1
end
redis.call('HDEL', KEYS[1], ARGV[1])
local now = redis.call('TIME')
redis.call('ZADD', KEYS[2], tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000), ARGV[1])
return 1
