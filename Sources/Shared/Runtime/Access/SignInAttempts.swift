internal import FoundationEssentials
internal import Synchronization

/// Slows down guessing: after five failures for one address from one place, each further one doubles the wait, up to a
/// quarter of an hour. Keyed by both, so that nobody can lock an owner out from elsewhere.
final class SignInAttempts: Sendable {
    private static let free = 5
    private static let longestWait: TimeInterval = 900
    private static let limit = 10_000

    private struct Key: Hashable {
        let email: String
        let address: String
    }

    private struct Record {
        var failures = 0
        var last = Date.distantPast
    }

    private let records = Mutex<[Key: Record]>([:])

    /// Begins an attempt, which counts as failed until `noteSuccess`: attempts made side by side see each other.
    ///
    /// Returns how long to wait before an attempt may be made, `nil` when this one may.
    func begin(for email: String, from address: String, at moment: Date) -> Duration? {
        records.withLock { records in
            let key = Key(email: email.lowercased(), address: address)
            var record = records[key] ?? Record()
            if moment.timeIntervalSince(record.last) > 2 * Self.longestWait { record.failures = 0 }
            let left = Self.pause(after: record.failures) - moment.timeIntervalSince(record.last)
            guard left <= 0 else { return .seconds(left) }
            record.failures += 1
            record.last = moment
            Self.makeRoom(in: &records, for: key, at: moment)
            records[key] = record
            return nil
        }
    }

    /// Forgets first what is over, then those that have not reached a limit: a flood of new pairs must not set free who
    /// is waiting.
    private static func makeRoom(in records: inout [Key: Record], for key: Key, at moment: Date) {
        guard records.count >= limit, records[key] == nil else { return }
        records = records.filter { moment.timeIntervalSince($0.value.last) < longestWait }
        if records.count >= limit { records = records.filter { $0.value.failures >= free } }
        if records.count >= limit, let any = records.keys.first { records[any] = nil }
    }

    /// Whether the attempt that has begun was the last before somebody has to wait.
    func isLimitReached(for email: String, from address: String) -> Bool {
        records.withLock { $0[Key(email: email.lowercased(), address: address)]?.failures == Self.free }
    }

    func noteSuccess(for email: String, from address: String) {
        records.withLock { $0[Key(email: email.lowercased(), address: address)] = nil }
    }

    private static func pause(after failures: Int) -> TimeInterval {
        guard failures >= free else { return 0 }
        return min(longestWait, TimeInterval(1 << min(failures - free, 20)))
    }
}
