import Blobs
import EventLoop
import FoundationEssentials
import Logging
import Observability
import Postgres
import Records
import Scoring
import Stores
import Tenancy
import Testing
import WireAPI

@testable import Operations

@Suite struct RetentionTests {
    private static let logger = Logger(label: "test")

    private func product(_ rig: Rig) -> RetentionProduct {
        RetentionProduct(
            database: rig.database, standard: [.exports: 90], identifiers: rig.identifiers, logger: Self.logger)
    }

    private func actor(_ tenant: Tenant, _ role: Role = .owner) -> AuditActor {
        AuditActor(tenant.principal(role), from: "10.0.0.1", requestID: "r")
    }

    /// Logs of some days ago.
    private func store(_ count: Int, days: Int, of tenant: Tenant) async throws {
        try await tenant.rig.database.execute(
            "SELECT ensure_execution_log_partition(now() - make_interval(days => \(Int32(days))))")
        try await tenant.rig.database.execute(
            """
            INSERT INTO execution_logs (id, created_at, organization_id, project_id, type, executed_item_name, owner_id, \
            tags, request_id, request_preview, response_preview, contexts)
            SELECT gen_random_uuid(), now() - make_interval(days => \(Int32(days))), \(tenant.organization), \
            \(tenant.project.id), 'evaluator', 'x', \(tenant.owner.id), '{}', 'r', 'q', 'a', '{}' \
            FROM generate_series(1, \(Int32(count)))
            """)
    }

    private func count(of tenant: Tenant) async throws -> Int {
        let rows = try await tenant.rig.database.query(
            "SELECT count(*) FROM execution_logs WHERE organization_id = \(tenant.organization)")
        return try rows.first?.decode(0) ?? 0
    }

