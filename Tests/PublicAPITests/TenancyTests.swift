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
            let clarity = try #require(
                try await me.get("/v1/evaluators/?name=Clarity").results.first?["id"]?.stringValue)
            let judge = try await me.make(
                "/v1/judges/", ["name": "Mine", "intent": "x", "evaluator_references": [["id": .string(clarity)]]])
            for call in Attempt.all(on: theirs, with: clarity, judge) {
                let answer = try await me.send(.post, call.path, call.body)
                switch call.refusal {
                case .of(let field):
                    #expect(
                        answer.status == 400 && answer[field].arrayValue?.isEmpty == false,
                        "\(call.path) \(field): \(answer.status) \(answer.text)")
                case .notFound(let kind):
                    #expect(
                        answer.status == 404 && answer["detail"] == .string("\(kind) not found."),
                        "\(call.path): \(answer.status) \(answer.text)")
                }
                #expect(!answer.text.contains("Theirs"), "\(call.path)")
            }
            let changed = try await me.send(.patch, "/v1/judges/\(judge)/", ["file_id": .string(theirs.file)])
            #expect(changed.status == 400 && changed["file_id"] != .null, "\(changed.text)")
            // Nothing was made of any of them.
            #expect(try await me.get("/v1/judges/").results.count == 1)
            #expect(try await me.get("/v1/execution-logs/").results.isEmpty)
            #expect(try await me.get("/v1/judges/batch-executions/").results.isEmpty)
            let set = try await me.send(
                .post, "/v1/execution-logs/set-tags/", ["log_ids": [.string(theirs.log)], "tags": ["mine"]])
            #expect(set.status == 204)
            #expect(try await other.get("/v1/execution-logs/\(theirs.log)")["tags"] == [])
        }
    }
}

/// A call that would be well if what it names were the caller's own.
private struct Attempt {
    let path: String
    let body: JSONValue
    let refusal: Refusal

    /// How it is refused.
    enum Refusal {
        /// With a complaint about a field.
        case of(String)
        /// Because something of this kind is not there.
        case notFound(String)
    }

    private init(_ path: String, _ body: JSONValue, _ refusal: Refusal) {
        (self.path, self.body, self.refusal) = (path, body, refusal)
    }

    /// Every place of a body in which something of others can be named. The evaluator and the judge are the caller's to use.
    static func all(on theirs: ForeignObjects, with evaluator: String, _ judge: String) -> [Attempt] {
        executions(of: theirs, evaluator, judge) + definitions(of: theirs) + labels(of: theirs, evaluator)
            + projects(of: theirs, evaluator, judge) + files(of: theirs, evaluator, judge)
    }

    private static func executions(of theirs: ForeignObjects, _ evaluator: String, _ judge: String) -> [Attempt] {
        func id(_ text: String) -> JSONValue { .string(text) }
        let inputs: JSONValue = [["response": "x"]]
        let (batches, tests) = ("/v1/batch-executions/", "/v1/prompt-tests/")
        func test(_ member: String, _ value: JSONValue) -> JSONValue {
            body(["prompt": "Say {{word}}", "model": "root"], with: member, value)
        }
        return [
            Attempt(batches, ["judge_id": id(theirs.judge), "inputs": inputs], .notFound("Judge")),
            Attempt(batches, ["evaluator_ids": [id(theirs.evaluator)], "inputs": inputs], .notFound("Evaluator")),
            Attempt(batches, ["judge_id": id(judge), "dataset_id": id(theirs.dataset)], .of("dataset_id")),
            Attempt("/v1/otel/evaluation-filters/", ["name": "x", "judge_id": id(theirs.judge)], .of("judge_id")),
            Attempt(
                "/v1/otel/evaluation-filters/", ["name": "x", "evaluator_id": id(theirs.evaluator)],
                .of("evaluator_id")),
            Attempt(tests, test("dataset_id", id(theirs.dataset)), .of("dataset_id")),
            Attempt(tests, test("evaluators", [["id": id(theirs.evaluator)]]), .of("evaluators")),
            Attempt(tests, test("model", "theirs"), .of("model")),
        ]
    }

    private static func definitions(of theirs: ForeignObjects) -> [Attempt] {
        func id(_ text: String) -> JSONValue { .string(text) }
        let wish = "To judge answers about refunds."
        func evaluator(_ member: String, _ value: JSONValue) -> JSONValue {
            body(
                ["name": "Mine", "scoring_criteria": "Rate {{response}}", "objective": ["intent": "x"]], with: member,
                value)
        }
        return [
            Attempt("/v1/objectives/", ["intent": "x", "test_dataset_id": id(theirs.dataset)], .of("test_dataset_id")),
            Attempt(
                "/v1/evaluators/",
                ["name": "Mine", "scoring_criteria": "Rate {{response}}", "objective_id": id(theirs.objective)],
                .of("objective_id")),
            Attempt("/v1/evaluators/", evaluator("models", ["theirs"]), .of("models")),
            Attempt(
                "/v1/evaluators/", evaluator("demonstration_dataset_id", id(theirs.dataset)),
                .of("demonstration_dataset_id")),
            Attempt(
                "/v1/judges/",
                ["name": "Mine", "intent": "x", "evaluator_references": [["id": id(theirs.evaluator)]]],
                .of("evaluator_references")),
            Attempt("/v1/judges/generate/", ["intent": id(wish), "judge_id": id(theirs.judge)], .notFound("Judge")),
        ]
    }

