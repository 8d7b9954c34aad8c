import FoundationEssentials
import Postgres
import Queueing
import Records
import Tenancy
import Testing

@testable import Stores

@Suite struct ExportStoreTests {
    /// An export of the tenant that waits, with a job.
    private func export(_ tenant: Tenant) async throws -> Export {
        let world = tenant.world
        let (id, date) = world.identifiers.nextDated(Export.self)
        let export = Export(
            id: id, organizationID: tenant.organization, projectID: tenant.project,
            requestedBy: tenant.owner.reference, filter: Array(#"{"parameters":[]}"#.utf8), format: .csv,
            state: .waiting, jobID: world.identifiers.next(), expectedRows: 12, progress: ExportProgress(), file: nil,
            error: nil, createdAt: date, startedAt: nil, endedAt: nil)
        try await world.database.transaction { connection in
            try await ExportStore.add(export, on: connection)
            try await connection.execute(
                """
                INSERT INTO jobs (id, organization_id, kind, queue, priority, run_at, max_attempts, timeout_seconds, created_at)
                VALUES (\(export.jobID), \(tenant.organization), 'export_writing', 'background', 2, now(), 5, 60, now())
                """)
        }
        return export
    }

    private func finish(_ export: Export, _ world: World) async throws -> Bool {
        try await world.database.transaction { connection in
            try await ExportStore.finish(
                export, ExportProgress(rows: 3, bytes: 40, reachedAt: export.createdAt), key: "exports/k",
                sha256: [1, 2], keptFor: .seconds(60), on: connection)
        }
    }

    @Test func anExportGoesThroughItsLife() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = ExportStore(database: world.database)
            let made = try await export(tenant)
            let found = try #require(try await store.find(made.id, in: tenant.organization))
            #expect(found.state == .waiting && found.format == .csv && found.expectedRows == 12)
            #expect(found.jobID == made.jobID && found.projectID == tenant.project && found.createdAt == made.createdAt)
            #expect(found.requestedBy == tenant.owner.reference && found.progress == ExportProgress())
            #expect(try await finish(made, world) == false, "nobody writes it")
            let begun = try #require(try await store.begin(made.id, in: tenant.organization))
            #expect(begun.startedAt != nil)
            try await store.note(
                ExportProgress(rows: 2, bytes: 20, reachedAt: made.createdAt), of: made.id, in: tenant.organization)
            #expect(try await finish(made, world))
            let ended = try #require(try await store.find(made.id, in: tenant.organization))
            #expect(ended.state == .finished && ended.progress.rows == 3 && ended.progress.bytes == 40)
            #expect(ended.file?.key == "exports/k" && ended.file?.sha256 == [1, 2])
            #expect(try await store.begin(made.id, in: tenant.organization) == nil, "it is written")
            #expect(try await store.expire(ended))
            #expect(try await !store.expire(ended))
            let expired = try #require(try await store.find(made.id, in: tenant.organization))
            #expect(expired.state == .expired && expired.file == nil)
        }
    }

    @Test func itsStateIsWhatItsJobLeavesIt() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = ExportStore(database: world.database)
            let made = try await export(tenant)
            _ = try await store.begin(made.id, in: tenant.organization)
            func state(after change: SQL) async throws -> ExportState? {
                try await world.database.execute("UPDATE jobs SET \(fragment: change) WHERE id = \(made.jobID)")
                return try await store.find(made.id, in: tenant.organization)?.state
            }
            #expect(try await state(after: "state = 'running'") == .running)
            #expect(try await state(after: "state = 'waiting'") == .waiting, "it waits for another attempt")
            #expect(try await state(after: "state = 'dead', ended_at = now(), error = 'poison'") == .failed)
            #expect(try await store.stranded(limit: 100).contains { $0.id == made.id && $0.error == "poison" })
            #expect(try await state(after: "state = 'cancelled', ended_at = now()") == .cancelled)
        }
    }

    @Test func listsAreOfOneOrganisationAndGoOn() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let store = ExportStore(database: world.database)
            var made: [ExportID] = []
            for _ in 0..<5 { made.append(try await export(tenant).id) }
            _ = try await export(other)
            let first = try await store.list(in: tenant.organization, page: PageRequest(limit: 3))
            #expect(first.items.map(\.id) == made.suffix(3).reversed() && first.hasNext)
            let place = try #require(first.items.last?.keyset)
            let second = try await store.list(
                in: tenant.organization, page: PageRequest(limit: 3, position: .after(place)))
            #expect(second.items.map(\.id) == made.prefix(2).reversed() && !second.hasNext)
            #expect(try await store.find(made[0], in: other.organization) == nil)
        }
    }
}
