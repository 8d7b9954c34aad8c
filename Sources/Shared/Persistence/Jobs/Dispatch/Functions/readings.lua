-- What operators see. Nothing here looks at more than a few hundred entries, however many there are.

-- Arguments: queues; none for all that ever had a job. Returns the time, and of each name, waiting, scheduled, running, since when the oldest job waits that a look at the
-- heads of a few flows finds (0 for none), and what is said about it.
local function queues(keys, args)
  enter(keys)
  look_at_clock()
  local names, reply = args, {}
  if #names == 0 then names = call('SMEMBERS', P .. 'names') end
  for i = 1, #names do
    local queue, oldest, looks = names[i], nil, 0
    local top = P .. 'ring:' .. queue
    local function look(text)
      looks = looks + 1
      local id = call('LINDEX', P .. 'r:' .. text, 0)
      local since = id and tonumber(call('HGET', P .. 'j:' .. id, 't'))
      if since and (not oldest or since < oldest) then oldest = since end
    end
    for _, organization in ipairs(call('ZRANGE', top, 0, 15)) do
      for _, project in ipairs(call('ZRANGE', top .. '|' .. organization, 0, 3)) do
        local bottom = top .. '|' .. organization .. '|' .. project
        for _, text in ipairs(call('ZRANGE', bottom, 0, 3)) do
          if looks < 64 then look(text) end
        end
      end
    end
    for _, subject in ipairs(call('SRANDMEMBER', P .. 'parked', 8)) do
      for _, text in ipairs(call('SRANDMEMBER', P .. 'park:' .. subject, 4)) do
        if string.match(text, '^[^|]*') == queue then look(text) end
      end
    end
    reply[i] = {
      queue, tonumber(call('HGET', P .. 'waiting', queue) or 0), tonumber(call('HGET', P .. 'scheduled', queue) or 0),
      tonumber(call('HGET', P .. 'running', 'queue:' .. queue) or 0), oldest or 0,
      call('HGET', P .. 'control', 'queue:' .. queue) or '',
    }
  end
  return { now, reply }
end

