internal import Scoring

/// What a model found, in the form that was asked for.
struct Verdict: Sendable, Hashable {
    let score: Score
    let justification: String
}

/// Why an answer of a model is no verdict, in words that the model can act on.
struct VerdictError: Error, Sendable, Hashable, CustomStringConvertible {
    let message: String

    var description: String { message }
}
