import Statistics
import Testing

/// Calibration and ranges are what the reference libraries compute.
@Suite struct GoldenCalibrationTests {
    @Test func qualityOfProbabilitiesIsThatOfScikitLearn() throws {
        let golden = try Golden("calibration")
        let (outcomes, probabilities) = (golden.truths("y"), golden.numbers("p"))
        let diagram = try ReliabilityDiagram(outcomes: outcomes, probabilities: probabilities, bins: 5)
        #expect(isClose(diagram.expectedError, try golden.expects("ece")))
        #expect(isClose(diagram.maximumError, try golden.expects("mce")))
        #expect(isClose(diagram.brier, try golden.expects("brier")))
        #expect(isClose(diagram.reliability, try golden.expects("reliability")))
        #expect(isClose(diagram.resolution, try golden.expects("resolution")))
        #expect(isClose(diagram.uncertainty, try golden.expects("uncertainty")))
        #expect(diagram.bins.map(\.count).reduce(0, +) == outcomes.count)
        #expect(
            isClose(
                try ProbabilityQuality.logLoss(outcomes: outcomes, probabilities: probabilities),
                try golden.expects("log_loss")))
        #expect(
            isClose(
                try RankingQuality.areaUnderCurve(outcomes: outcomes, scores: probabilities),
                try golden.expects("roc_auc")))
        #expect(
            isClose(
                try RankingQuality.averagePrecision(outcomes: outcomes, scores: probabilities),
                try golden.expects("average_precision")))
        let matrix = try ConfusionMatrix(truth: outcomes, predicted: probabilities.map { $0 >= 0.5 })
        #expect(isClose(try matrix.matthewsCorrelation(), try golden.expects("mcc@0.5")))
        #expect(isClose(try matrix.f1(), try golden.expects("f1@0.5")))
        #expect(isClose(try matrix.balancedAccuracy(), try golden.expects("balanced_accuracy@0.5")))
    }

    @Test func theIsotonicCurveIsThatOfScikitLearn() throws {
        let golden = try Golden("isotonic")
        let x = golden.numbers("x")
        let curve = try IsotonicCurve(x, golden.numbers("y"))
        #expect(zip(x.map(curve.value), try golden.expectsNumbers("fitted_at_x")).allSatisfy { isClose($0, $1) })
        let answers = golden.numbers("query").map(curve.value)
        #expect(zip(answers, try golden.expectsNumbers("query")).allSatisfy { isClose($0, $1) })
        #expect(curve.positions == (try golden.expectsNumbers("X_thresholds")))
        #expect(zip(curve.heights, try golden.expectsNumbers("y_thresholds")).allSatisfy { isClose($0, $1) })
    }

    @Test func logisticCurvesAreThoseOfScikitLearn() throws {
        let golden = try Golden("platt")
        let platt = try LogisticCurve.platt(golden.numbers("p"), golden.truths("y"))
        #expect(isClose(-platt.slope, try golden.expects("A"), within: 1e-6))
        #expect(isClose(-platt.offset, try golden.expects("B"), within: 1e-6))
        #expect(isClose(platt.probability(at: 0.5), try golden.expects("at_0.5"), within: 1e-6))
        let plain = try Golden("logistic_unregularised")
        let curve = try LogisticCurve.unregularized(plain.numbers("p"), plain.truths("y"))
        // The reference stops at a tolerance of its own, and keeps a prior of 1e-10.
        #expect(isClose(curve.slope, try plain.expects("coef"), within: 1e-4))
        #expect(isClose(curve.offset, try plain.expects("intercept"), within: 1e-4))
    }

    @Test func rangesOfProportionsAreThoseOfStatsmodels() throws {
        let golden = try Golden("proportion_ci")
        let proportion = try Proportion(successes: 17, trials: 20)
        let ranges = [
            ("wilson", try proportion.wilson()), ("beta", try proportion.clopperPearson()),
            ("agresti_coull", try proportion.agrestiCoull()), ("jeffreys", try proportion.jeffreys()),
        ]
        for (key, range) in ranges {
            let expected = try golden.expectsNumbers(key)
            #expect(isClose(range.lower, expected[0]) && isClose(range.upper, expected[1]), "\(key): \(range)")
        }
        let all = try Golden("proportion_ci_all_pass")
        let whole = try Proportion(successes: 30, trials: 30)
        #expect(isClose(try whole.wilson().lower, try all.expectsNumbers("wilson")[0]))
        #expect(isClose(try whole.clopperPearson().lower, try all.expectsNumbers("clopper_pearson")[0]))
        #expect(try whole.clopperPearson().upper == 1)
    }

    @Test func bootstrapRangesOfGivenSamplesAreThoseOfScipy() throws {
        let golden = try Golden("bootstrap_bca")
        let x = golden.numbers("x")
        // Summed in numpy's order: with another, one of the replicates would be equal to the mean, and not below it.
        func mean(_ v: [Double]) -> Double { (((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]))) / 8 }
        let replicates = golden.fullTable("indices").map { mean($0.map { x[Int($0)] }) }
        let center = mean(x)
        // Leaving one out of a mean moves it by this much.
        let influences = x.map { center - (center * Double(x.count) - $0) / Double(x.count - 1) }
        let interval = try BootstrapInterval(
            estimate: center, replicates: replicates, influences: influences, level: 0.95)
        #expect(isClose(interval.estimate, try golden.expects("theta")))
        #expect(isClose(interval.bias, try golden.expects("z0")))
        #expect(isClose(interval.acceleration, try golden.expects("a")))
        let percentile = try golden.expectsNumbers("percentile")
        #expect(isClose(interval.percentile.lower, percentile[0]) && isClose(interval.percentile.upper, percentile[1]))
        let accelerated = try golden.expectsNumbers("bca")
        #expect(
            isClose(interval.accelerated.lower, accelerated[0]) && isClose(interval.accelerated.upper, accelerated[1]))
    }
}
