/// What a replica was seen to be.
package enum ReplicaState: Sendable, Equatable {
    /// It was not asked yet.
    case unknown
    /// It follows the primary, and has replayed its log up to here.
    case following(replayed: Int64)
    /// It must not be read, for this reason.
    case unfit(String)
}

/// A replica, for those who watch.
package struct ReplicaStanding: Sendable {
    /// Its hosts, as the settings name them.
    package let name: String
    package let state: ReplicaState
    /// How many bytes of the primary's log it has not replayed; `nil` while that is not known.
    package let lagInBytes: Int64?
    /// Whether reads that may be somewhat old go to it now.
    package let isUsed: Bool
}

/// Where a read that a replica could have served went.
package enum ReadOutcome: String, Sendable, CaseIterable {
    /// To a replica.
    case replica
    /// To the primary: no replica had replayed enough.
    case lagging
    /// To the primary: no replica is known to follow it.
    case unreachable
    /// To the primary, because a replica did not get it done.
    case failed
}
