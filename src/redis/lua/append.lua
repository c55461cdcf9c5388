-- Step 4: a number for each message of a gateway's tick, and one stream entry for all of them.
-- KEYS: 1 stream, 2 byte counter, 3… the seq counter of each message, in order ("" when it has none)
-- ARGV: 1 payload, 2 entries at most, 3 bytes at most, 4 seconds that a seq counter lives,
--       5 for each record "1" if it takes a number, else "0"
-- Returns the entry's id, or "FULL" when nothing was taken.
local size = #ARGV[1]
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[2]) then return 'FULL' end
if tonumber(redis.call('GET', KEYS[2]) or '0') + size > tonumber(ARGV[3]) then return 'FULL' end
local seqs = {}
local key = 3
for i = 1, #ARGV[5] do
  if string.byte(ARGV[5], i) == 49 then
    local n = redis.call('INCR', KEYS[key])
    if n == 1 then redis.call('EXPIRE', KEYS[key], ARGV[4]) end
    seqs[i] = n - 1
    key = key + 1
  else
    seqs[i] = -1
  end
end
redis.call('INCRBY', KEYS[2], size)
return redis.call('XADD', KEYS[1], '*', 's', table.concat(seqs, ','), 'p', ARGV[1])
