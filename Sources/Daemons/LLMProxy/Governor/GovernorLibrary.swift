/// The common account of the limits, as functions that run in Redis: one call each turn, for all places of a proxy.
///
/// A place has three keys: a hash with its levels and what was learned, a hash with a record for each proxy, and a hash
/// with what each project has had while calls waited. All times are those of Redis. Everything expires; what is lost is
/// made anew by the next turns.
enum GovernorLibrary {
    static let turn = "scorable_governor_turn"
    static let leave = "scorable_governor_leave"

    /// The key of a place.
    static func key(_ place: String) -> String { "scorable:governor:\(place)" }

    static let code = prologue + learning + sharing + turns

    private static let prologue = #"""
        #!lua name=scorable_governor

        -- Idle places are forgotten after so many milliseconds.
        local LIFETIME = 120000
        -- How long a call of each lane may stand behind others, in milliseconds.
        local PATIENCE = {0, 2000, 20000, 120000}
        -- Of so many places one goes to whoever has lost patience.
        local AGED_SHARE = 8

        -- A twentieth of a minute's limit may be used at one moment, the rest comes evenly in each millisecond.
        local function burst(limit) return math.max(1, math.floor(limit / 20)) end
        local function flow(limit) return (limit - burst(limit) + 1) / 60000 end

        -- Zero stands for no limit.
        local function least(one, other)
            if one == 0 or other == 0 then return math.max(one, other) end
            return math.min(one, other)
        end

        local FIELDS = {'at', 'born', 'turn', 'requests', 'tokens', 'blocked', 'learned_requests', 'learned_tokens',
            'learned_until', 'learned_places', 'shrunk', 'grown'}
        local TIMES = {'at', 'born', 'blocked', 'learned_until', 'shrunk', 'grown'}

        local function open(key, now)
            local values = redis.call('HMGET', key, unpack(FIELDS))
            local place = {}
            for i, field in ipairs(FIELDS) do place[field] = tonumber(values[i] or nil) end
            place.born = place.born or now
            return place
        end

