import FoundationEssentials
import JSON
import Records
import Scoring
import Tenancy
import Testing

@testable import Operations

@Suite struct TraceExtractionTests {
    private static let trace = TraceID(uuid: UUID())

    private func span(
        _ id: UInt64, name: String = "step", _ attributes: [String: AttributeValue], events: [SpanEvent] = []
    ) -> TraceSpan {
        TraceSpan(
            traceID: Self.trace, spanID: SpanID(id), parentID: nil, name: name, kind: .internal,
            start: UnixNanoseconds(Int64(id)), end: UnixNanoseconds(Int64(id) + 1),
            attributes: attributes.map { TraceAttribute($0.key, $0.value) }, events: events,
            origin: SpanOrigin(resource: [TraceAttribute("tier", .string("gold"))]))
    }

    private func rules(_ text: String) throws -> [ExtractorRule] {
        try FilterPlan(content(rules: text)).rules
    }

    private func content(criteria: String = "{}", rules: String = "[]") -> EvaluationFilter.Content {
        EvaluationFilter.Content(
            name: "f", target: .evaluator(EvaluatorID(uuid: UUID())), criteria: OpaqueJSON(text: criteria),
            extractorRules: OpaqueJSON(text: rules), samplingRate: 1, delaySeconds: 0, appliesToNewOnly: true,
            isActive: true)
    }

    @Test func theConventionsAreReadWithoutRules() {
        let input = TraceExtraction.input(
            of: [
                span(
                    1,
                    [
                        "gen_ai.input.messages": .string(
                            #"[{"role":"system","parts":[{"type":"text","content":"Be brief."}]},{"role":"user","parts":[{"type":"text","content":"Capital of France?"}]}]"#
                        ),
                        "gen_ai.output.messages": .string(
                            #"[{"role":"assistant","parts":[{"type":"text","content":"Paris."}],"finish_reason":"stop"}]"#
                        ),
                    ])
            ], by: ExtractorRule.standard)
        #expect(input?.request == "Capital of France?" && input?.response == "Paris.")
        #expect(input?.systemPrompt == "Be brief." && input?.turns == [])
    }

