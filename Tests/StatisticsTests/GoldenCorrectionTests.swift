import Statistics
import Testing

/// Corrections of judges are what the reference implementations compute.
@Suite struct GoldenCorrectionTests {
    @Test func aJudgesShareIsCorrectedAsByLee() throws {
        let golden = try Golden("judge_bias_correction")
        let correction = try JudgeCorrection(
            share: 0.74, of: 1000, specificity: 0.7, ofBad: 100, sensitivity: 0.9, ofGood: 100)
        #expect(isClose(correction.corrected, try golden.expects("theta")))
        let expected = try golden.expectsNumbers("ci95")
        #expect(isClose(correction.range.lower, expected[0]) && isClose(correction.range.upper, expected[1]))
        #expect(throws: Undefined.noBetterThanChance) {
            try JudgeCorrection(share: 0.5, of: 10, specificity: 0.4, ofBad: 10, sensitivity: 0.6, ofGood: 10)
        }
    }

    @Test func predictionPoweredMeansAreThoseOfItsAuthors() throws {
        let golden = try Golden("ppi_mean")
        let (labels, scored) = (golden.numbers("y_labeled"), golden.numbers("judge_labeled"))
        let unlabelled = golden.numbers("judge_unlabeled")
        let plain = try PredictionPowered(labels: labels, scored: scored, unlabelled: unlabelled, weight: 1)
        #expect(isClose(plain.mean, try golden.expects("ppi_lam1")))
        let plainRange = try golden.expectsNumbers("ppi_lam1_ci")
        #expect(isClose(plain.range.lower, plainRange[0]) && isClose(plain.range.upper, plainRange[1]))
        let tuned = try PredictionPowered(labels: labels, scored: scored, unlabelled: unlabelled)
        #expect(isClose(tuned.mean, try golden.expects("ppi++")))
        let range = try golden.expectsNumbers("ppi++_ci")
        #expect(isClose(tuned.range.lower, range[0]) && isClose(tuned.range.upper, range[1]))
    }

    @Test func conformalDistancesAreThoseOfNumpy() throws {
        let golden = try Golden("split_conformal")
        let errors = golden.numbers("abs_residuals")
        #expect(try SplitConformal.distance(errors: errors, alpha: 0.1) == golden.expects("q_hat"))
        #expect(throws: Undefined.tooFew(needed: 99, given: 10)) {
            try SplitConformal.distance(errors: errors, alpha: 0.01)
        }
    }

    @Test func scoresFromTokensAreThoseOfGEval() throws {
        let golden = try Golden("geval_weighted")
        let tokens = golden.named("top_logprobs").map { (text: $0.name, logProbability: $0.value) }
        let score = try TokenScore(tokens, range: 0...10)
        #expect(isClose(score.mean, try golden.expects("weighted")))
        #expect(isClose(score.deviation, try golden.expects("std")))
        #expect(isClose(score.validMass, try golden.expects("valid_mass")))
        #expect(isClose(score.entropy, try golden.expects("entropy_nats")))
        #expect(throws: Undefined.tooFew(needed: 1, given: 0)) {
            try TokenScore([("the", -0.1), ("11", -3)], range: 0...10)
        }
    }

    @Test func strengthsAreThoseOfHunter() throws {
        let golden = try Golden("bradley_terry")
        let strengths = try BradleyTerry.logStrengths(wins: golden.fullTable("wins"))
        let expected = try golden.expectsNumbers("log_strength_centered")
        #expect(zip(strengths, expected).allSatisfy { isClose($0, $1, within: 1e-6) })
        #expect(throws: Undefined.separable) { try BradleyTerry.logStrengths(wins: [[0, 3], [0, 0]]) }
    }

    @Test func truthsFromVotesAreThoseOfDawidAndSkene() throws {
        let golden = try Golden("dawid_skene")
        let ratings = golden.table("items_x_raters").map { $0.map { $0.map(Int.init) } }
        let panel = try DawidSkene(ratings, categories: 2)
        let expected = try golden.expectsNumbers("posterior_1")
        #expect(zip(panel.posteriors, expected).allSatisfy { isClose($0[1], $1, within: 1e-6) })
        #expect(zip(panel.prior, try golden.expectsNumbers("prior")).allSatisfy { isClose($0, $1, within: 1e-6) })
    }
}
