-- The heartbeat of a worker: keeps its leases, tells it what was cancelled, and does what is due.

-- The most that becomes due in one call.
local PIECE = 100
-- A job whose lease has expired this often waits before the next one, each for a time of its own: those that died with
-- it are then elsewhere when it kills again.
local SUSPECT = 2
local PENANCE = 4000
local CANCELS_KEPT = 3600000
-- When nobody has looked for what is due for so long, this server was away or every worker was. Those who live then get
-- the time to say so before their leases are others'.
local AWAY = 3000
local PARDON = 1500

local function reclaim(id, attempt)
  local key = P .. 'j:' .. id
  local job = call('HMGET', key, 's', 'f', 'a', 'n')
  if job[1] ~= 'L' or job[3] ~= attempt then return end
  local flow = flow_of(job[2])
  count_running(flow, -1)
  tally(flow.queue, 'lost', 1)
  if job[4] == 'F' .. attempt then
    call('UNLINK', key)
    return
  end
  local losses = call('HINCRBY', key, 'x', 1)
  if losses >= SUSPECT then
    local share = (tonumber(string.sub(id, -4), 16) or 0) / 65536
    call('HSET', key, 's', 'S')
    call('ZADD', P .. 'due', now + math.floor(PENANCE * 2 ^ math.min(losses, 6) * share), 'S' .. id)
    call('HINCRBY', P .. 'scheduled', flow.queue, 1)
    return
  end
  call('HSET', key, 's', 'R', 't', whole(now))
  make_ready('LPUSH', flow, { id })
end

local function promote(id)
  local key = P .. 'j:' .. id
  local job = call('HMGET', key, 's', 'f')
  if job[1] ~= 'S' then return end
  local flow = flow_of(job[2])
  call('HSET', key, 's', 'R', 't', whole(now))
  call('HINCRBY', P .. 'scheduled', flow.queue, -1)
  make_ready('RPUSH', flow, { id })
end

-- Brings as many flows back as may run again of a subject; the rest of many is due at once.
local function thaw(subject)
  learn({ subject })
  local places = room(subject)
  if places and places < PIECE then
    if places > 0 then
      unpark(subject, places)
    elseif call('SISMEMBER', P .. 'parked', subject) == 1 then
      call_back(subject)
    end
  elseif unpark(subject, PIECE) == PIECE then
    call('ZADD', P .. 'due', whole(now), 'T' .. subject)
  end
  if string.sub(subject, 1, 6) == 'queue:' then wake(string.sub(subject, 7)) end
end

local function set_control(subject, paused, limit, weight, blocked, rate)
  controls[subject] = nil
  if rate == '' then call('HDEL', P .. 'paced', subject) end
  if paused == '0' and limit == '' and (weight == '' or weight == '1') and blocked == '0' and rate == '' then
    call('HDEL', P .. 'control', subject)
  else
    local text = paused .. ' ' .. limit .. ' ' .. weight .. ' ' .. blocked
    call('HSET', P .. 'control', subject, rate == '' and text or text .. ' ' .. rate)
  end
end

local function parts_of_control(subject)
  return string.match(call('HGET', P .. 'control', subject) or '0   0', CONTROL)
end

local function unblock(subject)
  local paused, limit, weight, _, rate = parts_of_control(subject)
  set_control(subject, paused, limit, weight, '0', rate)
  thaw(subject)
end

-- Notes that somebody looks for what is due, and whether nobody has for long.
local function note_look()
  local looked = tonumber(call('SET', P .. 'looked', whole(now), 'GET') or now)
  if now - looked > AWAY then call('SET', P .. 'pardon', '1', 'PX', PARDON) end
end

-- Does what is due. Returns how much it was, and in how many ms the next is; -1 for nothing.
local function do_due()
  note_look()
  local first = call('ZRANGE', P .. 'due', '0', '0', 'WITHSCORES')
  if not first[1] then return 0, -1 end
  if tonumber(first[2]) > now then return 0, math.max(1, first[2] - now) end
  local members = call('ZRANGE', P .. 'due', '-inf', whole(now), 'BYSCORE', 'LIMIT', '0', whole(PIECE))
  call('ZREM', P .. 'due', unpack(members))
  -- For how many ms no lease is taken for expired.
  local pardon = call('PTTL', P .. 'pardon')
  for i = 1, #members do
    local sort, name = string.sub(members[i], 1, 1), string.sub(members[i], 2)
    if sort == 'L' and pardon > 0 then
      call('ZADD', P .. 'due', whole(now + pardon), members[i])
    elseif sort == 'L' then
      local id, attempt = string.match(name, '^(.*)|(%d+)$')
      reclaim(id, attempt)
    elseif sort == 'S' then promote(name)
    elseif sort == 'T' then thaw(name)
    else unblock(name) end
  end
  use_free_places()
  return #members, 0
