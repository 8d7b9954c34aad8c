package import FoundationEssentials
internal import JSON

/// Which jobs the operator's list shows and plans are about; everything given must hold.
package struct OperatorJobFilter: Sendable, Hashable {
    /// Exactly these, at most ``mostIDs``; none for all.
    package var ids: [UUID] = []
    /// One of these; none for all.
    package var queues: [String] = []
    /// One of these; none for all.
    package var kinds: [String] = []
    /// One of these; none for all.
    package var states: [OperatorJobState] = []
    /// Exactly this organisation; matters only to those whose organisation runs the installation.
    package var organizationID: UUID?
    package var projectID: UUID?
    /// What people call them, in any case: whoever has that name is meant.
    package var organizationName: String?
    package var projectName: String?
    package var batchID: UUID?
    package var scheduleID: UUID?
    /// Who runs it, or ran it last, exactly.
    package var worker: String?
    /// One of these; none for any.
    package var errorClasses: [String] = []
    /// A part of the last error, in any case.
    package var error: String?
    /// A part of the kind, of the unique key or of the last error, in any case.
    package var text: String?
    /// The cause of a group of dead letters, exactly as that says it.
    package var cause: String?
    /// Bounds of the time of creation, inclusive.
    package var since: Date?
    package var until: Date?
    /// How long ago they were made at least.
    package var minimumAgeSeconds: Int?
    /// How many times they failed at least.
    package var minimumFailures: Int?

    /// How many ids one filter may name.
    package static let mostIDs = 200

    /// A filter that leaves nothing out.
    package init() {}

    /// The names that filters know, for help and messages.
    package static let names = [
        "id", "queue", "kind", "state", "organization", "project", "organization_id", "project_id", "batch_id",
        "schedule_id", "worker", "error_class", "error", "text", "cause", "since", "until", "min_age_seconds",
        "min_failures",
    ]

    /// The filter as query parameters, names and unescaped values; repeated names are lists.
    package var parameters: [(name: String, value: String)] {
        var parameters: [(name: String, value: String)] = []
        func add(_ name: String, _ value: String?) {
            if let value { parameters.append((name, value)) }
        }
        ids.forEach { add("id", $0.uuidString.lowercased()) }
        queues.forEach { add("queue", $0) }
        kinds.forEach { add("kind", $0) }
        states.forEach { add("state", $0.rawValue) }
        add("organization", organizationName)
        add("project", projectName)
        add("organization_id", organizationID?.uuidString.lowercased())
        add("project_id", projectID?.uuidString.lowercased())
        add("batch_id", batchID?.uuidString.lowercased())
        add("schedule_id", scheduleID?.uuidString.lowercased())
        add("worker", worker)
        errorClasses.forEach { add("error_class", $0) }
        add("error", error)
        add("text", text)
        add("cause", cause)
        add("since", since.flatMap(ISO8601.string))
        add("until", until.flatMap(ISO8601.string))
        add("min_age_seconds", minimumAgeSeconds.map { "\($0)" })
        add("min_failures", minimumFailures.map { "\($0)" })
        return parameters
    }

    /// Reads query parameters; names that are not the filter's are left alone.
    package init(parameters: [(name: String, value: String)]) throws(OperatorInvalidParameter) {
        for (name, value) in parameters {
            switch name {
            case "id": ids.append(try OperatorParameterValue.identifier(name, value))
            case "queue": queues.append(value)
            case "kind": kinds.append(value)
            case "state": states.append(try OperatorParameterValue.choice(name, value))
            case "organization": organizationName = value
            case "project": projectName = value
            case "organization_id": organizationID = try OperatorParameterValue.identifier(name, value)
            case "project_id": projectID = try OperatorParameterValue.identifier(name, value)
            case "batch_id": batchID = try OperatorParameterValue.identifier(name, value)
            case "schedule_id": scheduleID = try OperatorParameterValue.identifier(name, value)
            case "worker": worker = value
            case "error_class": errorClasses.append(value)
            case "error": error = value
            case "text": text = value
            case "cause": cause = value
            case "since": since = try OperatorParameterValue.date(name, value)
            case "until": until = try OperatorParameterValue.date(name, value)
            case "min_age_seconds": minimumAgeSeconds = try OperatorParameterValue.count(name, value)
            case "min_failures": minimumFailures = try OperatorParameterValue.count(name, value)
            default: continue
            }
        }
        guard ids.count <= Self.mostIDs else {
            throw OperatorInvalidParameter(name: "id", expected: "given at most \(Self.mostIDs) times")
        }
    }
}
