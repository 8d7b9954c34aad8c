package import Tenancy

/// When a response that is being improved by a judge's findings is good enough, and when further tries are in vain.
package struct RefinementRule: Sendable, Hashable {
    /// How many improvements are tried at most.
    package var mostTries = 3
    /// How many tries in a row may fail to improve before it ends.
    package var patience = 1
    /// How much better a try has to score to count as an improvement.
    package var leastImprovement = 0.05
    /// The score that is good enough.
    package var threshold = 0.8

    package init() {}

    /// Names every value that cannot be meant.
    package func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            if !(0...10).contains(mostTries) { findings.add("max_iterations", "Give 0 to 10.") }
            if !(0...10).contains(patience) { findings.add("patience", "Give 0 to 10.") }
            if !(0...1).contains(leastImprovement) { findings.add("min_improvement", "Give a number from 0 to 1.") }
            if !(0...1).contains(threshold) { findings.add("threshold", "Give a number from 0 to 1.") }
        }
    }
}

/// How far the refinement of one response has come. Decides and does nothing.
package struct RefinementProgress: Sendable, Hashable {
    private let rule: RefinementRule
    /// The best score so far; `nil` when nothing could be scored.
    package private(set) var best: Score?
    private var tries = 0
    private var fruitless = 0

    /// Begins with the score of the response as it was.
    package init(_ rule: RefinementRule, original: Score?) {
        self.rule = rule
        best = original
    }

    /// Whether another try is worth it.
    package var goesOn: Bool {
        guard let best else { return false }
        return best.value < rule.threshold && tries < rule.mostTries && fruitless <= rule.patience
    }

    /// Takes note of a try's score.
    /// - Returns: Whether the try takes the place of the best one.
    package mutating func take(_ score: Score?) -> Bool {
        tries += 1
        guard let score, let best, score.value >= best.value + rule.leastImprovement, score > best else {
            fruitless += 1
            return false
        }
        fruitless = 0
        self.best = score
        return true
    }
}
