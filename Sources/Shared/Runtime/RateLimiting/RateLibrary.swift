internal import EventLoop
internal import Redis

/// The common buckets, as a function that runs in Redis. What is lost there is made anew, full.
enum RateLibrary {
    static let take = "scorable_take_requests"

    /// The key of a bucket.
    static func key(_ name: String) -> String { "scorable:rates:\(name)" }

    static let code = #"""
        #!lua name=scorable_request_rates

        -- Takes of every bucket as much as is wanted and there; nothing of any when one of them is empty. For each it says
        -- how much was taken, and in how many milliseconds there is something: 0 when there is something now. Arguments:
        -- for each key the limit in a minute, and how much is wanted.
        redis.register_function('scorable_take_requests', function(keys, args)
            local time = redis.call('TIME')
            local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
            local levels, is_refused = {}, false
            for place, key in ipairs(keys) do
                local limit = tonumber(args[2 * place - 1])
                local known = redis.call('HMGET', key, 'level', 'at')
                local level = tonumber(known[1] or limit)
                local at = tonumber(known[2] or now)
                levels[place] = math.min(limit, level + math.max(0, now - at) * limit / 60000)
                is_refused = is_refused or levels[place] < 1
            end
            local answers = {}
            for place, key in ipairs(keys) do
                local limit, wanted = tonumber(args[2 * place - 1]), tonumber(args[2 * place])
                local level, wait = levels[place], 0
                local taken = is_refused and 0 or math.min(wanted, math.floor(level))
                if level < 1 then wait = math.max(1, math.ceil((1 - level) * 60000 / limit)) end
                redis.call('HSET', key, 'level', string.format('%.17g', level - taken), 'at', now)
                redis.call('PEXPIRE', key, 120000)
                answers[#answers + 1] = taken
                answers[#answers + 1] = wait
            end
            return answers
        end)
        """#

    /// What the function says to each wish; `nil` for what it cannot have said.
    static func replies(in value: RedisValue, to wishes: [RateWish]) -> [RateReply]? {
        let numbers = value.array?.compactMap(\.integer) ?? []
        guard numbers.count == 2 * wishes.count else { return nil }
        return wishes.indices.map { place in
            RateReply(calls: Int(numbers[2 * place]), wait: .milliseconds(numbers[2 * place + 1]))
        }
    }
}
