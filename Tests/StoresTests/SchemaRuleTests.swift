import FoundationEssentials
import Logging
import Postgres
import Records
import Schema
import Scoring
import Tenancy
import TestSupport
import Testing

@testable import Stores

/// The second wall: what a role that is not the owner of the tables sees.
@Suite struct RowSecurityTests {
    private static let tables = [
        "organizations", "users", "projects", "sessions", "api_keys", "objectives", "objective_versions", "evaluators",
        "evaluator_versions", "judges", "judge_versions", "judge_version_evaluators", "providers", "models",
        "execution_logs", "executed_items", "tagged_hours", "execution_minutes", "execution_hours", "execution_reruns",
        "notices",
        "batches", "jobs", "job_attempts", "schedules", "audit_entries", "audit_targets",
        "exports", "drains", "deployment_spans", "budget_alerts", "batch_items", "datasets", "dataset_items", "files",
        "judge_samples", "prompt_tests", "prompt_test_tasks", "temporary_users", "judge_claims", "judge_invitations",
        "annotations", "calibration_runs", "calibration_items", "score_configs",
        "webhook_endpoints", "webhook_events", "webhook_deliveries", "webhook_attempts", "webhook_dead_jobs",
        "trace_spans", "traces", "trace_filters", "trace_candidates", "idempotent_calls",
        "second_factors", "recovery_codes", "sign_in_origins", "sign_in_policies",
        "project_grants", "invitations", "password_resets", "retention_rules", "retention_holds",
    ]

    /// Runs `body` as a role that may read everything the policies let it, in the name of an organisation.
    private func asReader(
        of organization: OrganizationID?, _ world: World, _ body: @Sendable (PostgresConnection) async throws -> Void
    ) async throws {
        try await world.database.withConnection { connection in
            defer { connection.discard() }
            try await connection.run(
                script: """
                    DO $$ BEGIN
                        PERFORM pg_advisory_xact_lock(1);
                        IF to_regrole('wall_reader') IS NULL THEN CREATE ROLE wall_reader; END IF;
                        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO wall_reader;
                    END $$;
                    SET ROLE wall_reader
                    """)
            if let organization {
                try await connection.execute(
                    "SELECT set_config('scorable.organization_id', \(organization.description), false)")
            }
            try await body(connection)
        }
    }

    private func count(_ table: String, _ connection: PostgresConnection) async throws -> Int {
        let rows = try await connection.query("SELECT count(*) AS total FROM \(identifier: table)")
        return try rows.first?.decode("total") ?? 0
    }

    @Test func whoSetsNoOrganisationSeesNothing() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            try await tenant.evaluator("Walled", visibility: .public)
            try await tenant.write(tenant.log())
            try await asReader(of: nil, world) { connection in
                let others = [
                    "installation", "execution_sums", "queue_controls", "queue_minutes", "audit_chains", "audit_seals",
                    "audit_checks", "audit_cursors", "audit_marks", "audit_acknowledgements", "backup_runs",
                    "retention_turn", "storage_days",
                ]
                for table in Self.tables + others {
                    let seen = try await count(table, connection)
                    #expect(seen == 0, "\(table)")
                }
            }
        }
    }

    @Test func aQueryWithoutConditionShowsOnlyTheOwnOrganisation() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            for one in [tenant, other] {
                let evaluator = try await one.evaluator("Walled")
                try await one.judge("Walled", [EvaluatorReference(id: evaluator.id, pinned: nil)])
                try await one.write(one.log())
            }
            try await asReader(of: tenant.organization, world) { connection in
                for table in Self.tables where table != "organizations" {
                    let foreign = try await connection.query(
                        """
                        SELECT count(*) AS total FROM \(identifier: table)
                        WHERE organization_id = \(other.organization)
                        """)
                    #expect(try foreign.first?.decode("total") == 0, "\(table)")
                }
                let organizations = try await connection.query("SELECT id FROM organizations")
                #expect(try organizations.map { try $0.decode("id") } == [tenant.organization])
                for table in ["users", "projects", "execution_logs"] {
                    let seen = try await count(table, connection)
                    #expect(seen == 1, "\(table)")
                }
            }
        }
    }

    @Test func whatIsPublishedIsSeenByOthers() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let shared = try await other.evaluator("Shared", visibility: .public)
            try await asReader(of: tenant.organization, world) { connection in
                let rows = try await connection.query(
                    """
                    SELECT v.id FROM evaluators e JOIN evaluator_versions v ON v.evaluator_id = e.id
                    WHERE e.organization_id = \(other.organization)
                    """)
                #expect(try rows.map { try $0.decode("id") } == [shared.version.id])
            }
        }
    }

    @Test func nothingIsWrittenIntoAnotherOrganisation() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let log = other.log()
            try await asReader(of: tenant.organization, world) { connection in
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.execute(ExecutionLogStore.insertion(of: [log]))
                }
                #expect(error?.sqlState == "42501")
                let changed = try await connection.execute(
                    "UPDATE users SET full_name = 'x' WHERE id = \(other.owner.id)")
                #expect(changed == 0)
            }
        }
    }

    @Test func aPartitionIsNoWayAroundTheWall() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let log = tenant.log()
            try await tenant.write(log)
            let place = try await world.database.query(
                "SELECT tableoid::regclass::text AS place FROM execution_logs WHERE id = \(log.id)")
            let partition = try #require(try place.first?.decode("place", as: String.self))
            try await asReader(of: tenant.organization, world) { connection in
                let seen = try await count(partition, connection)
                #expect(seen == 0)
            }
        }
    }
}

