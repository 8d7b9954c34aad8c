internal import FoundationEssentials
package import Stores

/// How long traces are kept: whole months of spans go at once, and their summaries after them.
package struct TraceRetention: Sendable {
    private let store: TraceStore
    private let monthsKept: Int

    /// How many summaries are deleted at once.
    private static let piece = 20_000
    /// No month is longer.
    private static let month: TimeInterval = 31 * 86_400

    /// `monthsKept` is 0 where traces are kept for ever.
    package init(store: TraceStore, monthsKept: Int) {
        self.store = store
        self.monthsKept = monthsKept
    }

    /// Makes the partitions of spans that are missing; says how many.
    func ensurePartitions(monthsAhead: Int) async throws -> Int {
        try await store.ensurePartitions(monthsAhead: monthsAhead)
    }

    /// Says how many months of spans and summaries of traces went.
    func deleteOld(at now: Date) async throws -> Int {
        guard monthsKept > 0 else { return 0 }
        let moment = now.addingTimeInterval(-Double(monthsKept) * Self.month)
        let months = try await store.dropSpans(before: moment)
        return try await months + store.deleteTraces(before: moment, limit: Self.piece)
    }
}
