/// How much room there is on the disks.
package enum StorageLevel: String, Sendable, Hashable, CaseIterable, Comparable {
    case enough
    /// Somebody should do something about it.
    case low
    /// Nothing new is taken any more.
    case full

    package static func < (left: StorageLevel, right: StorageLevel) -> Bool { left.rank < right.rank }

    /// From 0 to 2.
    package var rank: Int {
        switch self {
        case .enough: 0
        case .low: 1
        case .full: 2
        }
    }
}

/// From when on nothing new is taken because a disk would run full, and when that is over.
package struct StorageWatermark: Sendable, Hashable {
    /// Below so many free bytes nothing new is taken, and below so many people are warned; on small disks at less, see
    /// ``mostStopping``.
    package let stopBelow: Int64
    package let warnBelow: Int64

    /// Of a disk, what the two may be at most: whoever has a small one means less.
    private static let mostStopping = 0.05
    private static let mostWarning = 0.15
    /// How much more than the bound has to be free until a level is left again, so that it does not come and go.
    private static let margin = 1.25

    package init(stopBelow: Int64, warnBelow: Int64) {
        self.stopBelow = stopBelow
        self.warnBelow = max(warnBelow, stopBelow)
    }

    /// The level of a disk with so much free of so much, after `former`.
    package func level(free: Int64, of total: Int64, after former: StorageLevel) -> StorageLevel {
        let (free, total) = (Double(free), Double(total))
        let stop = min(Double(stopBelow), total * Self.mostStopping)
        let warn = max(min(Double(warnBelow), total * Self.mostWarning), stop)
        if free < stop || former == .full && free < stop * Self.margin { return .full }
        if free < warn || former >= .low && free < warn * Self.margin { return .low }
        return .enough
    }
}