end

-- Those of `names` that were cancelled; what is long past is dropped.
local function cancelled_of(set, names)
  local found = {}
  if #names == 0 or call('EXISTS', P .. set) == 0 then return found end
  call('ZREMRANGEBYSCORE', P .. set, '-inf', now - CANCELS_KEPT)
  local scores = call('ZMSCORE', P .. set, unpack(names))
  for i = 1, #names do
    if scores[i] then found[#found + 1] = names[i] end
  end
  return found
end

-- Arguments: epoch, worker, lease in ms, what it says about itself or nothing, number of batches, the batches of its
-- jobs, and of each of its leases id and attempt.
-- Returns how much was due, ms until the next, lost leases, cancelled ids, cancelled batches.
local function beat(keys, args)
  local refusal = begin(keys, args[1])
  if refusal then return refusal end
  local lease, batches, members, ids = tonumber(args[3]), {}, {}, {}
  for i = 1, tonumber(args[5]) do batches[i] = args[5 + i] end
  for i = 6 + #batches, #args, 2 do
    ids[#ids + 1] = args[i]
    members[#members + 1] = 'L' .. args[i] .. '|' .. args[i + 1]
  end
  if args[4] ~= '' then call('HSET', P .. 'workers', args[2], whole(now) .. ' ' .. args[4]) end
  local lost, extended, expiry = {}, {}, whole(now + lease)
  if #members > 0 then
    local scores = call('ZMSCORE', P .. 'due', unpack(members))
    for i = 1, #members do
      if scores[i] then
        extended[#extended + 1] = expiry
        extended[#extended + 1] = members[i]
      else
        lost[#lost + 1] = string.sub(members[i], 2)
      end
    end
    if #extended > 0 then call('ZADD', P .. 'due', 'XX', unpack(extended)) end
  end
  local stopped, ended = cancelled_of('cancelled', ids), cancelled_of('cancelled_batches', batches)
  local count, pause = do_due()
  flush()
  return { count, pause, lost, stopped, ended }
end

-- Arguments: epoch, worker, lease in ms, whether jobs that are not known come with their leases, then of each lease id,
-- attempt, flow and batch. What this server has forgotten is as it was, unless somebody has a younger lease.
-- Returns the leases that are the worker's.
local function adopt(keys, args)
  local refusal = begin(keys, args[1])
  if refusal then return refusal end
  local kept, expiry = {}, whole(now + args[3])
  for i = 5, #args, 4 do
    local id, attempt, flow, batch = args[i], args[i + 1], flow_of(args[i + 2]), args[i + 3]
    local key, member = P .. 'j:' .. id, 'L' .. id .. '|' .. attempt
    local job = call('HMGET', key, 's', 'f', 'a')
    if not job[1] and args[4] == '1' or job[1] and tonumber(job[3]) <= tonumber(attempt) then
      local before = job[1] and flow_of(job[2])
      if job[1] == 'L' then
        call('ZREM', P .. 'due', 'L' .. id .. '|' .. job[3])
        count_running(before, -1)
      elseif job[1] == 'S' then
        call('ZREM', P .. 'due', 'S' .. id)
        call('HINCRBY', P .. 'scheduled', before.queue, -1)
      elseif job[1] then
        -- Its entry stays in the list, where fetching finds that the job is not ready.
        call('HINCRBY', P .. 'waiting', before.queue, -1)
      end
      call('HSET', key, 'f', flow.text, 's', 'L', 'a', attempt, 't', whole(now))
      if batch ~= '' then call('HSET', key, 'b', batch) end
      call('ZADD', P .. 'due', expiry, member)
      count_running(flow, 1)
      kept[#kept + 1] = string.sub(member, 2)
    end
  end
  flush()
  return kept
end

-- Arguments: epoch, worker. It is gone, and says so.
local function leave(keys, args)
  local refusal = begin(keys, args[1])
  if refusal then return refusal end
  return call('HDEL', P .. 'workers', args[2])
end

redis.register_function { function_name = 'evq4_beat', callback = beat, flags = { 'allow-oom' } }
redis.register_function { function_name = 'evq4_adopt', callback = adopt, flags = { 'allow-oom' } }
redis.register_function { function_name = 'evq4_leave', callback = leave, flags = { 'allow-oom' } }
