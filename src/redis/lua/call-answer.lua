-- Decides which device of a user answers a call: the first that says so.
-- That the caller has hung up is kept alike.
-- KEYS: 1 hash of the calls that a user has answered lately, or hung up
-- ARGV: 1 call id, 2 the answer, 3 ms that an answer is known, 4 answers at most
-- Returns the answer that holds, "" when the user has answered too many calls lately.
-- A value is the ms by Redis' clock, a blank, and the answer.
local now = redis.call('TIME')
local now_ms = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
local known_ms = tonumber(ARGV[3])
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held then
  local at, answer = string.match(held, '^(%d+) (.*)$')
  if tonumber(at) + known_ms > now_ms then return answer end
end
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then
  local all = redis.call('HGETALL', KEYS[1])
  for i = 1, #all, 2 do
    local at = string.match(all[i + 1], '^(%d+) ')
    if tonumber(at) + known_ms <= now_ms then redis.call('HDEL', KEYS[1], all[i]) end
  end
  if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then return '' end
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now_ms) .. ' ' .. ARGV[2])
redis.call('PEXPIRE', KEYS[1], known_ms)
return ARGV[2]
