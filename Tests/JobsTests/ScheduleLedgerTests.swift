import EventLoop
import FoundationEssentials
import Postgres
import Queueing
import Tenancy
import Testing

@testable import Jobs

@Suite struct ScheduleLedgerTests {
    private func schedule(
        _ world: LedgerWorld, _ name: String = "sweep", rule: String = "@every 1s", catchUp: CatchUp = .one,
        next: Date = Date(timeIntervalSinceNow: -1)
    ) throws -> Schedule {
        Schedule(
            id: world.identifiers.next(), name: name, kind: JobKind(name), queue: .maintenance,
            rule: try ScheduleRule(rule), catchUp: catchUp, nextRunAt: next, updatedAt: Date())
    }

    private func ledger(_ world: LedgerWorld) -> ScheduleLedger {
        ScheduleLedger(database: world.database, identifiers: world.identifiers)
    }

    @Test func manySchedulersAtOnceMakeEachMomentsJobOnce() async throws {
        try await LedgerWorld.run { world in
            let ledger = ledger(world)
            let first = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 - 10).rounded(.down))
            try await ledger.put(try schedule(world, catchUp: .all, next: first))
            try await world.whileDispatching(4, { $0.interval = .milliseconds(5) }) {
                let made = try await world.eventually { try await world.readings.count(JobFilter()) >= 13 }
                #expect(made)
            }
            let keys = try await world.database.query("SELECT unique_key FROM jobs ORDER BY created_at, id")
                .map { try $0.decode(0, as: String.self) }
            #expect(Set(keys).count == keys.count)
            let moments = keys.compactMap { $0.split(separator: ":").last.flatMap { Int($0) } }.sorted()
            let start = Int(first.timeIntervalSince1970)
            #expect(moments == Array(start..<start + keys.count), "no moment is left out")
        }
    }

    @Test func whileOneRunsNoOtherIsMade() async throws {
        try await LedgerWorld.run { world in
            let ledger = ledger(world)
            try await ledger.put(try schedule(world))
            let first = try await ledger.tick().tickets
            #expect(first.count == 1)
            try await world.database.execute("UPDATE schedules SET next_run_at = now()")
            #expect(try await ledger.tick().tickets.isEmpty)
            let job = try await world.claim(first.map(\.id), LeaseMark(epoch: 1, attempt: 1))
            _ = try await world.ledger.commit(job.map { JobEnding(of: $0, .finished(.none)) })
            try await world.database.execute("UPDATE schedules SET next_run_at = now()")
            #expect(try await ledger.tick().tickets.count == 1)
            let stored = try #require(try await ledger.list().first)
            #expect(
                stored.lastRunAt != nil && stored.lastJobID != nil && stored.nextRunAt > Date(timeIntervalSinceNow: -2))
        }
    }

    @Test func startingAgainChangesNoMomentUnlessTheRuleDid() async throws {
        try await LedgerWorld.run { world in
            let ledger = ledger(world)
            let (soon, later) = (Date(timeIntervalSince1970: 4_000_000_000), Date(timeIntervalSince1970: 4_100_000_000))
            try await ledger.put(try schedule(world, rule: "@daily", next: soon))
            try await ledger.put(try schedule(world, rule: "@daily", next: later))
            #expect(try await ledger.list().map(\.nextRunAt) == [soon])
            try await ledger.put(try schedule(world, rule: "@hourly", next: later))
            #expect(try await ledger.list().map(\.nextRunAt) == [later])
        }
    }

    @Test func aPauseMissesWhatComesMeanwhile() async throws {
        try await LedgerWorld.run { world in
            let ledger = ledger(world)
            let schedule = try schedule(
                world, rule: "@daily", catchUp: .all, next: Date(timeIntervalSinceNow: -86_400 * 9))
            try await ledger.put(schedule)
            let paused = try await world.database.transaction {
                try await ScheduleLedger.setPaused(schedule.id, true, on: $0)
            }
            #expect(paused?.isPaused == true)
            #expect(try await ledger.tick().tickets.isEmpty)
            let resumed = try await world.database.transaction {
                try await ScheduleLedger.setPaused(schedule.id, false, on: $0)
            }
            #expect(resumed.map { $0.nextRunAt > Date() } == true)
            #expect(try await ledger.tick().tickets.isEmpty)
        }
    }

    @Test func whatIsRunNowRunsBesideItsTimes() async throws {
        try await LedgerWorld.run { world in
            let ledger = ledger(world)
            let schedule = try schedule(world, rule: "@daily", next: Date(timeIntervalSince1970: 4_000_000_000))
            try await ledger.put(schedule)
            let tickets = try await world.database.transaction {
                try await ScheduleLedger.runNow(schedule.id, as: world.identifiers.next(), on: $0)
            }
            #expect(tickets?.count == 1)
            let again = try await world.database.transaction {
                try await ScheduleLedger.runNow(schedule.id, as: world.identifiers.next(), on: $0)
            }
            #expect(again?.isEmpty == true, "it waits or runs already")
            #expect(try await ledger.list().first?.nextRunAt == schedule.nextRunAt)
            let unknown = try await world.database.transaction {
                try await ScheduleLedger.runNow(world.identifiers.next(), as: world.identifiers.next(), on: $0)
            }
            #expect(unknown == nil)
        }
    }

    @Test func aRuleThatNobodyCanReadPausesItsScheduleAndNoOther() async throws {
        try await LedgerWorld.run { world in
            let ledger = ledger(world)
            try await ledger.put(try schedule(world, "broken", next: Date(timeIntervalSinceNow: -60)))
            try await ledger.put(try schedule(world, "whole"))
            try await world.database.execute("UPDATE schedules SET rule = 'now and then' WHERE name = 'broken'")
            let round = try await ledger.tick()
            #expect(round.unreadable == ["broken"] && round.tickets.map(\.kind) == [JobKind("whole")])
            #expect(try await ledger.tick().unreadable.isEmpty)
            #expect(try await ledger.remove("broken"))
        }
    }
}
