package import EventLoop
package import Postgres
package import Records
internal import Stores
internal import Tenancy
internal import WireAPI

/// An execution with its parts: what one commit makes durable.
package struct FinishedExecution: Sendable {
    /// The execution itself.
    package let log: ExecutionLog
    /// On a judge's execution, those of its evaluators.
    package let parts: [ExecutionLog]

    package init(log: ExecutionLog, parts: [ExecutionLog] = []) {
        self.log = log
        self.parts = parts
    }

    /// The execution's own log, then those of its parts.
    package var logs: [ExecutionLog] { [log] + parts }
}

/// Makes executions durable, many in one commit, and then tells who watches.
package struct ExecutionRecorder: Sendable {
    private let writer: ExecutionLogWriter
    private let events: EventPublisher

    package init(database: PostgresClient, loops: LoopGroup, events: EventPublisher) {
        writer = ExecutionLogWriter(database: database, loops: loops)
        self.events = events
    }

    /// How many executions wait for their commit.
    package func statistics() async -> WriteBehindStatistics { await writer.statistics() }

    /// Takes no more executions and returns when those it has are committed or have failed.
    package func close() async { await writer.close() }

    /// Returns when the execution is committed with its parts.
    /// - Throws: `PostgresError` when it could not be; then nothing of it is stored, unless the connection was lost
    ///   after the commit was sent.
    package func record(_ execution: FinishedExecution) async throws {
        try await writer.write(execution.logs)
        events.publish(execution)
    }
}

extension EventPublisher {
    /// Tells whoever watches of an execution that is durable.
    func publish(_ execution: FinishedExecution) {
        for log in execution.logs { publish(.executionFinished(OperatorExecutionRow(log)), to: log.organizationID) }
    }
}