@Suite struct PartitionTests {
    @Test func partitionsAreMadeOnceHoweverManyAsk() async throws {
        try await World.run { world in
            let store = PartitionStore(database: world.database)
            let made = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await store.ensure(monthsAhead: 8) } }
                return try await group.reduce(0, +)
            }
            #expect(made == 2, "the schema makes half a year ahead")
            #expect(try await store.ensure(monthsAhead: 8) == 0)
        }
    }

    @Test func partitionsHaveNoGap() async throws {
        try await World.run { world in
            let rows = try await world.database.query(
                """
                SELECT count(*) AS rows FROM generate_series(now() - interval '27 days', now() + interval '180 days',
                    interval '1 day') AS moment
                WHERE to_regclass('execution_logs_' || to_char(moment AT TIME ZONE 'UTC', 'YYYY_MM')) IS NULL
                """)
            #expect(try rows.first?.decode("rows") == 0)
        }
    }
}

@Suite struct PresetStoreTests {
    @Test func seedingAgainChangesNothing() async throws {
        try await World.run { world in
            let store = EvaluatorStore(database: world.database)
            let preset = try #require(PresetCatalogue.evaluators.first)
            let before = try await store.find(preset.id, readableBy: PresetCatalogue.organizationID)
            try await PresetStore(database: world.database).seed(at: Date())
            let after = try await store.find(preset.id, readableBy: PresetCatalogue.organizationID)
            #expect(before == after && after?.version.id == preset.versionID)
            #expect(after?.isRoot == true && after?.visibility == .public && after?.updatedAt == nil)
            #expect(after?.owner == PresetCatalogue.owner && after?.objective.version.intent == preset.intent)
            let organizations = try await OrganizationStore(database: world.database).all()
            #expect(!organizations.contains { $0.id == PresetCatalogue.organizationID })
        }
    }

    @Test func aChangedWordingBecomesANewVersion() async throws {
        try await World.run { world in
            // A database of its own: the others of this process read the presets.
            let connection = try await PrivatePostgres.shared().freshDatabase()
            let database = PostgresClient(loops: world.loops, settings: PostgresSettings(connection: connection))
            try await SchemaMigrator(client: database, logger: Logger(label: "test")).migrate()
            let presets = PresetStore(database: database)
            let first = try #require(PresetCatalogue.evaluators.first)
            let old = PresetEvaluator(
                first.id.uuid, first.name, intent: first.intent, inputs: [.response], guide: "An older wording.")
            try await presets.seed([old] + PresetCatalogue.evaluators.dropFirst(), at: Date())
            let evaluators = EvaluatorStore(database: database)
            let organization = PresetCatalogue.organizationID
            let before = try await evaluators.find(first.id, readableBy: organization)
            #expect(before?.version.id == old.versionID)

            let moment = Date(timeIntervalSince1970: 1_900_000_000)
            try await presets.seed(at: moment)
            let after = try await evaluators.find(first.id, readableBy: organization)
            #expect(after?.version.id == first.versionID && after?.updatedAt == moment)
            #expect(after?.version.createdAt == moment && after?.createdAt == before?.createdAt)
            let versions = try await evaluators.versions(of: first.id, readableBy: organization, page: .firstHundred)
            #expect(versions.items.map(\.version.id) == [first.versionID, old.versionID])
            await database.close()
        }
    }
}
