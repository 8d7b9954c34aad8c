-- What a worker does all day, in one call: it hands in what has ended and gets as much new work as it has room for.

-- Arguments: epoch, worker, lease in ms, jobs wanted, number of queues, the queues, then of each flow its text, a number
-- of jobs, and of each of those id, attempt, outcome, run time in ms, delay in ms.
-- Outcomes: o finished, d dead, c cancelled, g had ended before, r again after the delay, x handed back to the front.
-- Returns the members of leases that were lost before, in how many ms something is due by this call (-1 for nothing), then
-- of each flow its text and id, attempt, batch of its jobs.

-- The most entries that are looked at, and the most flows.
local BUDGET = 512
local VISITS = 64
-- How many jobs of a flow are taken before the next flow's turn comes.
local SHARE = 8

local NAMES = { o = 'ok', d = 'dead', c = 'cancelled', g = 'gone', r = 'retried', x = 'released' }

-- A job that is to be done again: after the delay, unless somebody who knew of its end sooner has hastened, moved or
-- cancelled it meanwhile.
local function end_lease(flow, id, attempt, outcome, delay, is_cancelled)
  local key = P .. 'j:' .. id
  local wish = call('HGET', key, 'n')
  if is_cancelled or wish == 'F' .. attempt then
    call('UNLINK', key)
    return
  end
  local is_hastened = wish == 'N' .. attempt
  if outcome == 'r' and not is_hastened then
    call('HSET', key, 's', 'S')
    call('ZADD', P .. 'due', whole(now + delay), 'S' .. id)
    call('HINCRBY', P .. 'scheduled', flow.queue, 1)
    soonest = math.min(soonest or delay, delay)
    return
  end
  call('HSET', key, 's', 'R', 't', whole(now))
  make_ready(outcome == 'r' and 'RPUSH' or 'LPUSH', flow, { id })
end

-- Tells those who watch that something ended in a queue, a few times a second at most.
local function announce(queue)
  if call('SET', P .. 'told:' .. queue, '1', 'PX', '200', 'NX') then
    call('XADD', P .. 'ev', 'MAXLEN', '~', '10000', '*', 'queue', queue)
  end
end

