import FoundationEssentials
package import WireAPI

/// What the filter of jobs may ask for, and what it asks of the server.
package enum JobQuery {
    /// What can be asked for, the most usual first.
    package static let vocabulary = [
        QueryField(
            "state", .choice(OperatorJobState.allCases.map(\.rawValue)), example: "state:dead",
            "By where it stands; -state:finished leaves that out"),
        QueryField("queue", .text, example: "queue:evaluations", "Of this queue, by its whole name"),
        QueryField("error", .choice(JobWords.errorClasses), example: "error:timeout", "By the class of its last error"),
        QueryField("age", .duration, example: "age>1h", "Made longer ago than this; age<5m after that"),
        QueryField("message", .text, example: "message:\"429\"", "By a part of its last error"),
        QueryField("kind", .text, example: "kind:evaluation", "By what it does, by the whole name"),
        QueryField("failures", .number, example: "failures>2", "By how many attempts failed"),
        QueryField("worker", .text, example: "worker:w-07", "By who runs it, or ran it last"),
        QueryField("batch", .text, example: "batch:ID", "Of this batch"),
        QueryField("schedule", .text, example: "schedule:ID", "Made by this schedule"),
        QueryField("org", .text, example: "org:Acme", "Of this organisation, by its whole name or its identifier"),
        QueryField(
            "project", .text, example: "project:Default", "Of this project, by its whole name or its identifier"),
        QueryField("id", .text, example: "id:ID,ID", "With one of these identifiers"),
        QueryField("since", .text, example: "since:1h", "Made from then on: 15m, 2h, 3d, today, 12:30"),
        QueryField("until", .text, example: "until:2026-01-31", "Made up to then, a day with its end"),
    ]

    /// What is wrong with a filter, `nil` when it can be applied.
    static func problem(of text: String, in place: JobPlace?) -> String? {
        do {
            // Whether a time can be read does not depend on what time it is.
            _ = try filter(text, in: place, at: Date(timeIntervalSince1970: 0))
            return nil
        } catch {
            return error.message
        }
    }

    /// What a typed filter asks of the server at a time by its clock, within a place.
    static func filter(
        _ text: String, in place: JobPlace? = nil, at date: Date
    ) throws(Query.Problem) -> OperatorJobFilter {
        var filter = place?.filter ?? OperatorJobFilter()
        for term in try Query.parse(text, vocabulary).terms { try apply(term, to: &filter, at: date) }
        return filter
    }

    private static func apply(
        _ term: Query.Term, to filter: inout OperatorJobFilter, at date: Date
    ) throws(Query.Problem) {
        switch term.test {
        case .matches: throw Query.Problem("~ is not understood here: the server looks for parts of words")
        case .holds: throw Query.Problem("\(term.field ?? "this") is no question by itself")
        case .contains(let values):
            if term.isNegated {
                guard term.field == "state" else { throw Query.Problem("- is for states only: -state:finished") }
                let states = OperatorJobState.allCases.filter { !values.contains($0.rawValue) }
                try set(&filter.states, states, "states are told once: state:dead,cancelled")
            } else {
                try apply(term.field, values, to: &filter, at: date)
            }
        case .compares(let comparison, let number):
            guard !term.isNegated else { throw Query.Problem("- is for states only; turn the comparison around") }
            try compare(term.field, comparison, number, in: &filter, at: date)
        }
    }

    private static func apply(
        _ field: String?, _ values: [String], to filter: inout OperatorJobFilter, at date: Date
    ) throws(Query.Problem) {
        switch field {
        case "state":
            let states = OperatorJobState.allCases.filter { values.contains($0.rawValue) }
            try set(&filter.states, states, "states are told once: state:dead,cancelled")
        case "queue": try set(&filter.queues, values, "queues are told once: queue:interactive,evaluations")
        case "kind": try set(&filter.kinds, values, "kinds are told once: kind:evaluation,export")
        case "error": try set(&filter.errorClasses, values, "errors are told once: error:timeout,unavailable")
        case "id": for value in values { filter.ids.append(try identifier(value)) }
        default:
            guard values.count == 1 else { throw Query.Problem("only one \(field ?? "word") at a time") }
            try apply(field, values[0], to: &filter, at: date)
        }
    }

    private static func apply(
        _ field: String?, _ value: String, to filter: inout OperatorJobFilter, at date: Date
    ) throws(Query.Problem) {
        switch field {
        case "message": try set(&filter.error, value, "only one part of the error can be asked for")
        case "worker": try set(&filter.worker, value, "only one worker can be shown")
        case "batch": try set(&filter.batchID, try identifier(value), "only one batch can be shown")
        case "schedule": try set(&filter.scheduleID, try identifier(value), "only one schedule can be shown")
        case "org":
            let conflict = "only one organisation can be shown"
            if let id = UUID(uuidString: value) {
                try set(&filter.organizationID, id, conflict)
            } else {
                try set(&filter.organizationName, value, conflict)
            }
        case "project":
            let conflict = "only one project can be shown"
            if let id = UUID(uuidString: value) {
                try set(&filter.projectID, id, conflict)
            } else {
                try set(&filter.projectName, value, conflict)
            }
        case "since": try narrow(&filter, from: QueryTime.read(value, at: date).start, to: nil)
        case "until": try narrow(&filter, from: nil, to: QueryTime.read(value, at: date).end)
        default: try set(&filter.text, value, "only one word at a time: quotes hold several together")
        }
    }

    private static func compare(
        _ field: String?, _ comparison: Query.Comparison, _ number: Double, in filter: inout OperatorJobFilter,
        at date: Date
    ) throws(Query.Problem) {
        switch (field, comparison) {
        case ("age", .greater), ("age", .greaterOrEqual):
            let seconds = Int((number / 1000).rounded(.up))
            filter.minimumAgeSeconds = max(filter.minimumAgeSeconds ?? 0, seconds)
        case ("age", .less), ("age", .lessOrEqual):
            narrow(&filter, from: date.addingTimeInterval(-number / 1000), to: nil)
        case ("failures", .greater), ("failures", .greaterOrEqual):
            let least = comparison == .greater ? Int(number.rounded(.down)) + 1 : Int(number.rounded(.up))
            filter.minimumFailures = max(filter.minimumFailures ?? 0, least)
        default: throw Query.Problem("\(field ?? "this") is compared as in \(field == "age" ? "age>1h" : "failures>2")")
        }
    }

    private static func identifier(_ text: String) throws(Query.Problem) -> UUID {
        guard let id = UUID(uuidString: text) else { throw Query.Problem("\(text) is no identifier") }
        return id
    }

    private static func narrow(_ filter: inout OperatorJobFilter, from: Date?, to: Date?) {
        if let from { filter.since = filter.since.map { max($0, from) } ?? from }
        if let to { filter.until = filter.until.map { min($0, to) } ?? to }
    }

    private static func set<Value: Equatable>(
        _ property: inout [Value], _ values: [Value], _ conflict: String
    ) throws(Query.Problem) {
        guard property.isEmpty || property == values else { throw Query.Problem(conflict) }
        property = values
    }

    private static func set<Value: Equatable>(
        _ property: inout Value?, _ value: Value, _ conflict: String
    ) throws(Query.Problem) {
        guard property == nil || property == value else { throw Query.Problem(conflict) }
        property = value
    }
}

/// What a list of jobs was opened for: everything in it is of that, whatever else is asked for.
package struct JobPlace: Sendable, Hashable {
    let title: String
    let filter: OperatorJobFilter

    package init(_ title: String, _ filter: OperatorJobFilter) {
        self.title = title
        self.filter = filter
    }
}
