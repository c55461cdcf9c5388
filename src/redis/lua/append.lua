-- Step 4: numbers for the messages of a gateway's tick, and one stream entry for all of them.
-- KEYS: 1 stream, 2 byte counter, 3… the seq counter of each conversation that has messages here
-- ARGV: 1 payload, 2 entries at most, 3 bytes at most, 4 seconds that a seq counter lives,
--       5… how many messages each of these conversations has
-- The entry's field s holds the first seq of each of them, in the order of KEYS.
-- Returns the entry's id, or "FULL" when nothing was taken.
local call = redis.call
local size = #ARGV[1]
if call('XLEN', KEYS[1]) >= tonumber(ARGV[2]) then return 'FULL' end
if tonumber(call('GET', KEYS[2]) or '0') + size > tonumber(ARGV[3]) then return 'FULL' end
local seqs = {}
for i = 3, #KEYS do
  -- The count stays text: a number would be printed and read again.
  local last = call('INCRBY', KEYS[i], ARGV[i + 2])
  local first = last - ARGV[i + 2]
  if first == 0 then call('EXPIRE', KEYS[i], ARGV[4]) end
  seqs[i - 2] = first
end
call('INCRBY', KEYS[2], size)
return call('XADD', KEYS[1], '*', 's', table.concat(seqs, ','), 'p', ARGV[1])
