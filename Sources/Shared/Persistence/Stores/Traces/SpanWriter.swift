package import EventLoop
package import Postgres
package import Records

/// Writes spans in group commits: requests that come at the same moment share a statement and a commit.
package struct SpanWriter: Sendable {
    /// The most spans of one row of a group: a large request becomes several.
    package static let piece = 64

    private let queue: WriteBehind<SpanBatch>

    package init(database: PostgresClient, loops: LoopGroup) {
        var settings = WriteBehindSettings()
        settings.maximumBatch = 24
        // With the largest pieces of ordinary size these are a few megabytes; more wait with their senders.
        settings.queueLimit = 256
        queue = WriteBehind(
            client: database, loops: loops, settings: settings,
            mend: { await PartitionStore.mend($0, in: database) }, statement: { TraceStore.insertion(of: $0) })
    }

    /// Returns when the spans are committed, all of them or, when it throws, none.
    package func write(_ batch: SpanBatch) async throws(PostgresError) { try await queue.write(batch) }

    /// How many pieces wait for their commit.
    package func statistics() async -> WriteBehindStatistics { await queue.statistics() }

    /// Takes no more and returns when all it has is written or has failed.
    package func close() async { await queue.close() }
}
