import EventLoop
import FoundationEssentials
import Queueing
import Redis
import Tenancy
import Testing

@testable import Jobs

/// Limits, pauses and blocks: never exceeded, and nothing sleeps for ever because of one.
@Suite struct LimitTests {
    /// Workers by hand that take, end, lose and give back jobs at random.
    private struct Crowd {
        let queue: QueueFixture
        var held: [Lease] = []
        var done: Set<JobID> = []
        var random: SplitMix
        /// What runs now, by limit, as the outside world sees it.
        var running: [String: Int] = [:]
        var most: [String: Int] = [:]

        mutating func turn(limitsOf: [JobID: [String]]) async throws {
            held.shuffle(using: &random)
            let count = min(held.count, Int.random(in: 0...6, using: &random))
            let ending = Array(held.prefix(count))
            held.removeFirst(count)
            var ends: [LeaseEnd] = []
            for lease in ending {
                for limit in limitsOf[lease.id] ?? [] { running[limit, default: 0] -= 1 }
                switch Int.random(in: 0..<30, using: &random) {
                case 0...2: ends.append(LeaseEnd(lease: lease, outcome: .handedBack))
                case 3...5: ends.append(LeaseEnd(lease: lease, outcome: .retry(after: .milliseconds(3))))
                case 6: continue  // Its worker dies: the lease runs out.
                default:
                    ends.append(LeaseEnd(lease: lease, outcome: .finished))
                    done.insert(lease.id)
                }
            }
            let leases = try await queue.exchange(
                Int.random(in: 1...12, using: &random), ending: ends, lease: .milliseconds(150))
            for lease in leases {
                for limit in limitsOf[lease.id] ?? [] {
                    running[limit, default: 0] += 1
                    most[limit] = max(most[limit] ?? 0, running[limit] ?? 0)
                }
            }
            held += leases
            let lost = try await queue.beat(held, lease: .milliseconds(150)).lost
            for lease in held where lost.contains(lease.name) {
                for limit in limitsOf[lease.id] ?? [] { running[limit, default: 0] -= 1 }
            }
            held.removeAll { lost.contains($0.name) }
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func severalLimitsAtOnceAreNeverExceededAndEverythingIsDone(seed: UInt64) async throws {
        try await QueueFixture.run { queue in
            let (first, second) = (QueueFixture.organization(), QueueFixture.organization())
            let limits: [JobLimit: Int] = [.provider("a"): 3, .provider("b"): 5, .key("k"): 2]
            var controls = limits.map {
                QueueControl(subject: .limit($0.key), concurrency: $0.value, updatedAt: Date())
            }
            controls.append(QueueControl(subject: .organization(first), concurrency: 6, updatedAt: Date()))
            controls.append(QueueControl(subject: .queue(.evaluations), concurrency: 9, updatedAt: Date()))
            try await queue.dispatcher.apply(controls)
            var crowd = Crowd(queue: queue, random: SplitMix(seed: seed))
            var limitsOf: [JobID: [String]] = [:]
            for (index, organization) in [first, second, first, second, nil].enumerated() {
                let kinds: [[JobLimit]] = [
                    [.provider("a")], [.provider("a"), .key("k")], [.provider("b"), .key("k")], [.provider("b")], [],
                ]
                let names = kinds[index].map(\.text)
                let tickets = QueueFixture.tickets(60, organization: organization, limits: kinds[index])
                let common = ["queue"] + (organization == first ? ["first"] : [])
                for id in try await queue.add(tickets) { limitsOf[id] = names + common }
            }
            let deadline = ContinuousClock.now + .seconds(60)
            while crowd.done.count < limitsOf.count, ContinuousClock.now < deadline {
                try await crowd.turn(limitsOf: limitsOf)
                if crowd.held.isEmpty { try await Loop.current?.sleep(for: .milliseconds(5)) }
            }
            #expect(crowd.done.count == limitsOf.count)
            for (name, limit) in limits {
                #expect(crowd.most[name.text] ?? 0 <= limit, "\(name): \(crowd.most)")
            }
            #expect(crowd.most["first"] ?? 0 <= 6)
            #expect(crowd.most["queue"] ?? 0 <= 9)
            try await queue.end(crowd.held, .finished)
            #expect(
                try await eventually {
                    try await queue.beat()
                    try await queue.end(try await queue.exchange(50), .finished)
                    let reading = try await queue.reading()
                    return reading.running == 0 && reading.waiting == 0 && reading.scheduled == 0
                })
            #expect(try await queue.redis.command(["EXISTS", .init("ev:{\(queue.lane)}:running")]).integer == 0)
        }
    }

