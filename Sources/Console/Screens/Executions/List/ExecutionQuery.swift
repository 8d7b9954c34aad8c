package import FoundationEssentials
package import WireAPI

/// What the filter of executions may ask for, and what it asks of the server.
package enum ExecutionQuery {
    /// The raw values of `ExecutionType`, the usual ones first.
    private static let types = ["evaluator", "judge", "experiment", "test", "skill", "proxy", "internal"]

    /// What can be asked for, the most usual first.
    package static let vocabulary = [
        QueryField("failed", .flag, example: "failed", "Those that gave no score"),
        QueryField(
            "reason", .choice(OperatorFailure.codes), example: "reason:timeout", "Those that failed for this reason"),
        QueryField("ok", .flag, example: "ok", "Those that gave a score"),
        QueryField(
            "evaluator", .text, example: "evaluator:faith", "By a part of the evaluator's name, or by its identifier"),
        QueryField(
            "judge", .text, example: "judge:\"My judge\"", "By a part of the judge's name, or by its identifier"),
        QueryField("score", .number, example: "score<0.5", "By the score, from 0 to 1"),
        QueryField("latency", .duration, example: "latency>2s", "By how long the model took"),
        QueryField("cost", .money, example: "cost>0.01", "By the cost in US dollars"),
        QueryField("tag", .text, example: "tag:nightly", "With this tag; -tag:nightly without it"),
        QueryField("batch", .text, example: "batch:ID", "Of the batch with this identifier"),
        QueryField("session", .text, example: "session:s-12", "Of this session"),
        QueryField("user", .text, example: "user:u-7", "Of this user"),
        QueryField("model", .text, example: "model:gpt", "By a part of the model's name"),
        QueryField("project", .text, example: "project:rag", "By a part of the project's name"),
        QueryField("since", .text, example: "since:1h", "From then on: 15m, 2h, 3d, today, 12:30, 2026-01-31T12:30"),
        QueryField("until", .text, example: "until:2026-01-31", "Up to then, a day with its end"),
        QueryField("type", .choice(types), example: "type:judge", "By what was executed"),
    ]

    /// What is wrong with a filter, `nil` when it can be applied.
    package static func problem(of text: String) -> String? {
        do {
            // Whether a time can be read does not depend on what time it is.
            _ = try filter(text, at: Date(timeIntervalSince1970: 0))
            return nil
        } catch {
            return error.message
        }
    }

    /// What a typed filter asks of the server at a time by its clock.
    package static func filter(_ text: String, at date: Date) throws(Query.Problem) -> OperatorExecutionFilter {
        var filter = OperatorExecutionFilter()
        for term in try Query.parse(text, vocabulary).terms { try apply(term, to: &filter, at: date) }
        return filter
    }

    private static func apply(
        _ term: Query.Term, to filter: inout OperatorExecutionFilter, at date: Date
    ) throws(Query.Problem) {
        switch term.test {
        case .matches: throw Query.Problem("~ is not understood here: the server looks for parts of words")
        case .holds:
            let outcome: OperatorExecutionFilter.Outcome =
                (term.field == "failed") != term.isNegated ? .failed : .succeeded
            try set(&filter.outcome, outcome, "failed and ok exclude each other")
        case .contains(let values):
            if term.isNegated {
                try exclude(term.field, values, from: &filter)
            } else if term.field == "reason" {
                try set(&filter.failureCodes, values, "reasons are told once: reason:timeout,rate_limited")
            } else if term.field == "type" {
                try set(&filter.types, values, "types are told once: type:judge,evaluator")
            } else if values.count == 1 {
                try apply(term.field, values[0], to: &filter, at: date)
            } else {
                throw Query.Problem(
                    "only one value of \(term.field ?? "a word") at a time: \(hint(term.field, values))")
            }
        case .compares(let comparison, let number):
            guard !term.isNegated else {
                throw Query.Problem("- is for words, tags and types; turn the comparison around")
            }
            try compare(term.field, comparison, number, in: &filter)
        }
    }

    private static func hint(_ field: String?, _ values: [String]) -> String {
        field == "tag" ? values.map { "tag:\($0)" }.joined(separator: " ") + " wants all" : "the server takes no list"
    }

    private static func exclude(
        _ field: String?, _ values: [String], from filter: inout OperatorExecutionFilter
    ) throws(Query.Problem) {
        switch field {
        case nil: filter.excludedNames += values
        case "tag": filter.excludedTags += values
        case "type": try set(&filter.types, types.filter { !values.contains($0) }, "types are told once: -type:judge")
        default: throw Query.Problem("- is for words, tags and types only")
        }
    }

    private static func apply(
        _ field: String?, _ value: String, to filter: inout OperatorExecutionFilter, at date: Date
    ) throws(Query.Problem) {
        switch field {
        case "evaluator":
            if let id = UUID(uuidString: value) {
                try set(&filter.evaluatorID, id, "only one evaluator can be shown")
            } else {
                try setKind("evaluator", named: value, in: &filter)
            }
        case "judge":
            if let id = UUID(uuidString: value) {
                try set(&filter.judgeID, id, "only one judge can be shown")
            } else {
                try setKind("judge", named: value, in: &filter)
            }
        case "batch":
            guard let id = UUID(uuidString: value) else { throw Query.Problem("a batch is told by its identifier") }
            try set(&filter.batchID, id, "only one batch can be shown")
        case "tag": filter.tags.append(value)
        case "session": try set(&filter.sessionID, value, "only one session can be shown")
        case "user": try set(&filter.userID, value, "only one user can be shown")
        case "model": try set(&filter.model, value, "only one model can be shown")
        case "project": try set(&filter.project, value, "only one project can be shown")
        case "since": narrow(&filter.since, &filter.until, try QueryTime.read(value, at: date).start, nil)
        case "until": narrow(&filter.since, &filter.until, nil, try QueryTime.read(value, at: date).end)
        default: filter.names.append(value)
        }
    }

    private static func setKind(
        _ type: String, named name: String, in filter: inout OperatorExecutionFilter
    ) throws(Query.Problem) {
        try set(&filter.types, [type], "evaluator: and judge: exclude each other")
        filter.names.append(name)
    }

    private static func set(
        _ property: inout [String], _ value: [String], _ conflict: String
    ) throws(Query.Problem) {
        guard property.isEmpty || property == value else { throw Query.Problem(conflict) }
        property = value
    }

    private static func set<Value: Equatable>(
        _ property: inout Value?, _ value: Value, _ conflict: String
    ) throws(Query.Problem) {
        guard property == nil || property == value else { throw Query.Problem(conflict) }
        property = value
    }

    /// Strict bounds become inclusive ones at the nearest number inside; several bounds must all hold.
    private static func compare(
        _ field: String?, _ comparison: Query.Comparison, _ number: Double, in filter: inout OperatorExecutionFilter
    ) throws(Query.Problem) {
        let (lowest, highest): (Double?, Double?) =
            switch comparison {
            case .less: (nil, number.nextDown)
            case .lessOrEqual: (nil, number)
            case .greater: (number.nextUp, nil)
            case .greaterOrEqual: (number, nil)
            case .equal: (number, number)
            }
        switch field {
        case "score":
            guard (0...1).contains(number) else { throw Query.Problem("scores are from 0 to 1") }
            narrow(&filter.minimumScore, &filter.maximumScore, lowest, highest)
        case "latency":
            narrow(&filter.minimumLatencyMilliseconds, &filter.maximumLatencyMilliseconds, lowest, highest)
        default:
            narrow(
                &filter.minimumCostNanodollars, &filter.maximumCostNanodollars,
                lowest.map { Int64($0.rounded(.up)) }, highest.map { Int64($0.rounded(.down)) })
        }
    }

    private static func narrow<Value: Comparable>(
        _ minimum: inout Value?, _ maximum: inout Value?, _ lowest: Value?, _ highest: Value?
    ) {
        if let lowest { minimum = minimum.map { max($0, lowest) } ?? lowest }
        if let highest { maximum = maximum.map { min($0, highest) } ?? highest }
    }
}
