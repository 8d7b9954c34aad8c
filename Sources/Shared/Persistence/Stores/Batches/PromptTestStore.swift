import FoundationEssentials
import JSON
package import Postgres
package import Queueing
package import Records
import Scoring
package import Tenancy

/// Prompt tests, and what came of their tasks.
package struct PromptTestStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a test with the inputs of its tasks, in the transaction that also stores its batch.
    package static func create(
        _ test: PromptTest, of inputs: [PromptTestInput], on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            INSERT INTO prompt_tests (id, organization_id, prompt, model, response_schema, created_at)
            VALUES (\(test.id), \(test.organizationID), \(test.prompt.text), \(test.model), \
            \(test.responseSchema?.text)::json, \(test.createdAt))
            """)
        try await connection.execute(
            """
            INSERT INTO prompt_test_tasks (test_id, task_index, organization_id, variables, contexts, expected_output)
            SELECT \(test.id), unnest(\(Array(inputs.indices))), \(test.organizationID), \
            unnest(\(inputs.map(\.variables.text)))::json, \
            unnest(\(inputs.map { ArrayLiteral.of($0.contexts) }))::text[], unnest(\(inputs.map(\.expectedOutput)))
            """)
    }

    /// Notes what came of a task, in the transaction that ends its job.
    package static func record(
        _ outcome: PromptTestOutcome, of place: BatchPlace, on connection: PostgresConnection
    ) async throws {
        let results = String(decoding: JSONCodec.encode(outcome.results), as: UTF8.self)
        try await connection.execute(
            """
            UPDATE prompt_test_tasks SET llm_output = \(outcome.output.map(ExecutionLogStore.storable)), \
                cost_nano_dollars = \(outcome.cost), call_duration_us = \(outcome.callDuration?.microseconds), \
                results = \(ExecutionLogStore.storable(results))::json, \
                execution_log_id = \(outcome.executionLogID), \
                error_message = \(ExecutionLogStore.storable(outcome.errorMessage))
            WHERE test_id = \(place.batchID) AND task_index = \(place.index)
            """)
    }

    /// The test, `nil` when the organisation has none of this identifier.
    package func find(_ id: BatchID, in organization: OrganizationID) async throws -> PromptTest? {
        let rows = try await database.query(
            """
            SELECT t.id, t.organization_id, b.project_id, b.owner_id, t.prompt, t.model, t.response_schema, \
            b.definition, t.created_at
            FROM prompt_tests t JOIN batches b ON b.id = t.id
            WHERE t.id = \(id) AND t.organization_id = \(organization)
            """)
        return try rows.first.map { row in
            let definition = try row.decode("definition", as: JSONText.self)
            return PromptTest(
                id: try row.decode("id"), organizationID: try row.decode("organization_id"),
                projectID: try row.decode("project_id"), ownerID: try row.decode("owner_id"),
                prompt: CriteriaTemplate(try row.decode("prompt")), model: try row.decode("model"),
                responseSchema: try row.decode("response_schema", as: String?.self).map(OpaqueJSON.init(text:)),
                evaluators: try JSONCodec.decode(BatchDefinition.self, from: definition.bytes).evaluators,
                createdAt: try row.decode("created_at"))
        }
    }

    /// What one job fills in; `nil` when the test is gone.
    package func input(at place: BatchPlace, in organization: OrganizationID) async throws -> PromptTestInput? {
        let rows = try await database.query(
            """
            SELECT variables, contexts, expected_output FROM prompt_test_tasks
            WHERE test_id = \(place.batchID) AND task_index = \(place.index) AND organization_id = \(organization)
            """)
        return try rows.first.map { row in
            PromptTestInput(
                variables: OpaqueJSON(text: try row.decode("variables")), contexts: try row.decode("contexts"),
                expectedOutput: try row.decode("expected_output"))
        }
    }

    /// The tasks of a test in the order of its inputs, with what is known of their jobs.
    package func tasks(of test: BatchID, in organization: OrganizationID) async throws -> [PromptTestTask] {
        let rows = try await database.query(
            """
            SELECT j.id, j.state, j.error, t.variables, t.llm_output, t.cost_nano_dollars, t.call_duration_us, \
            t.results, t.execution_log_id, t.error_message
            FROM prompt_test_tasks t JOIN jobs j ON j.batch_id = t.test_id AND j.batch_index = t.task_index
            WHERE t.test_id = \(test) AND t.organization_id = \(organization) ORDER BY t.task_index
            """)
        return try rows.map(Self.task)
    }

    private static func task(_ row: PostgresRow) throws -> PromptTestTask {
        let state = JobState(rawValue: try row.decode("state")) ?? .waiting
        let results = try row.decode("results", as: String?.self)
        let said = try row.decode("error_message", as: String.self)
        let failure = try row.decode("error", as: String?.self)
        return PromptTestTask(
            id: try row.decode("id"), variables: OpaqueJSON(text: try row.decode("variables")), state: state,
            outcome: PromptTestOutcome(
                output: try row.decode("llm_output"), cost: try row.decode("cost_nano_dollars"),
                callDuration: try row.decode("call_duration_us", as: Int64?.self).map(Duration.microseconds),
                results: try results.map { try JSONCodec.decode([BatchItemResult].self, from: Array($0.utf8)) } ?? [],
                executionLogID: try row.decode("execution_log_id"),
                errorMessage: BatchItemStore.message(said, failure: failure, state, of: "task")))
    }
}
