import EventLoop
import FoundationEssentials
import HTTPTransfer
import Operations
import Postgres
import Queueing
import Redis
import Stores
import Testing
import Tenancy
import TestSupport
import Webhooks
import WireAPI

@testable import Jobs

/// What happens to deliveries when parts of the deployment die.
@Suite struct WebhookFaultTests {
    @Test func aWorkerThatDiesBetweenSendingAndSayingSoHasNoSecondEffect() async throws {
        try await WebhookWorld.run { world in
            let receiver = try Receiver(on: world.loops.next())
            let (id, secret) = try await world.endpoint(receiver.url())
            try await world.announce()
            // A worker that makes the delivery, sends it, and is gone before it says so.
            try await world.whileWorking([
                FanOutEvent(events: WebhookEventStore(database: world.database), identifiers: world.identifiers)
            ]) {
                try await world.reaches([.waiting: 1], of: id)
            }
            let delivery = try #require(try await world.deliveries(to: id).first)
            let dead = JobID(uuid: delivery.jobID)
            let epoch = try #require(try await world.queue.dispatcher.epoch()?.epoch)
            let attempt = try await lease(dead, epoch, in: world)
            let claimed = try await world.queue.ledger.claim(
                [(dead, LeaseMark(epoch: epoch, attempt: attempt))], worker: "doomed")
            let job = try #require(claimed.jobs.first)
            let work = world.works()[1]
            _ = try await work.perform(LeasedJob(job: job, deadline: .after(.seconds(30))))
            #expect(receiver.messages.count == 1)
            #expect(try await world.states(of: id) == [.waiting: 1])
            try await world.whileWorking {
                try await world.reaches([.delivered: 1], of: id)
            }
            #expect(receiver.messages.count == 2)
            #expect(receiver.effects.count == 1)
            #expect(receiver.messages.allSatisfy { $0.isSigned(by: secret) })
            #expect(Set(receiver.messages.map { String(decoding: $0.body, as: UTF8.self) }).count == 1)
            await receiver.stop()
        }
    }

    /// A lease that ends by itself soon.
    private func lease(_ id: JobID, _ epoch: Int64, in world: WebhookWorld) async throws -> Int {
        let dispatching = world.dispatching
        let attempt: Int? = try await withThrowingTaskGroup(of: Void.self) { group in
            // The worker before may have ended between its commit and its push: somebody has to find that out.
            group.addTask { try await dispatching.run() }
            defer { group.cancelAll() }
            var attempt: Int?
            _ = try await eventually {
                // It may have begun the job, too: it does not know such jobs, and has put it off.
                try await world.hasten()
                let dispatcher = world.queue.dispatcher
                // What is due is looked for by those whose hearts beat.
                _ = try await dispatcher.beat(
                    epoch: epoch, worker: "doomed", lease: .seconds(1), report: nil, holding: [],
                    deadline: .after(.seconds(5)))
                let reply = try await dispatcher.exchange(
                    JobDispatcher.Exchange(
                        epoch: epoch, worker: "doomed", lease: .seconds(1), queues: [.webhooks], wanted: 1, ends: []))
                attempt = reply.leases.first { $0.id == id }?.attempt
                return attempt != nil
            }
            return attempt
        }
        let known = try await world.queue.dispatcher.job(id)
        let stored = try await world.queue.readings.find(id)
        return try #require(attempt, "Redis: \(known as Any), database: \(stored as Any)")
    }

    @Test func aProxyThatIsAwayCostsNoAttemptAndLosesNothing() async throws {
        try await WebhookWorld.run { world in
            let receiver = try Receiver(on: world.loops.next())
            let (id, _) = try await world.endpoint(receiver.url())
            let http = HTTPClient(loops: world.loops)
            let nobody = LLMProxyClient(client: http, addresses: ["http://127.0.0.1:1"], serviceToken: "token")
            try await world.announce(5)
            try await world.whileWorking(world.works(nobody)) {
                try await world.reaches([.waiting: 5], of: id)
                let isDeferred = try await eventually {
                    let jobs = try await world.database.query(
                        "SELECT count(*) AS n FROM job_attempts WHERE outcome = 'deferred'")
                    let count = try #require(jobs.first).decode("n", as: Int.self)
                    return count >= 5
                }
                #expect(isDeferred)
            }
            #expect(try await world.deliveries(to: id).allSatisfy { $0.attempts == 0 })
            try await world.whileWorking {
                try await world.reaches([.delivered: 5], of: id, hastening: true)
            }
            #expect(receiver.effects.count == 5 && receiver.messages.count == 5)
            await http.close()
            await receiver.stop()
        }
    }

    @Test func aRedisThatForgetsEverythingLosesNothing() async throws {
        try await WebhookWorld.run { world in
            let receiver = try Receiver(on: world.loops.next())
            receiver.answer { _, _ in Receiver.status(503) }
            let (id, _) = try await world.endpoint(receiver.url())
            try await world.announce(10)
            try await world.whileWorking {
                #expect(try await eventually { receiver.effects.count == 10 })
                try await world.reaches([.waiting: 10], of: id)
                _ = try await world.redis.command(["FLUSHALL"])
                receiver.answer { _, _ in Receiver.status(200) }
                try await world.reaches([.delivered: 10], of: id, hastening: true)
            }
            #expect(receiver.effects.count == 10)
            await receiver.stop()
        }
    }

    @Test func whatAnOperatorCancelsInTheQueueIsSeenAsFailed() async throws {
        try await WebhookWorld.run { world in
            let (id, _) = try await world.endpoint("http://127.0.0.1:1/")
            try await world.announce(2)
            try await world.whileWorking {
                let isSent = try await eventually { try await world.attempted(id) == 2 }
                #expect(isSent)
            }
            var filter = JobFilter()
            filter.queues = [.webhooks]
            #expect(try await world.queue.perform(.cancel, on: filter) == 2)
            try await world.database.execute(
                "UPDATE webhook_deliveries SET created_at = created_at - interval '5 min'")
            let store = WebhookDeliveryStore(database: world.database)
            #expect(try await store.endOrphans(limit: 100) == 2)
            #expect(try await world.states(of: id) == [.failed: 2])
        }
    }
}
