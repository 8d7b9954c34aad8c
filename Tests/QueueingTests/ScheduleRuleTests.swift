import FoundationEssentials
import Queueing
import Tenancy
import Testing

@Suite struct ScheduleRuleTests {
    private func moment(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    @Test(arguments: [
        ("*/15 * * * *", "2026-11-25T10:07:30Z", "2026-11-25T10:15:00Z"),
        ("*/15 * * * *", "2026-11-25T10:15:00Z", "2026-11-25T10:30:00Z"),
        ("0 4 * * *", "2026-11-25T04:00:01Z", "2026-11-26T04:00:00Z"),
        ("30 4 1 * *", "2026-12-01T04:30:00Z", "2027-01-01T04:30:00Z"),
        ("0 9 * * mon-fri", "2026-11-27T09:00:00Z", "2026-11-30T09:00:00Z"),
        ("0 0 * * 7", "2026-11-25T00:00:00Z", "2026-11-29T00:00:00Z"),
        ("0 0 29 feb *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"),
        ("0 0 13 * fri", "2026-11-25T00:00:00Z", "2026-11-27T00:00:00Z"),
        ("5,10-20/5 23 31 12 *", "2026-12-31T23:10:00Z", "2026-12-31T23:15:00Z"),
        ("@hourly", "1969-12-31T23:30:00Z", "1970-01-01T00:00:00Z"),
        ("@every 90s", "1970-01-01T00:01:29Z", "1970-01-01T00:01:30Z"),
        ("@every 90s", "1970-01-01T00:01:30Z", "1970-01-01T00:03:00Z"),
        ("@every 1d", "2026-11-25T10:00:00Z", "2026-11-26T00:00:00Z"),
    ])
    func theNextMomentIsTheFirstThatMeetsEveryField(rule: String, after: String, next: String) throws {
        #expect(try ScheduleRule(rule).next(after: moment(after)) == moment(next))
    }

    @Test(arguments: [
        "", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "a * * * *", "*/0 * * * *",
        "5-1 * * * *", "1- * * * *", ",1 * * * *", "1//2 * * * *", "0 0 31 2 *", "@every", "@every 0s", "@every 5",
        "@every 99999999999999999999d", "@often", "-1 * * * *", "+1 * * * *",
    ])
    func whatIsNoRuleIsRefusedWithASentence(text: String) {
        let error = #expect(throws: InvalidScheduleRule.self) { try ScheduleRule(text) }
        #expect(error?.message.hasSuffix(".") == true)
    }

    @Test func missedMomentsAreCaughtUpByTheRuleOfTheSchedule() throws {
        let (first, now) = (try moment("2026-11-25T04:00:00Z"), try moment("2026-11-25T07:20:00Z"))
        func due(_ catchUp: CatchUp, at now: Date) throws -> Schedule.Due {
            Schedule(
                id: ScheduleID(uuid: UUID()), name: "n", kind: JobKind("k"), queue: .maintenance,
                rule: try ScheduleRule("@hourly"), catchUp: catchUp, nextRunAt: first, updatedAt: first
            ).due(at: now)
        }
        let next = try moment("2026-11-25T08:00:00Z")
        #expect(try due(.none, at: now) == Schedule.Due(moments: [], next: next))
        #expect(try due(.one, at: now) == Schedule.Due(moments: [moment("2026-11-25T07:00:00Z")], next: next))
        #expect(
            try due(.all, at: now).moments
                == (4...7).map { try moment("2026-11-25T0\($0):00:00Z") })
        #expect(try due(.none, at: first.addingTimeInterval(2)).moments == [first])
        #expect(try due(.all, at: first.addingTimeInterval(-1)) == Schedule.Due(moments: [], next: first))
        #expect(try due(.all, at: first.addingTimeInterval(1000 * 3600)).moments.count == 100)
    }

    @Test func oneRunForYearsThatWereMissedIsTheLastMoment() throws {
        let first = try moment("2006-02-28T00:00:00Z")
        let schedule = Schedule(
            id: ScheduleID(uuid: UUID()), name: "n", kind: JobKind("k"), queue: .maintenance,
            rule: try ScheduleRule("0 0 28 2 *"), nextRunAt: first, updatedAt: first)
        #expect(try schedule.due(at: moment("2026-11-25T00:00:00Z")).moments == [moment("2026-02-28T00:00:00Z")])
        #expect(try schedule.due(at: moment("2006-03-01T00:00:00Z")).moments == [first])
    }
}
