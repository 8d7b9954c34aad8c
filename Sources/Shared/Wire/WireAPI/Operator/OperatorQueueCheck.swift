package import FoundationEssentials

/// What a recount of batches found, as `scorable queue check` prints it.
package struct OperatorQueueCheck: Codable, Sendable, Hashable {
    /// Those whose counters are not what their jobs say.
    package let batches: [Batch]

    package init(batches: [Batch]) { self.batches = batches }

    /// Whether everything adds up.
    package var isRight: Bool { batches.isEmpty }

    /// A batch with its counters, and what its jobs say.
    package struct Batch: Codable, Sendable, Hashable {
        package let id: UUID
        package let counted: Counts
        package let found: Counts

        package init(id: UUID, counted: Counts, found: Counts) {
            self.id = id
            self.counted = counted
            self.found = found
        }
    }

    /// Jobs that have ended, by how.
    package struct Counts: Codable, Sendable, Hashable {
        package let finished: Int
        package let dead: Int
        package let cancelled: Int

        package init(finished: Int, dead: Int, cancelled: Int) {
            self.finished = finished
            self.dead = dead
            self.cancelled = cancelled
        }
    }
}
