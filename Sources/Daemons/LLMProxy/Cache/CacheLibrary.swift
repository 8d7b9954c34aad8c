internal import Tenancy

/// What of the cache runs in Redis. The answers of an organisation are strings that expire; beside them stand two books:
/// when each expires, and how many bytes it takes.
enum CacheLibrary {
    static let keep = "scorable_cache_keep"
    static let clear = "scorable_cache_clear"

    static func entry(_ key: CacheKey) -> String { "\(prefix(key.organization))\(key.digest)" }

    /// The entry, then the two books.
    static func keys(_ key: CacheKey) -> [String] { [entry(key)] + books(key.organization) }

    static func books(_ organization: OrganizationID) -> [String] {
        [prefix(organization) + "expiry", prefix(organization) + "bytes"]
    }

    private static func prefix(_ organization: OrganizationID) -> String { "scorable:answers:{\(organization)}:" }

    static let code = #"""
        #!lua name=scorable_cache

        -- Books outlive their last entry by at most a day more than the longest lifetime.
        local LIFETIME = 367 * 86400000

        local function drop(expiry, bytes, name)
            local size = tonumber(redis.call('HGET', bytes, name) or 0)
            redis.call('ZREM', expiry, name)
            redis.call('HDEL', bytes, name)
            redis.call('UNLINK', name)
            return size
        end

        redis.register_function('scorable_cache_keep', function(keys, arguments)
            local entry, expiry, bytes = keys[1], keys[2], keys[3]
            local lifetime, limit, value = tonumber(arguments[1]), tonumber(arguments[2]), arguments[3]
            local size = #value + #entry * 3
            if size > limit then return 0 end
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            local total = tonumber(redis.call('HGET', bytes, '@total') or 0) - drop(expiry, bytes, entry)
            for _, name in ipairs(redis.call('ZRANGEBYSCORE', expiry, '-inf', now, 'LIMIT', 0, 200)) do
                total = total - drop(expiry, bytes, name)
            end
            -- Whatever would end first makes room.
            for _ = 1, 1000 do
                if total + size <= limit then break end
                local first = redis.call('ZRANGE', expiry, 0, 0)[1]
                if not first then total = 0 break end
                total = total - drop(expiry, bytes, first)
            end
            if total + size > limit then
                redis.call('HSET', bytes, '@total', math.max(0, total))
                return 0
            end
            redis.call('SET', entry, value, 'PX', lifetime)
            redis.call('ZADD', expiry, now + lifetime, entry)
            redis.call('HSET', bytes, entry, size, '@total', math.max(0, total) + size)
            redis.call('PEXPIRE', expiry, LIFETIME)
            redis.call('PEXPIRE', bytes, LIFETIME)
            return 1
        end)

        redis.register_function('scorable_cache_clear', function(keys)
            local expiry, bytes = keys[1], keys[2]
            local count = 0
            while true do
                local names = redis.call('ZRANGE', expiry, 0, 499)
                if #names == 0 then break end
                for _, name in ipairs(names) do drop(expiry, bytes, name) end
                count = count + #names
            end
            redis.call('DEL', expiry, bytes)
            return count
        end)
        """#
}
