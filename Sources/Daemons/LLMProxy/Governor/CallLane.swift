/// How urgent a call is. Where calls wait, those of an earlier lane go first; but whoever has waited longer than its lane
/// is meant to wait gets every eighth place, so that nothing waits for ever.
package enum CallLane: String, Sendable, Hashable, CaseIterable {
    /// A person waits.
    case interactive
    /// A program waits.
    case online
    /// Nobody waits for a single call, but for all of them together.
    case batch
    /// It is done when there is nothing else to do.
    case backfill

    /// How long a call of this lane may stand behind others.
    var patience: Duration {
        switch self {
        case .interactive: .zero
        case .online: .seconds(2)
        case .batch: .seconds(20)
        case .backfill: .seconds(120)
        }
    }

    /// Its place among the lanes, from 1.
    var number: Int {
        switch self {
        case .interactive: 1
        case .online: 2
        case .batch: 3
        case .backfill: 4
        }
    }

    /// Of so many places that calls wait for, one goes to whoever has lost patience.
    static let agedShare = 8
}
