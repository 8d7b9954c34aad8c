import WireAPI

/// What the filter of evaluators and judges may ask for.
package enum ItemQuery {
    package static let vocabulary = [
        QueryField(
            "kind", .choice(OperatorItemKind.allCases.map(\.rawValue)), example: "kind:judge", "Evaluators, or judges"),
        QueryField("own", .flag, example: "own", "Your organisation's own"),
        QueryField("preset", .flag, example: "preset", "Built in: to use and copy, not to change"),
        QueryField("published", .flag, example: "published", "Published by another organisation"),
        QueryField("project", .text, example: "project:rag", "By a part of the project's name"),
        QueryField("model", .text, example: "model:gpt", "By a part of a model's name"),
        QueryField(
            "author", .text, example: "author:ada", "By a part of the name or address of who made it or its version"),
        QueryField("mean", .number, example: "mean<0.5", "By the mean score of seven days, from 0 to 1"),
        QueryField("executions", .number, example: "executions>100", "By the executions of 24 hours"),
        QueryField("failures", .number, example: "failures>0", "By the executions of 24 hours that gave no score"),
        QueryField("cost", .money, example: "cost>0.50", "By the cost of 1,000 executions in US dollars"),
    ]

    /// What a row says to a filter.
    static func facts(of item: OperatorItem) -> Query.Facts {
        Query.Facts(
            words: [item.name],
            texts: { field in
                switch field {
                case "kind": [item.kind.rawValue]
                case "own": item.origin == .own ? [item.name] : []
                case "preset": item.origin == .preset ? [item.name] : []
                case "published": item.origin == .published ? [item.name] : []
                case "project": item.projectName.map { [$0] } ?? []
                case "model": item.models + item.code
                case "author": [item.owner, item.updatedBy].flatMap { [$0.fullName, $0.email] }
                default: []
                }
            },
            number: { field in
                switch field {
                case "mean": item.statistics.meanScore
                case "executions": Double(item.statistics.executions)
                case "failures": Double(item.statistics.failures)
                case "cost": item.costOfThousand.map(Double.init)
                default: nil
                }
            })
    }
}

extension OperatorItem: Identifiable {}

extension OperatorItem {
    /// What 1,000 executions cost, in nano-dollars; `nil` when it was not executed in the last seven days.
    var costOfThousand: Int64? {
        statistics.meanCostNanodollars.map { cost in
            let (product, isTooLarge) = cost.multipliedReportingOverflow(by: 1000)
            return isTooLarge ? .max : product
        }
    }

    /// The share of the executions of 24 hours that gave no score; `nil` without executions.
    var failureShare: Double? {
        statistics.executions > 0 ? Double(statistics.failures) / Double(statistics.executions) : nil
    }
}

extension OperatorItem.Origin {
    /// Whose it is in one word, for columns and facts.
    var word: String {
        switch self {
        case .own: "own"
        case .preset: "preset"
        case .published: "shared"
        }
    }
}