    @Test func aLimitThatIsRaisedLetsTheOthersGoOn() async throws {
        try await QueueFixture.run { queue in
            let control = { (limit: Int?) in
                QueueControl(subject: .limit(.provider("p")), concurrency: limit, updatedAt: Date())
            }
            try await queue.dispatcher.apply(control(2))
            try await queue.add(QueueFixture.tickets(20, limits: [.provider("p")]))
            #expect(try await queue.exchange(10).count == 2)
            #expect(try await queue.exchange(10).isEmpty)
            try await queue.dispatcher.apply(control(5))
            #expect(try await queue.exchange(10).count == 3)
            try await queue.dispatcher.apply(control(nil))
            #expect(try await queue.exchange(20).count == 15)
        }
    }

    @Test(arguments: ["queue:evaluations", "organization", "project", "kind:test", "provider:p"])
    func nothingOfAPausedSubjectIsStartedUntilItGoesOn(name: String) async throws {
        try await QueueFixture.run { queue in
            let (organization, project) = (QueueFixture.organization(), QueueFixture.identifiers.next(Project.self))
            let full = ["organization": "organization:\(organization)", "project": "project:\(project)"][name] ?? name
            let subject = try #require(ControlSubject(full))
            let paused = QueueControl(subject: subject, isPaused: true, updatedAt: Date())
            try await queue.dispatcher.apply(paused)
            let ids = try await queue.add(
                QueueFixture.tickets(
                    40, organization: organization, project: project, limits: [.provider("p")]))
            let others = try await queue.add(
                QueueFixture.tickets(5, queue: .background, kind: JobKind("other"), limits: [.provider("q")]))
            #expect(try await queue.exchange(10).isEmpty)
            let reading = try #require(try await queue.dispatcher.job(ids[0]))
            #expect(reading.obstacles == [.paused(subject)])
            #expect(try await queue.drain(queues: [.evaluations, .background]) == others)
            try await queue.dispatcher.apply(QueueControl(subject: subject, updatedAt: Date()))
            #expect(try await queue.drain() == ids)
            #expect(try await queue.dispatcher.limits().isEmpty)
        }
    }

    @Test func ofARateLimitedProviderNothingIsStartedBeforeTheTime() async throws {
        try await QueueFixture.run { queue in
            let ids = try await queue.add(QueueFixture.tickets(4, limits: [.provider("p"), .key("k")]))
            let free = try await queue.add(QueueFixture.tickets(1, limits: [.provider("q")]))
            let met = try await queue.exchange(1).filter { ids.contains($0.id) }
            let blocked = ContinuousClock.now
            try await queue.dispatcher.block(.limit(.provider("p")), for: .milliseconds(300))
            try await queue.end(met, .handedBack)
            let now = try await queue.exchange(10)
            #expect(now.allSatisfy { free.contains($0.id) })
            let reading = try #require(try await queue.dispatcher.limits().first)
            #expect(try #require(reading.blockedFor) <= .milliseconds(300))
            #expect(reading.subject == .limit(.provider("p")))
            var later: [Lease] = []
            #expect(
                try await eventually {
                    try await queue.beat()
                    later += try await queue.exchange(10)
                    return later.count + now.count >= 4
                })
            #expect(ContinuousClock.now - blocked >= .milliseconds(299))
            #expect(try await queue.dispatcher.limits().isEmpty)
        }
    }

    @Test func controlsThatAreNotInTheListAreFree() async throws {
        try await QueueFixture.run { queue in
            try await queue.dispatcher.apply([
                QueueControl(subject: .queue(.evaluations), isPaused: true, updatedAt: Date()),
                QueueControl(subject: .kind(JobKind("test")), concurrency: 1, updatedAt: Date()),
            ])
            try await queue.add(QueueFixture.tickets(5))
            #expect(try await queue.exchange(5).isEmpty)
            try await queue.dispatcher.apply([
                QueueControl(subject: .kind(JobKind("test")), concurrency: 1, updatedAt: Date())
            ])
            #expect(try await queue.exchange(5).count == 1)
            try await queue.dispatcher.apply([])
            #expect(try await queue.exchange(5).count == 4)
        }
    }

    @Test func namesMayHoldWhatSeparatesTheParts() async throws {
        try await QueueFixture.run { queue in
            let name = QueueName("a|b,c%d")
            let ids = try await queue.add(QueueFixture.tickets(3, queue: name, kind: JobKind("k|1")))
            try await queue.dispatcher.apply(
                QueueControl(subject: .queue(name), concurrency: 2, updatedAt: Date()))
            let leases = try await queue.exchange(5, queues: [name])
            #expect(leases.map(\.id) == Array(ids.prefix(2)))
            #expect(try await queue.dispatcher.queues().map(\.queue) == [name])
            #expect(try await queue.reading(name).limit == 2)
        }
    }
}
