import FoundationEssentials
import Records
import Testing

@testable import Operations

@Suite struct TraceFilterTextTests {
    private static let moment = Date(timeIntervalSince1970: 1_767_225_600)

    private static let table: [(String, [TraceCondition])] = [
        ("", []),
        ("name;string;;=;checkout", [.text(.name, .equals("checkout"))]),
        ("name;string;;!=;x", [.text(.name, .differs("x"))]),
        ("name;string;;contains;a b", [.text(.name, .contains("a b"))]),
        ("name;string;;starts with;a", [.text(.name, .startsWith("a"))]),
        ("name;stringOptions;;any of;a|b", [.text(.name, .anyOf(["a", "b"]))]),
        ("name;stringOptions;;none of;a|b", [.text(.name, .noneOf(["a", "b"]))]),
        ("input_preview;string;;contains;q", [.text(.input, .contains("q"))]),
        ("output_preview;string;;contains;q", [.text(.output, .contains("q"))]),
        ("span_count;number;;>=;3", [.spanCount(.atLeast, 3)]),
        ("span_count;number;;<;3.5", [.spanCount(.less, 3.5)]),
        ("first_span_at;datetime;;>=;2026-01-01T00:00:00.000Z", [.moment(.firstSpan, .atLeast, moment)]),
        ("last_span_at;datetime;;<;2026-01-01", [.moment(.lastSpan, .less, moment)]),
        ("span_name;string;;=;x", [.spanName(.equals("x"))]),
        ("has_error;boolean;;=;true", [.hasError(true)]), ("has_error;boolean;;!=;True", [.hasError(false)]),
        ("kind;number;;=;3", [.kind([.client])]),
        ("kind;stringOptions;;any of;SERVER|5", [.kind([.server, .consumer])]),
        ("kind;string;;=;SPAN_KIND_SERVER", [.kind([.server])]),
        ("status;stringOptions;;any of;ERROR|OK", [.status([.error, .ok])]),
        ("status;string;;!=;OK", [.status([.error, .unset])]),
        ("resource;string;service.name;=;shop", [.attribute(.resource, key: "service.name", .text(.equals("shop")))]),
        (
            "attribute;number;gen_ai.usage.input_tokens;>;100",
            [.attribute(.span, key: "gen_ai.usage.input_tokens", .number(.greater, 100))]
        ),
        ("attribute;boolean;cached;=;false", [.attribute(.span, key: "cached", .flag(false))]),
        ("attribute;datetime;at;<=;2026-01-01", [.attribute(.span, key: "at", .moment(.atMost, moment))]),
        ("gen_ai.system;string;;=;openai", [.attribute(.span, key: "gen_ai.system", .text(.equals("openai")))]),
        // Without a type, what has an order says of which kind its value is.
        ("attribute;;n;>;5", [.attribute(.span, key: "n", .number(.greater, 5))]),
        ("attribute;;at;>;2026-01-01", [.attribute(.span, key: "at", .moment(.greater, moment))]),
        ("attribute;;n;=;5", [.attribute(.span, key: "n", .text(.equals("5")))]),
        // Commas and semicolons of values.
        ("name;string;;=;a,b", [.text(.name, .equals("a,b"))]),
        ("name;string;;=;a, b;c,d", [.text(.name, .equals("a, b;c,d"))]),
        ("name;string;;=;a,b,span_count;number;;=;1", [.text(.name, .equals("a,b")), .spanCount(.equal, 1)]),
        (
            "has_error;boolean;;=;true,kind;number;;=;2,name;string;;=;x",
            [.hasError(true), .kind([.server]), .text(.name, .equals("x"))]
        ),
        ("name;string;;=;", [.text(.name, .equals(""))]),
    ]

    @Test func everyFormIsRead() throws {
        for (text, expected) in Self.table {
            #expect(try TraceFilterText.conditions(of: text) == expected, "\(text)")
        }
    }

    @Test(arguments: [
        "name", "name;string;;=", ";string;;=;x", "name;text;;=;x", "name;string;;~;x", "name;string;;>;x",
        "span_count;number;;=;many", "span_count;number;;contains;1", "first_span_at;datetime;;>;yesterday",
        "has_error;boolean;;=;maybe", "has_error;boolean;;>;true", "kind;number;;=;9", "status;string;;=;FINE",
        "resource;string;;=;x", "attribute;boolean;a;=;x", "attribute;number;a;=;x", "status;string;;contains;O",
    ])
    func whatCannotBeReadIsRefused(_ text: String) {
        #expect(throws: ConditionProblem.self) { try TraceFilterText.conditions(of: text) }
    }

    @Test func theBadGroupIsNamed() {
        let problem = #expect(throws: ConditionProblem.self) {
            try TraceFilterText.conditions(of: "name;string;;=;x,span_name;bogus;;=;y,kind;number;;=;1")
        }
        #expect(problem?.description.hasPrefix("Group 2, “span_name;bogus;;=;y”: “bogus” is not one of") == true)
        let other = #expect(throws: ConditionProblem.self) {
            try TraceFilterText.conditions(of: "name;string;;=;x,span_name;string;;resembles;y")
        }
        #expect(other?.description.contains("Group 2") == true && other?.description.contains("resembles") == true)
    }

    @Test func conditionsHaveALimit() {
        let text = Array(repeating: "has_error;boolean;;=;true", count: 51).joined(separator: ",")
        #expect(throws: ConditionProblem.self) { try TraceFilterText.conditions(of: text) }
    }

    @Test func textsOfChanceNeverCrash() {
        var random = SystemRandomNumberGenerator()
        let pieces = ["name", ";", ",", "string", "=", "any of", "kind", "|", "number", "é", "", "attribute", "status"]
        var read = 0
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 1...30, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }
            do {
                read += try TraceFilterText.conditions(of: text.joined()).count
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
        #expect(read < 5000 * 30)
    }
}
