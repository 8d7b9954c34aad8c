import FoundationEssentials
import WireAPI

/// What the filter of the audit may ask for, and what it asks of the server.
package enum AuditQuery {
    package static let vocabulary = [
        QueryField("actor", .text, example: "actor:ada", "By a part of the name of who did it"),
        QueryField(
            "action", .text, example: "action:user.role",
            "What was done; with a dot at the end all of a kind: action:user."),
        QueryField(
            "subject", .text, example: "subject:user:ID",
            "To what; with a colon at the end all of a kind: subject:user:"),
        QueryField(
            "outcome", .choice(OperatorAuditEntry.Outcome.allCases.map(\.rawValue)), example: "outcome:refused",
            "By what came of it"),
        QueryField("from", .text, example: "from:10.0.0.0/8", "From an address, or a network"),
        QueryField("since", .text, example: "since:1h", "Done from then on: 15m, 2h, 3d, today, 12:30"),
        QueryField("until", .text, example: "until:2026-01-31", "Done up to then, a day with its end"),
    ]

    /// What is wrong with a filter, `nil` when it can be applied.
    static func problem(of text: String) -> String? {
        do {
            // Whether a time can be read does not depend on what time it is.
            _ = try filter(text, at: Date(timeIntervalSince1970: 0))
            return nil
        } catch {
            return error.message
        }
    }

    /// What a typed filter asks of the server at a time by its clock.
    static func filter(_ text: String, at date: Date) throws(Query.Problem) -> OperatorAuditFilter {
        var filter = OperatorAuditFilter()
        for term in try Query.parse(text, vocabulary).terms { try apply(term, to: &filter, at: date) }
        return filter
    }

    private static func apply(
        _ term: Query.Term, to filter: inout OperatorAuditFilter, at date: Date
    ) throws(Query.Problem) {
        guard !term.isNegated else {
            throw Query.Problem("- is not understood here: the server looks for what is there")
        }
        guard case .contains(let values) = term.test else {
            throw Query.Problem("~ is not understood here: the server looks for parts of words")
        }
        guard values.count == 1 else { throw Query.Problem("only one \(term.field ?? "word") at a time") }
        let value = values[0]
        switch term.field {
        case "actor": try set(&filter.actor, value, "actor")
        case "action": try set(&filter.action, value, "action")
        case "subject": try set(&filter.subject, value, "subject")
        case "outcome":
            guard let outcome = OperatorAuditEntry.Outcome(rawValue: value) else {
                throw Query.Problem("outcome: \(value) is none of them")
            }
            try set(&filter.outcome, outcome, "outcome")
        case "from": try set(&filter.address, value, "address")
        case "since":
            let start = try QueryTime.read(value, at: date).start
            filter.since = filter.since.map { max($0, start) } ?? start
        case "until":
            let end = try QueryTime.read(value, at: date).end
            filter.until = filter.until.map { min($0, end) } ?? end
        default:
            guard filter.text == nil else {
                throw Query.Problem("only one word at a time: quotes hold several together")
            }
            filter.text = value
        }
    }

    private static func set<Value: Equatable>(
        _ property: inout Value?, _ value: Value, _ name: String
    ) throws(Query.Problem) {
        guard property == nil || property == value else { throw Query.Problem("only one \(name) can be asked for") }
        property = value
    }
}
