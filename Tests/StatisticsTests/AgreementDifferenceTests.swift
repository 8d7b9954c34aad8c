import Statistics
import Testing

/// How two runs differ is what scipy and statsmodels compute from the same numbers, and what is undefined is said.
@Suite struct AgreementDifferenceTests {
    private let reference = [0, 0.25, 0.5, 0.75, 1, 0.5, 0.25, 1, 0, 0.75]
    private let first = [0.1, 0.4, 0.4, 0.9, 0.8, 0.7, 0.1, 0.6, 0.3, 0.45]
    private let second = [0.05, 0.3, 0.55, 0.8, 0.9, 0.45, 0.6, 0.95, 0.1, 0.7]

    private func differences(
        _ reference: [Double], _ first: [Double], _ second: [Double], _ bootstrap: Bootstrap = Bootstrap(seed: 1)
    ) throws -> [AgreementDifference.Subject: AgreementDifference] {
        let found = try ComparedRuns(
            reference: reference, first: first, second: second, firstThreshold: 0.5, secondThreshold: 0.7,
            bootstrap: bootstrap
        ).differences()
        return Dictionary(uniqueKeysWithValues: found.map { ($0.subject, $0) })
    }

    /// Whether a figure is there and is that number.
    private func figure(_ figure: Figure?, is expected: Double) -> Bool {
        figure?.value.map { isClose($0, expected) } ?? false
    }

    @Test func meansOfFewItemsAreTestedByAllChoicesOfSigns() throws {
        let found = try differences(reference, first, second)
        let bias = try #require(found[.bias])
        #expect(figure(bias.first, is: -0.025) && figure(bias.second, is: 0.04) && figure(bias.difference, is: 0.065))
        #expect(figure(bias.probability, is: 0.46484375) && bias.test == .signFlips)
        let error = try #require(found[.meanAbsoluteError])
        #expect(figure(error.difference, is: -0.115) && figure(error.probability, is: 0.046875))
        let range = try error.range.get()
        #expect(isClose(range.lower, -0.21900730713139296))
        #expect(isClose(range.upper, -0.010992692868606962))
        let root = try #require(found[.rootMeanSquareError])
        #expect(figure(root.difference, is: -0.09878650011464102) && figure(root.probability, is: 0.1328125))
    }

    @Test func meansOfManyItemsAreTestedByStudent() throws {
        let values = (0..<24).map { Double($0) }
        let reference = values.map { $0.truncatingRemainder(dividingBy: 5) / 4 }
        let first = zip(reference, values).map { $0 + ($1.truncatingRemainder(dividingBy: 7) - 3) / 10 }
        let second = zip(reference, values).map { $0 + ($1.truncatingRemainder(dividingBy: 3) - 1) / 20 }
        let found = try differences(reference, first, second)
        let error = try #require(found[.meanAbsoluteError])
        #expect(error.test == .student && figure(error.probability, is: 1.1081835762502715e-06))
        #expect(figure(found[.rootMeanSquareError]?.probability, is: 1.565448906055265e-05))
        // The ranges of scipy's BCa with 20,000 samples, drawn by another generator.
        let root = try #require(found[.rootMeanSquareError]).range.get()
        #expect(abs(root.lower - (-0.1950)) < 0.01 && abs(root.upper - (-0.1250)) < 0.01)
        let correlation = try #require(found[.pearson]).range.get()
        #expect(abs(correlation.lower - 0.0652) < 0.01 && abs(correlation.upper - 0.2322) < 0.01)
    }

    @Test func correlationsWithTheSamePeopleAreTestedByWilliams() throws {
        let correlation = try #require(try differences(reference, first, second)[.pearson])
        #expect(figure(correlation.first, is: 0.7749545332796287) && figure(correlation.second, is: 0.9459675396808043))
        #expect(figure(correlation.probability, is: 0.10163068569010235) && correlation.test == .williams)
        // The example in the documentation of R's psych::r.test, which prints 0.89 and 0.37.
        let example = try DependentCorrelations.williamsTest(first: 0.4, second: 0.5, between: 0.1, count: 103)
        #expect(isClose(example.t, 0.8912799047605414))
        #expect(isClose(example.probability, 0.3749185174912553))
        let mirrored = try DependentCorrelations.williamsTest(first: 0.5, second: 0.4, between: 0.1, count: 103)
        #expect(mirrored.t == -example.t && mirrored.probability == example.probability)
    }

