internal import FoundationEssentials
internal import Terminal
internal import WireAPI

/// What the numbers of an execution mean.
enum ExecutionExplanation {
    /// From what a list row tells, beside the others that are held.
    static func of(_ row: OperatorExecutionRow, in summary: ExecutionSummary?) -> Explanation {
        var explanation = opening(row)
        explanation = outcome(row, explanation, in: summary)
        explanation = latency(row, explanation, in: summary)
        explanation = cost(row, explanation)
        return explanation.source(
            "The log of the execution, written when it ended. It never changes, but for its tags.")
    }

    /// From everything that is known.
    static func of(_ detail: OperatorExecutionDetail, in summary: ExecutionSummary?) -> Explanation {
        let row = detail.execution
        var explanation = opening(row)
        explanation = outcome(row, explanation, in: summary)
        if let confidence = detail.confidence {
            explanation = explanation.adding(
                "Confidence",
                "\(Formats.score(confidence)): how likely the model, asked again, would say about the same: no more than "
                    + "0.1 away. It says nothing of how good the answer was: a low score can be a sure one.")
        }
        explanation = latency(row, explanation, in: summary)
        explanation = cost(row, explanation)
        if let tokens = detail.tokens {
            explanation = explanation.adding(
                "Tokens",
                "\(tokens): what the model read and wrote, counted by the provider; repairs and attempts that were answered "
                    + "count as well.")
        }
        if let attempts = detail.attempts, attempts > 1 {
            explanation = explanation.adding(
                "Attempts", "\(attempts): how often a model was asked, with retries, fall-backs and repairs.")
        }
        if detail.isContentHidden {
            explanation = explanation.adding("Hidden", "Your role does not see prompts and answers.", .caution)
        }
        return explanation.source(
            "The log of the execution, written when it ended. It never changes, but for its tags.")
    }

    private static func opening(_ row: OperatorExecutionRow) -> Explanation {
        let what =
            switch row.type {
            case "judge":
                "A judge's execution: its evaluators were executed on one input, each with a score of its own."
            case "evaluator": "An evaluator's execution: a model was asked how well an input meets the criteria."
            default: "An execution of the type \(row.type)."
            }
        return Explanation("\(row.name), \(Formats.time(row.createdAt))", definition: what)
    }

    private static func outcome(
        _ row: OperatorExecutionRow, _ explanation: Explanation, in summary: ExecutionSummary?
    ) -> Explanation {
        if let failure = row.failure {
            let known = FailureAdvice.of(failure.code)
            var explanation = explanation.value("no score: \(failure.code)", .bad).why(known.meaning, .bad)
            if let message = failure.message { explanation = explanation.adding("Said", message) }
            return explanation.adding("To do", known.advice, .accent)
                .adding("Score", "A failure is never a score of 0: it is left out of means and distributions.")
        }
        let how = row.type == "judge" ? "the mean of its evaluators that gave one" : "as the model gave it"
        var explanation = explanation.value(
            "\(Formats.score(row.score)), \(how)", row.score.map(ScoreBar.ink) ?? .quiet)
        if let score = row.score {
            explanation = explanation.why(colour(of: score), ScoreBar.ink(score))
        }
        if let summary, let mean = summary.meanScore, summary.scored > 1 {
            explanation = explanation.adding(
                "Beside",
                "The \(Formats.count(summary.scored)) scores that this list holds have the mean \(Formats.score(mean))."
            )
        }
        return explanation
    }

    private static func colour(of score: Double) -> String {
        let place =
            switch score {
            case 0.7...: "high: 0.7 or more"
            case 0.4...: "between 0.4 and 0.7"
            default: "low: below 0.4"
            }
        return
            "From 0 (worst) to 1 (best); this is \(place). The colours only help to read: they are no threshold of yours."
    }

    private static func latency(
        _ row: OperatorExecutionRow, _ explanation: Explanation, in summary: ExecutionSummary?
    ) -> Explanation {
        guard let latency = row.latencyMilliseconds else { return explanation }
        var text =
            "\(Formats.latency(milliseconds: latency)): how long the calls of the model took, with waiting and retries."
        if row.type == "judge" { text += " Evaluators run side by side: it is about that of the slowest." }
        if let summary, summary.count > 1, let median = summary.latency(0.5), let high = summary.latency(0.95) {
            text += " Of those this list holds half took up to \(Formats.latency(milliseconds: median)) (p50), "
            text += "95 of 100 up to \(Formats.latency(milliseconds: high)) (p95), to 3 %."
        }
        return explanation.adding("Latency", text)
    }

    private static func cost(_ row: OperatorExecutionRow, _ explanation: Explanation) -> Explanation {
        guard let cost = row.costNanodollars else {
            return explanation.adding("Cost", "Not known: the model has no price here, or was not reached.")
        }
        return explanation.adding(
            "Cost",
            "\(Formats.exactCost(nanodollars: cost)): tokens times the prices of the model at that time, in US dollars. "
                + "The provider's bill may differ.")
    }
}