-- The ended leases of one flow: `first` is the place of the first job's id among the arguments, `scores` tells who still
-- had his, from `offset` on.
local function settle_flow(flow, args, first, n, scores, offset, ends)
  local counts, buckets, sum, owned = {}, {}, 0, 0
  for k = 1, n do
    local i = first + 5 * (k - 1)
    if scores[offset + k] then
      local id, outcome = args[i], args[i + 2]
      owned = owned + 1
      counts[outcome] = (counts[outcome] or 0) + 1
      ends.members[#ends.members + 1] = 'L' .. id .. '|' .. args[i + 1]
      local is_cancelled = ends.hasCancelled and call('ZREM', P .. 'cancelled', id) == 1
      if outcome == 'r' or outcome == 'x' then
        end_lease(flow, id, args[i + 1], outcome, tonumber(args[i + 4]), is_cancelled)
      else
        ends.keys[#ends.keys + 1] = P .. 'j:' .. id
      end
      if outcome ~= 'x' and outcome ~= 'g' then
        local ran = tonumber(args[i + 3])
        local index = bucket(ran)
        sum, buckets[index] = sum + ran, (buckets[index] or 0) + 1
      end
    else
      ends.fenced[#ends.fenced + 1] = args[i] .. '|' .. args[i + 1]
    end
  end
  if owned == 0 then return end
  count_running(flow, -owned)
  for outcome, count in pairs(counts) do tally(flow.queue, NAMES[outcome], count) end
  tally_times(flow.queue, 'r', buckets, sum)
  announce(flow.queue)
end

local function settle(args, first)
  local members, groups = {}, {}
  local i = first
  while i <= #args do
    local n = tonumber(args[i + 1])
    groups[#groups + 1] = { flow_of(args[i]), i + 2, n }
    i = i + 2
    for _ = 1, n do
      members[#members + 1] = 'L' .. args[i] .. '|' .. args[i + 1]
      i = i + 5
    end
  end
  local ends = { members = {}, keys = {}, fenced = {} }
  if #members == 0 then return ends.fenced end
  local scores = call('ZMSCORE', P .. 'due', unpack(members))
  ends.hasCancelled = call('EXISTS', P .. 'cancelled') == 1
  local offset = 0
  for j = 1, #groups do
    local flow, place, n = unpack(groups[j])
    settle_flow(flow, args, place, n, scores, offset, ends)
    offset = offset + n
  end
  if #ends.members > 0 then call('ZREM', P .. 'due', unpack(ends.members)) end
  if #ends.keys > 0 then call('UNLINK', unpack(ends.keys)) end
  return ends.fenced
end

-- For every place that became free, one flow that waited for it.
local function use_free_places()
  if call('EXISTS', P .. 'parked') == 0 then return end
  local freed = {}
  for subject, n in pairs(deltas) do
    if n < 0 then freed[#freed + 1] = subject end
  end
  if #freed == 0 then return end
  learn(freed)
  for i = 1, #freed do
    local places = room(freed[i])
    if places and call('SISMEMBER', P .. 'parked', freed[i]) == 1 then
      if places > 0 then unpark(freed[i], math.min(-deltas[freed[i]], places)) else call_back(freed[i]) end
    end
  end
end

-- Which subject keeps a flow from running, or how many of its jobs may run.
local function look_at(flow)
  learn(flow.subjects)
  local least = nil
  for i = 1, #flow.subjects do
    local places = room(flow.subjects[i])
    if places and places <= 0 then return flow.subjects[i], 0 end
    if places and (not least or places < least) then least = places end
  end
  return nil, least
end

-- Places that are left when a flow was served or sent away go to others that wait for them: else they would sleep for
-- ever, there being nobody left whose end wakes them.
local function pass_on(flow)
  for i = 1, #flow.subjects do
    local subject = flow.subjects[i]
    local places = room(subject)
    if places and (places > 0 or controls[subject].rate) and call('SISMEMBER', P .. 'parked', subject) == 1 then
      if places > 0 then unpark(subject, 1) else call_back(subject) end
    end
  end
end

local function is_gone(batch, known)
  if known[batch] == nil then known[batch] = call('EXISTS', P .. 'gone:' .. batch) == 1 end
  return known[batch]
end

-- Leases up to n jobs of a flow; returns how many entries there were, and how many jobs were leased.
local function take(flow, n, expiry, out, leases, known)
  local ids = call('LPOP', P .. 'r:' .. flow.text, whole(n))
  if not ids then return 0, 0 end
  local jobs, buckets, waited, valid, leased = {}, {}, 0, 0, 0
  for i = 1, #ids do
    local id = ids[i]
    local key = P .. 'j:' .. id
    local job = call('HMGET', key, 's', 'f', 'a', 't', 'b')
    -- Else the entry is what remained of a job that was cancelled, moved or made ready twice.
    if job[1] == 'R' and job[2] == flow.text then
      valid = valid + 1
      if job[5] and is_gone(job[5], known) then
        call('UNLINK', key)
        tally(flow.queue, 'cancelled', 1)
      else
        local attempt = whole(job[3] + 1)
        call('HSET', key, 's', 'L', 'a', attempt)
        leases[#leases + 1] = expiry
        leases[#leases + 1] = 'L' .. id .. '|' .. attempt
        jobs[leased * 3 + 1], jobs[leased * 3 + 2], jobs[leased * 3 + 3] = id, attempt, job[5] or ''
        leased = leased + 1
        local ms = now - job[4]
        if ms < 0 then ms = 0 end
        local index = bucket(ms)
        waited, buckets[index] = waited + ms, (buckets[index] or 0) + 1
      end
    end
  end
  if valid > 0 then call('HINCRBY', P .. 'waiting', flow.queue, whole(-valid)) end
  if leased > 0 then
    count_running(flow, leased)
    count_started(flow, leased)
    tally(flow.queue, 'started', leased)
    tally_times(flow.queue, 'w', buckets, waited)
    out[#out + 1] = flow.text
    out[#out + 1] = jobs
  end
  return #ids, leased
end

-- The flow whose turn it is in a queue, and how many levels up others wait beside it: 0 for none, 1 for flows of its
-- project, 2 for projects, 3 for organizations. Nil when there is no flow.
local function next_flow(queue)
  local top = P .. 'ring:' .. queue
  local organizations = call('ZRANGE', top, 0, 1)
  if not organizations[1] then
    call('ZREM', P .. 'queues', queue)
    return nil
  end
  local middle = top .. '|' .. organizations[1]
  local projects = call('ZRANGE', middle, 0, 1)
  local texts = projects[1] and call('ZRANGE', middle .. '|' .. projects[1], 0, 1) or {}
  if not texts[1] then
    -- Part of the rings was lost with a fail-over: what is empty goes, and comes back with the next job.
    if projects[1] then call('ZREM', middle, projects[1]) else call('ZREM', top, organizations[1]) end
    return nil
  end
  return flow_of(texts[1]), organizations[2] and 3 or projects[2] and 2 or texts[2] and 1 or 0
end

-- Notes what a flow got, for whoever waits beside it, its project, its organization and its queue; those who have nobody
-- beside them owe nothing. Returns by how much its queue falls back.
local function charge(flow, n, company, has_rivals)
  if company == 0 and not has_rivals then return 0 end
  local subjects = { 'queue:' .. flow.queue, 'organization:' .. flow.organization, 'project:' .. flow.project }
  learn(subjects)
  if company >= 1 then call('ZADD', flow.bottom, 'XX', 'INCR', n, flow.text) end
  if company >= 2 then call('ZADD', flow.middle, 'XX', 'INCR', n / controls[subjects[3]].weight, flow.project) end
  if company >= 3 then call('ZADD', flow.top, 'XX', 'INCR', n / controls[subjects[2]].weight, flow.organization) end
  local share = n / controls[subjects[1]].weight
  if has_rivals then call('ZADD', P .. 'queues', 'XX', 'INCR', share, flow.queue) end
  return share
end

-- The served queues that have something to fetch and may, with their virtual times.
local function open_queues(names)
  local scores = call('ZMSCORE', P .. 'queues', unpack(names))
  local subjects, open = {}, {}
  for i = 1, #names do
    if scores[i] then subjects[#subjects + 1] = 'queue:' .. names[i] end
  end
  if #subjects == 0 then return open end
  learn(subjects)
  for i = 1, #names do
    if scores[i] then
      local places = room('queue:' .. names[i])
      if not places or places > 0 then open[names[i]] = tonumber(scores[i]) else call_back('queue:' .. names[i]) end
    end
  end
  return open
end

local function earliest(open)
  local queue, least = nil, nil
  for name, time in pairs(open) do
    if not least or time < least or (time == least and name < queue) then queue, least = name, time end
  end
  return queue
end

-- One turn of one flow; returns how many entries were looked at and jobs leased.
local function visit(queue, open, want, expiry, out, leases, known)
  local flow, company = next_flow(queue)
  if not flow then
    if call('EXISTS', P .. 'ring:' .. queue) == 0 then open[queue] = nil end
    return 0, 0
  end
  local obstacle, places = look_at(flow)
  if obstacle then call_back(obstacle) end
  if obstacle == flow.subjects[1] then
    open[queue] = nil
    return 0, 0
  end
  local entries, leased = 0, 0
  if obstacle then
    withdraw(flow)
    if call('EXISTS', P .. 'r:' .. flow.text) == 1 then
      call('SADD', P .. 'park:' .. obstacle, flow.text)
      call('SADD', P .. 'parked', obstacle)
    end
  else
    local n = math.min(want, places or want, company > 0 and SHARE or 64)
    entries, leased = take(flow, n, expiry, out, leases, known)
    if entries < n then withdraw(flow) end
    if leased > 0 then open[queue] = open[queue] + charge(flow, leased, company, next(open, next(open)) ~= nil) end
  end
  pass_on(flow)
  return entries, leased
end

local function fetch(names, want, lease)
  local out, leases, known, expiry = {}, {}, {}, whole(now + lease)
  local open, budget, visits = open_queues(names), BUDGET, VISITS
  local queue = earliest(open)
  while queue and want > 0 and budget > 0 and visits > 0 do
    local entries, leased = visit(queue, open, want, expiry, out, leases, known)
    want, budget, visits = want - leased, budget - entries, visits - 1
    queue = earliest(open)
  end
  if #leases > 0 then call('ZADD', P .. 'due', unpack(leases)) end
  for name in pairs(open) do
    if (want == 0 or budget <= 0 or visits == 0) and call('EXISTS', P .. 'ring:' .. name) == 1 then
      woken[name] = nil
      wake(name)
    end
  end
  return out
end

local function exchange(keys, args)
  local refusal = begin(keys, args[1])
  if refusal then return refusal end
  local want, queues = tonumber(args[4]), tonumber(args[5])
  local names = {}
  for i = 1, queues do names[i] = args[5 + i] end
  local reply = { settle(args, 6 + queues) }
  use_free_places()
  for subject, n in pairs(deltas) do
    -- A queue at its limit is nobody's park: whoever serves it must look again.
    if n < 0 and string.sub(subject, 1, 6) == 'queue:' then
      learn({ subject })
      local queue = string.sub(subject, 7)
      if controls[subject].limit and call('EXISTS', P .. 'ring:' .. queue) == 1 then wake(queue) end
    end
  end
  if want > 0 and queues > 0 then
    local out = fetch(names, want, tonumber(args[3]))
    for i = 1, #out do reply[2 + i] = out[i] end
  end
  reply[2] = soonest or -1
  flush()
  return reply
end

-- Arguments: worker. Ends its sleep in whichever epoch, also one that it is only about to begin.
local function rouse(keys, args)
  enter(keys)
  local key = P .. 'rouse:' .. args[1]
  call('RPUSH', key, '1')
  return call('EXPIRE', key, 60)
end

redis.register_function { function_name = 'evq4_rouse', callback = rouse, flags = { 'allow-oom' } }
redis.register_function { function_name = 'evq4_exchange', callback = exchange, flags = { 'allow-oom' } }