    @Test func aConversationThatGrowsWithEachCallIsTakenOnce() {
        func call(_ id: UInt64, _ said: [[String]], _ answer: String) -> TraceSpan {
            let messages = said.map { JSONValue.object(["role": .string($0[0]), "content": .string($0[1])]) }
            return span(
                id,
                [
                    "gen_ai.input.messages": .string(JSONValue.array(messages).description),
                    "gen_ai.output.messages": .string(#"[{"role":"assistant","content":"\#(answer)"}]"#),
                ])
        }
        let input = TraceExtraction.input(
            of: [
                call(1, [["user", "one"]], "first"),
                call(2, [["user", "one"], ["assistant", "first"], ["user", "two"]], "second"),
            ], by: ExtractorRule.standard)
        #expect(input?.turns.map(\.content) == ["one", "first", "two", "second"])
        #expect(input?.turns.map(\.role) == [.user, .assistant, .user, .assistant])
    }

    @Test func theFirstRuleThatFindsSomethingCountsForEachSpan() throws {
        let rules = try rules(
            """
            [{"emit":"text","role":"user","match":{"conditions":[{"column":"span_name","operator":"eq","value":"ask"}]},
              "locator":{"kind":"span_attr","key":"q","value_path":"$.messages[-1].text"}},
             {"emit":"tool_pair","match":{"conditions":[{"column":"span_name","operator":"starts_with","value":"tool"}]},
              "input_locator":{"kind":"span_attr","key":"args"},"output_locator":{"kind":"span_attr","key":"result"},
              "tool_name":"look_up"},
             {"emit":"text","role":"agent","locator":{"kind":"event_attr","event_name":"answer","key":"text"}}]
            """)
        let input = TraceExtraction.input(
            of: [
                span(1, name: "ask", ["q": .string(#"{"messages":[{"text":"old"},{"text":"How much?"}]}"#)]),
                span(2, name: "tool call", ["args": .string(#"{"a":1}"#), "result": .integer(5)]),
                span(
                    3, name: "answer", [:],
                    events: [
                        SpanEvent(name: "other", at: UnixNanoseconds(1), attributes: []),
                        SpanEvent(
                            name: "answer", at: UnixNanoseconds(1), attributes: [TraceAttribute("text", .string("5."))]),
                    ]),
            ], by: rules)
        let turns = try #require(input?.turns)
        #expect(turns.map(\.role) == [.user, .assistant, .tool, .assistant])
        #expect(turns.map(\.content) == ["How much?", nil, "5", "5."])
        #expect(turns[1].toolCalls?.text.contains(#""name":"look_up""#) == true)
        #expect(turns[1].toolCalls?.text.contains(#"{\"a\":1}"#) == true && turns[2].toolCallID != nil)
    }

    @Test func oneSideAloneIsNoConversation() throws {
        let rules = try rules(
            """
            [{"emit":"request_response","input_locator":{"kind":"span_attr","key":"i"},
              "output_locator":{"kind":"resource_attr","key":"tier"}}]
            """)
        #expect(TraceExtraction.input(of: [span(1, ["i": .string("q")])], by: rules)?.response == "gold")
        #expect(TraceExtraction.input(of: [span(1, [:])], by: rules) == nil)
        #expect(TraceExtraction.input(of: [], by: ExtractorRule.standard) == nil)
        #expect(TraceExtraction.matching(rules, in: [span(1, ["i": .string("q")])]) == [0])
    }

    @Test(arguments: [
        (#"{"conditions":1}"#, "[]", "filter_criteria.conditions"),
        (#"{"conditions":[{"column":"name"}]}"#, "[]", "filter_criteria.conditions[0]"),
        (#"{"conditions":[{"column":"span_count","operator":"~","value":1}]}"#, "[]", "filter_criteria.conditions[0]"),
        ("{}", "{}", "extractor_rules"), ("{}", #"[{"emit":"x"}]"#, "extractor_rules[0].emit"),
        (
            "{}", #"[{"emit":"text","role":"user","locator":{"kind":"span_attr","key":"k"}}]"#, "extractor_rules"
        ),
        ("{}", #"[{"emit":"text","role":"x","locator":{"kind":"span_attr","key":"k"}}]"#, "extractor_rules[0].role"),
        (
            "{}",
            #"[{"emit":"text","role":"user","locator":{"kind":"span_attr","key":"k","value_path":"$..a"}}]"#,
            "extractor_rules[0].locator.value_path"
        ),
        (
            "{}", #"[{"emit":"text","role":"user","locator":{"kind":"event_attr","key":"k"}}]"#,
            "extractor_rules[0].locator.event_name"
        ),
    ])
    func whatIsWrongIsNamedByItsPlace(_ criteria: String, _ rules: String, _ place: String) {
        let error = #expect(throws: InvalidDefinition.self) {
            try FilterPlan(content(criteria: criteria, rules: rules))
        }
        #expect(error?.problems.contains { $0.field == place } == true, "\(String(describing: error))")
    }

    @Test func criteriaAreReadWithAndWithoutTypes() throws {
        let plan = try FilterPlan(
            content(
                criteria: """
                    {"conditions":[{"column":"attribute","key":"n","operator":"gte","value":5},
                    {"column":"status","operator":"any_of","value":["ERROR","OK"]},
                    {"column":"name","type":"string","operator":"=","value":"x"},
                    {"column":"has_error","operator":"=","value":true},
                    {"column":"kind","operator":"any of","value":"2|3"}]}
                    """))
        #expect(
            plan.conditions == [
                .attribute(.span, key: "n", .number(.atLeast, 5)), .status([.error, .ok]),
                .text(.name, .equals("x")), .hasError(true), .kind([.server, .client]),
            ])
        #expect(plan.rules == ExtractorRule.standard)
    }
}

@Suite struct ValuePathTests {
    private static let document = JSONValue.object([
        "a": ["b": [1, 2, ["c": "x"]]], "strange name": "y", "list": [["n": 1], ["n": 2]],
    ])

    @Test(arguments: [
        ("$", 1), ("$.a.b[0]", 1), ("$.a.b[-1].c", 1), ("$['strange name']", 1), ("$.list[*].n", 2), ("$.a.*", 1),
        ("$.gone", 0), ("$.a.b[9]", 0), ("$.a.b[-9]", 0), ("$.list.n", 0),
    ])
    func aPathLeadsToItsValues(_ text: String, _ count: Int) throws {
        #expect(try ValuePath(text).values(in: Self.document).count == count)
    }

    @Test(arguments: ["", "a", "$a", "$.", "$..a", "$[", "$[x]", "$['a", "$['a'", "$[?(@.a)]", "$[0:1]"])
    func whatIsNoPathIsRefused(_ text: String) {
        #expect(throws: ValuePath.Invalid.self) { try ValuePath(text) }
    }

    @Test func whatAPathCostsIsBounded() throws {
        let wide = JSONValue.array(Array(repeating: .array(Array(repeating: 1, count: 1000)), count: 1000))
        #expect(try ValuePath("$[*][*]").values(in: wide).count <= 1000)
        #expect(throws: ValuePath.Invalid.self) { try ValuePath("$" + String(repeating: ".a", count: 40)) }
    }
}

@Suite struct SamplingTests {
    private func filter(_ rate: Double) -> EvaluationFilter {
        EvaluationFilter(
            id: EvaluationFilterID(uuid: Self.id), organizationID: OrganizationID(uuid: Self.id),
            ownerID: UserID(uuid: Self.id),
            content: EvaluationFilter.Content(
                name: "f", target: .judge(JudgeID(uuid: Self.id)), criteria: OpaqueJSON(text: "{}"),
                extractorRules: OpaqueJSON(text: "[]"), samplingRate: rate, delaySeconds: 0, appliesToNewOnly: true,
                isActive: true), createdAt: Date(), updatedAt: Date())
    }

    private static let id = UUID()

    @Test func aSmallerRateChoosesAPartOfAGreaterOne() {
        let (tenth, fifth) = (filter(0.1), filter(0.2))
        let traces = (0..<20_000).map { _ in TraceID(uuid: UUID()) }
        #expect(traces.allSatisfy { !tenth.samples($0) || fifth.samples($0) })
        let share = Double(traces.count(where: tenth.samples)) / 20_000
        #expect(abs(share - 0.1) < 0.015, "\(share)")
        #expect(traces.allSatisfy(filter(1).samples) && !traces.contains(where: filter(0).samples))
    }

    @Test func placesAreUniformAlsoForNeighbouringTraces() {
        let filter = filter(1)
        var buckets = Array(repeating: 0, count: 20)
        for number in 1...20_000 {
            let trace = TraceID(uuid: UUID(high: 0, low: UInt64(number)))
            buckets[Int(filter.place(of: trace) * 20)] += 1
        }
        // The 0.9999 quantile of chi squared with 19 degrees of freedom.
        let chiSquared = buckets.reduce(0) { $0 + pow2(Double($1) - 1000) / 1000 }
        #expect(chiSquared < 50.8, "\(buckets)")
    }

    private func pow2(_ value: Double) -> Double { value * value }
}
