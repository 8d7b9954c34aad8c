-- What operators and limits say, and in which epoch all of it is.

-- Arguments: epoch, whether nothing is said about other subjects any more, then of each subject its text, paused, limit,
-- weight, and how many may start in a minute; the last three may be empty.
local function control(keys, args)
  local refusal = begin(keys, args[1])
  if refusal then return refusal end
  local said = {}
  local function say(subject, paused, limit, weight, rate)
    local _, _, _, blocked = parts_of_control(subject)
    set_control(subject, paused, limit, weight, blocked, rate)
    thaw(subject)
    said[subject] = true
  end
  for i = 3, #args, 5 do say(args[i], args[i + 1], args[i + 2], args[i + 3], args[i + 4]) end
  for _, subject in ipairs(args[2] == '1' and call('HKEYS', P .. 'control') or {}) do
    if not said[subject] then say(subject, '0', '', '', '') end
  end
  return 1
end

-- Arguments: epoch, subject, ms. Nothing of it is started for so long, or for as long as was said before.
local function block(keys, args)
  local refusal = begin(keys, args[1])
  if refusal then return refusal end
  local paused, limit, weight, _, rate = parts_of_control(args[2])
  set_control(args[2], paused, limit, weight, '1', rate)
  call('ZADD', P .. 'due', 'GT', now + args[3], 'B' .. args[2])
  return 1
end

-- Arguments: epoch. From now on everybody has to be in it.
local function begin_epoch(keys, args)
  enter(keys)
  local current = call('GET', P .. 'epoch')
  if current and tonumber(current) > tonumber(args[1]) then return redis.error_reply('EPOCH ' .. current) end
  call('SET', P .. 'epoch', args[1])
  return 1
end

-- Arguments: epoch. Everything that was accepted before it is there.
local function mark_seeded(keys, args)
  local refusal = begin(keys, args[1])
  if refusal then return refusal end
  call('SET', P .. 'seeded', args[1])
  return 1
end

redis.register_function { function_name = 'evq4_control', callback = control, flags = { 'allow-oom' } }
redis.register_function { function_name = 'evq4_block', callback = block, flags = { 'allow-oom' } }
redis.register_function { function_name = 'evq4_begin_epoch', callback = begin_epoch, flags = { 'allow-oom' } }
redis.register_function { function_name = 'evq4_mark_seeded', callback = mark_seeded, flags = { 'allow-oom' } }
