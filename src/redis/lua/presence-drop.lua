-- Takes the connections of gateways that are gone out of a user's entry, if nothing changed since
-- it was read.
-- KEYS: 1 presence hash, 2 sorted set of users who left and were not yet told of
-- ARGV: 1 user id, 2 the entry as it was read, 3… gateways that are gone
-- Returns how many connections were taken out.
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held ~= ARGV[2] then return 0 end
local gone = {}
for i = 3, #ARGV do gone[ARGV[i]] = true end
local kept = {}
local removed = 0
for part in string.gmatch(held, '[^,]+') do
  local gateway = string.match(part, '^[^=]*=([^/]*)/')
  if gateway and gone[gateway] then removed = removed + 1 else kept[#kept + 1] = part end
end
if removed == 0 then return 0 end
if #kept > 0 then
  redis.call('HSET', KEYS[1], ARGV[1], table.concat(kept, ','))
  return removed
end
redis.call('HDEL', KEYS[1], ARGV[1])
local now = redis.call('TIME')
redis.call('ZADD', KEYS[2], tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000), ARGV[1])
return removed
