package import EventLoop
package import Postgres
package import Records

/// Writes logs in group commits: executions that end at the same moment share one statement and one commit.
package struct ExecutionLogWriter: Sendable {
    private let queue: WriteBehind<[ExecutionLog]>

    package init(
        database: PostgresClient, loops: LoopGroup, settings: WriteBehindSettings = WriteBehindSettings()
    ) {
        queue = WriteBehind(
            client: database, loops: loops, settings: settings,
            mend: { await PartitionStore.mend($0, in: database) },
            statement: { executions in ExecutionLogStore.insertion(of: executions.flatMap { $0 }) })
    }

    /// Returns when the logs of one execution are committed, all of them or, when it throws, none.
    package func write(_ execution: [ExecutionLog]) async throws(PostgresError) {
        try await queue.write(execution)
    }

    /// How many executions wait for their commit.
    package func statistics() async -> WriteBehindStatistics { await queue.statistics() }

    /// Takes no more and returns when all it has is written or has failed.
    package func close() async { await queue.close() }
}