-- Arguments: queue, count. The organisations whose turn comes next, each with what waits in a few of its flows and with
-- what runs.
local function tenants(keys, args)
  enter(keys)
  local top, reply = P .. 'ring:' .. args[1], {}
  for _, organization in ipairs(call('ZRANGE', top, 0, math.min(args[2], 50) - 1)) do
    local waiting = 0
    for _, project in ipairs(call('ZRANGE', top .. '|' .. organization, 0, 7)) do
      for _, text in ipairs(call('ZRANGE', top .. '|' .. organization .. '|' .. project, 0, 3)) do
        waiting = waiting + call('LLEN', P .. 'r:' .. text)
      end
    end
    local running = tonumber(call('HGET', P .. 'running', 'organization:' .. organization) or 0)
    reply[#reply + 1] = { organization, waiting, running }
  end
  return reply
end

-- Why nothing more of a subject may run.
local function obstacle_of(subject)
  local control = controls[subject]
  if control.paused then return 'paused ' end
  if control.blocked then return 'blocked ' end
  local is_full = control.limit and control.limit <= (counts[subject] or 0)
  return is_full and 'full ' or 'paced '
end

-- Arguments: id. Returns its state, leases so far, lost leases, since when it is ready, when it is due or its lease ends,
-- how many are before it in its flow (-1 when too many to count), what keeps it, and the time; nothing for a stranger.
local function job(keys, args)
  enter(keys)
  local id = args[1]
  local found = call('HMGET', P .. 'j:' .. id, 's', 'f', 'a', 'x', 't')
  if not found[1] then return {} end
  look_at_clock()
  local flow, obstacles, due, before = flow_of(found[2]), {}, false, -1
  if found[1] == 'L' then due = call('ZSCORE', P .. 'due', 'L' .. id .. '|' .. found[3]) end
  if found[1] == 'S' then due = call('ZSCORE', P .. 'due', 'S' .. id) end
  if found[1] == 'R' then
    before = call('LPOS', P .. 'r:' .. flow.text, id, 'MAXLEN', 1000) or -1
    learn(flow.subjects)
    for i = 1, #flow.subjects do
      local subject = flow.subjects[i]
      local places = room(subject)
      if places and places <= 0 then
        obstacles[#obstacles + 1] = obstacle_of(subject) .. subject
      end
    end
  end
  return {
    found[1], tonumber(found[3]), tonumber(found[4] or 0), tonumber(found[5]), tonumber(due or 0), before, obstacles, now,
  }
end

-- Arguments: ids. Those that are known.
local function known(keys, args)
  enter(keys)
  local found = {}
  for i = 1, #args do
    if call('EXISTS', P .. 'j:' .. args[i]) == 1 then found[#found + 1] = args[i] end
  end
  return found
end

-- Returns the time, and of each worker its name and what it said last.
local function workers(keys)
  enter(keys)
  look_at_clock()
  return { now, call('HGETALL', P .. 'workers') }
end

-- Arguments: first minute, count, queues; none for all. Returns of each minute in which something happened the queue,
-- the minute and its counts.
local function minutes(keys, args)
  enter(keys)
  local names, reply = { unpack(args, 3) }, {}
  if #names == 0 then names = call('SMEMBERS', P .. 'names') end
  for minute = args[1], args[1] + math.min(args[2], 180) - 1 do
    for i = 1, #names do
      local fields = call('HGETALL', P .. 'st:' .. names[i] .. ':' .. minute)
      if #fields > 0 then reply[#reply + 1] = { names[i], minute, fields } end
    end
  end
  return reply
end

-- Arguments: count. Of each subject that is limited, paused, blocked or has parked flows: its text, what is said about
-- it, how many of its jobs run, how many of its flows are parked, and when its block ends (0 for none); and the time.
local function limits(keys, args)
  enter(keys)
  look_at_clock()
  local subjects, seen, reply = {}, {}, {}
  local function note(names)
    for _, subject in ipairs(names) do
      if not seen[subject] and #subjects < tonumber(args[1]) then
        seen[subject] = true
        subjects[#subjects + 1] = subject
      end
    end
  end
  note(call('HKEYS', P .. 'control'))
  note(call('SRANDMEMBER', P .. 'parked', args[1]))
  for i = 1, #subjects do
    local subject = subjects[i]
    reply[i] = {
      subject, call('HGET', P .. 'control', subject) or '', tonumber(call('HGET', P .. 'running', subject) or 0),
      call('SCARD', P .. 'park:' .. subject), tonumber(call('ZSCORE', P .. 'due', 'B' .. subject) or 0),
    }
  end
  return { now, reply }
end

-- Arguments: count. Jobs that are leased.
local function leased(keys, args)
  enter(keys)
  look_at_clock()
  -- Leases are short; what is due later is scheduled.
  local found, soon = {}, now + 120000
  for _, member in ipairs(call('ZRANGE', P .. 'due', '-inf', soon, 'BYSCORE', 'LIMIT', 0, 5000)) do
    if #found < tonumber(args[1]) and string.sub(member, 1, 1) == 'L' then
      found[#found + 1] = string.match(member, '^L(.*)|%d+$')
    end
  end
  return found
end

redis.register_function { function_name = 'evq4_queues', callback = queues, flags = { 'no-writes', 'allow-oom' } }
redis.register_function { function_name = 'evq4_tenants', callback = tenants, flags = { 'no-writes', 'allow-oom' } }
redis.register_function { function_name = 'evq4_job', callback = job, flags = { 'no-writes', 'allow-oom' } }
redis.register_function { function_name = 'evq4_known', callback = known, flags = { 'no-writes', 'allow-oom' } }
redis.register_function { function_name = 'evq4_workers', callback = workers, flags = { 'no-writes', 'allow-oom' } }
redis.register_function { function_name = 'evq4_minutes', callback = minutes, flags = { 'no-writes', 'allow-oom' } }
redis.register_function { function_name = 'evq4_leased', callback = leased, flags = { 'no-writes', 'allow-oom' } }
redis.register_function { function_name = 'evq4_limits', callback = limits, flags = { 'no-writes', 'allow-oom' } }
