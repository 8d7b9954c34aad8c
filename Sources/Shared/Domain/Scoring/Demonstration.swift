internal import Tenancy

/// A worked example of how an evaluator is to score: what was judged, and the verdict that is right.
package struct Demonstration: Sendable, Hashable {
    /// What was asked; empty where only a response is judged.
    package let request: String
    /// What was answered; empty where only a request is judged.
    package let response: String
    package let score: Score
    /// Why; empty where nobody said.
    package let justification: String

    package init(request: String, response: String, score: Score, justification: String = "") {
        self.request = request
        self.response = response
        self.score = score
        self.justification = justification
    }

    /// The most that a definition may have of its own; there may be more in a dataset.
    package static let mostInDefinition = 100
    /// The longest text of one, in Unicode scalars.
    package static let longestText = 20_000

    /// The length of all its texts, in bytes.
    var byteCount: Int { request.utf8.count + response.utf8.count + justification.utf8.count }

    /// Whether it says what the right verdict on `input` is: whoever is examined is not shown the answers.
    func givesAway(_ input: EvaluationInput) -> Bool {
        request == (input.effectiveRequest ?? "") && response == (input.effectiveResponse ?? "")
    }

    /// Names every limit that the demonstrations of a definition break.
    static func check(
        _ demonstrations: [Demonstration], field: String, _ findings: inout InvalidDefinition.Findings
    ) {
        if demonstrations.count > mostInDefinition {
            findings.add(field, "Give at most \(mostInDefinition); a demonstration dataset may have more.")
        }
        for (index, demonstration) in demonstrations.enumerated() {
            if demonstration.request.isEmpty, demonstration.response.isEmpty {
                findings.add(field, "Number \(index + 1) has neither a request nor a response.")
            }
            for text in [demonstration.request, demonstration.response, demonstration.justification] {
                findings.length(of: text, in: 0...longestText, field: field)
            }
        }
    }
}

/// Which demonstrations a model is shown: as many as help and as a prompt can bear, with scores as different as there are,
/// and the same ones every time.
package enum DemonstrationChoice {
    /// The most that are shown.
    package static let most = 12
    /// The longest that is shown, in bytes of all its texts. A longer one is left out rather than cut: a verdict on half a
    /// text is the wrong lesson.
    package static let longest = 8 << 10
    /// What all of them together may take, in bytes.
    package static let room = 32 << 10

    /// Chooses for an evaluation of `input`, whose own verdict is not among them; in the order in which they were given.
    ///
    /// The first taken have the lowest and the highest score; each further one has the score that lies farthest from all
    /// that are taken, the earliest of several. Whatever no longer fits into the room is passed over.
    package static func of(_ demonstrations: [Demonstration], for input: EvaluationInput) -> [Demonstration] {
        var rest = demonstrations.enumerated().filter {
            $0.element.byteCount <= longest && !$0.element.givesAway(input)
        }
        var taken: [(offset: Int, element: Demonstration)] = []
        var room = room
        while taken.count < most, let next = next(of: rest.map(\.element.score.value), besides: taken.map(\.element)) {
            let candidate = rest.remove(at: next)
            guard candidate.element.byteCount <= room else { continue }
            room -= candidate.element.byteCount
            taken.append(candidate)
        }
        return taken.sorted { $0.offset < $1.offset }.map(\.element)
    }

    private static func next(of scores: [Double], besides taken: [Demonstration]) -> Int? {
        /// How good it is to take a score next.
        func merit(_ score: Double) -> Double {
            taken.map { abs($0.score.value - score) }.min() ?? -score
        }
        var best: (index: Int, merit: Double)?
        for (index, score) in scores.enumerated() {
            let merit = merit(score)
            if merit > best?.merit ?? -.infinity { best = (index, merit) }
        }
        return best?.index
    }
}
