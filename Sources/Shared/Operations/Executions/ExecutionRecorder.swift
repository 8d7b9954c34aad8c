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
}

/// Makes executions durable, many in one commit, and then tells who watches.
package struct ExecutionRecorder: Sendable {
    private let writer: WriteBehind<FinishedExecution>
    private let events: EventPublisher

    package init(database: PostgresClient, loops: LoopGroup, events: EventPublisher) {
        writer = WriteBehind(client: database, loops: loops) { executions in
            ExecutionLogStore.insertion(of: executions.flatMap { [$0.log] + $0.parts })
        }
        self.events = events
    }

    /// Takes no more executions and returns when those it has are committed or have failed.
    package func close() async { await writer.close() }

    /// Returns when the execution is committed.
    /// - Throws: `PostgresError` when it could not be; then nothing of it is stored, unless the connection was lost
    ///   after the commit was sent.
    package func record(_ execution: FinishedExecution) async throws {
        try await writer.write(execution)
        events.publish(.executionFinished(OperatorExecutionRow(execution.log)), to: execution.log.organizationID)
        for part in execution.parts {
            events.publish(.executionFinished(OperatorExecutionRow(part)), to: part.organizationID)
        }
    }
}
