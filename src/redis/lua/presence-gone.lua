-- Takes those who left some time ago and did not come back: each is given to one gateway alone.
-- KEYS: 1 sorted set of users who left and were not yet told of, by ms of Redis' clock
-- ARGV: 1 ms since they left at least, 2 users at most
-- Returns {user id, ms at which he left, …}.
local now = redis.call('TIME')
local until_ms = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000) - tonumber(ARGV[1])
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', until_ms, 'WITHSCORES', 'LIMIT', 0,
  ARGV[2])
for i = 1, #found, 2 do redis.call('ZREM', KEYS[1], found[i]) end
return found
