import EventLoop
import FoundationEssentials
import Postgres
import Queueing
import Tenancy
import Testing

@testable import Jobs

@Suite struct JobReadingsTests {
    private func filter(_ change: (inout JobFilter) -> Void) -> JobFilter {
        var filter = JobFilter()
        change(&filter)
        return filter
    }

    @Test func pagesFollowEachOtherInBothOrdersWithoutGapOrRepetition() async throws {
        try await LedgerWorld.run { world in
            let jobs = (0..<25).map { _ in world.job() }
            try await world.accept(jobs)
            for newestFirst in [true, false] {
                var found: [JobID] = []
                var place: JobID?
                repeat {
                    let page = try await world.readings.page(
                        JobFilter(), newestFirst: newestFirst, behind: place, limit: 10)
                    found += page.jobs.map(\.id)
                    place = page.next
                } while place != nil
                let all = jobs.map(\.id).sorted()
                #expect(found == (newestFirst ? all.reversed() : all))
            }
        }
    }

    @Test func everyConditionFindsWhatItMeansAndNothingElse() async throws {
        try await LedgerWorld.run { world in
            let one = world.job("export", queue: .interactive)
            let later = world.job(runAt: Date(timeIntervalSinceNow: 3600))
            let dead = try #require(try await world.claimed([world.job("hook")]).first)
            _ = try await world.ledger.commit([
                JobEnding(of: dead, .failed(JobFailure(.refused, "100% wrong for \"a\" at 12"), effect: nil))
            ])
            try await world.accept([one, later])
            let batch = try await world.batch(of: 2)
            let batched = try await world.ids(of: batch.id)
            let expected: [(JobFilter, [JobID])] = [
                (filter { $0.queues = [.interactive] }, [one.id]),
                (filter { $0.kinds = [JobKind("export")] }, [one.id]),
                (filter { $0.queues = [.interactive, .background] }, [dead.id, one.id, later.id]),
                (filter { $0.states = [.dead] }, [dead.id]), (filter { $0.states = [.dead, .cancelled] }, [dead.id]),
                (filter { $0.states = [.waiting] }, [one.id, later.id] + batched),
                (filter { $0.states = [.dead, .waiting] }, [dead.id, one.id, later.id] + batched),
                (
                    filter {
                        $0.isDue = false; $0.states = [.waiting]
                    }, [later.id]
                ),
                (filter { $0.batchID = batch.id }, batched), (filter { $0.text = batch.id.description }, batched),
                (filter { $0.organizationName = "TENANT" }, [dead.id, one.id, later.id] + batched),
                (filter { $0.organizationName = "Ten" }, []),
                (filter { $0.projectName = "default" }, [dead.id, one.id, later.id] + batched),
                (filter { $0.projectName = "Other" }, []),
                (filter { $0.text = one.id.description }, [one.id]), (filter { $0.text = "100%" }, [dead.id]),
                (filter { $0.text = "1%0" }, []), (filter { $0.error = "WRONG for" }, [dead.id]),
                (filter { $0.errorClasses = [.refused, .invalid] }, [dead.id]),
                (filter { $0.cause = "#% wrong for \"…\" at #" }, [dead.id]), (filter { $0.worker = "w1" }, [dead.id]),
                (filter { $0.minimumFailures = 1 }, [dead.id]), (filter { $0.minimumFailures = 2 }, []),
                (filter { $0.organizationID = world.identifiers.next() }, []),
                (filter { $0.createdFrom = Date(timeIntervalSinceNow: 60) }, []),
                (filter { $0.createdBefore = Date(timeIntervalSinceNow: -600) }, []),
            ]
            for (filter, ids) in expected {
                let page = try await world.readings.page(filter, newestFirst: false, limit: 10)
                #expect(page.jobs.map(\.id) == ids.sorted(), "\(filter)")
                let count = try await world.readings.count(filter)
                #expect(count == ids.count, "\(filter)")
            }
        }
    }

    @Test func countsAreByStateAndSayWhenTheyAreCut() async throws {
        try await LedgerWorld.run { world in
            try await world.accept((0..<5).map { _ in world.job() } + [world.job(runAt: .distantFuture)])
            _ = try await world.claimed([world.job()])
            let counts = try await world.readings.counts(JobFilter())
            #expect(counts.states == [.waiting: 6, .running: 1] && counts.later == 1 && !counts.isCut)
            #expect(try await world.readings.counts(JobFilter(), atMost: 3).isCut)
        }
    }

