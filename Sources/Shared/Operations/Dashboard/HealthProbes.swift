internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
package import HTTPTransfer
internal import JSON
package import Postgres
package import Redis

/// A part of the installation that is asked now and then how it is.
package struct HealthTarget: Sendable {
    /// `apid`, `evald`, `llmproxyd`, `workerd`, `postgresql` or `redis`.
    package let name: String
    /// Which one, where there are several or it is elsewhere; `nil` for this server itself.
    package let instance: String?
    /// Asks it; throws when it does not answer.
    let probe: @Sendable () async throws -> HealthReading

    /// A part that is asked by `probe`.
    package init(
        _ name: String, at instance: String?, probe: @escaping @Sendable () async throws -> HealthReading
    ) {
        self.name = name
        self.instance = instance
        self.probe = probe
    }
}

/// A part of the installation did not answer as it should.
private struct NoReading: Error, CustomStringConvertible {
    let description: String
}

extension HealthTarget {
    /// How long a daemon may take to answer each of two questions.
    private static let patience = Duration.seconds(2)

    /// A daemon, by the base address of its internal listener.
    package static func daemon(_ name: String, at url: String, through client: HTTPClient) -> HealthTarget {
        HealthTarget(name, at: url) {
            async let answer = get(url + "/readyz", client)
            async let metrics = get(url + "/metrics", client)
            let readiness = try await answer
            let page = try await metrics
            guard page.status == 200 else {
                throw NoReading(description: "\(url) answered \(page.status) to a question for its metrics")
            }
            var reading = HealthReading(
                metrics: String(decoding: page.body, as: UTF8.self), of: name, at: Date())
            reading.complaint = complaint(readiness)
            return reading
        }
    }

    /// The database.
    package static func postgresql(_ database: PostgresClient) -> HealthTarget {
        HealthTarget("postgresql", at: nil) {
            let rows = try await database.query(
                """
                SELECT current_setting('server_version') AS version, \
                extract(epoch FROM now() - pg_postmaster_start_time())::float8 AS uptime
                """, until: .after(patience))
            guard let row = rows.first else { throw NoReading(description: "no answer") }
            return HealthReading(
                version: try row.decode("version", as: String.self).split(separator: " ").first.map(String.init),
                uptime: try row.decode("uptime"))
        }
    }

    /// Redis.
    package static func redis(_ redis: RedisClient) -> HealthTarget {
        HealthTarget("redis", at: nil) {
            let reply = try await redis.command(["INFO"], deadline: .after(patience))
            guard let text = reply.text else { throw NoReading(description: "no answer to INFO") }
            var facts: [Substring: Substring] = [:]
            for line in text.split(whereSeparator: { $0 == "\r\n" || $0 == "\n" }) {
                guard let colon = line.firstIndex(of: ":") else { continue }
                facts[line[..<colon]] = line[line.index(after: colon)...]
            }
            return HealthReading(
                version: facts["redis_version"].map(String.init),
                memoryBytes: facts["used_memory_rss"].flatMap { Int64($0) },
                uptime: facts["uptime_in_seconds"].flatMap { Double($0) })
        }
    }

    private static func get(_ url: String, _ client: HTTPClient) async throws -> InboundResponse {
        try await client.send(
            OutboundRequest(
                method: .get, url: url,
                deadlines: TransferDeadlines(connect: .seconds(1), firstByte: patience, idle: patience, total: patience)
            ), bodyLimit: 4 << 20)
    }

    /// What a daemon says is wrong, also with what it can do without; `nil` when all is well.
    private static func complaint(_ response: InboundResponse) -> String? {
        let isReady = response.status == 200
        struct Readiness: Decodable {
            let status: String
            let checks: [String: String]
        }
        do {
            let readiness = try JSONCodec.decode(Readiness.self, from: response.body)
            let faults = readiness.checks.filter { $0.value != "ok" }.sorted { $0.key < $1.key }
            guard !faults.isEmpty else { return isReady ? nil : "It is \(readiness.status)." }
            return faults.map { "\($0.key): \($0.value)" }.joined(separator: "; ")
        } catch {
            return isReady ? nil : "It answered \(response.status) to the question whether it is ready."
        }
    }
}
