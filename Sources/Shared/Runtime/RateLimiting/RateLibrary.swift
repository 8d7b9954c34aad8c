internal import EventLoop
internal import Redis

/// The common buckets, as a function that runs in Redis. What is lost there is made anew, full.
enum RateLibrary {
    static let take = "scorable_take_requests"

    /// The key of a bucket.
    static func key(_ name: String) -> String { "scorable:rates:\(name)" }

    static let code = #"""
        #!lua name=scorable_request_rates

        -- Takes of every bucket as much as is wanted and there. For each it says how much was taken, and in how many
        -- milliseconds there is something again. Arguments: for each key the limit in a minute, and how much is wanted.
        redis.register_function('scorable_take_requests', function(keys, args)
            local time = redis.call('TIME')
            local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
            local answers = {}
            for place, key in ipairs(keys) do
                local limit, wanted = tonumber(args[2 * place - 1]), tonumber(args[2 * place])
                local known = redis.call('HMGET', key, 'level', 'at')
                local level = tonumber(known[1] or limit)
                local at = tonumber(known[2] or now)
                level = math.min(limit, level + math.max(0, now - at) * limit / 60000)
                local taken = math.min(wanted, math.floor(level))
                level = level - taken
                redis.call('HSET', key, 'level', string.format('%.17g', level), 'at', now)
                redis.call('PEXPIRE', key, 120000)
                answers[#answers + 1] = taken
                answers[#answers + 1] = math.max(1, math.ceil((1 - level) * 60000 / limit))
            end
            return answers
        end)
        """#

    /// What the function says of each bucket; `nil` for what it cannot have said.
    static func replies(in value: RedisValue, for buckets: Int) -> [(calls: Int, wait: Duration)]? {
        let numbers = value.array?.compactMap(\.integer) ?? []
        guard numbers.count == 2 * buckets else { return nil }
        return (0..<buckets).map { (Int(numbers[2 * $0]), .milliseconds(numbers[2 * $0 + 1])) }
    }
}
