import FoundationEssentials
import WireAPI

/// When the session ends, as far as it is known here: in any case at its end, and sooner when nothing is asked for.
struct SessionLimits: Sendable, Hashable {
    /// From here on the person is warned.
    static let warning: TimeInterval = 600

    private let end: Date
    private let idleSpan: TimeInterval?
    private var lastUse: Date

    init(_ session: OperatorSession) {
        end = session.expiresAt
        idleSpan = session.idleExpiresAt.map { $0.timeIntervalSince(session.serverTime) }
        lastUse = session.serverTime
    }

    /// Somebody asked something of the server; what the console reads by itself does not count as use, nor does the event
    /// stream.
    mutating func used(at date: Date) { lastUse = date }

    /// How long it lasts still, when that is short enough to warn.
    func remaining(at date: Date) -> TimeInterval? {
        let idleEnd = idleSpan.map { lastUse.addingTimeInterval($0) } ?? end
        let left = min(end, idleEnd).timeIntervalSince(date)
        return left < Self.warning ? max(0, left) : nil
    }
}
