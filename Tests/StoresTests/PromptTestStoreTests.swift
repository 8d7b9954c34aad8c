import FoundationEssentials
import JSON
import Postgres
import Queueing
import Records
import Scoring
import Tenancy
import Testing

@testable import Stores

/// Prompt tests as they are stored.
@Suite struct PromptTestStoreTests {
    /// Stores a test with its batch, of which the store reads what it does not keep itself.
    private func make(_ tenant: Tenant, of inputs: [PromptTestInput]) async throws -> PromptTest {
        let world = tenant.world
        let (id, date) = world.identifiers.nextDated(Batch.self)
        let evaluator = BatchDefinition.Item(id: UUID(), versionID: UUID(), name: "Precision")
        let test = PromptTest(
            id: id, organizationID: tenant.organization, projectID: tenant.project, ownerID: tenant.owner.id,
            prompt: CriteriaTemplate("Hello {{name}}"), model: "root",
            responseSchema: OpaqueJSON(text: #"{"type":"object"}"#), evaluators: [evaluator], createdAt: date)
        let definition = JSONCodec.encode(BatchDefinition(judge: nil, evaluators: [evaluator]))
        try await world.database.transaction { connection in
            try await connection.execute(
                """
                INSERT INTO batches (id, organization_id, project_id, owner_id, kind, queue, name, definition, state, \
                total, created_at)
                VALUES (\(id), \(tenant.organization), \(tenant.project), \(tenant.owner.id), 'prompt_test', \
                'evaluations', 'Test', \(JSONText(definition)), 'open', \(inputs.count), \(date))
                """)
            try await PromptTestStore.create(test, of: inputs, on: connection)
        }
        return test
    }

    @Test func aTestIsReadBackAsItWasStored() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let test = try await make(tenant, of: [PromptTestInput(variables: OpaqueJSON(text: #"{"name":"Ada"}"#))])
            let store = PromptTestStore(database: world.database)
            #expect(try await store.find(test.id, in: tenant.organization) == test)
            #expect(try await store.find(test.id, in: other.organization) == nil)
        }
    }

    @Test func eachJobFindsWhatItFillsIn() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let inputs = [
                PromptTestInput(variables: OpaqueJSON(text: #"{"name":"Ada"}"#)),
                PromptTestInput(
                    variables: OpaqueJSON(text: #"{"name":"Grace"}"#), contexts: ["a, \"quoted\"", "b"],
                    expectedOutput: "Hello Grace"),
            ]
            let test = try await make(tenant, of: inputs)
            let store = PromptTestStore(database: world.database)
            for (index, input) in inputs.enumerated() {
                let place = BatchPlace(batchID: test.id, index: index)
                #expect(try await store.input(at: place, in: tenant.organization) == input)
            }
            let beyond = BatchPlace(batchID: test.id, index: 2)
            #expect(try await store.input(at: beyond, in: tenant.organization) == nil)
        }
    }
}
