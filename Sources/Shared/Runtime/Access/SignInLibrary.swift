internal import EventLoop
internal import FoundationEssentials
internal import Redis

/// The failed attempts that all servers know of together, as functions that run in Redis: what `SignInCounts` does, by the
/// clock of Redis. For each kind of gate there is a hash of failures, and a sorted set of when each may be tried again.
enum SignInLibrary {
    static let begin = "scorable_begin_sign_in"
    static let settle = "scorable_settle_sign_in"

    /// The two keys of each gate.
    static func keys(_ gates: [SignInGate]) -> [RedisArgument] {
        gates.flatMap { gate -> [RedisArgument] in
            let name = "scorable:sign-ins:\(gate.kind.rawValue)"
            return [RedisArgument(name), RedisArgument(name + ":free-at")]
        }
    }

    /// What `begin` is told: of each gate what is counted, and by which rule, and how many are counted at all.
    static func arguments(
        _ gates: [SignInGate], _ rules: [SignInGate.Kind: SignInGateRule]
    ) -> [RedisArgument] {
        gates.flatMap { gate -> [RedisArgument] in
            guard let rule = rules[gate.kind] else { return [] }
            return [
                RedisArgument(gate.key), RedisArgument(rule.free), RedisArgument(Int(rule.longestPause * 1000)),
                RedisArgument(Int(rule.memory * 1000)),
            ]
        } + [RedisArgument(SignInCounts.limit)]
    }

    /// What `begin` says: the wait in milliseconds, 0 for none, and whether the attempt is the last one, or the refusal the
    /// first; `nil` for what it cannot have said.
    static func admission(_ reply: RedisValue) -> SignInAdmission? {
        let numbers = reply.array?.compactMap(\.integer) ?? []
        guard numbers.count == 2 else { return nil }
        let isSpecial = numbers[1] == 1
        return numbers[0] == 0
            ? .admitted(isLast: isSpecial) : .refused(wait: .milliseconds(numbers[0]), isFirst: isSpecial)
    }

    static let code = #"""
        #!lua name=scorable_sign_ins

        -- A count is kept as its digits, with an "r" behind them when somebody was refused since.
        local function failures_in(text)
            return tonumber(string.match(text or '', '^%d+') or '0')
        end

        -- Begins an attempt that all gates have to let through. Arguments: for each gate what is counted, how many are free,
        -- the longest pause, the memory; then how many are counted of a kind.
        redis.register_function('scorable_begin_sign_in', function(keys, args)
            local time = redis.call('TIME')
            local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
            local limit = tonumber(args[#args])
            local known, longest, barred = {}, 0, nil
            for place = 1, #keys / 2 do
                local counts, times, name = keys[2 * place - 1], keys[2 * place], args[4 * place - 3]
                local free, memory = tonumber(args[4 * place - 2]), tonumber(args[4 * place])
                local free_at = tonumber(redis.call('ZSCORE', times, name) or '0')
                local failures = 0
                if now - free_at <= memory then failures = failures_in(redis.call('HGET', counts, name)) end
                if failures >= free and free_at - now > longest then longest, barred = free_at - now, place end
                known[place] = failures
            end
            if barred then
                local counts, name = keys[2 * barred - 1], args[4 * barred - 3]
                local text = redis.call('HGET', counts, name)
                local is_first = string.sub(text, -1) ~= 'r'
                if is_first then redis.call('HSET', counts, name, text .. 'r') end
                return {math.ceil(longest), is_first and 1 or 0}
            end
            for place, failures in ipairs(known) do
                local counts, times, name = keys[2 * place - 1], keys[2 * place], args[4 * place - 3]
                local free, most = tonumber(args[4 * place - 2]), tonumber(args[4 * place - 1])
                failures = failures + 1
                local pause = 0
                if failures >= free then pause = math.min(most, 1000 * 2 ^ math.min(failures - free, 20)) end
                redis.call('HSET', counts, name, failures)
                redis.call('ZADD', times, now + pause, name)
                if redis.call('ZCARD', times) > limit then
                    redis.call('HDEL', counts, redis.call('ZPOPMIN', times)[1])
                end
                redis.call('PEXPIRE', counts, most + args[4 * place])
                redis.call('PEXPIRE', times, most + args[4 * place])
            end
            -- The first gate is the pair's.
            return {0, known[1] + 1 == tonumber(args[2]) and 1 or 0}
        end)

        -- Settles an attempt. Arguments: for each gate what is counted, and whether all of it is forgotten or one attempt.
        redis.register_function('scorable_settle_sign_in', function(keys, args)
            for place = 1, #keys / 2 do
                local counts, times, name = keys[2 * place - 1], keys[2 * place], args[2 * place - 1]
                local failures = failures_in(redis.call('HGET', counts, name))
                if args[2 * place] == 'all' or failures <= 1 then
                    redis.call('HDEL', counts, name)
                    redis.call('ZREM', times, name)
                else
                    redis.call('HSET', counts, name, failures - 1)
                end
            end
            return 1
        end)
        """#
}
