#!lua name=evq4
-- The dispatcher's half of the queue: who does what right now. PostgreSQL can fill it again at any moment.
--
-- Every call gets the prefix of all keys, which ends in a hash tag and so keeps them on one node of a cluster, but
-- for a few that only read or wake, the epoch of its caller. No call does unbounded work, and no call believes a clock but this server's.
--
--   epoch, seeded        in which epoch this was filled; whether all of it is there
--   j:<id>       hash    a job: f flow, s state (R ready, L leased, S scheduled), a attempt, t ready since, b batch,
--                        x how often its lease expired, n what is to happen when the lease with this number ends and
--                        the job would be done again: N<attempt> it is ready at once, F<attempt> it is no longer known
--   r:<flow>     list    ready jobs of a flow, the text queue|organization|project|kind|priority|limits
--   queues       zset    queues with something to fetch, by virtual time; so are the three levels below:
--   ring:<queue>, ring:<queue>|<organization>, ring:<queue>|<organization>|<project>
--   due          zset    by time: L<id>|<attempt> leases, S<id> scheduled jobs, B<subject> ends of blocks, T<subject> parks
--                        whose flows may run again
--   control      hash    by subject: "paused limit weight blocked", and behind a space how many may start in a minute
--   paced        hash    by subject with such a rate: until when what has started uses it up
--   running      hash    by subject: how many of its jobs are leased
--   park:<subject> set   flows that cannot run because of the subject; parked: all subjects that have some
--   waiting, scheduled   hashes: how many jobs of a queue are
--   cancelled, cancelled_batches  zsets by time; gone:<batch> marks a batch whose jobs are not to run
--   wake:<queue> list    at most one element, for which idle workers wait; rouse:<worker> wakes that one for no work
--   looked       string  when somebody last looked for what is due; pardon is there while no lease is taken for expired
--   workers      hash    by name: "<time> <what it says about itself>"
--   st:<queue>:<minute>  hash of counts; names: set of queues that have some; ev: stream of
--                        the queues in which something ended, told:<queue> while that was said already
--
-- A flow with ready jobs is in its ring or in one park, never in both, never in neither.

local call, P, now
local flows, controls, counts, deltas, tallies, woken
local paces, paced, soonest

-- One band of a project's ring for each priority: far wider than virtual time gets.
local BAND = 1099511627776
local KEPT = 172800

-- A whole number as text. Commands take numbers too, but write each with seventeen digits, which costs more than the rest.
local digits = {}
local function whole(number)
  if number > 99 then return string.format('%.0f', number) end
  local text = digits[number]
  if not text then
    text = string.format('%d', number)
    digits[number] = text
  end
  return text
end

-- Begins a call of any epoch. Commands cannot be reached before: not while the library is loaded.
local function enter(keys)
  call, P = redis.call, keys[1]
  flows, controls, counts, deltas, tallies, woken = {}, {}, {}, {}, {}, {}
  paces, paced, soonest = {}, {}, nil
end

local function look_at_clock()
  local time = call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Begins a call; an error reply when the caller lives in another epoch.
local function begin(keys, epoch)
  enter(keys)
  local current = call('GET', P .. 'epoch')
  if current ~= epoch then return redis.error_reply('EPOCH ' .. (current or 'none')) end
  look_at_clock()
end

