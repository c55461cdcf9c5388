-- A gateway's lease: the count of its delivery stream lives as long as the gateway renews it. What
-- the gateway has read goes.
-- KEYS: 1 count, 2 delivery stream, 3 bytes in the stream
-- ARGV: 1 lease in ms, 2 the number to begin with when the count is gone, 3 id of the record that
--       was read last, 4 bytes that were read since the last renewal
-- Returns {1 if the lease stood, the count}.
local stood = redis.call('EXISTS', KEYS[1])
if stood == 0 then redis.call('SET', KEYS[1], ARGV[2]) end
redis.call('XTRIM', KEYS[2], 'MINID', ARGV[3])
-- An empty stream stands as well: whoever looks into Redis sees one for every living gateway.
if redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('XGROUP', 'CREATE', KEYS[2], 'none', '$', 'MKSTREAM')
  redis.call('XGROUP', 'DESTROY', KEYS[2], 'none')
end
local held = redis.call('XLEN', KEYS[2])
if held == 0 then
  redis.call('DEL', KEYS[3])
else
  local bytes = tonumber(redis.call('GET', KEYS[3]) or '0') - tonumber(ARGV[4])
  redis.call('SET', KEYS[3], string.format('%.0f', math.max(bytes, 0)))
end
for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], ARGV[1]) end
return { stood, tonumber(redis.call('GET', KEYS[1])) }
