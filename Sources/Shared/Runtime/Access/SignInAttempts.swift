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

    /// How long to wait before the next attempt counts, `nil` when it may be made now.
    func wait(for email: String, from address: String, at moment: Date) -> Duration? {
        records.withLock { records in
            guard let record = records[Key(email: email.lowercased(), address: address)] else { return nil }
            let left = Self.pause(after: record.failures) - moment.timeIntervalSince(record.last)
            return left > 0 ? .seconds(left) : nil
        }
    }

    func noteFailure(for email: String, from address: String, at moment: Date) {
        records.withLock { records in
            if records.count >= Self.limit {
                records = records.filter { moment.timeIntervalSince($0.value.last) < Self.longestWait }
            }
            if records.count >= Self.limit { records.removeAll() }
            let key = Key(email: email.lowercased(), address: address)
            var record = records[key] ?? Record()
            if moment.timeIntervalSince(record.last) > 2 * Self.longestWait { record.failures = 0 }
            record.failures += 1
            record.last = moment
            records[key] = record
        }
    }

    func noteSuccess(for email: String, from address: String) {
        records.withLock { $0[Key(email: email.lowercased(), address: address)] = nil }
    }

    private static func pause(after failures: Int) -> TimeInterval {
        guard failures >= free else { return 0 }
        return min(longestWait, TimeInterval(1 << min(failures - free, 20)))
    }
}
