internal import EventLoop
package import Redis
internal import WireAPI

/// How Redis does.
package struct RedisExaminations: Sendable {
    private let redis: RedisClient
    private let isWatched: Bool

    /// Somebody who watches Redis, and decides who takes over.
    package struct Sentinel: Sendable {
        package let name: String
        package let group: String
        package let client: RedisClient

        package init(name: String, group: String, client: RedisClient) {
            self.name = name
            self.group = group
            self.client = client
        }
    }

    /// `isWatched` says that sentinels watch over it, which need somebody who can take over.
    package init(redis: RedisClient, isWatched: Bool = false) {
        self.redis = redis
        self.isWatched = isWatched
    }

    /// What is looked at of a sentinel.
    package static func quorum(_ sentinel: Sentinel) -> Examination {
        Examination(.redis, "sentinel \(sentinel.name)", remedy: "See that redis-sentinel runs there.") {
            let reply = try await sentinel.client.command(["SENTINEL", "CKQUORUM", .init(sentinel.group)])
            return [
                Examination.Finding(
                    .redis, "sentinel \(sentinel.name)", .ok, reply.text ?? "It sees a quorum for \(sentinel.group).")
            ]
        }
    }

    /// What is looked at.
    package var all: [Examination] {
        [
            Examination(
                .redis, "server", remedy: "See that Redis runs and that redis.url names it; try: redis-cli -u URL ping",
                server),
            Examination(
                .redis, "functions", remedy: "The role of redis.url needs FUNCTION; see its ACL.", functions),
        ]
    }

    private func server() async throws -> [Examination.Finding] {
        let reply = try await redis.command(["INFO"])
        let facts = RedisFacts(reply.text ?? "")
        return [version(facts), policy(facts), persistence(facts), memory(facts), replication(facts)]
    }

    private func version(_ facts: RedisFacts) -> Examination.Finding {
        let version = facts["redis_version"] ?? "unknown"
        let major = version.split(separator: ".").first.flatMap { Int($0) } ?? 0
        return major >= 7
            ? Examination.Finding(.redis, "version", .ok, "Redis \(version), \(facts["role"] ?? "of unknown role").")
            : Examination.Finding(
                .redis, "version", .fail, "Redis \(version) is too old.", remedy: "Upgrade it to Redis 7 or newer.")
    }

    private func policy(_ facts: RedisFacts) -> Examination.Finding {
        let policy = facts["maxmemory_policy"] ?? "unknown"
        return policy == "noeviction"
            ? Examination.Finding(.redis, "eviction", .ok, "Nothing is evicted when memory is full.")
            : Examination.Finding(
                .redis, "eviction", .fail, "maxmemory-policy is \(policy): a full Redis forgets jobs and sessions.",
                remedy: "Set maxmemory-policy noeviction in redis.conf, and: CONFIG SET maxmemory-policy noeviction")
    }

    private func persistence(_ facts: RedisFacts) -> Examination.Finding {
        let failed = ["rdb_last_bgsave_status", "aof_last_write_status", "aof_last_bgrewrite_status"].filter {
            (facts[$0] ?? "ok") != "ok"
        }
        guard failed.isEmpty else {
            return Examination.Finding(
                .redis, "persistence", .fail, "Redis cannot write its files: \(failed.joined(separator: ", ")).",
                remedy: "Look at its log and its disk.")
        }
        return facts["aof_enabled"] == "1"
            ? Examination.Finding(.redis, "persistence", .ok, "It keeps an append-only file.")
            : Examination.Finding(
                .redis, "persistence", .warn,
                "It keeps no append-only file: after a restart the queues are filled again from PostgreSQL.",
                remedy: "Set appendonly yes in redis.conf, and: CONFIG SET appendonly yes")
    }

    private func memory(_ facts: RedisFacts) -> Examination.Finding {
        let used = facts.number("used_memory") ?? 0
        guard let most = facts.number("maxmemory"), most > 0 else {
            return Examination.Finding(
                .redis, "memory", .ok, "\(Amounts.bytes(used)) in use, without a limit of its own.")
        }
        let detail = "\(Amounts.bytes(used)) of \(Amounts.bytes(most)) in use."
        guard used * 10 >= most * 8 else { return Examination.Finding(.redis, "memory", .ok, detail) }
        return Examination.Finding(
            .redis, "memory", used >= most ? .fail : .warn, detail,
            remedy: "Raise maxmemory. When it is full no job is taken.")
    }

    private func replication(_ facts: RedisFacts) -> Examination.Finding {
        if facts["role"] == "slave" {
            return Examination.Finding(
                .redis, "replication", .fail, "This Redis is a replica, which takes no writes.",
                remedy: "Name the master in redis.url, or the sentinels: redis+sentinel://HOST:PORT,…/GROUP")
        }
        let count = facts.number("connected_slaves") ?? 0
        return Examination.Finding(
            .redis, "replication", !isWatched || count > 0 ? .ok : .warn,
            count == 0 ? "No replica follows." : "\(count) replicas follow.",
            remedy: !isWatched || count > 0 ? nil : "A fail-over needs a replica: start one.")
    }

    private func functions() async throws -> [Examination.Finding] {
        let reply = try await redis.command(["FUNCTION", "LIST", "LIBRARYNAME", "evq*"])
        let count = reply.array?.count ?? 0
        return [
            count > 0
                ? Examination.Finding(.redis, "functions", .ok, "The functions of the queue are loaded.")
                : Examination.Finding(
                    .redis, "functions", .warn, "The functions of the queue are not loaded.",
                    remedy: "The daemons load them when they first need them: see that apid and workerd run.")
        ]
    }
}

/// What `INFO` tells.
struct RedisFacts: Sendable {
    private let facts: [Substring: Substring]

    init(_ text: String) {
        var facts: [Substring: Substring] = [:]
        for line in text.split(whereSeparator: { $0 == "\r\n" || $0 == "\n" }) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            facts[line[..<colon]] = line[line.index(after: colon)...]
        }
        self.facts = facts
    }

    subscript(_ name: Substring) -> String? { facts[name].map(String.init) }

    func number(_ name: Substring) -> Int64? { facts[name].flatMap { Int64($0) } }
}
