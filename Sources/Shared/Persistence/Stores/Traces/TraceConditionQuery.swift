import FoundationEssentials
import JSON
import Postgres
import Records

/// Conditions of traces as conditions of SQL on a trace `t`.
enum TraceConditionQuery {
    static func condition(_ condition: TraceCondition) -> SQL {
        switch condition {
        case .text(.name, let comparison): text("coalesce(t.root_span_name, '')", comparison)
        case .text(.input, let comparison): text("coalesce(t.input_preview, '')", comparison)
        case .text(.output, let comparison): text("coalesce(t.output_preview, '')", comparison)
        case .spanCount(let order, let count): "t.span_count::float8 \(fragment: sign(order)) \(count)"
        case .moment(.firstSpan, let order, let date): "t.first_span_at \(fragment: sign(order)) \(date)"
        case .moment(.lastSpan, let order, let date): "t.last_span_at \(fragment: sign(order)) \(date)"
        case .hasError(true): "t.error_count > 0"
        case .hasError(false): "t.error_count = 0"
        case .kind(let kinds): someSpan("s.kind = ANY (\(kinds.map { Int32($0.rawValue) }.sorted())::smallint[])")
        // The summary counts errors, and its index finds them.
        case .status([.error]): "t.error_count > 0"
        case .status(let states):
            someSpan("s.status = ANY (\(states.map { Int32($0.rawValue) }.sorted())::smallint[])")
        case .spanName(let comparison): someSpan(text("s.name", comparison))
        case .attribute(.resource, let key, let comparison): someSpan(value("s.resource", key, comparison))
        case .attribute(.span, let key, let comparison): someSpan(value("s.attributes", key, comparison))
        }
    }

    /// What a condition says about when a trace came: a span begins at most a day after it comes, and is taken until
    /// sixty days after it began. Lists are read along that, and end where it does not hold any more.
    static func bounds(_ condition: TraceCondition) -> [SQL] {
        guard case .moment(.firstSpan, let order, let date) = condition else { return [] }
        let after: SQL = "t.created_at >= \(date.addingTimeInterval(-90_000))"
        let before: SQL = "t.created_at <= \(date.addingTimeInterval(61 * 86_400))"
        return switch order {
        case .equal: [after, before]
        case .greater, .atLeast: [after]
        case .less, .atMost: [before]
        case .different: []
        }
    }

    /// What an index of spans `s` says of a condition that some span fulfils: more fulfil it than the condition, never fewer.
    /// `nil` for a condition that is about more than what an attribute is.
    static func indexed(_ condition: TraceCondition) -> SQL? {
        guard case .attribute(.span, let key, let comparison) = condition else { return nil }
        let values: [JSONValue] =
            switch comparison {
            case .text(.equals(let text)): forms(of: text)
            case .text(.anyOf(let texts)): texts.flatMap(forms)
            case .number(.equal, let number): [.number(number)]
            case .flag(let flag): [.bool(flag)]
            case .text(.differs), .text(.contains), .text(.startsWith), .text(.noneOf), .number, .moment: []
            }
        guard !values.isEmpty else { return nil }
        let holds = values.map { value -> SQL in
            "s.attributes @> \(JSONText(Array(JSONValue.object([key: value]).description.utf8)))"
        }
        return "(\(fragment: holds.joined(separator: " OR ")))"
    }

    /// A text may be that of a number, of a boolean or of anything else that is JSON.
    private static func forms(of text: String) -> [JSONValue] {
        let value = try? JSONParser.parse(Array(text.utf8))  // ok: what is no JSON is a text only
        return [.string(text)] + [value].compactMap(\.self)
    }

    /// A look-up for the trace at hand: as a join the planner may choose to read all spans that there are.
    private static func someSpan(_ condition: SQL) -> SQL {
        """
        (SELECT true FROM trace_spans s WHERE s.organization_id = t.organization_id AND s.trace_id = t.trace_id \
        AND s.started_at BETWEEN t.first_span_at AND t.last_span_at AND \(fragment: condition) LIMIT 1) IS TRUE
        """
    }

    private static func text(_ column: SQL, _ comparison: TextComparison) -> SQL {
        switch comparison {
        case .equals(let value): "\(fragment: column) = \(value)"
        case .differs(let value): "\(fragment: column) <> \(value)"
        case .contains(let part): "strpos(\(fragment: column), \(part)) > 0"
        case .startsWith(let beginning): "starts_with(\(fragment: column), \(beginning))"
        case .anyOf(let values): "\(fragment: column) = ANY (\(values))"
        case .noneOf(let values): "\(fragment: column) <> ALL (\(values))"
        }
    }

    private static func value(_ column: SQL, _ key: String, _ comparison: ValueComparison) -> SQL {
        let found: SQL = "(\(fragment: column) ->> \(key))"
        return switch comparison {
        case .text(let comparison): text(found, comparison)
        case .number(let order, let number):
            """
            CASE WHEN jsonb_typeof(\(fragment: column) -> \(key)) = 'number' \
            THEN \(fragment: found)::float8 \(fragment: sign(order)) \(number) END
            """
        case .flag(true): "\(fragment: column) -> \(key) = 'true'::jsonb"
        case .flag(false): "\(fragment: column) -> \(key) = 'false'::jsonb"
        case .moment(let order, let date): "moment_of(\(fragment: found)) \(fragment: sign(order)) \(date)"
        }
    }

    private static func sign(_ order: OrderOperator) -> SQL {
        switch order {
        case .equal: "="
        case .different: "<>"
        case .greater: ">"
        case .atLeast: ">="
        case .less: "<"
        case .atMost: "<="
        }
    }
}