    @Test func aShorterTimeIsConfirmedByTheNumberOfRowsThatGo() async throws {
        try await Rig.run { rig in
            let (tenant, retention) = (try await rig.tenant(), product(rig))
            try await store(7, days: 40, of: tenant)
            let change = OperatorRetentionChange(
                projectID: nil, dataClass: "execution_logs", keeping: .days, days: 30)
            let unconfirmed = await #expect(throws: RetentionNotConfirmed.self) {
                try await retention.change(change, of: tenant.organization, by: actor(tenant))
            }
            #expect(unconfirmed?.rows == 7)
            let moment = try #require(unconfirmed?.moment)
            await #expect(throws: RetentionNotConfirmed.self, "it is another number") {
                try await retention.change(
                    change.confirmed(OperatorRetentionConfirmation(rows: 6, moment: moment)), of: tenant.organization,
                    by: actor(tenant))
            }
            await #expect(throws: PermissionDenied.self) {
                try await retention.change(change, of: tenant.organization, by: actor(tenant, .operator))
            }
            let kept = try await retention.change(
                change.confirmed(OperatorRetentionConfirmation(rows: 7, moment: moment)), of: tenant.organization,
                by: actor(tenant))
            let terms = try #require(kept.scopes.first { $0.projectID == tenant.project.id.uuid }).terms
            #expect(
                terms.contains(OperatorRetentionTerm(dataClass: "execution_logs", days: 30, source: "organization")))
            #expect(terms.contains(OperatorRetentionTerm(dataClass: "exports", days: 90, source: "installation")))
            #expect(terms.contains(OperatorRetentionTerm(dataClass: "traces", days: nil, source: "installation")))
            let preview = try await retention.preview(of: tenant.organization)
            #expect(preview.results.map(\.rows) == [7])
            #expect(try await count(of: tenant) == 7, "nothing goes by looking")
            // A project may say otherwise, and to keep more asks nobody.
            let longer = try await retention.change(
                OperatorRetentionChange(
                    projectID: tenant.project.id.uuid, dataClass: "execution_logs", keeping: .forever, days: nil),
                of: tenant.organization, by: actor(tenant))
            let own = try #require(longer.scopes.first { $0.projectID == tenant.project.id.uuid }).terms
            #expect(own.contains(OperatorRetentionTerm(dataClass: "execution_logs", days: nil, source: "project")))
            #expect(try await retention.preview(of: tenant.organization).results.isEmpty)
            let audit = try await rig.database.query(
                """
                SELECT action, after->>'days' AS days, after->>'confirmed_rows' AS confirmed FROM audit_entries
                WHERE organization_id = \(tenant.organization) AND action = 'retention.update' AND outcome = 'done'
                ORDER BY position
                """)
            #expect(audit.count == 2)
            #expect(try audit.first?.decode("days", as: String?.self) == "30")
            #expect(try audit.first?.decode("confirmed", as: String?.self) == "7")
        }
    }

    @Test func aRunTakesWhatIsPastItsTimeAndSaysSoInTheAudit() async throws {
        // On stores of its own: it is a run of the whole installation.
        let rig = try await Rig()
        try await rig.loops.next().run {
            let (tenant, other) = (try await rig.tenant(), try await rig.tenant())
            let retention = product(rig)
            try await store(12, days: 3, of: tenant)
            try await store(2, days: 0, of: tenant)
            try await store(3, days: 3, of: other)
            let rule = RetentionRule(RetentionScope(tenant.organization, tenant.project.id), .executionLogs, days: 2)
            try await rig.database.transaction {
                try await RetentionStore(database: rig.database).set(rule, at: Date(), by: "test", on: $0)
            }
            let metrics = Metrics()
            func run() -> RetentionRun {
                RetentionRun(
                    product: retention, blobs: rig.product.files.blobs, metrics: metrics, logger: Self.logger)
            }
            let runner = run()
            #expect(try await RetentionStore(database: rig.database).takeTurn(UUID(), for: .milliseconds(200)))
            #expect(try await runner.run() == nil, "another is at it")
            // Who was stopped in the middle has gone without a word; its turn runs out, and the rest goes.
            let deadline = ContinuousClock.now + .seconds(20)
            var outcome: RetentionRun.Outcome?
            while outcome == nil, ContinuousClock.now < deadline { outcome = try await runner.run() }
            #expect(outcome?.rows == [.executionLogs: 12])
            #expect(try await count(of: tenant) == 2)
            #expect(try await count(of: other) == 3)
            #expect(try await runner.run()?.total == 0)
            let entries = try await rig.database.query(
                """
                SELECT actor_name, after->>'rows' AS rows FROM audit_entries
                WHERE organization_id = \(tenant.organization) AND action = 'retention.run'
                """)
            #expect(entries.count == 1)
            #expect(try entries.first?.decode("rows", as: String?.self) == "12")
            #expect(
                String(decoding: metrics.exposition(), as: UTF8.self)
                    .contains(#"scorable_retention_deleted_rows_total{class="execution_logs"} 12"#))
            #expect(try await retention.show(of: tenant.organization).lastRunAt != nil)
        }
    }

    @Test func whatIsHeldIsListedUntilItIsReleased() async throws {
        try await Rig.run { rig in
            let (tenant, retention) = (try await rig.tenant(), product(rig))
            let draft = OperatorRetentionHoldDraft(
                projectID: tenant.project.id.uuid, beginsAt: nil, endsAt: nil, reason: "Case 17")
            let held = try await retention.hold(draft, of: tenant.organization, by: actor(tenant))
            let hold = try #require(held.holds.first)
            #expect(hold.reason == "Case 17" && hold.projectName == tenant.project.name)
            await #expect(throws: NotFound.self) {
                let other = try await rig.tenant()
                return try await retention.release(
                    RetentionHoldID(uuid: hold.id), of: other.organization, by: actor(other))
            }
            let released = try await retention.release(
                RetentionHoldID(uuid: hold.id), of: tenant.organization, by: actor(tenant))
            #expect(released.holds.isEmpty)
        }
    }
}
