import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Prompts on models, side by side.
    @Suite struct PromptTestTests {
        private func finished(_ id: String, _ api: APIClient) async throws -> Reply {
            try await eventualValue("the prompt test has ended", within: .seconds(60)) {
                let reply = try await api.get("/prompt-tests/\(id)/")
                let tasks = reply["tasks"]?.arrayValue ?? []
                let isOver = tasks.allSatisfy { ["completed", "failed"].contains($0.string("status")) }
                return !tasks.isEmpty && isOver ? reply : nil
            }.value
        }

        @Test func everyInputIsAnsweredAndScored() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let made = try await api.post(
                "/prompt-tests/",
                [
                    "prompt": "Say hello to {{ name }}, who is {{age}}.", "model": "gpt-4o",
                    "inputs": [["name": "Ada", "age": 36], ["name": "Grace", "age": 85]],
                    "evaluators": [["name": "Helpfulness"], ["id": .string(rootEvaluator)]],
                ])
            #expect(made.status == 201, "\(made.text)")
            #expect(made["tasks"]?.arrayValue?.count == 2, "clients count what is to be done")
            let done = try await finished(made.string("id"), api)
            #expect(done["evaluators"]?.arrayValue?.map { $0.string("name") } == ["Helpfulness", "Truthfulness"])
            let tasks = try #require(done["tasks"]?.arrayValue)
            #expect(tasks.map { $0["variables"]?["name"] } == ["Ada", "Grace"])
            #expect(tasks.map { $0["variables"]?["age"] } == [36, 85], "values come back as they were given")
            for task in tasks {
                #expect(task.string("status") == "completed" && !task.string("llm_output").isEmpty, "\(task)")
                #expect((task["model_call_duration"]?.doubleValue ?? 0) > 0)
                #expect(task["evaluation_results"]?.arrayValue?.count == 2, "\(task)")
                let cost = task["cost"] ?? .null
                #expect(cost.isNull || cost.stringValue?.hasPrefix("$") == true, "amounts are texts: \(cost)")
            }
        }

        @Test func eachTaskIsAnExperimentWithItsEvaluationsBelowIt() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let made = try await api.post(
                "/v1/prompt-tests/",
                [
                    "prompt": "Name a colour.", "model": "root", "inputs": [],
                    "evaluators": [["name": "Conciseness"]],
                ])
            let id = made.string("id")
            let done = try await finished(id, api)
            let task = try #require(done["tasks"]?.arrayValue?.first)
            let log = try await api.get("/v1/execution-logs/\(task.string("execution_log_id"))/")
            #expect(
                log.string("execution_type") == "experiment" && log.string("llm_output") == task.string("llm_output"))
            let logs = try await api.get("/v1/execution-logs/?batch_execution_id=\(id)&execution_type=experiment")
                .results
            #expect(logs.count == 1, "\(logs)")
            let parts = try await api.get(
                "/v1/execution-logs/?parent_execution_log_id=\(task.string("execution_log_id"))"
            ).results
            #expect(parts.map { $0.string("executed_item_name") } == ["Conciseness"])
        }

        @Test func theItemsOfADatasetAreFilledIn() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let dataset = try await api.post("/v1/datasets/", ["name": "Questions"]).string("id")
            let items = try await api.send(
                .post, "/v1/datasets/\(dataset)/items/bulk/",
                body: JSONWriter.bytes(of: [
                    ["request": "What is red?", "variables": ["style": "short"]],
                    ["request": "What is blue?", "variables": ["style": "long"]],
                ]))
            #expect(items.status == 201, "\(items.text)")
            let made = try await api.post(
                "/prompt-tests/",
                [
                    "prompt": "Answer {{request}} in a {{style}} way.", "model": "gpt-4o", "inputs": [],
                    "evaluators": [], "dataset_id": .string(dataset),
                ])
            let done = try await finished(made.string("id"), api)
            let variables = done["tasks"]?.arrayValue?.compactMap { $0["variables"] } ?? []
            #expect(
                variables == [
                    ["request": "What is red?", "style": "short"], ["request": "What is blue?", "style": "long"],
                ])
        }

        @Test func whatCannotBeTestedIsRefusedAtOnce() async throws {
            let api = try await PrivateInstallation.demonstration().api
            func refused(_ others: JSONObject, field: String) async throws {
                var body: JSONObject = ["prompt": "Hello {{name}}", "model": "gpt-4o", "inputs": [["name": "Ada"]]]
                for member in others.members { body[member.key] = member.value }
                expectProblem(try await api.post("/prompt-tests/", .object(body)), 400, "invalid", field: field)
            }
            try await refused(["inputs": [["nam": "Ada"]]], field: "inputs")
            try await refused(["inputs": []], field: "inputs")
            try await refused(["inputs": ["Ada"]], field: "inputs")
            try await refused(["model": "no such model"], field: "model")
            try await refused(["evaluators": [["name": "No such evaluator"]]], field: "evaluators")
            try await refused(["evaluators": [[:]]], field: "evaluators")
            try await refused(["dataset_id": .string(unknownID)], field: "dataset_id")
            try await refused(["project_id": .string(unknownID)], field: "project_id")
            try await refused(["prompt": ""], field: "prompt")
            expectProblem(try await api.get("/prompt-tests/\(unknownID)/"), 404, "not_found")
        }

        @Test func aCallThatIsRepeatedUnderItsKeyStartsNothing() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let body: JSONValue = ["prompt": "Name a colour.", "model": "gpt-4o"]
            let headers: HTTPHeaders = ["idempotency-key": UUID().uuidString]
            let first = try await api.post("/prompt-tests/", body, headers: headers)
            let second = try await api.post("/prompt-tests/", body, headers: headers)
            #expect(first.status == 201 && first.string("id") == second.string("id"), "\(second.text)")
            #expect(second.headers["idempotent-replayed"] == "true")
        }
    }
}
