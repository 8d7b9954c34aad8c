package import FoundationEssentials
internal import JSON

/// Which executions the operator's list shows; everything given must hold. The same rule selects rows in the server and,
/// by ``matches(_:)``, those that arrive live.
package struct OperatorExecutionFilter: Sendable, Hashable {
    /// Parts of the name, in any case.
    package var names: [String] = []
    /// Parts of names that are not shown, in any case.
    package var excludedNames: [String] = []
    /// Raw values of `ExecutionType`, one of these; none for all. Parts of a judge's execution are shown only where
    /// `evaluator` is among them or one evaluator is asked for.
    package var types: [String] = []
    /// Exactly this evaluator, also where it was executed as a part of a judge.
    package var evaluatorID: UUID?
    /// Exactly this judge.
    package var judgeID: UUID?
    /// Bounds of the time of creation, inclusive.
    package var since: Date?
    package var until: Date?
    package var outcome: Outcome?
    /// Raw values of `EvaluationFailure.Code`: what failed for one of these; none for any.
    package var failureCodes: [String] = []
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
    /// None of these, exactly.
    package var excludedTags: [String] = []
    /// Exactly this batch.
    package var batchID: UUID?
    /// Exactly this session.
    package var sessionID: String?
    /// Exactly this user of the customer's.
    package var userID: String?
    /// A part of the name of the model that answered, in any case.
    package var model: String?
    /// A part of the project's name, in any case.
    package var project: String?
    /// Exactly this project.
    package var projectID: UUID?

    /// Whether an execution gave a score.
    package enum Outcome: String, Sendable, Hashable {
        case succeeded
        case failed
    }

    /// A filter that leaves nothing out but parts of judges.
    package init() {}

    /// Whether a row is one of those that the list shows.
    package func matches(_ row: OperatorExecutionRow) -> Bool {
        if row.parentID != nil && leavesOutParts { return false }
        if !types.isEmpty, !types.contains(row.type) { return false }
        if let evaluatorID, row.itemID != evaluatorID { return false }
        if let judgeID, row.judgeID != judgeID { return false }
        if let batchID, row.batchID != batchID { return false }
        if let projectID, row.projectID != projectID { return false }
        guard Self.isWithin(row.createdAt, since, until) else { return false }
        switch outcome {
        case .succeeded: if row.failure != nil { return false }
        case .failed: if row.failure == nil { return false }
        case nil: break
        }
        if !failureCodes.isEmpty, !failureCodes.contains(row.failure?.code ?? "") { return false }
        return names.allSatisfy { Self.contains(row.name, $0) }
            && !excludedNames.contains { Self.contains(row.name, $0) }
            && Self.isWithin(row.score, minimumScore, maximumScore)
            && Self.isWithin(row.latencyMilliseconds, minimumLatencyMilliseconds, maximumLatencyMilliseconds)
            && Self.isWithin(row.costNanodollars, minimumCostNanodollars, maximumCostNanodollars)
            && tags.allSatisfy(row.tags.contains)
            && !excludedTags.contains(where: row.tags.contains)
            && (sessionID == nil || sessionID == row.sessionID)
            && (userID == nil || userID == row.userID)
            && model.map { Self.contains(row.model ?? "", $0) } ?? true
            && project.map { Self.contains(row.projectName ?? "", $0) } ?? true
    }

    /// Whether executions that are part of a judge's are not shown.
    package var leavesOutParts: Bool { !types.contains("evaluator") && evaluatorID == nil }

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
        excludedNames.forEach { add("-name", $0) }
        types.forEach { add("type", $0) }
        add("evaluator_id", evaluatorID?.uuidString.lowercased())
        add("judge_id", judgeID?.uuidString.lowercased())
        add("since", since.flatMap(ISO8601.string))
        add("until", until.flatMap(ISO8601.string))
        add("outcome", outcome?.rawValue)
        failureCodes.forEach { add("failure_code", $0) }
        add("min_score", minimumScore.map { "\($0)" })
        add("max_score", maximumScore.map { "\($0)" })
        add("min_latency_milliseconds", minimumLatencyMilliseconds.map { "\($0)" })
        add("max_latency_milliseconds", maximumLatencyMilliseconds.map { "\($0)" })
        add("min_cost_nanodollars", minimumCostNanodollars.map { "\($0)" })
        add("max_cost_nanodollars", maximumCostNanodollars.map { "\($0)" })
        tags.forEach { add("tag", $0) }
        excludedTags.forEach { add("-tag", $0) }
        add("batch_id", batchID?.uuidString.lowercased())
        add("session", sessionID)
        add("user", userID)
        add("model", model)
        add("project", project)
        add("project_id", projectID?.uuidString.lowercased())
        return parameters
    }

    /// The names that filters know, for help and messages.
    package static let parameterNames = [
        "name", "-name", "type", "evaluator_id", "judge_id", "since", "until", "outcome", "failure_code", "min_score",
        "max_score", "min_latency_milliseconds", "max_latency_milliseconds", "min_cost_nanodollars",
        "max_cost_nanodollars", "tag", "-tag", "batch_id", "session", "user", "model", "project", "project_id",
    ]

    /// Reads query parameters; names that are not the filter's are left alone.
    package init(parameters: [(name: String, value: String)]) throws(OperatorInvalidParameter) {
        for (name, value) in parameters {
            switch name {
            case "name": names.append(value)
            case "-name": excludedNames.append(value)
            case "type": types.append(value)
            case "evaluator_id": evaluatorID = try OperatorParameterValue.identifier(name, value)
            case "judge_id": judgeID = try OperatorParameterValue.identifier(name, value)
            case "since": since = try OperatorParameterValue.date(name, value)
            case "until": until = try OperatorParameterValue.date(name, value)
            case "outcome":
                guard let known = Outcome(rawValue: value) else {
                    throw OperatorInvalidParameter(name: name, expected: "succeeded or failed")
                }
                outcome = known
            case "failure_code": failureCodes.append(value)
            case "min_score": minimumScore = try OperatorParameterValue.number(name, value)
            case "max_score": maximumScore = try OperatorParameterValue.number(name, value)
            case "min_latency_milliseconds": minimumLatencyMilliseconds = try OperatorParameterValue.number(name, value)
            case "max_latency_milliseconds": maximumLatencyMilliseconds = try OperatorParameterValue.number(name, value)
            case "min_cost_nanodollars": minimumCostNanodollars = try OperatorParameterValue.integer(name, value)
            case "max_cost_nanodollars": maximumCostNanodollars = try OperatorParameterValue.integer(name, value)
            case "tag": tags.append(value)
            case "-tag": excludedTags.append(value)
            case "batch_id": batchID = try OperatorParameterValue.identifier(name, value)
            case "session": sessionID = value
            case "user": userID = value
            case "model": model = value
            case "project": project = value
            case "project_id": projectID = try OperatorParameterValue.identifier(name, value)
            default: continue
            }
        }
    }
}
