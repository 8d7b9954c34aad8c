import EventLoop
import FoundationEssentials
import JSON
import Operations
import Postgres
import Queueing
import Records
import Stores
import Synchronization
import Testing
import Tenancy
import Webhooks
import WireAPI

@testable import Jobs

/// Events on their way to a server that checks them.
@Suite struct DeliveryTests {
    @Test func anEventArrivesSignedAndSaysWhatHappened() async throws {
        try await WebhookWorld.run { world in
            let receiver = try Receiver(on: world.loops.next())
            let (id, secret) = try await world.endpoint(receiver.url())
            let export = try await world.announce()[0]
            try await world.whileWorking {
                try await world.reaches([.delivered: 1], of: id)
            }
            #expect(receiver.messages.count == 1)
            let message = try #require(receiver.messages.first)
            #expect(message.isSigned(by: secret))
            #expect(!message.isSigned(by: "whsec_AAAA"))
            #expect(abs(message.timestamp - Int64(Date().timeIntervalSince1970)) < 60)
            let json = try message.json
            #expect(json["id"]?.stringValue == message.id)
            #expect(json["type"]?.stringValue == "export.finished")
            #expect(json["version"]?.integerValue == 1)
            #expect(json["data"]?["id"]?.stringValue == export.uuidString.lowercased())
            #expect(json["data"]?["rows"]?.integerValue == 3)
            let found = try #require(try await world.deliveries(to: id).first)
            #expect(found.lastAttempt?.status == 200 && found.lastAttempt?.answer == "ok")
            await receiver.stop()
        }
    }

    @Test func everyEndpointThatWantsItGetsItOnce() async throws {
        try await WebhookWorld.run { world in
            let receiver = try Receiver(on: world.loops.next())
            var ids: [WebhookEndpointID] = []
            for number in 0..<3 { ids.append(try await world.endpoint(receiver.url("/\(number)")).id) }
            _ = try await world.endpoint(receiver.url("/other"), types: ["batch.failed"])
            try await world.announce(20)
            let wanted = ids
            try await world.whileWorking {
                for id in wanted {
                    try await world.reaches([.delivered: 20], of: id)
                }
            }
            #expect(receiver.messages.count == 60)
            #expect(receiver.effects.count == 20)
            await receiver.stop()
        }
    }

