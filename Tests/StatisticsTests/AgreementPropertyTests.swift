import Statistics
import Testing

/// What holds of every sample.
@Suite struct AgreementPropertyTests {
    private func sample(_ seed: UInt64, of count: Int, steps: Int) throws -> PairedSample {
        var generator = SplitMix64(seed: seed)
        func values() -> [Double] {
            (0..<count).map { _ in Double(Int.random(in: 0...steps, using: &generator)) / Double(steps) }
        }
        return try PairedSample(reference: values(), measured: values())
    }

    @Test(arguments: 1...30) func theOrderOfTheItemsDoesNotMatter(_ seed: UInt64) throws {
        let sample = try sample(seed, of: 40, steps: 6)
        var generator = SplitMix64(seed: seed &+ 1000)
        let shuffled = sample.picking(Array(0..<40).shuffled(using: &generator))
        #expect(isClose(try sample.bias(), try shuffled.bias(), within: 1e-14))
        #expect(isClose(try sample.pearson(), try shuffled.pearson(), within: 1e-13))
        #expect(isClose(try sample.spearman(), try shuffled.spearman(), within: 1e-13))
        #expect(try sample.kendall() == shuffled.kendall())
        #expect(
            isClose(
                try KrippendorffAlpha.of([sample.reference, sample.measured], .ordinal),
                try KrippendorffAlpha.of([shuffled.measured, shuffled.reference], .ordinal), within: 1e-13))
    }

    @Test(arguments: 1...30) func figuresStayWithinTheirBounds(_ seed: UInt64) throws {
        let sample = try sample(seed, of: 25, steps: 4)
        for correlation in [try sample.pearson(), try sample.spearman(), try sample.kendall()] {
            #expect((-1...1).contains(correlation))
        }
        #expect(try sample.meanAbsoluteError() <= sample.rootMeanSquareError() + 1e-15)
        #expect(abs(try sample.bias()) <= (try sample.meanAbsoluteError()) + 1e-15)
        #expect(try sample.concordance() <= abs(sample.pearson()) + 1e-12)
        let table = try ContingencyTable(sample, grades: AgreementSummary.fiveGrades)
        #expect(try table.kappa(.quadratic) <= 1)
    }

    @Test(arguments: 1...30) func pearsonDoesNotSeeAnotherScale(_ seed: UInt64) throws {
        let sample = try sample(seed, of: 30, steps: 1000)
        let scaled = try PairedSample(
            reference: sample.reference.map { 1e6 + 40 * $0 }, measured: sample.measured.map { 3 - 0.001 * $0 })
        #expect(isClose(try scaled.pearson(), -(try sample.pearson()), within: 1e-8))
        let lifted = try PairedSample(
            reference: sample.reference.map { $0 * $0 * $0 }, measured: sample.measured.map { 5 * $0 })
        #expect(isClose(try lifted.spearman(), try sample.spearman(), within: 1e-12))
        #expect(try lifted.kendall() == sample.kendall())
    }

    @Test(arguments: 1...20) func kendallIsWhatCountingAllPairsGives(_ seed: UInt64) throws {
        let sample = try sample(seed, of: 60, steps: 5)
        var surplus = 0.0
        var untied = (x: 0.0, y: 0.0)
        for left in 0..<60 {
            for right in (left + 1)..<60 {
                let x = sample.reference[left] - sample.reference[right]
                let y = sample.measured[left] - sample.measured[right]
                surplus += Double((x * y).sign == .plus ? 1 : -1) * (x * y == 0 ? 0 : 1)
                untied = (untied.x + (x == 0 ? 0 : 1), untied.y + (y == 0 ? 0 : 1))
            }
        }
        #expect(isClose(try sample.kendall(), surplus / (untied.x * untied.y).squareRoot(), within: 1e-12))
    }

    @Test func perfectAgreementIsOne() throws {
        let values = [0, 0.2, 0.2, 0.7, 1.0]
        let sample = try PairedSample(reference: values, measured: values)
        #expect(isClose(try sample.pearson(), 1))
        #expect(isClose(try sample.kendall(), 1))
        #expect(isClose(try sample.concordance(), 1))
        for level in MeasurementLevel.allCases { #expect(try KrippendorffAlpha.of([values, values], level) == 1) }
        #expect(try ContingencyTable(sample, grades: AgreementSummary.fiveGrades).kappa(.quadratic) == 1)
    }

    @Test func itemsWithoutOneOfTheValuesAreCountedAndLeftOut() throws {
        let sample = try PairedSample(pairs: [(0.1, 0.2), (nil, 0.5), (0.3, nil), (nil, nil), (0.4, 0.4)])
        #expect(sample.count == 2 && sample.missing == 3)
        #expect(isClose(try sample.bias(), 0.05))
    }

    @Test func theSummaryHoldsWhatItsPartsSay() throws {
        let sample = try sample(7, of: 50, steps: 20)
        let summary = AgreementSummary(of: sample, threshold: 0.6, bootstrap: Bootstrap(resamples: 300, seed: 1))
        #expect(summary.pearson.value == (try sample.pearson()))
        #expect(summary.confusion == ConfusionMatrix(sample, threshold: 0.6))
        #expect(summary.ranges.count == AgreementSummary.Ranged.allCases.count)
        let range = try #require(try summary.ranges[.meanAbsoluteError]?.get())
        #expect(range.accelerated.lower < range.estimate && range.estimate < range.accelerated.upper)
    }
}
