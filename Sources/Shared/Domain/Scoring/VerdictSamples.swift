/// One answer of a model: its score and how likely it found the others, where that is known.
package struct VerdictSample: Sendable, Hashable {
    package let score: Score
    /// What the probabilities of the tokens say; `nil` where the provider does not tell them.
    package let distribution: ScoreDistribution?

    package init(score: Score, distribution: ScoreDistribution?) {
        self.score = score
        self.distribution = distribution
    }
}

/// Repeated answers to one question, and what they come to. Decides and does nothing; whoever asks adds the answers.
///
/// Three answers are wanted and, unless they say the same, two more. The score is their median: an answer that is far off
/// does not move it, and with an odd number it is one that was really given, together with its justification.
package struct VerdictSamples: Sendable {
    private static let first = 3
    private static let most = 5

    /// The answers that could be used.
    package private(set) var samples: [VerdictSample]
    /// How many were asked for, those that gave no verdict included.
    private var asked = 1

    /// The first answer is there.
    package init(_ first: VerdictSample) { samples = [first] }

    /// How many answers are to be asked for next; none when what is there is enough.
    package var wanted: Int {
        if asked < Self.first { return Self.first - asked }
        return asked < Self.most && !agree ? Self.most - asked : 0
    }

    /// What came of asking for `count` more; an answer that failed is missing.
    package mutating func add(_ more: [VerdictSample], of count: Int) {
        samples += more
        asked += count
    }

    /// Whether all answers say the same. One alone agrees with nobody, and asking more would be as much in vain.
    private var agree: Bool {
        let score = score
        return samples.allSatisfy { Confidence.isNear($0.score.value, score) }
    }

    /// The median of the scores.
    package var score: Score {
        let sorted = samples.map(\.score).sorted()
        let middle = sorted.count / 2
        guard sorted.count.isMultiple(of: 2) else { return sorted[middle] }
        return Score.combined([sorted[middle - 1], sorted[middle]]) ?? sorted[middle]
    }

    /// The place of the answer whose score is nearest to the median, the earliest of several: its justification is the
    /// verdict's.
    package var spokesman: Int {
        let score = score
        var nearest = 0
        for (index, sample) in samples.enumerated() {
            if abs(sample.score.value - score.value) < abs(samples[nearest].score.value - score.value) {
                nearest = index
            }
        }
        return nearest
    }

    /// See ``Confidence``; `nil` for a single answer whose tokens are not known.
    package var confidence: Double? {
        guard samples.count > 1 || samples[0].distribution != nil else { return nil }
        return Confidence.of(score, in: samples.map { $0.distribution ?? ScoreDistribution(certainly: $0.score) })
    }
}
