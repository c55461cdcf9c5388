-- Step 8, its end: removes settled entries and sets seq counters right.
-- KEYS: 1 stream, 2 byte counter, 3… seq counters to be set
-- ARGV: 1 bytes of the entries, 2 seconds that a seq counter lives, 3 number of entries n,
--       4…3+n entry ids, then for each of KEYS 3… the number of messages that the conversation has
-- Returns how many entries were removed.
local count = tonumber(ARGV[3])
local ids = {}
for i = 1, count do ids[i] = ARGV[3 + i] end
local removed = 0
if count > 0 then removed = redis.call('XDEL', KEYS[1], unpack(ids)) end
if redis.call('XLEN', KEYS[1]) == 0 then
  redis.call('DEL', KEYS[2])
elseif removed > 0 then
  redis.call('DECRBY', KEYS[2], ARGV[1])
end
for i = 3, #KEYS do redis.call('SET', KEYS[i], ARGV[count + i + 1], 'EX', ARGV[2]) end
return removed
