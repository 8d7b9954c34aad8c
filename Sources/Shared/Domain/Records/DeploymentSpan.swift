package import FoundationEssentials
internal import Scoring

/// What the calls of models at providers came to in a stretch of time.
package struct DeploymentSums: Sendable, Hashable {
    package var calls = 0
    /// Calls whose caller left.
    package var abandoned = 0
    /// How many failed, by code.
    package var failures: [String: Int] = [:]
    package var promptTokens = 0
    package var completionTokens = 0
    package var costInNanoDollars: Int64 = 0
    /// Until the first byte of an answer, and until its end.
    package var firstByte = LatencyHistogram()
    package var whole = LatencyHistogram()

    /// Nothing.
    package init() {}

    /// Counts everything that others have.
    package static func += (left: inout DeploymentSums, right: DeploymentSums) {
        left.calls += right.calls
        left.abandoned += right.abandoned
        left.failures.merge(right.failures, uniquingKeysWith: +)
        left.promptTokens += right.promptTokens
        left.completionTokens += right.completionTokens
        let cost = Money(nanoDollars: left.costInNanoDollars) + Money(nanoDollars: right.costInNanoDollars)
        left.costInNanoDollars = cost.nanoDollars
        left.firstByte += right.firstByte
        left.whole += right.whole
    }
}

/// The worst that was known of how a deployment does.
package struct WorstHealth: Sendable, Hashable {
    /// From 0 to 100.
    package let score: Int
    /// Why, for a person.
    package let sentence: String

    package init(score: Int, sentence: String) {
        self.score = score
        self.sentence = sentence
    }
}

/// How a model at a place did in some minutes.
package struct DeploymentSpan: Sendable, Hashable {
    /// How long a span is that is stored.
    package static let length: TimeInterval = 300

    /// The provider, or the model with an address of its own.
    package let place: UUID
    /// What the place calls the model.
    package let upstreamModel: String
    package let start: Date
    package var sums: DeploymentSums
    package var worst: WorstHealth

    package init(place: UUID, upstreamModel: String, start: Date, sums: DeploymentSums, worst: WorstHealth) {
        self.place = place
        self.upstreamModel = upstreamModel
        self.start = start
        self.sums = sums
        self.worst = worst
    }

    /// The beginning of the span in which a moment lies.
    package static func start(of moment: Date) -> Date {
        Date(timeIntervalSince1970: (moment.timeIntervalSince1970 / length).rounded(.down) * length)
    }
}