    @Test func deadJobsAreGroupedByWhyTheyDied() async throws {
        try await LedgerWorld.run { world in
            let jobs = try await world.claimed((0..<6).map { _ in world.job() })
            let endings = jobs.enumerated().map { index, job in
                let message = index < 4 ? "no row \(1000 + index) in batch 7" : "the key was refused"
                return JobEnding(of: job, .failed(JobFailure(index < 4 ? .missing : .refused, message), effect: nil))
            }
            _ = try await world.ledger.commit(endings)
            let groups = try await world.readings.deadGroups()
            #expect(groups.map(\.count) == [4, 2])
            #expect(groups.map(\.cause) == ["no row # in batch #", "the key was refused"])
            #expect(groups.first?.sample.id == jobs[..<4].map(\.id).max())
            #expect(try await world.readings.deadGroups(filter { $0.queues = [.interactive] }).isEmpty)
        }
    }

    @Test func whatADatabaseKnowsOfAQueueIsWhatRedisDoesNot() async throws {
        try await LedgerWorld.run { world in
            _ = try await world.batch(of: 250)
            _ = try await world.dispatching { $0.window = 100 }.refill()
            try await world.queue.submit([world.job(), world.job(runAt: Date(timeIntervalSinceNow: 9000))])
            _ = try await world.dispatching().sweep()
            let standings = try await world.readings.standings(countingDeadTo: 10)
            #expect(standings.map(\.queue) == [.background, .evaluations])
            #expect(standings.map(\.held) == [0, 150])
            #expect(standings.map(\.later) == [1, 0])
            #expect(standings.allSatisfy { $0.oldestDue != nil })
            let backlog = try await world.readings.batchBacklog(of: .evaluations)
            #expect(backlog.map(\.open) == [250])
            #expect(try await world.readings.kinds(of: .background).map(\.count) == [2])
        }
    }

    @Test func theDeadOfEveryQueueAreCountedUpToABound() async throws {
        try await LedgerWorld.run { world in
            let jobs = try await world.claimed(
                (0..<9).map { world.job(queue: $0 < 6 ? .background : .interactive) })
            _ = try await world.ledger.commit(
                jobs.map { JobEnding(of: $0, .failed(JobFailure(.missing, "gone"), effect: nil)) })
            let dead = { (bound: Int) in
                try await world.readings.standings(countingDeadTo: bound).map(\.dead)
            }
            #expect(try await dead(100) == [6, 3])
            #expect(try await dead(4) == [4, 3])
            #expect(try await dead(0) == [0, 0])
        }
    }

    @Test func aJobKnowsHowManyGoFirst() async throws {
        try await LedgerWorld.run { world in
            let jobs = (0..<5).map { _ in world.job() }
            try await world.accept(jobs + [world.job(queue: .interactive)])
            let last = try #require(try await world.readings.find(jobs[4].id)?.job)
            #expect(try await world.readings.ahead(of: last) == 4)
            #expect(try await world.readings.ahead(of: last, atMost: 2) == 2)
        }
    }

    @Test func theMinutesOfQueuesOutliveRedisAndAddUp() async throws {
        try await LedgerWorld.run { world in
            let ledger = QueueMinuteLedger(database: world.database)
            let start = Date(timeIntervalSince1970: 1_800_000_000)
            func minute(_ offset: Int, finished: Int, depth: Int?) -> QueueMinute {
                var minute = QueueMinute(
                    queue: .background, minute: start.addingTimeInterval(Double(offset) * 60))
                minute.finished = finished
                minute.depth = depth
                minute.run = TimeBuckets(counts: [0, finished], milliseconds: finished * 2)
                return minute
            }
            try await ledger.write([minute(0, finished: 5, depth: 9), minute(1, finished: 7, depth: nil)])
            // Redis was emptied in between: what was counted stays.
            try await ledger.write([minute(0, finished: 2, depth: nil)])
            let hour = try await world.readings.minutes(
                of: [.background], from: start, to: start.addingTimeInterval(600), width: 300)
            #expect(hour.map(\.finished) == [12] && hour.map(\.depth) == [9])
            #expect(hour.first?.run.total == 12 && hour.first?.run.milliseconds == 24)
            try await world.queue.submit([world.job()])
            _ = try await world.dispatching().copyMinutes()
            let now = try await world.readings.minutes(
                of: [.background], from: Date(timeIntervalSinceNow: -120), to: Date(timeIntervalSinceNow: 60))
            #expect(now.last?.enqueued == 1 && now.last?.depth == 1)
        }
    }

    @Test func aCounterThatIsWrongIsFound() async throws {
        try await LedgerWorld.run { world in
            let batch = try await world.batch(of: 3)
            try await world.database.execute("UPDATE batches SET dead = 1")
            let found = try await world.readings.discrepancies(until: .after(.seconds(10)))
            #expect(found == [BatchDiscrepancy(batchID: batch.id, counters: [0, 1, 0], jobs: [0, 0, 0])])
        }
    }
}
