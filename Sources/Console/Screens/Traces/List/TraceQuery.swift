import FoundationEssentials
import JSON

/// What the filter of traces may ask for, and what it asks of the server.
package enum TraceQuery {
    /// What can be asked for, the most usual first.
    package static let vocabulary = [
        QueryField("failed", .flag, example: "failed", "With an error in some span; -failed without any"),
        QueryField("service", .text, example: "service:shop", "With a span of this service, by its whole name"),
        QueryField("span", .text, example: "span:chat", "With a span whose name has this in it"),
        QueryField("spans", .number, example: "spans>10", "By how many spans it has"),
        QueryField("input", .text, example: "input:refund", "With this in what it was given"),
        QueryField("output", .text, example: "output:sorry", "With this in what it gave back"),
        QueryField("attr", .text, example: "attr:user.tier=gold", "With a span that has this value as an attribute"),
        QueryField(
            "kind", .choice(["internal", "server", "client", "producer", "consumer"]), example: "kind:client",
            "With a span of this kind"),
        QueryField("since", .text, example: "since:1h", "Begun from then on: 15m, 2h, 3d, today, 12:30"),
        QueryField("until", .text, example: "until:2026-01-31", "Begun up to then, a day with its end"),
    ]

    /// The conditions of a typed filter in the words of the API, at a time by the server's clock.
    static func filters(_ text: String, at date: Date) throws(Query.Problem) -> String {
        var groups: [String] = []
        for term in try Query.parse(text, vocabulary).terms { groups.append(try group(term, at: date)) }
        return groups.joined(separator: ",")
    }

    private static func group(_ term: Query.Term, at date: Date) throws(Query.Problem) -> String {
        switch (term.field, term.test) {
        case ("failed", .holds): return "has_error;boolean;;=;\(!term.isNegated)"
        case (_, .holds): throw Query.Problem("\(term.field ?? "this") is no question by itself")
        case (_, .matches): throw Query.Problem("~ is not understood here: the server looks for parts of words")
        case (_, _) where term.isNegated: throw Query.Problem("- is for failed only: -failed")
        case ("spans", .compares(let comparison, let count)):
            return "span_count;number;;\(comparison.rawValue);\(Int(exactly: count).map(String.init) ?? "\(count)")"
        case (_, .compares): throw Query.Problem("\(term.field ?? "this") cannot be compared")
        case (let field, .contains(let values)):
            if field == "kind" { return "kind;stringOptions;;any of;\(values.joined(separator: "|"))" }
            guard values.count == 1 else { throw Query.Problem("only one \(field ?? "word") at a time") }
            return try group(field, values[0], at: date)
        }
    }

    private static func group(_ field: String?, _ value: String, at date: Date) throws(Query.Problem) -> String {
        switch field {
        case "service": return "resource;string;service.name;=;\(value)"
        case "span": return "span_name;string;;contains;\(value)"
        case "input": return "input_preview;string;;contains;\(value)"
        case "output": return "output_preview;string;;contains;\(value)"
        case "since": return "first_span_at;datetime;;>=;\(moment(try QueryTime.read(value, at: date).start))"
        case "until": return "first_span_at;datetime;;<=;\(moment(try QueryTime.read(value, at: date).end))"
        case "attr":
            let parts = value.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, !parts[0].contains(";") else {
                throw Query.Problem("an attribute needs its value: attr:user.tier=gold")
            }
            return "attribute;string;\(parts[0]);=;\(parts[1])"
        default: return "name;string;;contains;\(value)"
        }
    }

    private static func moment(_ date: Date) -> String { ISO8601.string(date) ?? "" }
}
