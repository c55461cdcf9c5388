-- Step 8: one numbered record for one gateway, if its lease stands.
-- KEYS: 1 delivery stream, 2 count of its records (it carries the lease)
-- ARGV: 1 payload, 2 records at most
-- Returns the record's number, 0 when the gateway is gone.
if redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
local n = redis.call('INCR', KEYS[2])
redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[2], '*', 'n', n, 'p', ARGV[1])
redis.call('PEXPIRE', KEYS[1], redis.call('PTTL', KEYS[2]))
return n
