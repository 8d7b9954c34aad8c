import Foundation
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Executions, and the logs that are left of them.
    @Suite struct ExecutionTests {
        @Test func aResultHasWhatClientsRead() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let reply = try await api.post(
                "/v1/evaluators/execute/\(rootEvaluator)/",
                ["request": "Why is the sky blue?", "response": "Scattering."])
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply.string("evaluator_name") == "Truthfulness")
            #expect((0...1).contains(reply["score"]?.doubleValue ?? -1))
            #expect(reply["cost"] != nil && reply["confidence"] != nil)
            #expect(!reply.string("justification").isEmpty)
            #expect(UUID(uuidString: reply.string("execution_log_id")) != nil)
        }

        @Test(arguments: [
            JSONValue.object([:]), ["request": nil, "response": nil, "turns": nil], ["turns": []],
            ["contexts": ["something"]], ["expected_output": "x"],
        ])
        func withNothingToEvaluateNothingIsExecuted(body: JSONValue) async throws {
            let api = try await PrivateInstallation.demonstration().api
            expectProblem(
                try await api.post("/v1/evaluators/execute/\(rootEvaluator)/", body), 400, "invalid",
                field: "non_field_errors")
            let judge = try await api.makeJudge(of: [rootEvaluator])
            expectProblem(
                try await api.post("/v1/judges/\(judge.string("id"))/execute/", body), 400, "invalid",
                field: "non_field_errors")
        }

        @Test func whatBreaksALimitIsNamed() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let long = JSONValue.string(String(repeating: "x", count: 1001))
            for (field, value) in [
                ("tags", JSONValue.array([long])), ("session_id", long), ("user_id", long),
                ("turns", [["role": "robot", "content": "x"]]), ("variables", ["a": 1]), ("contexts", "x"),
                ("file_ids", [.string(unknownID)]),
            ] {
                let reply = try await api.post(
                    "/v1/evaluators/execute/\(rootEvaluator)/", .object(["response": "x", field: value]))
                #expect(reply.status == 400, "\(field): \(reply.text)")
                #expect(
                    reply.json?.objectValue?.keys.contains { $0.hasPrefix(field) } == true, "\(field): \(reply.text)")
            }
        }

        @Test func aConversationIsEvaluatedByItsTurns() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let reply = try await api.post(
                "/v1/evaluators/execute/by-name/?name=Helpfulness",
                [
                    "turns": [
                        ["role": "user", "content": "Where is my order?"],
                        [
                            "role": "assistant", "content": nil,
                            "tool_calls": [["id": "c", "type": "function", "function": ["name": "track"]]],
                        ],
                        ["role": "tool", "content": "shipped", "tool_call_id": "c"],
                        ["role": "assistant", "content": "It has been shipped.", "contexts": ["Policy"]],
                    ]
                ])
            #expect(reply.status == 200, "\(reply.text)")
            let log = try await api.get("/v1/execution-logs/\(reply.string("execution_log_id"))/")
            #expect(log["turns"]?.arrayValue?.map { $0.string("role") } == ["user", "assistant", "tool", "assistant"])
            #expect(log["turns"]?[1]?["tool_calls"]?[0]?.string("id") == "c")
        }

        @Test func variablesFillTheCriteriaAndTheMissingOneIsNamed() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let id = try await api.makeEvaluator(criteria: "Is {{response}} about {{topic}}?").string("id")
            let reply = try await api.post(
                "/v1/evaluators/execute/\(id)/", ["response": "Bees.", "variables": ["topic": "insects"]])
            #expect(reply.status == 200, "\(reply.text)")
            let log = try await api.get("/v1/execution-logs/\(reply.string("execution_log_id"))/")
            #expect(log["variables"]?.string("topic") == "insects")

            let missing = try await api.post("/v1/evaluators/execute/\(id)/", ["response": "Bees."])
            expectProblem(missing, 400, "invalid")
            #expect(missing.string("detail").contains("topic"), "\(missing.text)")
        }

        @Test func byNameTheOwnNewestComesFirstAndThenTheBuiltInOne() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let name = "Named-\(UUID().uuidString)"
            _ = try await api.makeEvaluator(named: name, criteria: "Older {{response}}")
            let newest = try await api.makeEvaluator(named: name)
            let reply = try await api.post("/v1/evaluators/execute/by-name/?name=\(name)", ["response": "x"])
            let log = try await api.get("/v1/execution-logs/\(reply.string("execution_log_id"))/")
            #expect(log.string("executed_item_id") == newest.string("id"))

            let spaced = try await api.post(
                "/v1/evaluators/execute/by-name/?name=Faithfulness+to+Citations",
                ["response": "x [1]", "contexts": ["x"]])
            #expect(spaced.status == 200, "\(spaced.text)")
            #expect(spaced.string("evaluator_name") == "Faithfulness to Citations")
            expectProblem(
                try await api.post("/v1/evaluators/execute/by-name/?name=Nobody", ["response": "x"]), 404, "not_found")
            expectProblem(
                try await api.post("/v1/evaluators/execute/by-name/", ["response": "x"]), 400, "invalid", field: "name")
        }

        @Test func aJudgeAnswersInTheOrderOfItsEvaluators() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let own = try await api.makeEvaluator(named: "Mine").string("id")
            let judge = try await api.makeJudge(of: [own, rootEvaluator])
            let reply = try await api.post(
                "/v1/judges/\(judge.string("id"))/execute/", ["request": "How?", "response": "So.", "tags": ["judged"]])
            #expect(reply.status == 200, "\(reply.text)")
            let results = reply["evaluator_results"]?.arrayValue ?? []
            #expect(results.map { $0.string("evaluator_id") } == [own, rootEvaluator])
            #expect(results.map { $0.string("evaluator_name") } == ["Mine", "Truthfulness"])
            let log = try await api.get("/v1/execution-logs/\(reply.string("execution_log_id"))/")
            #expect(log.string("execution_type") == "judge")
            let parts = try await api.get(
                "/v1/execution-logs/?parent_execution_log_id=\(reply.string("execution_log_id"))")
            #expect(Set(parts.results.map { $0.string("executed_item_id") }) == [own, rootEvaluator])
            #expect(Set(parts.results.map { $0.string("id") }) == Set(results.map { $0.string("execution_log_id") }))
            let judged = try await api.get("/v1/execution-logs/?judge_id=\(judge.string("id"))&execution_type=judge")
            #expect(judged.results.map { $0.string("id") } == [reply.string("execution_log_id")])
        }

        @Test func theLogIsReadableAtOnceAndTellsWhatWasGiven() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let reply = try await api.post(
                "/v1/evaluators/execute/\(rootEvaluator)/",
                [
                    "request": "Q", "response": "A", "contexts": ["C"], "expected_output": "E", "system_prompt": "S",
                    "tags": ["t1", "t2"], "user_id": "u", "session_id": "s",
                ])
            let log = try await api.get("/v1/execution-logs/\(reply.string("execution_log_id"))/")
            #expect(log.status == 200, "\(log.text)")
            #expect([log.string("request"), log.string("response"), log.string("system_prompt")] == ["Q", "A", "S"])
            #expect(log["evaluation_context"] == ["contexts": ["C"], "expected_output": "E"])
            #expect(log["tags"] == ["t1", "t2"])
            #expect([log.string("user_id"), log.string("session_id")] == ["u", "s"])
            #expect(log["score"] == reply["score"])
            #expect(log.string("model") == "demo/heuristic")
            for field in ["justification", "llm_output", "scoring_criteria", "executed_item_name", "execution_type"] {
                #expect(log[field]?.stringValue != nil, "\(field)")
            }
        }

        @Test func logsAreFoundByWhatTheyAreLabelledWith() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let mark = UUID().uuidString.lowercased()
            let labels: [JSONObject] = [
                [
                    "tags": [.string(mark), "first"], "session_id": .string("s-\(mark)"),
                    "user_id": .string("u-\(mark)"),
                ],
                ["tags": [.string(mark), "second"]],
            ]
            var logs: [String] = []
            for label in labels {
                var body: JSONObject = ["response": .string("Answer \(mark)"), "contexts": ["C"]]
                for member in label.members { body[member.key] = member.value }
                let reply = try await api.post("/v1/evaluators/execute/\(rootEvaluator)/", .object(body))
                logs.append(reply.string("execution_log_id"))
            }
            let (first, second) = (logs[0], logs[1])
            for (query, expected) in [
                ("tags=\(mark)", [second, first]), ("tags=\(mark),first", [first]), ("tags=\(mark)%2Csecond", [second]),
                ("session_id=s-\(mark)", [first]), ("user_id=u-\(mark)", [first]),
                ("tags=\(mark)&has_session_id=true", [first]), ("tags=\(mark)&has_session_id=False", [second]),
                ("tags=\(mark)&executed_item_id=\(rootEvaluator)", [second, first]),
                ("tags=\(mark)&executed_item_id=\(unknownID)", []),
                ("tags=\(mark)&execution_type=evaluator", logs.reversed()),
                ("tags=\(mark)&execution_type=judge", []), ("tags=\(mark)&min_score=0&max_score=1", [second, first]),
                ("tags=\(mark)&date_from=2026-01-01", [second, first]),
                ("tags=\(mark)&date_to=2026-01-01T00:00:00.000000+0000", []),
                ("tags=\(mark)&date_to=2026-01-01T00:00:00Z", []),
                ("tags=\(mark)&model=demo/heuristic", [second, first]),
                ("tags=\(mark)&owner_email=admin@localhost", [second, first]),
                ("tags=\(mark)&owner_email=nobody@localhost", []),
            ] as [(String, [String])] {
                let list = try await api.get("/v1/execution-logs/?\(query)")
                #expect(list.status == 200, "\(query): \(list.text)")
                #expect(list.results.map { $0.string("id") } == expected, "\(query)")
            }
        }

        @Test func longFieldsComeOnlyWhenTheyAreAskedFor() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let mark = UUID().uuidString.lowercased()
            _ = try await api.post(
                "/v1/evaluators/execute/\(rootEvaluator)/",
                ["response": "A", "contexts": ["C"], "tags": [.string(mark)]])
            let plain = try await api.get("/v1/execution-logs/?tags=\(mark)").results.first
            let names = ["evaluation_context", "llm_output", "variables"]
            #expect(names.allSatisfy { plain?[$0] == .null })
            for name in ["session_id", "user_id", "request_preview", "response_preview", "executed_item_name"] {
                #expect(plain?[name]?.stringValue != nil, "\(name) is never null")
            }
            let full = try await api.get("/v1/execution-logs/?tags=\(mark)&include=\(names.joined(separator: "%2C"))")
            #expect(names.allSatisfy { full.results.first?[$0]?.isNull == false }, "\(full.text)")
        }

        @Test func aFilterThatCannotBeIsNamed() async throws {
            let api = try await PrivateInstallation.demonstration().api
            for (field, value) in [
                ("execution_type", "dream"), ("project_id", "mine"), ("min_score", "high"), ("date_from", "yesterday"),
                ("has_session_id", "perhaps"), ("judge_id", "7"), ("page_size", "many"),
            ] {
                expectProblem(
                    try await api.get("/v1/execution-logs/?\(field)=\(value)"), 400, "invalid", field: field)
            }
        }
    }
}