    @Test func aReceiverThatWasDownGetsEverythingAndHasOneEffectForEach() async throws {
        try await WebhookWorld.run { world in
            let receiver = try Receiver(on: world.loops.next())
            receiver.answer { _, _ in Receiver.status(502, body: "upstream is away") }
            let (id, secret) = try await world.endpoint(receiver.url())
            try await world.announce(30)
            try await world.whileWorking {
                #expect(try await eventually { receiver.effects.count == 30 })
                // What the receiver has heard is noted a moment later.
                #expect(
                    try await eventually {
                        try await world.deliveries(to: id).allSatisfy { $0.lastAttempt?.status != nil }
                    })
                try await world.reaches([.waiting: 30], of: id)
                let waiting = try #require(try await world.deliveries(to: id).first)
                #expect(waiting.lastAttempt?.status == 502 && waiting.lastAttempt?.answer == "upstream is away")
                let down = try await world.product.endpoints.find(id, for: world.actor)
                #expect(down.health.consecutiveFailures >= 30 && down.health.failingSince != nil)
                #expect(down.health.lastFailureStatus == 502)
                // Back, and forgetful: it says no to every third message it gets.
                receiver.answer { _, number in Receiver.status(number % 3 == 0 ? 500 : 200) }
                try await world.reaches([.delivered: 30], of: id, hastening: true)
            }
            #expect(receiver.effects.count == 30)
            #expect(receiver.messages.allSatisfy { $0.isSigned(by: secret) })
            let up = try await world.product.endpoints.find(id, for: world.actor)
            #expect(up.health.failingSince == nil && up.health.lastSuccessAt != nil)
            await receiver.stop()
        }
    }

    @Test func whatIsNeverTakenIsGivenUpWithItsHistory() async throws {
        try await WebhookWorld.run { world in
            let (id, _) = try await world.endpoint("http://127.0.0.1:1/")
            try await world.announce()
            try await world.whileWorking {
                try await world.reaches([.failed: 1], of: id, hastening: true)
            }
            let delivery = try #require(try await world.deliveries(to: id).first)
            #expect(delivery.attempts == DeliveryRuling.attempts)
            let detail = try await world.product.deliveries.find(delivery.id, to: id, for: world.actor)
            #expect(detail.attempts.count == DeliveryRuling.attempts)
            #expect(detail.attempts.allSatisfy { $0.status == nil && $0.outcome == "It could not be reached." })
            let job = try await world.queue.readings.find(JobID(uuid: delivery.jobID))
            #expect(job?.job.state == .dead)
        }
    }

    @Test func waitsGrowOverDays() {
        let rule = RetryRule(
            first: DeliveryRuling.firstWait, longest: DeliveryRuling.longestWait, growth: DeliveryRuling.growth)
        var random = SystemRandomNumberGenerator()
        let longest = (1..<DeliveryRuling.attempts).reduce(Duration.zero) { sum, failures in
            sum
                + min(
                    rule.first * Self.power(rule.growth, failures - 1), rule.longest)
        }
        #expect(longest > .seconds(60 * 3600) && longest < .seconds(96 * 3600))
        #expect(rule.backoff(after: 1, using: &random) <= .seconds(10))
        #expect((.seconds(80) ... .seconds(160)).contains(rule.backoff(after: 3, using: &random)))
        #expect((.seconds(18 * 3600) ... .seconds(36 * 3600)).contains(rule.backoff(after: 9, using: &random)))
    }

    private static func power(_ base: Int, _ exponent: Int) -> Int {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }

    @Test func whoIsGoneIsDisabledAndOperatorsAreTold() async throws {
        try await WebhookWorld.run { world in
            let receiver = try Receiver(on: world.loops.next())
            receiver.answer { _, _ in Receiver.status(410) }
            let (id, _) = try await world.endpoint(receiver.url())
            try await world.announce()
            try await world.whileWorking {
                try await world.reaches([.failed: 1], of: id)
            }
            let endpoint = try await world.product.endpoints.find(id, for: world.actor)
            #expect(endpoint.state == .disabled && endpoint.stateReason?.contains("410") == true)
            let notices = try await world.notices.newest(for: world.principal)
            #expect(notices.map(\.subject?.id) == [id.description])
            // It hears of nothing any more, not even of that.
            try await world.announce()
            #expect(try await world.events() == ["export.finished"])
            _ = try await world.product.steering.resume(id, by: world.actor)
            receiver.answer { _, _ in Receiver.status(200) }
            _ = try await world.product.deliveries.redeliver(
                OperatorRedelivery(all: .failed), to: id, by: world.actor)
            try await world.whileWorking {
                try await world.reaches([.delivered: 1], of: id)
            }
            #expect(receiver.effects.count == 1)
            await receiver.stop()
        }
    }

    @Test func whoFailsForDaysIsDisabled() async throws {
        try await WebhookWorld.run { world in
            let (id, _) = try await world.endpoint("http://127.0.0.1:1/")
            try await world.announce(2)
            let later = Mutex(Date())
            try await world.whileWorking(world.works(now: { later.withLock { $0 } })) {
                #expect(try await eventually { try await world.attempted(id) == 2 })
                later.withLock { $0 = Date().addingTimeInterval(5 * 86_400 + 60) }
                let isOver = try await eventually {
                    try await world.hasten()
                    let state = try await world.product.endpoints.find(id, for: world.actor).state
                    let waiting = try await world.count(.waiting, of: id)
                    return state == .disabled && waiting <= 1
                }
                #expect(isOver)
                // The one that found it out has its attempts left; the endpoint is disabled before the next of them.
                let isDropped = try await eventually {
                    try await world.hasten()
                    return try await world.count(.waiting, of: id) == 0
                }
                #expect(isDropped)
            }
            let notices = try await world.notices.newest(for: world.principal)
            #expect(notices.count == 1)
            let dropped = try await world.count(.dropped, of: id)
            #expect(dropped >= 1)
        }
    }

    @Test func whoHasTooMuchToDoIsLeftAloneAndNothingIsCounted() async throws {
        try await WebhookWorld.run { world in
            let receiver = try Receiver(on: world.loops.next())
            receiver.answer { _, number in
                number == 1 ? Receiver.status(429, ["Retry-After: 3"]) : Receiver.status(200)
            }
            let (id, _) = try await world.endpoint(receiver.url())
            try await world.announce()
            let began = ContinuousClock.now
            try await world.whileWorking {
                try await world.reaches([.delivered: 1], of: id)
            }
            #expect(began.duration(to: .now) >= .seconds(3))
            let delivery = try #require(try await world.deliveries(to: id).first)
            #expect(delivery.attempts == 2)
            let job = try await world.queue.readings.find(JobID(uuid: delivery.jobID))
            #expect(job?.job.failures == 0)
            await receiver.stop()
        }
    }

    @Test func aRedirectIsNotFollowed() async throws {
        try await WebhookWorld.run { world in
            let elsewhere = try Receiver(on: world.loops.next())
            let receiver = try Receiver(on: world.loops.next())
            let target = elsewhere.url()
            receiver.answer { _, _ in Receiver.status(307, ["Location: \(target)"]) }
            let (id, _) = try await world.endpoint(receiver.url())
            let test = try await world.product.steering.test(id, by: world.actor)
            #expect(!test.isTaken && test.status == 307)
            #expect(receiver.messages.count == 1 && elsewhere.messages.isEmpty)
            await receiver.stop()
            await elsewhere.stop()
        }
    }

    @Test func anAddressOfOurOwnNetworkIsRefusedUnlessItIsTrusted() async throws {
        try await WebhookWorld.run(trusting: ["localhost"]) { world in
            let receiver = try Receiver(on: world.loops.next())
            // By address and by a name that leads there; the latter by TLS, which is not the reason.
            for url in [receiver.url(), "https://127.0.0.1:\(receiver.port)/", "https://[::1]:\(receiver.port)/"] {
                let (id, _) = try await world.endpoint(url)
                let test = try await world.product.steering.test(id, by: world.actor)
                #expect(!test.isTaken && test.status == nil)
                #expect(test.sentence.contains("egress policy"), "\(test.sentence)")
            }
            #expect(receiver.messages.isEmpty)
            let (trusted, _) = try await world.endpoint("http://localhost:\(receiver.port)/")
            #expect(try await world.product.steering.test(trusted, by: world.actor).isTaken)
            // What is forbidden is not tried ten times.
            let (id, _) = try await world.endpoint(receiver.url("/again"), types: ["export.finished"])
            try await world.announce()
            try await world.whileWorking {
                try await world.reaches([.failed: 1], of: id)
            }
            #expect(try await world.deliveries(to: id).first?.attempts == 1)
            await receiver.stop()
        }
    }

    @Test func aSlowEndpointKeepsNoOtherWaiting() async throws {
        try await WebhookWorld.run { world in
            let slow = try ScriptedStall(on: world.loops.next())
            let quick = try Receiver(on: world.loops.next())
            let (stuck, _) = try await world.endpoint(slow.url)
            let (id, _) = try await world.endpoint(quick.url())
            try await world.announce(30)
            try await world.whileWorking {
                try await world.reaches([.delivered: 30], of: id)
                // On a busy machine the first of the slow ones may have run out of time by now; they did not all.
                let (begun, ended) = (slow.connections, try await world.attempted(stuck))
                #expect(ended < 15)
                #expect(begun - ended <= WebhookEndpoint.concurrency)
                let arrived = try await world.count(.delivered, of: stuck)
                #expect(arrived == 0)
            }
            await quick.stop()
            await slow.stop()
        }
    }
}
