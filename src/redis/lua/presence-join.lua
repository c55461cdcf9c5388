-- Registers a connection of a user, newest generation wins.
-- KEYS: 1 presence hash, 2 sorted set of users who left and were not yet told of
-- ARGV: 1 user id, 2 device, 3 gateway id, 4 generation to keep (renewal), or "0" for a new one,
--       5 "b" when the device is in the background, else ""
-- Returns {generation, the connection that was replaced as "gateway/generation" or "", 1 when the
-- user came online}; {0, "", 0} when a renewal lost against a newer connection. Whoever comes back
-- before others were told that he left did not come online.
-- A value is "device=gateway/generation" joined by commas, a "b" after it for the background.
local now = redis.call('TIME')
local held = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local kept = {}
local replaced = ''
local generation = tonumber(ARGV[4])
for part in string.gmatch(held, '[^,]+') do
  local device, gateway, number = string.match(part, '^([^=]*)=([^/]*)/(%d+)b?$')
  if device == ARGV[2] then
    replaced = gateway .. '/' .. number
    local last = tonumber(number)
    if generation > 0 and last > generation then return { 0, '', 0 } end
    if generation == last then replaced = '' end
    if generation == 0 then generation = last + 1 end
  elseif device then
    kept[#kept + 1] = part
  end
end
-- Microseconds by Redis' clock: above all that was given before Redis was emptied.
if ARGV[4] == '0' then
  generation = math.max(generation, tonumber(now[1]) * 1000000 + tonumber(now[2]))
end
kept[#kept + 1] = string.format('%s=%s/%.0f%s', ARGV[2], ARGV[3], generation, ARGV[5])
redis.call('HSET', KEYS[1], ARGV[1], table.concat(kept, ','))
local came = 0
if held == '' and redis.call('ZREM', KEYS[2], ARGV[1]) == 0 and ARGV[4] == '0' then came = 1 end
return { generation, replaced, came }
