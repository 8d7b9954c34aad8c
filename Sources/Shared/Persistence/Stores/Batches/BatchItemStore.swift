import FoundationEssentials
import JSON
package import Postgres
package import Queueing
package import Records
import Scoring
package import Tenancy

/// What the jobs of batches evaluate, and what came of it.
package struct BatchItemStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    // MARK: Writing, in the transaction of whoever writes the jobs

    /// Adds items to a batch, from an index on; `positions` says where they stand in a dataset.
    package func add(
        _ inputs: [BatchInput], at positions: [Int]? = nil, to batch: BatchID, from first: Int,
        of organization: OrganizationID, on connection: PostgresConnection
    ) async throws {
        func each<T>(_ value: (BatchInput) -> T) -> [T] { inputs.map(value) }
        func text(_ value: (BatchInput) -> String?) -> [String?] {
            inputs.map { value($0).map(ExecutionLogStore.storable) }
        }
        let indices = inputs.indices.map { first + $0 }
        let places = inputs.indices.map { positions?[$0] }
        try await connection.execute(
            """
            INSERT INTO batch_items (batch_id, item_index, organization_id, request, response, turns, tools, \
            contexts, expected_output, system_prompt, variables, session_id, user_id, file_ids, source_position)
            SELECT \(batch), unnest(\(indices)), \(organization), unnest(\(text(\.input.request))), \
            unnest(\(text(\.input.response))), unnest(\(each { StoredJSON.text(of: $0.input.turns) }))::json, \
            unnest(\(each(\.input.tools?.text)))::json, \
            unnest(\(each { ArrayLiteral.of($0.input.contexts) }))::text[], \
            unnest(\(text(\.input.expectedOutput))), unnest(\(text(\.input.systemPrompt))), \
            unnest(\(each { StoredJSON.text(of: $0.input.variables) }))::json, unnest(\(text(\.sessionID))), \
            unnest(\(text(\.userID))), \
            unnest(\(each { ArrayLiteral.of($0.input.fileIDs.map(\.description)) }))::uuid[], unnest(\(places))
            ON CONFLICT DO NOTHING
            """)
    }

    /// Notes what came of an item's execution.
    package func record(
        _ outcome: BatchItemOutcome, of place: BatchPlace, on connection: PostgresConnection
    ) async throws {
        let results = String(decoding: JSONCodec.encode(outcome.results), as: UTF8.self)
        try await connection.execute(
            """
            UPDATE batch_items SET results = \(ExecutionLogStore.storable(results))::json, \
                execution_log_id = \(outcome.executionLogID), \
                error_message = \(ExecutionLogStore.storable(outcome.errorMessage))
            WHERE batch_id = \(place.batchID) AND item_index = \(place.index)
            """)
    }

    // MARK: Reading

    /// What one job evaluates; `nil` when the batch was deleted meanwhile.
    package func input(at place: BatchPlace, in organization: OrganizationID) async throws -> BatchInput? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.inputColumns) FROM batch_items i
            WHERE i.batch_id = \(place.batchID) AND i.item_index = \(place.index)
                AND i.organization_id = \(organization)
            """)
        return try rows.first.map { row in
            var columns = ColumnReader(row)
            return try Self.input(&columns)
        }
    }

    /// Where the item with the greatest index stands in the dataset of the batch; `nil` before there is one.
    package func lastPosition(of batch: BatchID) async throws -> Int? {
        let rows = try await database.query(
            """
            SELECT source_position FROM batch_items WHERE batch_id = \(batch) ORDER BY item_index DESC LIMIT 1
            """)
        return try rows.first?.decode("source_position", as: Int?.self)
    }

    /// Items of a batch in their order, at most `limit` of them.
    package func items(
        of batch: BatchID, in organization: OrganizationID, from first: Int, limit: Int
    ) async throws -> [BatchItem] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.inputColumns), i.item_index, j.state, i.results, i.execution_log_id, \
            i.error_message, j.error, j.started_at, j.ended_at
            FROM batch_items i JOIN jobs j ON j.batch_id = i.batch_id AND j.batch_index = i.item_index
            WHERE i.batch_id = \(batch) AND i.organization_id = \(organization) AND i.item_index >= \(first)
            ORDER BY i.item_index LIMIT \(limit)
            """)
        return try rows.map { row in
            var columns = ColumnReader(row)
            let input = try Self.input(&columns)
            let index = try columns.next(Int.self)
            let state = JobState(rawValue: try columns.next(String.self)) ?? .waiting
            let results = try columns.next(String?.self)
            let logID = try columns.next(ExecutionLogID?.self)
            let message = try columns.next(String.self)
            let failure = try columns.next(String?.self)
            return BatchItem(
                index: index, input: input, state: state,
                results: try results.map { try JSONCodec.decode([BatchItemResult].self, from: Array($0.utf8)) } ?? [],
                executionLogID: logID,
                errorMessage: Self.message(message, failure: failure, state, of: "item"), startedAt: try columns.next(),
                endedAt: try columns.next())
        }
    }

    private static let inputColumns: SQL = """
        i.request, i.response, i.turns, i.tools, i.contexts, i.expected_output, i.system_prompt, i.variables, \
        i.session_id, i.user_id, i.file_ids
        """

    private static func input(_ columns: inout ColumnReader) throws -> BatchInput {
        var input = EvaluationInput(
            request: try columns.next(), response: try columns.next(),
            turns: try StoredJSON.turns(from: columns.next()),
            tools: try columns.next(String?.self).map(OpaqueJSON.init(text:)), contexts: try columns.next(),
            expectedOutput: try columns.next(), systemPrompt: try columns.next(),
            variables: try StoredJSON.variables(from: columns.next()))
        let (sessionID, userID) = (try columns.next(String?.self), try columns.next(String?.self))
        input.fileIDs = try columns.next()
        return BatchInput(input: input, sessionID: sessionID, userID: userID)
    }

    /// What a piece of a batch has said; where it had no say, what is known of its job. `noun` is what the piece is called.
    static func message(_ message: String, failure: String?, _ state: JobState, of noun: String) -> String {
        switch state {
        case .waiting, .running, .finished: message
        case .cancelled: message.isEmpty ? "The \(noun) was cancelled." : message
        case .dead: message.isEmpty ? failure ?? "The \(noun) failed." : message
        }
    }
}