local function flow_of(text)
  local flow = flows[text]
  if flow then return flow end
  local queue, organization, project, kind, priority, limits =
    string.match(text, '^([^|]*)|([^|]*)|([^|]*)|([^|]*)|(%d)|(.*)$')
  flow = { text = text, queue = queue, organization = organization, project = project, band = priority * BAND }
  flow.top = P .. 'ring:' .. queue
  flow.middle = flow.top .. '|' .. organization
  flow.bottom = flow.middle .. '|' .. project
  local subjects = { 'queue:' .. queue, 'kind:' .. kind }
  if organization ~= '-' then subjects[#subjects + 1] = 'organization:' .. organization end
  if project ~= '-' then subjects[#subjects + 1] = 'project:' .. project end
  for limit in string.gmatch(limits, '[^,]+') do subjects[#subjects + 1] = limit end
  flow.subjects = subjects
  flows[text] = flow
  return flow
end

local NONE = { paused = false, limit = nil, weight = 1, blocked = false, rate = nil }
local CONTROL = '^(%d) (%d*) (%d*) (%d) ?(%d*)$'

-- Reads what operators and limits say about subjects, once a call.
local function learn(subjects)
  local missing = {}
  for i = 1, #subjects do
    if not controls[subjects[i]] then missing[#missing + 1] = subjects[i] end
  end
  if #missing == 0 then return end
  local texts = call('HMGET', P .. 'control', unpack(missing))
  for i = 1, #missing do
    local control = NONE
    if texts[i] then
      local paused, limit, weight, blocked, rate = string.match(texts[i], CONTROL)
      control = {
        paused = paused == '1', limit = tonumber(limit), weight = tonumber(weight) or 1, blocked = blocked == '1',
        rate = tonumber(rate),
      }
    end
    controls[missing[i]] = control
  end
end

-- The time between two jobs of a subject with a rate, and how many of those times may be used up in advance: what starts
-- in a second may start at once.
local function stride(control)
  return 60000 / control.rate, math.max(1, math.floor(control.rate / 60))
end

-- Until when what has started uses the rate of a subject up.
local function pace(subject)
  if not paces[subject] then
    paces[subject] = math.max(now, tonumber(call('HGET', P .. 'paced', subject) or 0))
  end
  return paces[subject]
end

-- How many more jobs of a subject may run: nil for any number.
local function room(subject)
  local control, places = controls[subject], nil
  if control.paused or control.blocked then return 0 end
  if control.limit then
    if not counts[subject] then counts[subject] = tonumber(call('HGET', P .. 'running', subject) or 0) end
    places = control.limit - counts[subject] - (deltas[subject] or 0)
  end
  if not control.rate then return places end
  local step, burst = stride(control)
  local allowed = math.floor(burst - (pace(subject) - now) / step + 0.001)
  return places and math.min(places, allowed) or allowed
end

-- Has a subject looked at again when its rate lets another job start.
local function call_back(subject)
  local control = controls[subject]
  if not control.rate or control.paused or control.blocked then return end
  local step, burst = stride(control)
  local wait = math.ceil(pace(subject) - (burst - 1) * step - now)
  if wait <= 0 then return end
  call('ZADD', P .. 'due', 'LT', whole(now + wait), 'T' .. subject)
  soonest = math.min(soonest or wait, wait)
end

local function count_running(flow, n)
  for i = 1, #flow.subjects do
    local subject = flow.subjects[i]
    deltas[subject] = (deltas[subject] or 0) + n
  end
end

-- Notes that jobs of a flow start, for the rates of its subjects.
local function count_started(flow, n)
  for i = 1, #flow.subjects do
    local subject = flow.subjects[i]
    if controls[subject].rate then
      paces[subject] = pace(subject) + n * stride(controls[subject])
      paced[subject] = true
    end
  end
end

local function tally(queue, field, n)
  local fields = tallies[queue]
  if not fields then
    fields = {}
    tallies[queue] = fields
  end
  fields[field] = (fields[field] or 0) + n
end

-- The bucket of a time, of those whose upper bounds double from 1 ms.
local function bucket(ms)
  if ms <= 1 then return 0 end
  local mantissa, exponent = math.frexp(ms)
  if mantissa == 0.5 then exponent = exponent - 1 end
  return exponent > 19 and 19 or exponent
end

-- Adds times to the tallies of a queue: how many were in which bucket, and their sum.
local function tally_times(queue, letter, buckets, sum)
  for index, n in pairs(buckets) do tally(queue, letter .. index, n) end
  if sum > 0 then tally(queue, letter .. 'ms', sum) end
end

-- Lets one idle worker look at the queue. One wakes the next, so that they never all come.
local function wake(queue)
  if woken[queue] then return end
  woken[queue] = true
  local key = P .. 'wake:' .. queue
  if call('EXISTS', key) == 0 then call('LPUSH', key, '1') end
end

-- Puts a flow where it will be fetched from: behind nobody and before nobody who waits already.
local function admit(flow)
  local low = call('ZRANGE', flow.bottom, flow.band, '(' .. (flow.band + BAND), 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
  wake(flow.queue)
  if call('ZADD', flow.bottom, 'NX', low[2] or flow.band, flow.text) == 0 then return end
  low = call('ZRANGE', flow.middle, 0, 0, 'WITHSCORES')
  if call('ZADD', flow.middle, 'NX', low[2] or 0, flow.project) == 0 then return end
  low = call('ZRANGE', flow.top, 0, 0, 'WITHSCORES')
  if call('ZADD', flow.top, 'NX', low[2] or 0, flow.organization) == 0 then return end
  low = call('ZRANGE', P .. 'queues', 0, 0, 'WITHSCORES')
  call('ZADD', P .. 'queues', 'NX', low[2] or 0, flow.queue)
end

-- Takes a flow out of its ring, and what is empty by that out of those above.
local function withdraw(flow)
  call('ZREM', flow.bottom, flow.text)
  if call('EXISTS', flow.bottom) == 1 then return end
  call('ZREM', flow.middle, flow.project)
  if call('EXISTS', flow.middle) == 1 then return end
  call('ZREM', flow.top, flow.organization)
  if call('EXISTS', flow.top) == 1 then return end
  call('ZREM', P .. 'queues', flow.queue)
end

-- Makes jobs of one flow ready, at its end or its beginning.
local function make_ready(command, flow, ids)
  if call(command, P .. 'r:' .. flow.text, unpack(ids)) == #ids then admit(flow) else wake(flow.queue) end
  call('HINCRBY', P .. 'waiting', flow.queue, #ids)
end

-- Brings flows of a subject back from its park, at most n of them.
local function unpark(subject, n)
  local texts = call('SPOP', P .. 'park:' .. subject, n)
  for i = 1, #texts do admit(flow_of(texts[i])) end
  if #texts < n then call('SREM', P .. 'parked', subject) end
  return #texts
end

-- Ends a call: writes the counts that were gathered.
local function flush()
  for subject, n in pairs(deltas) do
    if n ~= 0 and call('HINCRBY', P .. 'running', subject, n) <= 0 then call('HDEL', P .. 'running', subject) end
  end
  for subject in pairs(paced) do call('HSET', P .. 'paced', subject, string.format('%.3f', paces[subject])) end
  local minute = math.floor(now / 60000)
  for queue, fields in pairs(tallies) do
    local key = P .. 'st:' .. queue .. ':' .. minute
    for field, n in pairs(fields) do
      if n ~= 0 and call('HINCRBY', key, field, n) == n and call('EXPIRE', key, KEPT, 'NX') == 1 then
        call('SADD', P .. 'names', queue)
      end
    end
  end
end
