package import FoundationEssentials
package import Queueing
internal import Redis

extension JobDispatcher {
    /// What the clock of Redis says: the one that leases, retries and minutes go by.
    package func now() async throws(DispatchError) -> Date {
        let reply = try await command(["TIME"])
        guard let parts = reply.array, parts.count == 2, let seconds = parts[0].integer,
            let microseconds = parts[1].integer
        else { throw .malformed }
        return Date(timeIntervalSince1970: Double(seconds) + Double(microseconds) / 1_000_000)
    }

    /// What queues did in the minutes from the one that holds `from` to the one that holds `to`, at most three hours and
    /// two days back; minutes in which nothing happened are missing. All queues when none is named.
    package func minutes(
        from: Date, to: Date, of queues: [QueueName] = []
    ) async throws(DispatchError) -> [QueueMinute] {
        let first = Int64(from.timeIntervalSince1970 / 60)
        let count = max(1, Int64(to.timeIntervalSince1970 / 60) - first + 1)
        let names = queues.map { RedisArgument(FlowText.escape($0.rawValue)) }
        let reply = try await call(.minutes, [RedisArgument(first), RedisArgument(count)] + names)
        return (reply.array ?? []).compactMap(Self.minute)
    }

    private static func minute(_ row: RedisValue) -> QueueMinute? {
        guard let cells = row.array, cells.count == 3, let queue = cells[0].text, let minute = cells[1].integer,
            let fields = cells[2].array
        else { return nil }
        var counts: [String: Int] = [:]
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let name = fields[index].text, let count = fields[index + 1].integer else { continue }
            counts[name] = Int(count)
        }
        var result = QueueMinute(
            queue: QueueName(FlowText.unescape(queue)), minute: Date(timeIntervalSince1970: Double(minute) * 60))
        result.enqueued = counts["enqueued"] ?? 0
        result.started = counts["started"] ?? 0
        result.finished = counts["ok"] ?? 0
        result.dead = counts["dead"] ?? 0
        result.retried = counts["retried"] ?? 0
        result.failed = result.dead + result.retried
        result.cancelled = counts["cancelled"] ?? 0
        result.lost = counts["lost"] ?? 0
        result.run = buckets("r", of: counts)
        result.wait = buckets("w", of: counts)
        return result
    }

    private static func buckets(_ letter: String, of counts: [String: Int]) -> TimeBuckets {
        TimeBuckets(
            counts: (0..<TimeBuckets.count).map { counts["\(letter)\($0)"] ?? 0 },
            milliseconds: counts["\(letter)ms"] ?? 0)
    }
}
