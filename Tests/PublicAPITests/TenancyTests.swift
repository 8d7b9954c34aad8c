import HTTPMessages
import HTTPServing
import JSON
import Testing

/// What belongs to another organisation is not there.
@Suite(.serialized) struct TenancyTests {
    @Test func everyOperationOnSomethingOfOthersFindsNothing() async throws {
        try await PublicServer.run { server in
            let (me, other) = (try await server.caller(), try await server.caller())
            let theirs = try await ForeignObjects(of: other)
            var tried = 0
            for route in server.router.routes where route.pattern.contains("{") {
                var path = ""
                for part in route.pattern.split(separator: "/") {
                    guard part.first == "{" else {
                        path += "/\(part)"
                        continue
                    }
                    let value = theirs.value(of: part.dropFirst().dropLast(), in: route.pattern)
                    path += "/" + (try #require(value, "name something for \(part) of \(route.pattern)"))
                }
                // Where the body's dialect stands behind the query.
                if route.pattern.hasSuffix("/openai/") { path += "?async_judge=true/chat/completions" }
                let hasBody = route.method != .get && route.method != .delete
                let answer = try await me.send(
                    route.method, path, hasBody ? theirs.body(for: route.pattern) : nil)
                #expect(
                    answer.status == 404, "\(route.method.rawValue) \(route.pattern): \(answer.status) \(answer.text)")
                #expect(!answer.text.contains("Theirs"), "\(route.pattern)")
                tried += 1
            }
            #expect(tried > 60)
            // Nothing of it did anything.
            for path in [
                "/v1/projects/\(theirs.project)", "/v1/judges/\(theirs.judge)", "/v1/datasets/\(theirs.dataset)",
            ] {
                #expect(try await other.get(path)["name"] == "Theirs")
            }
            #expect(try await other.get("/v1/annotations/\(theirs.annotation)")["value"].doubleValue == 0.5)
        }
    }

    @Test func nothingIsMadeOfWhatBelongsToOthers() async throws {
        try await PublicServer.run { server in
            let (me, other) = (try await server.caller(), try await server.caller())
            let theirs = try await ForeignObjects(of: other)
            func id(_ text: String) -> JSONValue { .string(text) }
            let calls: [(String, JSONValue)] = [
                ("/v1/annotations/", ["dataset_item": id(theirs.item), "value": 0.5]),
                ("/v1/annotations/", ["execution_log": id(theirs.log), "value": 0.5]),
                ("/v1/batch-executions/", ["judge_id": id(theirs.judge), "inputs": [["response": "x"]]]),
                ("/v1/batch-executions/", ["evaluator_ids": [id(theirs.evaluator)], "inputs": [["response": "x"]]]),
                ("/v1/batch-executions/", ["judge_id": id(theirs.judge), "dataset_id": id(theirs.dataset)]),
                (
                    "/v1/calibration-runs/",
                    ["evaluator_external_id": id(theirs.evaluator), "source": ["type": "logs"]]
                ),
                ("/v1/datasets/", ["name": "x", "project_id": id(theirs.project)]),
                ("/v1/objectives/", ["intent": "x", "project_id": id(theirs.project)]),
                (
                    "/v1/evaluators/",
                    ["name": "Mine", "scoring_criteria": "Rate {{response}}", "objective_id": id(theirs.objective)]
                ),
                (
                    "/v1/judges/",
                    ["name": "Mine", "intent": "x", "evaluator_references": [["id": id(theirs.evaluator)]]]
                ),
                ("/v1/otel/evaluation-filters/", ["name": "x", "judge_id": id(theirs.judge)]),
                (
                    "/v1/prompt-tests/",
                    ["prompt": "Say {{word}}", "model": "gpt-4o", "dataset_id": id(theirs.dataset)]
                ),
            ]
            for (path, body) in calls {
                let answer = try await me.send(.post, path, body)
                #expect([400, 404].contains(answer.status), "\(path) \(body): \(answer.status) \(answer.text)")
            }
            let set = try await me.send(
                .post, "/v1/execution-logs/set-tags/", ["log_ids": [id(theirs.log)], "tags": ["mine"]])
            #expect(set.status == 204)
            #expect(try await other.get("/v1/execution-logs/\(theirs.log)")["tags"] == [])
        }
    }
}