        local function close(key, place)
            local values, gone = {}, {}
            for _, field in ipairs(FIELDS) do
                if place[field] then
                    values[#values + 1] = field
                    values[#values + 1] = string.format('%.17g', place[field])
                else
                    gone[#gone + 1] = field
                end
            end
            redis.call('HSET', key, unpack(values))
            if #gone > 0 then redis.call('HDEL', key, unpack(gone)) end
            redis.call('PEXPIRE', key, LIFETIME)
        end

        -- The records of the other proxies that are alive. When the clock of Redis has been set, which a proxy sees by its
        -- own, everything moves along: no lease ends early and no pause lasts for ever.
        local function peers(key, me, now, place, since)
            local raw = redis.call('HGETALL', key .. ':proxies')
            local records = {}
            for i = 1, #raw, 2 do records[raw[i]] = cmsgpack.unpack(raw[i + 1]) end
            local mine = records[me]
            local skew = mine and since and (now - mine.seen) - since or 0
            local isMoved = math.abs(skew) > 1000
            if isMoved then
                for _, field in ipairs(TIMES) do place[field] = place[field] and place[field] + skew end
            end
            local found = {held = 0, running = 0, count = 1, waiting = {}}
            for name, record in pairs(records) do
                if isMoved then
                    for _, field in ipairs({'expires', 'waits_until', 'seen'}) do record[field] = record[field] + skew end
                    redis.call('HSET', key .. ':proxies', name, cmsgpack.pack(record))
                end
                if name == me then
                    record = nil
                elseif record.expires < now then
                    redis.call('HDEL', key .. ':proxies', name)
                else
                    found.held = found.held + record.held
                    found.running = found.running + record.running
                    found.count = found.count + 1
                    if record.waits_until > now then
                        for _, entry in ipairs(record.waiting) do
                            entry[6] = entry[6] + now - record.seen
                            found.waiting[#found.waiting + 1] = entry
                        end
                    end
                end
            end
            return found
        end

        """#

    private static let learning = #"""

        -- Limits that were learned grow again: places by a tenth each second, others end with the minute they are for.
        local function recover(place, now, configured)
            if place.learned_until and place.learned_until < now then
                place.learned_requests, place.learned_tokens, place.learned_until = nil, nil, nil
            end
            if not place.learned_places then return end
            local steps = math.min(120, math.floor((now - place.grown) / 1000))
            for _ = 1, steps do
                place.learned_places = place.learned_places + math.max(1, math.floor(place.learned_places / 10))
            end
            if steps > 0 then place.grown = now end
            if now - place.shrunk > LIFETIME or (configured > 0 and place.learned_places >= configured) then
                place.learned_places, place.shrunk, place.grown = nil, nil, nil
            end
        end

        -- What a provider said holds at once, for all.
        local function learn(place, now, report, running)
            if not report then return end
            if report.pause then place.blocked = math.max(place.blocked or 0, now + report.pause) end
            for _, meter in ipairs({'requests', 'tokens'}) do
                local said = report[meter]
                if said and said[1] > 0 then
                    place['learned_' .. meter] = said[1]
                    place.learned_until = now + 60000
                end
                if said and said[2] >= 0 then place[meter] = math.min(place[meter] or said[2], said[2]) end
            end
            -- Calls that ran together are refused together: they shrink the limit once.
            if report.throttled and now - (place.shrunk or 0) > 1000 then
                place.learned_places = math.max(1, math.floor(running * 0.7))
                place.shrunk = now
                place.grown = math.max(now, place.blocked or 0)
            end
        end

        local function effective(place, configured)
            return {places = least(configured[1], math.floor(place.learned_places or 0)),
                requests = least(configured[2], place.learned_requests or 0),
                tokens = least(configured[3], place.learned_tokens or 0)}
        end

        local function fill(level, limit, elapsed)
            if limit == 0 then return nil end
            if not level then return burst(limit) end
            return math.min(burst(limit), level + flow(limit) * math.max(0, elapsed))
        end

        """#

    private static let sharing = #"""

        -- Of those that wait, whoever is next: by lane, within a lane the project that has had least. Entries are lane,
        -- project, count, tokens of the first, tokens of the others, age.
        local function choose(entries, served, turn)
            local first
            for _, entry in ipairs(entries) do
                if entry.taken < entry[3] and (not first or entry[1] < first) then first = entry[1] end
            end
            if not first then return nil end
            local lane = first
            if (turn + 1) % AGED_SHARE == 0 then
                local longest = 0
                for _, entry in ipairs(entries) do
                    local over = entry[6] - PATIENCE[entry[1]]
                    if entry.taken < entry[3] and entry[1] ~= first and over > longest then
                        longest, lane = over, entry[1]
                    end
                end
            end
            local best
            for _, entry in ipairs(entries) do
                if entry.taken < entry[3] and entry[1] == lane then
                    local had, least_had = served[entry[2]], best and served[best[2]]
                    if not best or had < least_had or (had == least_had and entry[6] > best[6]) then best = entry end
                end
            end
            return best
        end

        -- What each waiting project has had, twice: to count on, and to keep. Whoever comes anew has had as much as the least of those that wait.
        local function accounts(key, entries)
            local served, had, names = {}, {}, {}
            for _, entry in ipairs(entries) do
                if not served[entry[2]] then
                    served[entry[2]] = 0
                    names[#names + 1] = entry[2]
                end
            end
            if #names == 0 then return served, had end
            local values = redis.call('HMGET', key .. ':served', '@clock', unpack(names))
            local clock = tonumber(values[1] or 0)
            for i, name in ipairs(names) do
                had[name] = math.max(clock, tonumber(values[i + 1] or 0))
                served[name] = had[name]
            end
            return served, had
        end

        -- Deals what is free to all that wait, in order; what is for other proxies they fetch themselves. Returns what the
        -- asking one gets, and whether anybody is left without.
        local function deal(key, place, limits, free, entries, isBlocked)
            local served, had = accounts(key, entries)
            local turn = place.turn or 0
            local got = {places = 0, requests = 0, tokens = 0, isShort = false}
            local changed = {}
            for _ = 1, 1000 do
                local entry = choose(entries, served, turn)
                if not entry then break end
                local tokens = entry.taken == 0 and entry[4] or math.ceil(entry[5] / (entry[3] - 1))
                -- A call larger than what is ever there at one moment may use up more, and the next ones wait for it.
                if isBlocked or free.places < 1 or free.requests < 1
                    or (limits.tokens > 0 and free.tokens < math.min(tokens, burst(limits.tokens))) then
                    got.isShort = true
                    break
                end
                local cost = limits.tokens > 0 and math.max(1, tokens) or 1
                free.places, free.requests, free.tokens = free.places - 1, free.requests - 1, free.tokens - tokens
                served[entry[2]] = served[entry[2]] + cost
                entry.taken = entry.taken + 1
                turn = turn + 1
                if entry.own then
                    got.places, got.requests, got.tokens = got.places + 1, got.requests + 1, got.tokens + tokens
                    place.turn = (place.turn or 0) + 1
                    had[entry[2]] = had[entry[2]] + cost
                    changed[entry[2]] = had[entry[2]]
                end
            end
            -- What is only set aside for others they have not had.
            local clock
            for _, amount in pairs(had) do clock = math.min(clock or amount, amount) end
            if clock then
                local values = {'@clock', clock}
                for name, amount in pairs(changed) do
                    values[#values + 1] = name
                    values[#values + 1] = amount
                end
                redis.call('HSET', key .. ':served', unpack(values))
                redis.call('PEXPIRE', key .. ':served', LIFETIME / 2)
            end
            return got
        end

        """#

    private static let turns = #"""

        local function record(key, me, now, lease, ask, held, entries, proxies)
            local waiting = {}
            for _, entry in ipairs(entries) do
                local left = entry[3] - entry.taken
                if entry.own and left > 0 then
                    local first = entry.taken == 0 and entry[4] or math.ceil(entry[5] / (entry[3] - 1))
                    local rest = entry.taken == 0 and entry[5] or first * (left - 1)
                    waiting[#waiting + 1] = {entry[1], entry[2], left, first, rest, entry[6]}
                end
            end
            redis.call('HSET', key .. ':proxies', me, cmsgpack.pack({expires = now + lease, held = held,
                running = ask.running, seen = now, waits_until = now + 250 + 20 * proxies, waiting = waiting}))
            redis.call('PEXPIRE', key .. ':proxies', LIFETIME)
        end

        local function take_turn(key, me, now, lease, ask)
            local place = open(key, now)
            local others = peers(key, me, now, place, ask.since)
            recover(place, now, ask.limits[1])
            local limits = effective(place, ask.limits)
            local elapsed = now - (place.at or now)
            place.requests = fill(place.requests, limits.requests, elapsed)
            place.tokens = fill(place.tokens, limits.tokens, elapsed)
            place.at = now
            learn(place, now, ask.report, others.running + ask.running)
            limits = effective(place, ask.limits)
            if limits.requests > 0 then place.requests = (place.requests or burst(limits.requests)) + ask.returned[1] end
            if limits.tokens > 0 then place.tokens = (place.tokens or burst(limits.tokens)) + ask.returned[2] end

            local free = {
                places = limits.places > 0 and limits.places - others.held - ask.held or math.huge,
                requests = limits.requests > 0 and place.requests or math.huge,
                tokens = limits.tokens > 0 and place.tokens or math.huge}
            -- A place that is new here although others were known at it has been lost: until all of them have said what
            -- they hold, nobody gets more.
            local proxies = others.count
            if now - place.born < 1500 and ask.proxies > proxies then
                proxies = ask.proxies
                if limits.places > 0 then free.places = 0 end
            end
            local entries = others.waiting
            local isAwaited = #entries > 0
            for _, entry in ipairs(entries) do entry.taken = 0 end
            local mine = ask.waiting or {}
            for _, entry in ipairs(mine) do
                entry.taken, entry.own = 0, true
                entries[#entries + 1] = entry
            end
            local isBlocked = (place.blocked or 0) > now
            local got = deal(key, place, limits, free, entries, isBlocked)
            local isContended = isAwaited or got.isShort
            if not isContended and not isBlocked then
                local function spare(wish, amount)
                    if amount == math.huge then return 0 end
                    return math.max(0, math.min(wish, math.floor(amount / proxies)))
                end
                got.places = got.places + spare(ask.wished[1], free.places)
                got.requests = got.requests + spare(ask.wished[2], free.requests)
                got.tokens = got.tokens + spare(ask.wished[3], free.tokens)
            end
            if limits.requests > 0 then place.requests = place.requests - got.requests else got.requests = 0 end
            if limits.tokens > 0 then place.tokens = place.tokens - got.tokens else got.tokens = 0 end
            local held = ask.held + (limits.places > 0 and got.places or 0)
            record(key, me, now, lease, ask, held, entries, proxies)
            close(key, place)

            local isGoverned = isBlocked or limits.places > 0 or limits.requests > 0 or limits.tokens > 0
            local reply = {held, got.requests, got.tokens, isContended and 1 or 0, isGoverned and 1 or 0,
                isBlocked and math.ceil(place.blocked - now) or 0, proxies, math.floor(place.learned_places or 0),
                place.learned_requests or 0, place.learned_tokens or 0}
            for _, entry in ipairs(mine) do reply[#reply + 1] = entry.taken end
            return reply
        end

        redis.register_function('scorable_governor_turn', function(keys, arguments)
            local time = redis.call('TIME')
            local now = time[1] * 1000 + time[2] / 1000
            local replies = {}
            for i, key in ipairs(keys) do
                replies[i] = take_turn(key, arguments[1], now, tonumber(arguments[2]), cjson.decode(arguments[i + 2]))
            end
            return replies
        end)

        redis.register_function('scorable_governor_leave', function(keys, arguments)
            for _, key in ipairs(keys) do redis.call('HDEL', key .. ':proxies', arguments[1]) end
            return #keys
        end)
        """#
}
