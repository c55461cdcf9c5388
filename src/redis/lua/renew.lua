-- A gateway's lease: the count of its delivery stream lives as long as the gateway renews it.
-- KEYS: 1 count, 2 delivery stream
-- ARGV: 1 lease in ms, 2 the number to begin with when the count is gone
-- Returns {1 if the lease stood, the count}.
local stood = redis.call('EXISTS', KEYS[1])
if stood == 0 then redis.call('SET', KEYS[1], ARGV[2]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[1])
return { stood, tonumber(redis.call('GET', KEYS[1])) }
