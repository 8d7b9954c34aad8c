import Terminal
import WireAPI

extension Document {
    /// What people found of one thing; nothing when nobody has labelled it.
    mutating func add(_ labels: [OperatorLabel], on scales: [OperatorScale] = []) {
        guard !labels.isEmpty else { return }
        title("Labels", note: "the newest first")
        for label in labels {
            let scale = scales.first { $0.id == label.scaleID }.map { " on \($0.name)" } ?? ""
            line([
                Span(label.words, .strong), Span(scale),
                Span("  \(label.author.fullName), \(Formats.dayAndMinute(label.createdAt))", .quiet),
            ])
            if !label.rationale.isEmpty { body(label.rationale, indent: 2) }
        }
    }
}

extension OperatorLabel {
    /// The answer: its word on the scale where it has one, else the number.
    var words: String { category ?? Formats.score(value) }
}

extension Explanation {
    /// Adds what people found of the thing, and what that is beside a score.
    func adding(_ labels: [OperatorLabel], on scales: [OperatorScale]) -> Explanation {
        guard !labels.isEmpty else { return self }
        let words = labels.prefix(5).map { label in
            let scale = scales.first { $0.id == label.scaleID }.map { " on \($0.name) (\($0.words))" } ?? ""
            return "\(label.words)\(scale) by \(label.author.fullName)"
        }
        let rest = labels.count > 5 ? ", and \(labels.count - 5) more" : ""
        return adding(
            "Labels",
            words.joined(separator: ", ") + rest
                + ". A label is what a person found, the score what the model did: calibration compares them.")
    }
}