    private static func labels(of theirs: ForeignObjects, _ evaluator: String) -> [Attempt] {
        func id(_ text: String) -> JSONValue { .string(text) }
        let (annotations, runs) = ("/v1/annotations/", "/v1/calibration-runs/")
        func run(_ member: String, _ value: JSONValue) -> JSONValue {
            body(["evaluator_external_id": id(evaluator), "source": ["type": "logs"]], with: member, value)
        }
        return [
            Attempt(annotations, ["dataset_item": id(theirs.item), "value": 0.5], .of("dataset_item")),
            Attempt(annotations, ["execution_log": id(theirs.log), "value": 0.5], .of("execution_log")),
            Attempt(
                annotations, ["dataset_item": id(theirs.item), "score_config": id(theirs.scoreConfig), "value": 0.5],
                .of("score_config")),
            Attempt(runs, run("evaluator_external_id", id(theirs.evaluator)), .of("evaluator_external_id")),
            Attempt(runs, run("score_config_id", id(theirs.scoreConfig)), .of("score_config_id")),
            Attempt(runs, run("source", ["type": "dataset", "dataset_id": id(theirs.dataset)]), .of("source")),
            Attempt(
                runs, run("definition", ["scoring_criteria": "Rate {{response}}", "model": "theirs"]), .of("models")),
            Attempt(
                runs,
                run(
                    "definition",
                    [
                        "scoring_criteria": "Rate {{response}}", "model": "root",
                        "demonstration_dataset_id": id(theirs.dataset),
                    ]), .of("definition.demonstration_dataset_id")),
            Attempt(
                runs + "attach/", ["comparison_groups": ["x"], "evaluator_external_id": id(theirs.evaluator)],
                .of("evaluator_external_id")),
            Attempt(
                "/v1/evaluators/calibrate/", ["test_dataset_id": id(theirs.dataset), "prompt": "Rate {{response}}"],
                .of("test_dataset_id")),
            Attempt(
                "/v1/evaluators/calibrate/\(evaluator)", ["test_dataset_id": id(theirs.dataset)],
                .of("test_dataset_id")),
        ]
    }

    private static func projects(of theirs: ForeignObjects, _ evaluator: String, _ judge: String) -> [Attempt] {
        let document = "name: Mine\nobjective: {intent: x}\nscoring_criteria: Rate {{response}}\n"
        let calls: [(String, JSONValue)] = [
            ("/v1/datasets/", ["name": "x"]),
            ("/v1/objectives/", ["intent": "x"]),
            (
                "/v1/evaluators/",
                ["name": "Mine", "scoring_criteria": "Rate {{response}}", "objective": ["intent": "x"]]
            ),
            ("/v1/evaluators/duplicate/\(evaluator)/", [:]),
            ("/v1/evaluators/import-yaml/", ["yaml": .string(document)]),
            ("/v1/evaluators/execute/\(evaluator)/", ["response": "x"]),
            ("/v1/evaluators/calibrate/\(evaluator)", ["test_data": [[0.5, "x"]]]),
            ("/v1/judges/", ["name": "Mine", "intent": "x"]),
            ("/v1/judges/\(judge)/duplicate/", [:]),
            ("/v1/judges/\(judge)/execute/", ["response": "x"]),
            ("/v1/judges/generate/", ["intent": "To judge answers about refunds."]),
            ("/v1/batch-executions/", ["judge_id": .string(judge), "inputs": [["response": "x"]]]),
            ("/v1/prompt-tests/", ["prompt": "Say {{word}}", "model": "root"]),
        ]
        return calls.map { path, known in
            Attempt(path, body(known, with: "project_id", .string(theirs.project)), .of("project_id"))
        }
    }

    private static func files(of theirs: ForeignObjects, _ evaluator: String, _ judge: String) -> [Attempt] {
        let file = JSONValue.string(theirs.file)
        let input: JSONValue = ["response": "x", "file_ids": [file]]
        return [
            Attempt("/v1/judges/", ["name": "Mine", "intent": "x", "file_id": file], .of("file_id")),
            Attempt(
                "/v1/judges/generate/", ["intent": "To judge answers about refunds.", "file_id": file], .of("file_id")),
            Attempt("/v1/evaluators/execute/\(evaluator)/", input, .of("file_ids")),
            Attempt("/v1/judges/\(judge)/execute/", input, .of("file_ids")),
            Attempt(
                "/v1/batch-executions/", ["evaluator_ids": [.string(evaluator)], "inputs": [input]],
                .of("inputs[0].file_ids")),
            Attempt("/v1/judges/\(judge)/batch-execute/", ["inputs": [input]], .of("inputs[0].file_ids")),
        ]
    }

    /// A body with another value of a member.
    private static func body(_ known: JSONValue, with member: String, _ value: JSONValue) -> JSONValue {
        var members = known.objectValue ?? JSONObject()
        members[member] = value
        return .object(members)
    }
}
