import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Judges that are made from an intent, and what they are good for besides scores.
    @Suite struct JudgeGenerationTests {
        private static let intent = "A support bot answers questions about refunds politely and truthfully."

        private func generate(_ api: APIClient, _ others: JSONObject = [:]) async throws -> Reply {
            var body: JSONObject = ["intent": .string(Self.intent), "visibility": "private"]
            for member in others.members { body[member.key] = member.value }
            return try await api.post("/v1/judges/generate/", .object(body))
        }

        @Test func aJudgeIsMadeFromAnIntentAndCanBeExecutedAtOnce() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let made = try await generate(api, ["strict": .null, "extra_contexts": ["tone": "warm"]])
            #expect(made.status == 201, "\(made.text)")
            #expect(made["error_code"] == .null && !made.string("judge_version_id").isEmpty)
            let judge = try await api.get("/v1/judges/\(made.string("judge_id"))/")
            #expect(judge.string("intent") == Self.intent, "\(judge.text)")
            let names = judge["evaluators"]?.arrayValue?.map { $0.string("name") } ?? []
            #expect(names.contains { $0.contains("Polite") } && names.count <= 8, "\(names)")
            let executed = try await api.post(
                "/v1/judges/\(made.string("judge_id"))/execute/",
                ["request": "How do I get a refund?", "response": "Please send us the order number, thank you."])
            #expect(executed.status == 200, "\(executed.text)")
            let logs = try await api.get("/v1/execution-logs/?execution_type=internal&page_size=100")
            #expect(
                logs["results"]?.arrayValue?.contains { $0.string("executed_item_name") == "Judge generation" } == true,
                "what a model was asked for is recorded: \(logs.text)")
        }

        @Test func aJudgeThatIsNamedGetsANewVersion() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let first = try await generate(api, ["name": "Generated twice"])
            let other = try await generate(api, ["name": "Generated twice"])
            #expect(other.string("judge_id") != first.string("judge_id"))
            let same = try await generate(api, ["judge_id": .string(first.string("judge_id")), "stage": "greeting"])
            #expect(same.string("judge_id") == first.string("judge_id"), "\(same.text)")
            #expect(same.string("judge_version_id") != first.string("judge_version_id"))
            let overwritten = try await generate(api, ["name": "Generated twice", "overwrite": true])
            #expect(overwritten.string("judge_id") == other.string("judge_id"), "the newest of that name")
        }

        @Test func samplesOfAGeneratedJudgeAreWrittenInTheBackground() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let plain = try await api.makeJudge(of: [rootEvaluator]).string("id")
            #expect(try await api.get("/v1/judges/\(plain)/synthetic-data/").string("status") == "not_generated")
            let made = try await generate(api)
            let path = "/v1/judges/\(made.string("judge_id"))/synthetic-data/"
            let ready = try await eventualValue("the samples are there") {
                let reply = try await api.get(path)
                return reply.string("status") == "ready" ? reply : nil
            }
            let samples = ready.value["samples"]?.arrayValue ?? []
            #expect(Set(samples.map { $0.string("quality") }) == ["high", "low"], "\(ready.value.text)")
        }

        @Test(
            arguments: [
                (["intent": "short", "visibility": "private"], "intent"),
                (["visibility": "private"], "intent"),
                (["intent": "A bot that answers questions.", "visibility": "secret"], "visibility"),
                (
                    [
                        "intent": "A bot that answers questions.",
                        "generating_model_params": ["reasoning_effort": "huge"],
                    ],
                    "generating_model_params"
                ),
            ] as [(JSONValue, String)])
        func whatIsWrongIsNamed(body: JSONValue, field: String) async throws {
            let api = try await PrivateInstallation.demonstration().api
            expectProblem(try await api.post("/v1/judges/generate/", body), 400, "invalid", field: field)
        }

        @Test func aJudgeIsCopied() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let judge = try await api.makeJudge(of: [rootEvaluator])
            let copy = try await api.send(.post, "/v1/judges/\(judge.string("id"))/duplicate/")
            #expect(copy.status == 201 && copy.string("id") != judge.string("id"), "\(copy.text)")
            #expect(copy["evaluators"] == judge["evaluators"])
            expectProblem(try await api.send(.post, "/v1/judges/\(unknownID)/duplicate/"), 404, "not_found")
        }

        // MARK: Refinement

        @Test func aRefinementNeverMakesAResponseWorse() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let judge = try await api.makeJudge(of: [rootEvaluator]).string("id")
            let body: JSONValue = ["request": "Why is the sky blue?", "response": "No idea.", "threshold": 1]
            let refined = try await api.post("/v1/judges/\(judge)/refine/", body)
            #expect(refined.status == 200, "\(refined.text)")
            // The demonstration cannot improve anything, and says nothing else.
            #expect(refined.string("improved_response") == "No idea.")
            #expect(refined.string("original_response") == "No idea.")
            #expect(refined["evaluator_results"]?.arrayValue?.count == 1)
            #expect(refined["original_evaluator_results"] == refined["evaluator_results"])
            let log = try await api.get("/v1/execution-logs/\(refined.string("execution_log_id"))/")
            #expect(log.string("execution_type") == "judge", "\(log.text)")
        }

        @Test func aStreamedRefinementSaysTheOriginalsScoreFirst() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let judge = try await api.makeJudge(of: [rootEvaluator]).string("id")
            let reply = try await api.post(
                "/v1/judges/\(judge)/refine/", ["request": "Why?", "response": "Because.", "stream": true])
            #expect(reply.headers["content-type"]?.contains("text/event-stream") == true)
            let events = try reply.text.split(separator: "\n").filter { $0.hasPrefix("data: ") }
                .map { try JSONParser.parse(String($0.dropFirst(6))) }
            #expect(events.count == 2, "\(reply.text)")
            #expect(events.first?["original_response"] == "Because." && events.first?["improved_response"] == nil)
            #expect(events.last?["improved_response"] == "Because.")
        }

        @Test func whatCannotBeRefinedIsRefusedBeforeAnythingIsPaidFor() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let judge = try await api.makeJudge(of: [rootEvaluator]).string("id")
            let path = "/v1/judges/\(judge)/refine/"
            expectProblem(try await api.post(path, ["request": "Why?"]), 400, "invalid", field: "response")
            let many: JSONValue = ["response": "x", "max_iterations": 1000, "stream": true]
            expectProblem(try await api.post(path, many), 400, "invalid", field: "max_iterations")
            expectProblem(
                try await api.post("/v1/judges/\(unknownID)/refine/", ["response": "x", "stream": true]), 404,
                "not_found")
        }
    }
}
