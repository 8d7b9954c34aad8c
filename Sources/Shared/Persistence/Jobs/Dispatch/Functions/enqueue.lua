-- How jobs come, and how they go without having been done.

-- Arguments: epoch, then of each job id, flow, batch, leases so far, and the time from which it may run in ms.
-- A job that is known already stays as it is. Returns how many were not.
local function enqueue(keys, args)
  local refusal = begin(keys, args[1])
  if refusal then return refusal end
  local ready, new, since = {}, 0, whole(now)
  for i = 2, #args, 5 do
    local id, text, batch, due = args[i], args[i + 1], args[i + 2], tonumber(args[i + 4])
    local key = P .. 'j:' .. id
    if call('EXISTS', key) == 0 then
      local flow = flow_of(text)
      local state = due > now and 'S' or 'R'
      if batch == '' then call('HSET', key, 'f', text, 's', state, 'a', args[i + 3], 't', since)
      else call('HSET', key, 'f', text, 's', state, 'a', args[i + 3], 't', since, 'b', batch) end
      if state == 'S' then
        call('ZADD', P .. 'due', args[i + 4], 'S' .. id)
        call('HINCRBY', P .. 'scheduled', flow.queue, 1)
      else
        local ids = ready[flow]
        if not ids then
          ids = {}
          ready[flow] = ids
        end
        ids[#ids + 1] = id
      end
      tally(flow.queue, 'enqueued', 1)
      new = new + 1
    end
  end
  for flow, ids in pairs(ready) do make_ready('RPUSH', flow, ids) end
  flush()
  return new
end

-- Takes a job out that is not leased; returns its state and flow, nothing for a stranger.
local function remove(id)
  local key = P .. 'j:' .. id
  local job = call('HMGET', key, 's', 'f')
  if not job[1] then return nil end
  local flow = flow_of(job[2])
  if job[1] == 'L' then return 'L', flow end
  if job[1] == 'S' then
    call('ZREM', P .. 'due', 'S' .. id)
    call('HINCRBY', P .. 'scheduled', flow.queue, -1)
  else
    -- Its entry stays in the list, where fetching finds that there is no job to it.
    call('HINCRBY', P .. 'waiting', flow.queue, -1)
  end
  call('UNLINK', key)
  return job[1], flow
end

-- Arguments: epoch, ids. What is leased is told to stop with its worker's next beat; the rest goes at once.
-- Returns how many were known.
local function cancel(keys, args)
  local refusal = begin(keys, args[1])
  if refusal then return refusal end
  local known = 0
  for i = 2, #args do
    local state, flow = remove(args[i])
    if state == 'L' then call('ZADD', P .. 'cancelled', now, args[i])
    elseif state then tally(flow.queue, 'cancelled', 1) end
    if state then known = known + 1 end
  end
  flush()
  return known
end

-- Arguments: epoch, batch. Nothing of it is started any more, and what runs is told to stop.
local function cancel_batch(keys, args)
  local refusal = begin(keys, args[1])
  if refusal then return refusal end
  call('SET', P .. 'gone:' .. args[2], 1, 'EX', KEPT)
  call('ZADD', P .. 'cancelled_batches', now, args[2])
  return 1
end

-- Arguments: epoch, batch. Its jobs may run again.
local function revive_batch(keys, args)
  local refusal = begin(keys, args[1])
  if refusal then return refusal end
  call('UNLINK', P .. 'gone:' .. args[2])
  call('ZREM', P .. 'cancelled_batches', args[2])
  return 1
end

-- Notes what becomes of a job when its lease ends: of this one, which the database may know to have ended already.
local function wish(id, sort)
  local key = P .. 'j:' .. id
  call('HSET', key, 'n', sort .. call('HGET', key, 'a'))
end

-- Arguments: epoch, ids. Those that are not leased are no longer known here, the others only until they would be done
-- again. Returns how many were not leased.
local function forget(keys, args)
  local refusal = begin(keys, args[1])
  if refusal then return refusal end
  local known = 0
  for i = 2, #args do
    local state = remove(args[i])
    if state == 'L' then wish(args[i], 'F') elseif state then known = known + 1 end
  end
  return known
end

-- Arguments: epoch, ids. Those that are scheduled are ready, and those that are leased will be when they would be done
-- again. Returns how many were scheduled.
local function run_now(keys, args)
  local refusal = begin(keys, args[1])
  if refusal then return refusal end
  local n = 0
  for i = 2, #args do
    local id = args[i]
    if call('ZREM', P .. 'due', 'S' .. id) == 1 then
      local flow = flow_of(call('HGET', P .. 'j:' .. id, 'f'))
      call('HSET', P .. 'j:' .. id, 's', 'R', 't', whole(now))
      call('HINCRBY', P .. 'scheduled', flow.queue, -1)
      make_ready('RPUSH', flow, { id })
      n = n + 1
    elseif call('HGET', P .. 'j:' .. id, 's') == 'L' then
      wish(id, 'N')
    end
  end
  flush()
  return n
end

-- Refused when the memory is full; what makes room is not.
redis.register_function('evq4_enqueue', enqueue)
redis.register_function { function_name = 'evq4_cancel', callback = cancel, flags = { 'allow-oom' } }
redis.register_function { function_name = 'evq4_cancel_batch', callback = cancel_batch, flags = { 'allow-oom' } }
redis.register_function { function_name = 'evq4_revive_batch', callback = revive_batch, flags = { 'allow-oom' } }
redis.register_function { function_name = 'evq4_forget', callback = forget, flags = { 'allow-oom' } }
redis.register_function { function_name = 'evq4_run_now', callback = run_now, flags = { 'allow-oom' } }
