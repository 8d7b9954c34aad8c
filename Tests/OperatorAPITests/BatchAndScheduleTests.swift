import EventLoop
import FoundationEssentials
import Operations
import Postgres
import Queueing
import Tenancy
import Testing
import WireAPI

@testable import Jobs

/// Batches and schedules, as operators see and steer them.
@Suite struct BatchAndScheduleTests {
    /// A batch of which all jobs are made.
    private func batch(_ count: Int, _ tenant: Tenant, in queue: QueueName) async throws -> (BatchID, [JobID]) {
        let id: BatchID = tenant.server.identifiers.next()
        let new = NewBatch(
            id: id, organizationID: tenant.organization, projectID: tenant.project.id, ownerID: tenant.owner.id,
            kind: JobKind("judge"), queue: queue, name: "Nightly", definition: Array("{}".utf8), total: count,
            createdAt: Date())
        let jobs = (0..<count).map { index in
            NewJob(
                id: tenant.server.identifiers.next(), kind: JobKind("item"), queue: queue,
                organizationID: tenant.organization, projectID: tenant.project.id,
                batch: BatchPlace(batchID: id, index: index))
        }
        try await tenant.server.database.transaction { connection in
            _ = try await BatchLedger.create(new, on: connection)
            _ = try await BatchLedger.expand(id, from: 0, with: jobs, on: connection)
        }
        return (id, jobs.map(\.id))
    }

    @Test func aBatchAddsUpAndIsCancelledOnce() async throws {
        try await OperatorServer.run { server in
            let (tenant, other) = (try await server.tenant(), try await server.tenant())
            try await tenant.runInstallation(false)
            try await other.runInstallation(false)
            let name = tenant.ownQueue()
            let (id, jobs) = try await batch(4, tenant, in: name)
            let viewer = try await tenant.viewer(.operator)
            let found = try await viewer.ask(.batch(id.uuid))
            #expect(found.total == 4 && found.waiting == 4 && found.expanded == 4 && found.state == .open)
            #expect(found.name == "Nightly" && found.owner?.id == tenant.owner.id.uuid)
            #expect(found.forecast.remaining == 4 && found.forecast.seconds == nil)
            #expect(try await viewer.ask(.job(jobs[0].uuid)).batchName == "Nightly")
            #expect(try await viewer.ask(.batches([.open], limit: 10)).results.map(\.id) == [id.uuid])
            #expect(try await viewer.ask(.batches([.ended], limit: 10)).results.isEmpty)
            let stranger = try await other.viewer(.operator)
            #expect(try await stranger.refusal(.batch(id.uuid))?.status == 404)
            #expect(try await stranger.refusal(.cancelBatch(id.uuid))?.status == 404)
            let engineer = try await tenant.viewer(.engineer)
            #expect(try await engineer.refusal(.cancelBatch(id.uuid))?.status == 403)
            let retried = try #require(try await viewer.refusal(.retryBatch(id.uuid)))
            #expect(retried.status == 409 && retried.detail.contains("given up nothing"))
            let cancelled = try await viewer.ask(.cancelBatch(id.uuid))
            #expect(cancelled.state == .cancelling || cancelled.state == .ended)
            #expect(try await tenant.auditTrail() == ["batch.cancel done"])
            let counts = try await viewer.ask(.batch(id.uuid))
            #expect(counts.total == counts.waiting + counts.finished + counts.dead + counts.cancelled)
        }
    }

