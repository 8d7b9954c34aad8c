internal import Synchronization

/// What all requests together may hold in memory while they are read.
package final class IngestRoom: Sendable {
    private let limit: Int
    private let held = Mutex(0)

    init(limit: Int) { self.limit = limit }

    /// How many bytes are held.
    package var heldBytes: Int { held.withLock { $0 } }

    fileprivate func take(_ bytes: Int) -> Bool {
        held.withLock { held in
            // A request that is alone is never too large: its own limits bound it.
            guard held == 0 || held + bytes <= limit else { return false }
            held += bytes
            return true
        }
    }

    fileprivate func giveBack(_ bytes: Int) { held.withLock { $0 -= bytes } }
}

/// A request's part of the room, given back when it ends.
package struct IngestHold: ~Copyable {
    private let room: IngestRoom
    private var bytes = 0

    package init(_ room: IngestRoom) { self.room = room }

    deinit { room.giveBack(bytes) }

    /// Takes more of the room.
    /// - Throws: `TracesBusy` when others have it.
    package mutating func add(_ count: Int) throws(TracesBusy) {
        guard room.take(count) else { throw TracesBusy() }
        bytes += count
    }
}
