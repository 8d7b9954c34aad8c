import Terminal
import WireAPI

/// What the numbers of an attempt mean.
enum TrialExplanation {
    static func of(_ run: ItemTrial.Run) -> Explanation {
        let detail = run.detail
        let row = detail.execution
        let verdict =
            row.failure.map { "None: \($0.sentence)" } ?? "\(Formats.score(row.score)), from 0 (worst) to 1 (best)."
        var text = Explanation(
            "Result \(run.number)",
            definition: "What \(row.name) said about what the form says. It is recorded as every execution."
        ).adding("Score", verdict, row.failure == nil ? row.score.map(ScoreBar.ink) ?? .quiet : .bad)
        if let confidence = detail.confidence {
            text = text.adding(
                "Confidence",
                "\(Formats.score(confidence)): how probably it would say about the same again.")
        }
        if let tokens = detail.tokens {
            text = text.adding("Tokens", "\(tokens): what was sent to the model, and what it answered.")
        }
        text = text.adding(
            "Cost", "\(row.costNanodollars.map(Formats.exactCost) ?? "Unknown"): the tokens at the model's prices.")
        text = text.adding(
            "Latency", "\(Formats.latency(milliseconds: row.latencyMilliseconds)): the time in model calls.")
        return text.source("This one execution, by \(row.model ?? "no model").")
    }
}