    @Test func aBatchThatHasNotBegunSaysWhenItWillHaveEnded() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (name, worker) = (tenant.ownQueue(), "w-\(server.identifiers.uuid())")
            let (id, _) = try await batch(120, tenant, in: name)
            let viewer = try await tenant.viewer(.operator)
            #expect(try await viewer.ask(.batch(id.uuid)).forecast.basis.contains("no worker is there"))
            let report = WorkerReport(
                options: WorkerOptions(name: worker, release: "test", queues: [name], slots: 4), startedAt: Date(),
                isDraining: false, complaint: nil, progress: WorkerReport.Progress(at: .now), running: [])
            let dispatcher = tenant.queue.dispatcher
            _ = try await dispatcher.beat(
                epoch: 1, worker: worker, lease: .seconds(60), report: report.json, holding: [],
                deadline: .after(.seconds(5)))
            #expect(try await viewer.ask(.batch(id.uuid)).forecast.basis.contains("no such job has ended"))
            var minute = QueueMinute(queue: name, minute: Date(timeIntervalSinceNow: -600))
            minute.finished = 10
            minute.run = TimeBuckets(counts: [0, 10], milliseconds: 20_000)
            try await QueueMinuteLedger(database: server.database).write([minute])
            let forecast = try await viewer.ask(.batch(id.uuid)).forecast
            #expect(forecast.seconds == 60 && forecast.remaining == 120, "\(forecast)")
            try await dispatcher.leave(epoch: 1, worker: worker)
        }
    }

    @Test func whatABatchGaveUpBeginsAgain() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let name = tenant.ownQueue()
            let (id, jobs) = try await batch(3, tenant, in: name)
            try await server.database.execute(
                """
                UPDATE jobs SET state = 'dead', ended_at = now(), error_class = 'timeout', error = 'late', cause = 'late'
                WHERE id = ANY (\(jobs.prefix(2).map(\.uuid)))
                """)
            try await server.database.execute("UPDATE batches SET dead = 2 WHERE id = \(id.uuid)")
            let viewer = try await tenant.viewer(.operator)
            #expect(try await viewer.ask(.batch(id.uuid)).dead == 2)
            let letters = try await viewer.ask(.deadLetters(batch: id.uuid))
            #expect(letters.count == 2 && letters.groups.map(\.cause) == ["late"])
            let again = try await viewer.ask(.retryBatch(id.uuid))
            #expect(again.dead == 0 && again.waiting == 3)
            #expect(try await tenant.count(.waiting, in: name) == 3)
        }
    }

    @Test func aScheduleIsPausedResumedAndRun() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            try await tenant.runInstallation(false)
            let id: ScheduleID = server.identifiers.next()
            let ledger = ScheduleLedger(database: server.database, identifiers: server.identifiers)
            let name = "sweep-\(id)"
            try await ledger.put(
                Schedule(
                    id: id, name: name, organizationID: tenant.organization, kind: JobKind("sweep"),
                    queue: tenant.ownQueue(), rule: try ScheduleRule("0 4 * * *"),
                    nextRunAt: Date().addingTimeInterval(3600), updatedAt: Date()))
            let viewer = try await tenant.viewer(.operator)
            let list = try await viewer.ask(.schedules)
            #expect(list.results.map(\.name) == [name] && list.results.first?.rule == "0 4 * * *")
            #expect(try await viewer.ask(.pauseSchedule(id.uuid)).isPaused)
            #expect(try await !viewer.ask(.resumeSchedule(id.uuid)).isPaused)
            let run = try await viewer.ask(.runSchedule(id.uuid))
            #expect(try await viewer.ask(.job(run.jobID)).scheduleName == name)
            let after = try #require(try await viewer.ask(.schedules).results.first)
            #expect(after.lastJobID == run.jobID && after.lastState == .waiting)
            let twice = try #require(try await viewer.refusal(.runSchedule(id.uuid)))
            #expect(twice.status == 409 && twice.detail.contains("waits or runs already"))
            let stranger = try await server.tenant()
            try await stranger.runInstallation(false)
            let operatorThere = try await stranger.viewer(.operator)
            #expect(try await operatorThere.refusal(.runSchedule(id.uuid))?.status == 404)
            #expect(try await operatorThere.ask(.schedules).results.isEmpty)
            #expect(
                try await tenant.auditTrail() == [
                    "schedule.pause done", "schedule.resume done", "schedule.run done", "schedule.run failed",
                ])
        }
    }
}
