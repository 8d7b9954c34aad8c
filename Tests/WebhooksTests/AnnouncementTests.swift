import EventLoop
import FoundationEssentials
import Jobs
import JSON
import Operations
import Postgres
import Queueing
import Records
import Stores
import Tenancy
import Testing
import Webhooks

/// What becomes an event, in the transaction of what it tells of.
@Suite struct AnnouncementTests {
    /// A batch whose jobs end as they are named.
    private func batch(_ endings: [JobState], in world: WebhookWorld) async throws -> BatchID {
        let id: BatchID = world.identifiers.next()
        let (organization, project, identifiers) = (world.organization, world.project, world.identifiers)
        try await world.database.transaction { connection in
            _ = try await BatchLedger.create(
                NewBatch(
                    id: id, organizationID: organization, projectID: project, kind: JobKind("judge"),
                    definition: Array("{}".utf8), total: endings.count, createdAt: Date()), on: connection)
            let jobs = endings.indices.map { index in
                NewJob(
                    id: identifiers.next(), kind: JobKind("evaluation"), queue: .evaluations,
                    organizationID: organization, projectID: project, maxAttempts: 1,
                    batch: BatchPlace(batchID: id, index: index))
            }
            _ = try await BatchLedger.expand(id, from: 0, with: jobs, on: connection)
        }
        let ids = try await world.database.query("SELECT id FROM jobs WHERE batch_id = \(id) ORDER BY batch_index")
            .map { JobID(uuid: try $0.decode("id", as: UUID.self)) }
        let mark = LeaseMark(epoch: 1, attempt: 1)
        let jobs = try await world.queue.ledger.claim(ids.map { ($0, mark) }, worker: "w").jobs
        let endingsByID = Dictionary(uniqueKeysWithValues: zip(ids, endings))
        _ = try await world.queue.ledger.commit(
            jobs.map { job in
                switch endingsByID[job.id] {
                case .finished: JobEnding(of: job, .finished(.none))
                case .cancelled: JobEnding(of: job, .cancelled)
                case .dead, .waiting, .running, nil:
                    JobEnding(of: job, .failed(JobFailure(.invalid, "no"), effect: nil))
                }
            })
        return id
    }

    @Test(arguments: [
        ([JobState.finished, .finished], "batch.finished"), ([.finished, .dead], "batch.partially_failed"),
        ([.dead, .dead], "batch.failed"), ([.finished, .cancelled], "batch.cancelled"),
    ])
    func aBatchTellsHowItEnded(endings: [JobState], type: String) async throws {
        try await WebhookWorld.run { world in
            _ = try await world.endpoint("https://hooks.example.com")
            let id = try await batch(endings, in: world)
            let rows = try await world.database.query(
                "SELECT type, data::text AS data, project_id FROM webhook_events")
            #expect(rows.count == 1)
            let row = try #require(rows.first)
            #expect(try row.decode("type") == type)
            #expect(try row.decode("project_id") == world.project)
            let data = try JSONParser.parse(try row.decode("data", as: String.self))
            #expect(data["id"]?.stringValue == id.description)
            #expect(data["total"]?.integerValue == 2)
            #expect(data["failed"]?.integerValue == Int64(endings.count { $0 == .dead }))
            #expect(data["finished"]?.integerValue == Int64(endings.count { $0 == .finished }))
            let jobs = try await world.database.query(
                "SELECT kind, queue FROM jobs WHERE batch_id IS NULL")
            #expect(try jobs.map { try $0.decode("kind", as: String.self) } == ["webhook_fan_out"])
        }
    }

    @Test func nothingIsWrittenWhereNobodyWantsToHear() async throws {
        try await WebhookWorld.run { world in
            try await world.announce()
            #expect(try await world.events().isEmpty)
            let other: ProjectID = world.identifiers.next()
            try await world.database.execute(
                """
                INSERT INTO projects (id, organization_id, name, description, is_default, owner_id, created_at)
                VALUES (\(other), \(world.organization), 'Other', '', false, \(world.principal.user.id), now())
                """)
            _ = try await world.endpoint("https://a.example.com", types: ["batch.failed"])
            _ = try await world.endpoint("https://b.example.com", project: other)
            try await world.announce()
            #expect(try await world.events().isEmpty)
            _ = try await world.endpoint("https://c.example.com", types: ["export.finished"])
            try await world.announce()
            #expect(try await world.events() == ["export.finished"])
        }
    }

