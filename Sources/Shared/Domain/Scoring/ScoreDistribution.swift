/// How likely a model found each score that it could have given for one input, as far as that is known.
package struct ScoreDistribution: Sendable, Hashable {
    /// Scores that lie in a range, and how likely it is that the score is one of them.
    private struct Share: Hashable {
        let range: ClosedRange<Double>
        let mass: Double
    }

    private var shares: [Share] = []

    /// Nothing is known: no score has a likelihood.
    package init() {}

    /// All that is known is which score was given.
    package init(certainly score: Score) { add(score.value...score.value, mass: 1) }

    /// Adds scores of `range`, with their probability.
    package mutating func add(_ range: ClosedRange<Double>, mass: Double) {
        shares.append(Share(range: range, mass: mass))
    }

    /// The probability of the scores that are sure to be no farther than ``Confidence/tolerance`` from `score`. A range
    /// that reaches farther does not count, nor does what was never added.
    package func mass(near score: Score) -> Double {
        var mass = 0.0
        for share in shares where Confidence.isNear(share.range.lowerBound, score) {
            if Confidence.isNear(share.range.upperBound, score) { mass += share.mass }
        }
        return min(1, mass)
    }
}

/// How much a score would stand if the same model were asked again.
///
/// **Definition.** The confidence of a score is the probability, from 0 to 1, that the model that gave it gives a score no
/// more than 0.1 away from it, as estimated from the model's own answers:
/// - where the provider tells how likely each token was, by the probabilities of the tokens of the number in the answer
///   and of their alternatives; numbers whose distance cannot be told from the tokens count as far away;
/// - of repeated answers (behaviour `thorough`), by the share of those that lie no more than 0.1 away; where the tokens are
///   known too, each answer counts with its probability instead of as one or none;
/// - with a single answer and without the probabilities of tokens nothing can be said, and there is no confidence.
///
/// It says how decided the model is, not how right: compare it between inputs of one evaluator version, and measure the
/// agreement with people by a calibration run. The probabilities are those behind the justification, which makes a model
/// more decided than before it.
///
/// **Where it comes from.** Token probabilities of the score: G-Eval (Liu et al. 2023, arXiv:2303.16634), which weighs
/// scores by them; here they leave the score alone, so that it stays the one that the justification argues for. Agreement
/// of samples: self-consistency (Wang et al. 2022, arXiv:2203.11171), and as a measure of uncertainty Xiong et al. 2024
/// (arXiv:2306.13063). That a justification sharpens the distribution: Wang et al. 2025 (arXiv:2503.03064).
package enum Confidence {
    /// How far from a score another one still says the same.
    package static let tolerance = 0.1

    /// The confidence of `score` when these are the distributions of the answers that led to it.
    package static func of(_ score: Score, in distributions: [ScoreDistribution]) -> Double {
        guard !distributions.isEmpty else { return 0 }
        return distributions.map { $0.mass(near: score) }.reduce(0, +) / Double(distributions.count)
    }

    /// Whether two scores say the same.
    package static func isNear(_ value: Double, _ score: Score) -> Bool {
        // 0.8 and 0.7 are binary fractions with a distance a little above 0.1.
        abs(value - score.value) <= tolerance + 1e-9
    }
}
