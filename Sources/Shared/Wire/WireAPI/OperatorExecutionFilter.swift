/// Which executions the operator's list shows; everything given must hold. The same rule selects rows in the server and,
/// by ``matches(_:)``, those that arrive live.
package struct OperatorExecutionFilter: Sendable, Hashable {
    /// Parts of the name, in any case.
    package var names: [String] = []
    /// A raw value of `ExecutionType`. Parts of a judge's execution are shown only where this is `evaluator`.
    package var type: String?
    package var outcome: Outcome?
    /// Bounds are inclusive; a row without a score is outside of any.
    package var minimumScore: Double?
    package var maximumScore: Double?
    /// Bounds are inclusive; a row without a latency is outside of any.
    package var minimumLatencyMilliseconds: Double?
    package var maximumLatencyMilliseconds: Double?
    /// Bounds are inclusive; a row without a cost is outside of any.
    package var minimumCostNanodollars: Int64?
    package var maximumCostNanodollars: Int64?
    /// Every one of these, exactly.
    package var tags: [String] = []
    /// Exactly this session.
    package var sessionID: String?
    /// Exactly this user of the customer's.
    package var userID: String?
    /// A part of the name of the model that answered, in any case.
    package var model: String?
    /// A part of the project's name, in any case.
    package var project: String?

    /// Whether an execution gave a score.
    package enum Outcome: String, Sendable, Hashable {
        case succeeded
        case failed
    }

    /// A filter that leaves nothing out but parts of judges.
    package init() {}

    /// Whether a row is one of those that the list shows.
    package func matches(_ row: OperatorExecutionRow) -> Bool {
        if row.parentID != nil && type != "evaluator" { return false }
        if let type, row.type != type { return false }
        switch outcome {
        case .succeeded: if row.failure != nil { return false }
        case .failed: if row.failure == nil { return false }
        case nil: break
        }
        return names.allSatisfy { Self.contains(row.name, $0) }
            && Self.isWithin(row.score, minimumScore, maximumScore)
            && Self.isWithin(row.latencyMilliseconds, minimumLatencyMilliseconds, maximumLatencyMilliseconds)
            && Self.isWithin(row.costNanodollars, minimumCostNanodollars, maximumCostNanodollars)
            && tags.allSatisfy(row.tags.contains)
            && (sessionID == nil || sessionID == row.sessionID)
            && (userID == nil || userID == row.userID)
            && model.map { Self.contains(row.model ?? "", $0) } ?? true
            && project.map { Self.contains(row.projectName ?? "", $0) } ?? true
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        part.isEmpty || text.lowercased().contains(part.lowercased())
    }

    private static func isWithin<Value: Comparable>(_ value: Value?, _ minimum: Value?, _ maximum: Value?) -> Bool {
        guard minimum != nil || maximum != nil else { return true }
        guard let value else { return false }
        if let minimum, value < minimum { return false }
        if let maximum, value > maximum { return false }
        return true
    }
}

extension OperatorExecutionFilter {
    /// The filter as query parameters, names and unescaped values; repeated names are lists.
    package var parameters: [(name: String, value: String)] {
        var parameters: [(name: String, value: String)] = []
        func add(_ name: String, _ value: String?) {
            if let value { parameters.append((name, value)) }
        }
        names.forEach { add("name", $0) }
        add("type", type)
        add("outcome", outcome?.rawValue)
        add("min_score", minimumScore.map { "\($0)" })
        add("max_score", maximumScore.map { "\($0)" })
        add("min_latency_milliseconds", minimumLatencyMilliseconds.map { "\($0)" })
        add("max_latency_milliseconds", maximumLatencyMilliseconds.map { "\($0)" })
        add("min_cost_nanodollars", minimumCostNanodollars.map { "\($0)" })
        add("max_cost_nanodollars", maximumCostNanodollars.map { "\($0)" })
        tags.forEach { add("tag", $0) }
        add("session", sessionID)
        add("user", userID)
        add("model", model)
        add("project", project)
        return parameters
    }

    /// A query parameter whose value is not what its name asks for.
    package struct InvalidParameter: Error, Sendable, Hashable {
        package let name: String
        package let expected: String

        package init(name: String, expected: String) {
            self.name = name
            self.expected = expected
        }
    }

    /// Reads query parameters; names that are not the filter's are left alone.
    package init(parameters: [(name: String, value: String)]) throws(InvalidParameter) {
        for (name, value) in parameters {
            switch name {
            case "name": names.append(value)
            case "type": type = value
            case "outcome":
                guard let known = Outcome(rawValue: value) else {
                    throw InvalidParameter(name: name, expected: "succeeded or failed")
                }
                outcome = known
            case "min_score": minimumScore = try Self.number(name, value)
            case "max_score": maximumScore = try Self.number(name, value)
            case "min_latency_milliseconds": minimumLatencyMilliseconds = try Self.number(name, value)
            case "max_latency_milliseconds": maximumLatencyMilliseconds = try Self.number(name, value)
            case "min_cost_nanodollars": minimumCostNanodollars = try Self.integer(name, value)
            case "max_cost_nanodollars": maximumCostNanodollars = try Self.integer(name, value)
            case "tag": tags.append(value)
            case "session": sessionID = value
            case "user": userID = value
            case "model": model = value
            case "project": project = value
            default: continue
            }
        }
    }

    private static func number(_ name: String, _ value: String) throws(InvalidParameter) -> Double {
        guard let number = Double(value), number.isFinite else {
            throw InvalidParameter(name: name, expected: "a number")
        }
        return number
    }

    private static func integer(_ name: String, _ value: String) throws(InvalidParameter) -> Int64 {
        guard let number = Int64(value) else { throw InvalidParameter(name: name, expected: "a whole number") }
        return number
    }
}