    @Test func whatIsNotCommittedIsNotTold() async throws {
        try await WebhookWorld.run { world in
            _ = try await world.endpoint("https://hooks.example.com")
            struct Refused: Error {}
            await #expect(throws: Refused.self) {
                try await world.database.transaction { connection in
                    try await WebhookEventStore.announce(
                        .exportFailed(
                            ExportNews(
                                id: world.identifiers.uuid(), source: "execution_logs", format: "csv", rows: nil,
                                bytes: nil, reason: "no room")),
                        of: world.organization, project: nil, on: connection)
                    throw Refused()
                }
            }
            #expect(try await world.events().isEmpty)
        }
    }

    @Test func noticesAreToldAndSoIsTheirEnd() async throws {
        try await WebhookWorld.run { world in
            _ = try await world.endpoint("https://hooks.example.com")
            let provider = Notice.Subject(kind: .provider, id: "p", name: "acme")
            let evaluator = Notice.Subject(kind: .evaluator, id: "e", name: "Clarity")
            try await world.notices.post(.critical, "It is down.", about: provider, to: world.organization)
            try await world.notices.post(.info, "It is well again.", about: provider, to: world.organization)
            try await world.notices.post(.info, "It was changed.", about: evaluator, to: world.organization)
            // The installation's own: told to who runs it, and nobody runs this one yet.
            try await world.notices.post(.warning, "PostgreSQL is not well.", about: nil, to: nil)
            #expect(try await world.events() == ["notice.ended", "notice.raised"])
            try await world.database.execute("UPDATE organizations SET runs_installation = true")
            try await world.notices.post(.warning, "Redis is not well.", about: nil, to: nil)
            #expect(try await world.events() == ["notice.ended", "notice.raised", "notice.raised"])
        }
    }

    @Test func aStormOfDeadJobsIsToldInGroups() async throws {
        try await WebhookWorld.run { world in
            _ = try await world.endpoint("https://hooks.example.com")
            let kinds = (0..<25).map { "kind\($0)" }
            for (number, kind) in kinds.enumerated() {
                try await bury(number == 0 ? 40 : 2, of: kind, in: world)
            }
            try await bury(3, of: "webhook_delivery", queue: .webhooks, in: world)
            let store = WebhookEventStore(database: world.database)
            let told = try await store.announceDeadJobs()
            #expect(told == 88)
            #expect(try await store.announceDeadJobs() == 0)
            let rows = try await world.database.query(
                """
                SELECT (data->>'jobs')::int8 AS jobs, data->>'kind' AS kind, data->>'cause' AS cause FROM webhook_events
                WHERE type = 'job.dead' ORDER BY (data->>'jobs')::int8 DESC, data->>'kind' NULLS FIRST
                """)
            // Nineteen groups with a name, and one for all others.
            #expect(rows.count == 20)
            let counts = try rows.map { try $0.decode("jobs", as: Int.self) }
            #expect(counts.reduce(0, +) == 88)
            let first = try #require(rows.first)
            #expect(try first.decode("kind") == "kind0")
            #expect(try first.decode("cause") == "it took # s")
            #expect(try rows[1].decode("kind", as: String?.self) == nil)
        }
    }

    /// Jobs that are given up.
    private func bury(
        _ count: Int, of kind: String, queue: QueueName = .background, in world: WebhookWorld
    ) async throws {
        let jobs = (0..<count).map { _ in
            NewJob(
                id: world.identifiers.next(), kind: JobKind(kind), queue: queue, organizationID: world.organization,
                projectID: world.project, maxAttempts: 1)
        }
        try await world.database.transaction { _ = try await JobLedger.add(jobs, on: $0) }
        let mark = LeaseMark(epoch: 1, attempt: 1)
        let claimed = try await world.queue.ledger.claim(jobs.map { ($0.id, mark) }, worker: "w").jobs
        _ = try await world.queue.ledger.commit(
            claimed.enumerated().map { number, job in
                JobEnding(of: job, .failed(JobFailure(.timeout, "it took \(number) s"), effect: nil))
            })
    }

    @Test func whatIsOldIsForgottenWithItsDeliveries() async throws {
        try await WebhookWorld.run { world in
            let (id, _) = try await world.endpoint("http://127.0.0.1:1/")
            try await world.announce(3)
            try await world.whileWorking {
                try await world.reaches([.waiting: 3], of: id)
            }
            try await world.database.execute(
                """
                UPDATE webhook_events SET created_at = now() - interval '31 days'
                WHERE id IN (SELECT id FROM webhook_events ORDER BY id LIMIT 2)
                """)
            let store = WebhookEventStore(database: world.database)
            #expect(try await store.delete(before: Date().addingTimeInterval(-30 * 86_400), limit: 100) == 2)
            #expect(try await world.states(of: id) == [.waiting: 1])
        }
    }
}
