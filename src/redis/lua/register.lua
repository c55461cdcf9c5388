-- The list of living gateways: adds or renews one, and forgets those whose lease has ended.
-- KEYS: 1 sorted set of gateways
-- ARGV: 1 gateway id, 2 lease in ms
local now = redis.call('TIME')
local nowMs = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', nowMs)
redis.call('ZADD', KEYS[1], nowMs + tonumber(ARGV[2]), ARGV[1])
return redis.call('ZCARD', KEYS[1])
