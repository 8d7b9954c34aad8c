import FoundationEssentials
import Terminal
import WireAPI

extension OperatorBatch: Identifiable {}

extension OperatorBatch {
    var label: String { name.isEmpty ? kind : name }

    /// The share of its jobs that have ended, well or not.
    var share: Double { total > 0 ? Double(finished + dead + cancelled) / Double(total) : state == .ended ? 1 : 0 }

    /// Whether its items are executions of evaluators and judges, which are listed with their scores.
    var hasScores: Bool { kind == "evaluation_batch" }

    /// In one word.
    var word: String {
        switch state {
        case .expanding: "making"
        case .open: running > 0 ? "runs" : "waits"
        case .cancelling: "stopping"
        case .ended: dead > 0 ? "failed" : cancelled > 0 ? "stopped" : "done"
        }
    }

    var ink: Ink {
        switch state {
        case .expanding, .open: dead > 0 ? .caution : .accent
        case .cancelling: .caution
        case .ended: dead > 0 ? .bad : cancelled > 0 ? .quiet : .good
        }
    }

    /// When it will have ended, or that it has.
    func ending(_ scope: Scope) -> String {
        if let endedAt { return "\(ItemFigures.age(endedAt, scope)) ago" }
        return forecast.seconds.map { "~\(Formats.span(seconds: Int(min($0, 1e9))))" } ?? "not known"
    }

    /// What it has cost beside what it was expected to cost.
    var cost: String {
        let estimate = estimatedCostNanodollars.map { " of about \(Formats.cost(nanodollars: $0))" } ?? ""
        return Formats.cost(nanodollars: costNanodollars) + estimate
    }

    /// Its counters as a sum that can be checked.
    var sum: String {
        "\(Formats.count(total)) = \(Formats.count(waiting)) waiting + \(Formats.count(finished)) done + "
            + "\(Formats.count(dead)) given up + \(Formats.count(cancelled)) cancelled"
    }

    func explanation(_ scope: Scope) -> Explanation {
        let isOver = (estimatedCostNanodollars.map { costNanodollars > $0 } ?? false) && state != .ended
        var explanation = Explanation(
            label, definition: "A set of jobs that somebody asked for at once (\(kind))."
        )
        .value("\(word): \(Formats.percent(share)) have ended", ink)
        .adding("Jobs", "\(sum); \(Formats.count(running)) of those that wait run just now.")
        .adding("Ends in", state == .ended ? "It has ended." : QueueExplanation.emptying(forecast))
        .adding(
            "Cost",
            "\(Formats.exactCost(nanodollars: costNanodollars)) so far; "
                + (estimatedCostNanodollars.map {
                    "expected in all \(Formats.exactCost(nanodollars: $0)), from the models' prices and the texts' lengths."
                } ?? "not estimated, since a price is not known."), isOver ? .caution : .plain)
        if expanded < total, state == .expanding {
            explanation = explanation.adding(
                "Making", "\(Formats.count(expanded)) of its \(Formats.count(total)) jobs are made so far.")
        }
        return explanation.source("Counted with each job's result, in the same transaction: the sum is always right.")
    }
}

/// What the filter of batches may ask for.
enum BatchQuery {
    static let vocabulary = [
        QueryField(
            "state", .choice(OperatorBatch.State.allCases.map(\.rawValue)), example: "state:open",
            "By where it stands; several with commas")
    ]

    /// The states that a filter asks for, none for all.
    static func states(_ text: String) throws(Query.Problem) -> [OperatorBatch.State] {
        var states: [OperatorBatch.State] = []
        for term in try Query.parse(text, vocabulary).terms {
            guard term.field == "state", case .contains(let values) = term.test else {
                throw Query.Problem("batches are filtered by their state: state:open,expanding")
            }
            guard states.isEmpty else { throw Query.Problem("states are told once: state:open,expanding") }
            states = OperatorBatch.State.allCases.filter { values.contains($0.rawValue) != term.isNegated }
        }
        return states
    }
}
