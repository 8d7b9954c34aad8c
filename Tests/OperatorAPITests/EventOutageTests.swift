import EventLoop
import FoundationEssentials
import Operations
import Records
import Redis
import Tenancy
import TestSupport
import Testing
import WireAPI

/// The event stream when Redis goes away and comes back without what it had.
@Suite(.timeLimit(.minutes(1))) struct EventOutageTests {
    private func event(_ name: String) -> OperatorEvent {
        .noticed(
            OperatorNotice(
                id: UUID(), createdAt: Date(), severity: .info, summary: name, subject: nil))
    }

    /// Returns when all of these have come, in any order; a gap is one of the name `gap`.
    private func wait(for wanted: Set<String>, _ subscription: EventSubscription) async {
        var missing = wanted
        while !missing.isEmpty {
            for event in await subscription.next() {
                let text = String(decoding: event.data, as: UTF8.self)
                missing = missing.filter { $0 == "gap" ? event.name != "gap" : !text.contains("\"\($0)\"") }
            }
        }
    }

    @Test func watchersAreToldThatSomethingWasLostAndGoOn() async throws {
        let store = try await PrivateRedis.start()
        let loops = LoopGroup(count: 1, name: "outage-test")
        let redis = RedisClient(loops: loops, settings: try RedisSettings(url: store.url))
        try await loops.next().run {
            let organization = OrganizationID(uuid: UUID())
            let feed = EventFeed(redis: redis, logger: OperatorServer.logger)
            let publisher = EventPublisher(redis: redis, loops: loops)
            let running = loops.next().spawn {
                do { try await feed.run() } catch is CancellationError {} catch { Issue.record(error) }
            }
            while feed.position == nil { try await Loop.current?.sleep(for: .milliseconds(5)) }
            let subscription = try await feed.subscribe(to: organization, after: nil)
            publisher.publish(event("before"), to: organization)
            await wait(for: ["before"], subscription)
            let position = try #require(feed.position)

            store.kill()
            publisher.publish(event("lost"), to: organization)
            try await store.restart()
            let deadline = Deadline.after(.seconds(20))
            while !deadline.hasPassed {
                do {
                    _ = try await redis.command(["PING"])
                    break
                } catch {
                    try await Loop.current?.sleep(for: .milliseconds(20))
                }
            }
            publisher.publish(event("after"), to: organization)
            await wait(for: ["gap", "after"], subscription)

            // Whoever comes back later with a position of before is told as well.
            let late = try await feed.subscribe(to: organization, after: position)
            await wait(for: ["gap", "after"], late)
            running.cancel()
            await running.value
        }
        await redis.close()
        await loops.shutdown()
    }
}
