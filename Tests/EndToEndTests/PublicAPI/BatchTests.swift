import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Executions in batches.
    @Suite struct BatchTests {
        @Test func aJudgeIsExecutedOnEveryInput() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let api = installation.api
            let judge = try await api.makeJudge(of: [rootEvaluator]).string("id")
            let inputs = (0..<20).map { JSONValue.object(["request": "Why?", "response": .string("Answer \($0).")]) }
            let started = try await api.post(
                "/v1/judges/\(judge)/batch-execute/", ["inputs": .array(inputs), "tags": ["nightly"]])
            #expect(started.status == 202, "\(started.text)")
            let done = try await api.untilEnded(started)
            #expect(done.string("status") == "completed", "\(done.text)")
            #expect(done["total_count"]?.integerValue == 20 && done["completed_count"]?.integerValue == 20)
            #expect(done["judge"]?.string("id") == judge && done["evaluators"]?.arrayValue?.count == 1)
            let items = done["items"]?.arrayValue ?? []
            #expect(items.map { $0["index"]?.integerValue } == (0..<20).map { Int64($0) })
            for (index, item) in items.enumerated() {
                #expect(item.string("status") == "completed" && item["input"]?.string("response") == "Answer \(index).")
                let result = item["evaluator_results"]?[0]
                #expect((0...1).contains(result?["score"]?.doubleValue ?? -1), "\(item)")
                #expect(item.string("error_message").isEmpty)
            }
            let log = try await api.get("/v1/execution-logs/\(items[7].string("execution_log_id"))/")
            #expect(log["tags"]?[0]?.stringValue == "nightly" && log.string("response") == "Answer 7.")
            let id = done.string("batch_execution_id")
            let logs = try await api.get("/v1/execution-logs/?batch_execution_id=\(id)&page_size=100")
            #expect(logs["results"]?.arrayValue?.count == 40, "one for the judge and one for its evaluator, of each")
            let listed = try await api.get("/v1/judges/batch-executions/?judge_id=\(judge)&status=completed")
            #expect(listed["results"]?.arrayValue?.map { $0.string("batch_execution_id") } == [id])
        }

        @Test func evaluatorsAreExecutedWithoutAJudgeOverAPartOfADataset() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let items = try await api.makeDataset(of: (0..<12).map { ["response": .string("Item \($0).")] })
            let dataset = String(items.split(separator: "/")[2])
            let started = try await api.post(
                "/v1/batch-executions/",
                [
                    "evaluator_ids": [.string(rootEvaluator)], "dataset_id": .string(dataset),
                    "range": ["start": 2, "end": 6],
                ])
            #expect(started.status == 202, "\(started.text)")
            let done = try await api.untilEnded(started)
            #expect(done.string("status") == "completed", "\(done.text)")
            #expect(done["judge"] == .null && done["dataset"]?.string("id") == dataset)
            #expect(done["dataset_range"]?["end"]?.integerValue == 6)
            let texts = done["items"]?.arrayValue?.compactMap { $0["input"]?.string("response") }
            #expect(texts == (2...6).map { "Item \($0)." })
        }

        @Test func whatFailsIsSaidOfItsItemAlone() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let evaluator = try await api.makeEvaluator(criteria: "Is {{response}} about {{topic}}?").string("id")
            let topic: JSONValue = ["topic": "insects"]
            let started = try await api.post(
                "/v1/batch-executions/",
                [
                    "evaluator_ids": [.string(evaluator)],
                    "inputs": [
                        ["response": "Bees.", "variables": topic], ["response": "Ants."],
                        ["response": "Wasps.", "variables": topic],
                    ],
                ])
            #expect(started.status == 202, "\(started.text)")
            let done = try await api.untilEnded(started)
            #expect(done.string("status") == "partial", "\(done.text)")
            #expect(done["completed_count"]?.integerValue == 2 && done["failed_count"]?.integerValue == 1)
            let items = done["items"]?.arrayValue ?? []
            #expect(items.map { $0.string("status") } == ["completed", "failed", "completed"])
            #expect(items[1].string("error_message").contains("topic"), "\(items[1])")
            let log = try await api.get("/v1/execution-logs/\(items[1].string("execution_log_id"))/")
            #expect(log.status == 200 && log["score"] == .null)
        }

        @Test func theSameKeyStartsOneBatch() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let body: JSONValue = ["evaluator_ids": [.string(rootEvaluator)], "inputs": [["response": "Once."]]]
            let key = UUID().uuidString
            let replies = try await withThrowingTaskGroup(of: Reply.self, returning: [Reply].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await api.post("/v1/batch-executions/", body, headers: ["idempotency-key": key])
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(replies.allSatisfy { $0.status == 202 }, "\(replies.map(\.text))")
            #expect(Set(replies.map { $0.string("batch_execution_id") }).count == 1)
            #expect(replies.count { $0.headers["idempotent-replayed"] == "true" } == 3)
        }

        @Test(
            arguments: [
                (["inputs": [["response": "x"]]], "judge_id"),
                (["evaluator_ids": [.string(rootEvaluator)]], "inputs"),
                (["evaluator_ids": [], "inputs": [["response": "x"]]], "evaluator_ids"),
                (["evaluator_ids": [.string(rootEvaluator)], "inputs": []], "inputs"),
                (
                    ["evaluator_ids": [.string(rootEvaluator)], "inputs": [["response": "x"], [:]]],
                    "inputs[1].non_field_errors"
                ),
                (["evaluator_ids": [.string(rootEvaluator)], "dataset_id": .string(unknownID)], "dataset_id"),
                (
                    [
                        "evaluator_ids": [.string(rootEvaluator)], "inputs": [["response": "x"]],
                        "project_id": .string(unknownID),
                    ],
                    "project_id"
                ),
            ] as [(JSONValue, String)])
        func whatCannotBeABatchIsRefusedByField(body: JSONValue, field: String) async throws {
            let api = try await PrivateInstallation.demonstration().api
            expectProblem(try await api.post("/v1/batch-executions/", body), 400, "invalid", field: field)
        }

        @Test func anUnknownJudgeOrBatchIsNotFound() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let body: JSONValue = ["inputs": [["response": "x"]]]
            expectProblem(try await api.post("/v1/judges/\(unknownID)/batch-execute/", body), 404, "not_found")
            expectProblem(try await api.get("/v1/judges/batch-executions/\(unknownID)/"), 404, "not_found")
        }
    }
}

extension APIClient {
    /// The batch of an answer of 202, once it has ended.
    func untilEnded(_ started: Reply, within limit: Duration = .seconds(60)) async throws -> Reply {
        try await eventualValue("the batch ends: \(started.text)", within: limit, every: .milliseconds(100)) {
            let batch = try await get(started.string("status_url"))
            return ["completed", "failed", "partial"].contains(batch.string("status")) ? batch : nil
        }.value
    }
}
