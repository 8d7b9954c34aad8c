import Testing

@testable import Statistics

@Suite struct GrowthTrendTests {
    private func readings(_ values: [Double]) -> [GrowthTrend.Reading] {
        values.enumerated().map { GrowthTrend.Reading(time: Double($0), value: $1) }
    }

    @Test func aStraightLineIsKnownExactly() throws {
        let trend = try #require(GrowthTrend(readings((0..<20).map { 100 + 3 * Double($0) })))
        #expect(trend.slope == 3 && trend.interval == 3...3)
        #expect(trend.timeLeft(of: 30) == 10)
        let interval = try #require(trend.timeLeftInterval(of: 30))
        #expect(interval.earliest == 10 && interval.latest == 10)
    }

    @Test func aMonthThatWasDroppedDoesNotHideTheGrowth() throws {
        let values = (0..<30).map { 100 + 2 * Double($0) - ($0 >= 20 ? 40 : 0) }
        let trend = try #require(GrowthTrend(readings(values)))
        #expect(abs(trend.slope - 2) < 0.75, "a regression by squares says \(trend.slope)")
    }

    @Test func whatDoesNotGrowLastsForEver() throws {
        let trend = try #require(GrowthTrend(readings([9, 8, 7, 6, 5, 4])))
        #expect(trend.timeLeft(of: 10) == nil && trend.timeLeftInterval(of: 10) == nil)
        #expect(GrowthTrend([]) == nil && GrowthTrend(readings([1])) == nil)
        #expect(try #require(GrowthTrend(readings([1, 2]))).interval == nil, "two readings say little")
    }

    @Test func whatIsNearInTimeIsNotTakenForADay() throws {
        // Before midnight, half an hour after it, and a day later.
        let all = [(0.9, 100.0), (0.92, 160.0), (1.9, 110.0)].map { GrowthTrend.Reading(time: $0, value: $1) }
        #expect(GrowthTrend(Array(all.prefix(2)), apart: 0.25) == nil)
        let trend = try #require(GrowthTrend([all[0], all[2]], apart: 0.25))
        #expect(abs(trend.slope - 10) < 0.001)
        #expect(try #require(GrowthTrend(all, apart: 0.25)).slope < 11, "the jump of a moment counts for nothing")
    }

    /// For n = 10 the 12th and the 34th of the 45 slopes.
    @Test func theIntervalIsThatOfKendallsStatistic() throws {
        let values: [Double] = [0, 3, 1, 6, 4, 9, 7, 12, 10, 15]
        let trend = try #require(GrowthTrend(readings(values)))
        var slopes: [Double] = []
        for one in 0..<10 {
            for other in (one + 1)..<10 { slopes.append((values[other] - values[one]) / Double(other - one)) }
        }
        slopes.sort()
        let interval = try #require(trend.interval)
        #expect(interval == slopes[11]...slopes[33])
    }
}