    @Test func yesAndNoAreThoseOfEachRunsThresholdAndAreTestedByMcNemar() throws {
        let accuracy = try #require(try differences(reference, first, second)[.accuracy])
        #expect(accuracy.first.value == 0.8 && accuracy.second.value == 1)
        #expect(figure(accuracy.probability, is: 0.5) && accuracy.test == .mcNemar)
        let range = try accuracy.range.get()
        #expect(isClose(range.lower, -0.10162095503976065))
        #expect(isClose(range.upper, 0.5016209550397607))
    }

    /// Up to 1, in steps that no binary fraction has.
    private func values(_ count: Int, _ generator: inout SplitMix64) -> [Double] {
        (0..<count).map { _ in Double(Int.random(in: 0...1000, using: &generator)) / 1000 }
    }

    @Test(arguments: 1...40) func roundingIsNoDifference(_ seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        // Tests draw nothing.
        let ranges = Bootstrap(resamples: 20, seed: 1)
        // By all choices of signs, and by Student.
        for count in [8, 40] {
            let (reference, first) = (values(count, &generator), values(count, &generator))
            let scaled = try differences(reference, first, first.map { 0.5 * $0 + 0.1 }, ranges)
            #expect(scaled[.pearson]?.probability.reason == .noDifference)
            // As far off as the first, to the other side.
            let mirrored = zip(reference, first).map { $0 + ($0 - $1) }
            let equallyFar = try differences(reference, first, mirrored, ranges)
            for subject in [AgreementDifference.Subject.meanAbsoluteError, .rootMeanSquareError] {
                #expect(equallyFar[subject]?.probability.reason == .noDifference)
            }
            let again = try differences(reference, first, first.map { ($0 * 3 + 0.3) / 3 - 0.1 }, ranges)
            for subject in AgreementDifference.Subject.allCases where subject != .accuracy {
                #expect(again[subject]?.probability.reason == .noDifference, "\(subject)")
            }
        }
    }

    @Test func smallDifferencesAreStillOnes() throws {
        let found = try differences(reference, first, zip(first, second).map { $0 + 1e-9 * ($1 - $0) })
        #expect(found[.bias]?.probability.value != nil && found[.rootMeanSquareError]?.probability.value != nil)
    }

    @Test func runsThatCannotBeComparedSaySoOfEveryFigure() {
        let found = AgreementDifference.undefined(because: .scalesDiffer)
        #expect(found.map(\.subject) == AgreementDifference.Subject.allCases)
        #expect(found.allSatisfy { $0.difference.reason == .scalesDiffer && $0.probability.reason == .scalesDiffer })
    }

    @Test func whatHasNoDifferenceToTestSaysSo() throws {
        let same = try differences(reference, first, first)
        for subject in AgreementDifference.Subject.allCases where subject != .accuracy {
            #expect(same[subject]?.difference.value == 0 && same[subject]?.probability.reason == .noDifference)
        }
        #expect(try same[.bias]?.range.get() == Interval(lower: 0, upper: 0))
        let constant = try differences(reference, reference.map { _ in 0.5 }, second)
        #expect(constant[.pearson]?.first.reason == .noVariance && constant[.pearson]?.difference.value == nil)
        #expect(constant[.pearson]?.probability.reason == .noVariance)
        let one = try differences([0.5], [0.25], [0.75])
        #expect(one[.bias]?.difference.value == 0.5)
        #expect(one[.bias]?.range.reason == .tooFew(needed: 2, given: 1))
        let none = try differences([], [], [])
        for difference in none.values {
            #expect(difference.difference.value == nil && difference.range.value == nil)
            #expect(difference.probability.value == nil)
        }
    }
}
