import FoundationEssentials
import Logging
import Postgres
import Records
import Scoring
import Tenancy
import Testing

@testable import Operations

/// What becomes of temporary users, and of evaluators whose dataset went with one.
@Suite struct TemporaryUserTests {
    /// A temporary user whose time was over long ago.
    private func visitor(_ rig: Rig) async throws -> Tenant {
        let tenant = try await rig.tenant()
        try await rig.database.execute(
            """
            INSERT INTO temporary_users (organization_id, user_id, created_at, expires_at)
            VALUES (\(tenant.organization), \(tenant.owner.id), now() - interval '2 days', now() - interval '1 day')
            """)
        return tenant
    }

    private func isThere(_ tenant: Tenant) async throws -> Bool {
        try await !tenant.rig.database.query("SELECT FROM organizations WHERE id = \(tenant.organization)").isEmpty
    }

    @Test func whoeverCannotBeDeletedHoldsNobodyElseUp() async throws {
        try await Rig.run { rig in
            let (held, free) = (try await visitor(rig), try await visitor(rig))
            let other = try await rig.tenant()
            let objective = try await other.evaluator("Held").objective.id
            func give(to tenant: Tenant) async throws {
                try await rig.database.execute(
                    """
                    UPDATE objectives SET organization_id = \(tenant.organization), project_id = \(tenant.project.id), \
                        owner_id = \(tenant.owner.id)
                    WHERE id = \(objective)
                    """)
            }
            try await give(to: held)
            let sweep = SweepTemporaryUsers(database: rig.database, logger: Logger(label: "test"))
            #expect(try await sweep.sweep(at: Date()) == 1)
            #expect(try await isThere(held))
            #expect(try await !isThere(free))
            try await give(to: other)
            #expect(try await sweep.sweep(at: Date()) == 1)
            #expect(try await !isThere(held))
        }
    }

    @Test func anEvaluatorWhoseDatasetIsGoneIsCarriedWithoutItsExamples() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            var dataset = DatasetDraft()
            dataset.name = "Examples"
            let gone = try await rig.product.datasets.create(dataset, for: tenant.principal())
            var draft = EvaluatorDraft()
            (draft.name, draft.criteria) = ("Carried", "Judge {{response}}")
            draft.objective = .new(intent: "To measure something.")
            draft.demonstrationDatasetID = gone.id
            let evaluator = try await rig.product.evaluators.create(draft, overwrite: false, for: tenant.principal())
            try await rig.database.execute("DELETE FROM datasets WHERE id = \(gone.id)")
            let document = try await rig.product.carriage.export(evaluator.id, for: tenant.principal())
            #expect(document.name == "Carried" && document.demonstrations.isEmpty)
        }
    }
}
