-- Step 8: one numbered record for one gateway, if its lease stands.
-- KEYS: 1 delivery stream, 2 count of its records (it carries the lease), 3 bytes in the stream
-- ARGV: 1 payload, 2 records at most, 3 bytes at most
-- A stream beyond its bytes begins anew: the gateway sees the hole, and its audit heals it.
-- Returns the record's number, 0 when the gateway is gone.
if redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
local n = redis.call('INCR', KEYS[2])
local lease = redis.call('PTTL', KEYS[2])
local bytes = redis.call('INCRBY', KEYS[3], #ARGV[1])
if bytes > tonumber(ARGV[3]) then
  redis.call('XTRIM', KEYS[1], 'MAXLEN', 0)
  redis.call('SET', KEYS[3], #ARGV[1])
end
redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[2], '*', 'n', n, 'p', ARGV[1])
redis.call('PEXPIRE', KEYS[1], lease)
redis.call('PEXPIRE', KEYS[3], lease)
return n
