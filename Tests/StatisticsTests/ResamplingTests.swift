import Statistics
import Testing

@Suite struct ResamplingTests {
    private let values = [0.2, 0.4, 0.45, 0.5, 0.7, 0.8, 0.95, 0.99]

    private func mean(_ places: [Int]) throws(Undefined) -> Double { try places.map { values[$0] }.mean() }

    @Test func theSameSeedGivesTheSameRange() throws {
        let first = try Bootstrap(resamples: 500, seed: 42).interval(of: values.count, statistic: mean)
        let second = try Bootstrap(resamples: 500, seed: 42).interval(of: values.count, statistic: mean)
        let other = try Bootstrap(resamples: 500, seed: 43).interval(of: values.count, statistic: mean)
        #expect(first == second)
        #expect(first != other)
        #expect(first.accelerated.lower < first.estimate && first.estimate < first.accelerated.upper)
    }

    @Test func rangesHoldTheTruthAboutAsOftenAsTheySay() throws {
        var generator = SplitMix64(seed: 5)
        var held = 0
        for run in 0..<200 {
            let sample = (0..<40).map { _ in Double.random(in: 0...1, using: &generator) }
            let interval = try Bootstrap(resamples: 400, seed: UInt64(run)).interval(of: 40) {
                (places) throws(Undefined) in try places.map { sample[$0] }.mean()
            }
            if interval.accelerated.lower <= 0.5, interval.accelerated.upper >= 0.5 { held += 1 }
        }
        // 95 % of 200 is 190, with a standard deviation of 3.
        #expect((176...199).contains(held), "\(held) of 200")
    }

    @Test func largeSamplesGetFewerDrawsAndHugeOnesNone() throws {
        let large = try Bootstrap(resamples: 2000, seed: 1).interval(of: 8000) { (places) throws(Undefined) in
            places.map { Double($0) }.compensatedSum / Double(places.count)
        }
        #expect(large.resamples == Bootstrap.mostDraws / 8000)
        #expect(throws: Undefined.tooMuchWork) {
            try Bootstrap(seed: 1).interval(of: 1_000_000) { (_) throws(Undefined) in 0 }
        }
    }

    @Test func samplesWithoutTheFigureAreCountedAndManyOfThemEndIt() throws {
        // The only positive item is missing in about a third of the samples.
        let outcomes = [true, false, false, false, false, false]
        #expect(throws: Undefined.self) {
            try Bootstrap(resamples: 400, seed: 3).interval(of: 6) { (places) throws(Undefined) in
                try RankingQuality.areaUnderCurve(
                    outcomes: places.map { outcomes[$0] }, scores: places.map { Double($0) })
            }
        }
    }

    @Test func quantilesAreLinearBetweenNeighbours() throws {
        let values = [4.0, 1, 3, 2]
        #expect(try Quantiles.values([0, 0.25, 0.5, 0.9, 1], of: values) == [1, 1.75, 2.5, 3.7, 4])
        #expect(throws: Undefined.outsideRange) { try Quantiles.value(1.1, of: values) }
    }

    @Test func histogramsPutEdgesWhereTheEdgesSay() throws {
        let tenths = (0...10).map { Double($0) / 10 }
        let histogram = try Histogram(tenths + [-0.1, 1.1], bins: 10, over: 0...1)
        #expect(histogram.counts == [1, 1, 1, 1, 1, 1, 1, 1, 1, 2])
        #expect(histogram.below == 1 && histogram.above == 1)
    }
}
