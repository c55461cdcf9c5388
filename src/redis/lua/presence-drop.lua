-- Takes the connections of gateways that are gone out of a user's entry, if nothing changed since
-- it was read.
-- KEYS: 1 presence hash
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
if #kept == 0 then redis.call('HDEL', KEYS[1], ARGV[1])
else redis.call('HSET', KEYS[1], ARGV[1], table.concat(kept, ',')) end
return removed
