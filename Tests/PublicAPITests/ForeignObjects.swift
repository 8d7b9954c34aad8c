import Foundation
import HTTPMessages
import JSON

/// Something of every kind that an organisation has, made through the API.
struct ForeignObjects {
    let project, objective, evaluator, judge, model, dataset, item, scoreConfig, annotation, log, batch, run, filter,
        promptTest, file: String
    let trace: String

    /// Of that caller: in a new project and the default one, or all that can lie in a project in the given one.
    init(of caller: Caller, in home: String? = nil, named name: String = "Theirs") async throws {
        trace = name == "Theirs" ? "0af7651916cd43dd8448eb211c80319c" : "0af7651916cd43dd8448eb211c80319d"
        func body(_ members: [(String, JSONValue)]) -> JSONValue {
            .object(JSONObject(members + (home.map { [("project_id", .string($0))] } ?? [])))
        }
        let label = JSONValue.string(name)
        if let home { project = home } else { project = try await caller.make("/v1/projects/", ["name": label]) }
        objective = try await caller.make("/v1/objectives/", body([("intent", "To be theirs")]))
        evaluator = try await caller.make(
            "/v1/evaluators/",
            body([
                ("name", label), ("scoring_criteria", "Rate {{response}}"), ("objective_id", .string(objective)),
            ]))
        judge = try await caller.make(
            "/v1/judges/",
            body([
                ("name", label), ("intent", "To judge"), ("evaluator_references", [["id": .string(evaluator)]]),
            ]))
        model = try await caller.make("/v1/models/", ["name": .string(name.lowercased()), "model": "openai/theirs"])
        dataset = try await caller.make("/v1/datasets/", body([("name", label)]))
        item = try await caller.make("/v1/datasets/\(dataset)/items/", ["response": label])
        scoreConfig = try await caller.make("/v1/score-configs/", ["name": label, "type": "continuous"])
        annotation = try await caller.make("/v1/annotations/", ["dataset_item": .string(item), "value": 0.5])
        let executed = try await caller.send(.post, "/v1/evaluators/execute/\(evaluator)/", ["response": label])
        log = executed["execution_log_id"].stringValue ?? ""
        let batch = try await caller.send(
            .post, "/v1/batch-executions/", ["judge_id": .string(judge), "inputs": [["response": label]]])
        self.batch = batch["batch_execution_id"].stringValue ?? ""
        run = try await caller.make(
            "/v1/calibration-runs/",
            [
                "evaluator_external_id": .string(evaluator),
                "source": ["type": "dataset", "dataset_id": .string(dataset)],
            ])
        filter = try await caller.make(
            "/v1/otel/evaluation-filters/", ["name": label, "evaluator_id": .string(evaluator)])
        promptTest = try await caller.make(
            "/v1/prompt-tests/",
            body([
                ("prompt", "Say {{word}}"), ("model", .string(name.lowercased())), ("inputs", [["word": "yes"]]),
            ]))
        let form = """
            --b\r\ncontent-disposition: form-data; name="file"; filename="theirs.svg"\r\n\r\n\
            <svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>\r\n--b--\r\n
            """
        file = try await caller.server.send(
            .post, "/v1/files/", Array(form.utf8),
            ["authorization": caller.authorization, "content-type": "multipart/form-data; boundary=b"], replica: 0
        ).id
        let span: JSONValue = [
            "traceId": .string(trace), "spanId": "b7ad6b7169203331", "name": "theirs", "kind": 1,
            "startTimeUnixNano": .string("\(UInt64(Date().timeIntervalSince1970))000000000"),
            "endTimeUnixNano": .string("\(UInt64(Date().timeIntervalSince1970))500000000"),
        ]
        let traced = try await caller.send(
            .post, "/otel/v1/traces", ["resourceSpans": [["scopeSpans": [["spans": [span]]]]]],
            headers: home.map { ["x-project-id": $0] } ?? [:])
        for (made, text) in [(log, executed.text), (self.batch, batch.text), (file, "no file")] where made.isEmpty {
            throw NotMade(path: "an execution", text: text)
        }
        guard traced.status == 200 else { throw NotMade(path: "a trace", text: traced.text) }
    }

    /// What stands in place of a parameter of a route; `nil` for one that nobody has thought of.
    func value(of parameter: Substring, in pattern: String) -> String? {
        switch parameter {
        case "judge_id": return judge
        case "dataset_id": return dataset
        case "item_id": return item
        case "log_id": return log
        case "trace_id": return trace
        case "id": break
        default: return nil
        }
        let places: [(String, String)] = [
            ("/v1/annotations/", annotation), ("/v1/calibration-runs/", run), ("/v1/datasets/", dataset),
            ("/v1/evaluators/", evaluator), ("/v1/files/", file), ("/v1/judges/batch-executions/", batch),
            ("/v1/judges/", judge),
            ("/v1/models/", model), ("/v1/objectives/", objective), ("/v1/otel/evaluation-filters/", filter),
            ("/v1/projects/", project), ("/v1/prompt-tests/", promptTest), ("/v1/score-configs/", scoreConfig),
        ]
        return places.first { pattern.hasPrefix($0.0) }?.1
    }

    /// A body with which the call would be well for an object of one's own.
    func body(for pattern: String) -> JSONValue {
        let bodies: [(String, JSONValue)] = [
            ("/openai/responses", ["model": "x", "input": "Hello"]),
            ("/openai/", ["model": "x", "messages": [["role": "user", "content": "Hello"]]]),
            ("/execute/", ["response": "Hello"]), ("/refine/", ["request": "Hi", "response": "Hello"]),
            ("/batch-execute/", ["inputs": [["response": "Hello"]]]), ("/items/bulk/", [["response": "Hello"]]),
            ("/items/", ["response": "Hello"]), ("/annotations/", ["value": 0.25]),
            ("/objectives/", ["intent": "Other"]), ("/otel/", ["name": "Other", "evaluator_id": .string(evaluator)]),
            ("/calibrate/", ["test_data": [[0.5, "Hello"]]]),
            ("/invite/", ["emails": ["a@example.com"], "judge_url": "https://example.com"]), ("", ["name": "Other"]),
        ]
        return bodies.first { pattern.contains($0.0) || $0.0.isEmpty }?.1 ?? .null
    }
}
