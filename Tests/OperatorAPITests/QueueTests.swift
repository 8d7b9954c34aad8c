import APIClient
import EventLoop
import FoundationEssentials
import HTTPMessages
import Jobs
import Observability
import Operations
import Postgres
import Queueing
import Synchronization
import Tenancy
import Testing
import WireAPI

/// Queues, what is decided about them, and who may do that.
@Suite struct QueueTests {
    @Test func aQueueSaysWhatWaitsAndWhatIsForLater() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let name = tenant.ownQueue()
            try await tenant.jobs(3, in: name)
            try await tenant.jobs(2, in: name, runAt: Date().addingTimeInterval(30))
            try await tenant.jobs(1, in: name, runAt: Date().addingTimeInterval(86_400))
            try await tenant.deadJobs(4, in: name)
            let viewer = try await tenant.viewer(.operator)
            var detail = try await viewer.ask(.queue(name.rawValue))
            // What others have looked at a moment ago is answered again.
            let deadline = Deadline.after(.seconds(20))
            while detail.queue.dead < 4, !deadline.hasPassed {
                try await Loop.current?.sleep(for: .milliseconds(50))
                detail = try await viewer.ask(.queue(name.rawValue))
            }
            #expect(detail.queue.waiting == 3 && detail.queue.scheduled == 3 && detail.queue.running == 0)
            #expect(detail.queue.dead == 4 && detail.queue.oldestSeconds != nil)
            #expect(detail.queue.control.weight == 1 && !detail.queue.control.isPaused)
            #expect(detail.queue.hour.depth.count == 60 && detail.queue.hour.enqueued.reduce(0, +) == 5)
            #expect(detail.tenants.map(\.waiting) == [3])
            #expect(detail.tenants.map(\.share) == [1])
            #expect(detail.tenants.first?.organization == OperatorNamed(id: tenant.organization.uuid, name: "Tenant"))
            let list = try await viewer.ask(.queues)
            #expect(list.results.contains { $0.name == name.rawValue && $0.waiting == 3 })
            for builtIn in QueueName.builtIn { #expect(list.results.contains { $0.name == builtIn.rawValue }) }
            #expect(list.complaint == nil && !list.runsInstallation)
            #expect(try await viewer.refusal(.queue("no-such-queue"))?.status == 404)
            let week = try await viewer.ask(.queue(name.rawValue, window: .week))
            #expect(week.series.enqueued.count == 168)
            // The hour may have ended meanwhile.
            #expect(week.series.enqueued.suffix(2).reduce(0, +) == 5)
        }
    }

    @Test func whoMayNotSeeQueuesSeesNone() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let engineer = try await tenant.viewer(.engineer)
            #expect(try await engineer.refusal(.queues)?.status == 403)
            #expect(try await engineer.refusal(.jobs(OperatorJobFilter(), limit: 10))?.status == 403)
            #expect(try await engineer.refusal(.workers)?.status == 403)
            #expect(try await engineer.refusal(.schedules)?.status == 403)
            #expect(try await engineer.refusal(.deadLetters())?.status == 403)
            #expect(try await engineer.refusal(.batches(limit: 10))?.status == 403)
            #expect(try await engineer.refusal(.audit(limit: 10))?.status == 403)
        }
    }

    @Test func onlyTheInstallationsOperatorsDecideAboutQueues() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            try await tenant.runInstallation(false)
            let viewer = try await tenant.viewer(.operator)
            let name = tenant.ownQueue()
            let pause = OperatorQueueControlChange(subject: "queue:\(name)", isPaused: true)
            let refusal = try #require(try await viewer.refusal(.controlQueue(pause)))
            #expect(refusal.status == 403 && refusal.detail.contains("runs the installation"))
            let engineer = try await tenant.viewer(.engineer)
            #expect(try await engineer.refusal(.controlQueue(pause))?.status == 403)
            // One's own organisation is one's own business.
            let own = "organization:\(tenant.organization)"
            let receipt = try await viewer.ask(.controlQueue(.init(subject: own, isPaused: true, weight: 3)))
            #expect(receipt.control.isPaused && receipt.control.weight == 3 && receipt.control.concurrency == nil)
            #expect(receipt.control.updatedBy?.id == viewer.user.id.uuid)
            #expect(!receipt.before.isPaused && receipt.before.updatedAt == nil)
            #expect(try await viewer.ask(.queueControls).results.contains { $0.subject == own })
            let undone = try await viewer.ask(.controlQueue(receipt.undo))
            #expect(!undone.control.isPaused && undone.control.weight == 1)
            #expect(try await !viewer.ask(.queueControls).results.contains { $0.subject == own })
            #expect(
                try await tenant.auditTrail() == [
                    "queue.pause refused", "queue.limit done", "queue.limit done",
                ])
        }
    }

    @Test func aPausedQueueSaysByWhom() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            try await tenant.runInstallation()
            let viewer = try await tenant.viewer(.operator)
            let name = tenant.ownQueue()
            let id = try await tenant.jobs(1, in: name)[0]
            let subject = "queue:\(name)"
            _ = try await viewer.ask(.controlQueue(.init(subject: subject, isPaused: true)))
            _ = try await viewer.ask(.controlQueue(.init(subject: subject, concurrency: 8)))
            let deadline = Deadline.after(.seconds(10))
            var detail = try await viewer.ask(.queue(name.rawValue))
            // Readings are shared for a moment, also one from between the two changes.
            func isSettled() -> Bool { detail.queue.control.isPaused && detail.queue.control.concurrency == 8 }
            while !isSettled(), !deadline.hasPassed {
                try await Loop.current?.sleep(for: .milliseconds(100))
                detail = try await viewer.ask(.queue(name.rawValue))
            }
            #expect(isSettled())
            #expect(detail.queue.control.updatedBy?.email == viewer.user.email)
            #expect(detail.queue.forecast.seconds == nil && detail.queue.forecast.basis == "It is paused.")
            #expect(detail.limits.contains { $0.subject == subject && $0.isPaused && $0.concurrency == 8 })
            let job = try await viewer.ask(.job(id.uuid))
            #expect(job.explanation.contains("queue \(name) is paused"), "\(job.explanation)")
            _ = try await viewer.ask(.controlQueue(.init(subject: subject, isPaused: false, concurrency: 0)))
            #expect(try await tenant.auditTrail() == ["queue.pause done", "queue.limit done", "queue.limit done"])
        }
    }

    @Test func aRateIsSetAuditedAndTakenBack() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            try await tenant.runInstallation()
            let viewer = try await tenant.viewer(.operator)
            let subject = "organization:\(tenant.organization)"
            let receipt = try await viewer.ask(.controlQueue(.init(subject: subject, perMinute: 120)))
            #expect((receipt.control.perMinute, receipt.before.perMinute) == (120, nil))
            let limits = try await viewer.ask(.queueLimits).results
            #expect(limits.first { $0.subject == subject }?.perMinute == 120)
            let entries = try await tenant.viewer(.admin).ask(.audit(limit: 10)).results
            #expect(entries.first { $0.action == "queue.limit" }?.after?.contains("\"per_minute\": 120") == true)
            let undone = try await viewer.ask(.controlQueue(receipt.undo))
            #expect(undone.control.perMinute == nil)
            #expect(try await !viewer.ask(.queueControls).results.contains { $0.subject == subject })
        }
    }

    @Test(arguments: [
        (OperatorQueueControlChange(subject: "everything", isPaused: true), "subject"),
        (OperatorQueueControlChange(subject: "queue:evaluations", concurrency: -1), "concurrency"),
        (OperatorQueueControlChange(subject: "queue:evaluations", weight: 1001), "weight"),
        (OperatorQueueControlChange(subject: "queue:evaluations", perMinute: 1_000_001), "per_minute"),
        (OperatorQueueControlChange(subject: "queue:evaluations"), "Say what is to be different"),
    ])
    func aDecisionThatIsNoneIsRefusedByItsField(_ change: OperatorQueueControlChange, word: String) async throws {
        try await OperatorServer.run { server in
            let viewer = try await server.tenant().viewer(.operator)
            let refusal = try #require(try await viewer.refusal(.controlQueue(change)))
            #expect(refusal.status == 400 && refusal.detail.contains(word), "\(refusal.detail)")
        }
    }

    @Test func aQueueThatIsNotThereCannotBePaused() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            try await tenant.runInstallation()
            let viewer = try await tenant.viewer(.operator)
            let pause = OperatorQueueControlChange(subject: "queue:evalautions", isPaused: true)
            let refusal = try #require(try await viewer.refusal(.controlQueue(pause)))
            #expect(refusal.status == 400 && refusal.detail.contains("There is no queue “evalautions”"))
            #expect(refusal.detail.contains("evaluations"), "the answer says which there are: \(refusal.detail)")
            #expect(try await tenant.auditTrail() == ["queue.pause failed"])
        }
    }

    @Test func watchersLearnThatQueuesMove() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.operator)
            let name = tenant.ownQueue()
            try await tenant.jobs(1, in: name)
            let stream = try await viewer.client.events(after: nil, token: viewer.token)
            let pulse = QueuePulse(
                queue: tenant.queue, metrics: server.metrics, events: server.events, redis: server.redis,
                identifiers: server.identifiers, logger: OperatorServer.logger)
            let running = server.loops.next().spawn {
                do { try await pulse.run() } catch is CancellationError {} catch { Issue.record(error) }
            }
            defer { running.cancel() }
            // Until the pulse has looked once.
            let exposed = "scorable_queue_depth{queue=\"\(name)\",state=\"waiting\"} 1"
            let deadline = Deadline.after(.seconds(20))
            while !deadline.hasPassed, !String(decoding: server.metrics.exposition(), as: UTF8.self).contains(exposed) {
                try await Loop.current?.sleep(for: .milliseconds(50))
            }
            #expect(String(decoding: server.metrics.exposition(), as: UTF8.self).contains(exposed))
            try await tenant.jobs(2, in: name)
            // The pulse may look between the two.
            let told = Mutex<[Int]>([])
            let event = try await stream.first { event in
                guard case .queuesChanged(let news) = event,
                    let queue = news.queues.first(where: { $0.name == name.rawValue })
                else { return false }
                if queue.waiting > 1 { told.withLock { $0.append(queue.enqueued) } }
                return queue.waiting == 3
            }
            guard case .queuesChanged(let news) = event else { return }
            let queue = try #require(news.queues.first { $0.name == name.rawValue })
            #expect(told.withLock { $0.reduce(0, +) } == 2)
            #expect(queue.running == 0 && !queue.isPaused)
        }
    }

    @Test func workersAreListedFromWhatTheySay() async throws {
        try await OperatorServer.run { server in
            let viewer = try await server.tenant().viewer(.operator)
            let list = try await viewer.ask(.workers)
            #expect(list.results.isEmpty && list.complaint == nil, "nobody works in these tests")
        }
    }
}
