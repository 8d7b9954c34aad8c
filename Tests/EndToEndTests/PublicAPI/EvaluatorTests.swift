import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Evaluators: made, read, changed, copied and deleted.
    @Suite struct EvaluatorTests {
        @Test func aLifeHasTheStatusesThatClientsCountOn() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let made = try await api.makeEvaluator()
            let path = "/v1/evaluators/\(made.string("id"))/"
            #expect(try await api.get(path).status == 200)
            #expect(try await api.patch(path, ["name": "Changed"]).status == 200)
            #expect(try await api.put(path, ["name": "Changed again"]).status == 200)
            #expect(try await api.post("/v1/evaluators/duplicate/\(made.string("id"))/", [:]).status == 201)
            let empty = try await api.send(.post, "/v1/evaluators/duplicate/\(made.string("id"))/")
            #expect(empty.status == 201, "a body is not needed: \(empty.text)")
            let deleted = try await api.delete(path)
            #expect(deleted.status == 204)
            #expect(deleted.bytes.isEmpty)
            expectProblem(try await api.get(path), 404, "not_found")
            expectProblem(try await api.delete(path), 404, "not_found")
        }

        @Test(arguments: [
            "nonexistent-evaluator-id", "123", unknownID, "%2e%2e", "053df10f-b0c7-400b-892e-46ce3aa1e43",
        ])
        func anIdentifierOfNothingIsNotFound(id: String) async throws {
            let api = try await PrivateInstallation.demonstration().api
            expectProblem(try await api.get("/v1/evaluators/\(id)/"), 404, "not_found")
            expectProblem(try await api.patch("/v1/evaluators/\(id)/", ["name": "Changed"]), 404, "not_found")
            expectProblem(try await api.delete("/v1/evaluators/\(id)/"), 404, "not_found")
            expectProblem(try await api.post("/v1/evaluators/execute/\(id)/", ["response": "x"]), 404, "not_found")
            expectProblem(try await api.get("/v1/judges/\(id)/"), 404, "not_found")
            expectProblem(try await api.get("/v1/execution-logs/\(id)/"), 404, "not_found")
        }

        @Test func whatIsMissingIsNamedAllAtOnce() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let reply = try await api.post("/v1/evaluators/", [:])
            for field in ["name", "scoring_criteria", "objective_id"] {
                expectProblem(reply, 400, "invalid", field: field)
            }
            let empty = try await api.send(.post, "/v1/evaluators/", body: [])
            expectProblem(empty, 400, "invalid", field: "name")
        }

        static let impossible: [(String, JSONValue)] = [
            ("name", "x"), ("models", ["no-such-model"]), ("behavior", "hasty"), ("objective_id", .string(unknownID)),
            ("project_id", .string(unknownID)), ("project_id", "not-a-uuid"), ("scoring_criteria", ""),
        ]

        @Test(arguments: impossible)
        func aFieldThatCannotBeIsNamed(field: String, value: JSONValue) async throws {
            let api = try await PrivateInstallation.demonstration().api
            var body: JSONObject = [
                "name": "Made", "scoring_criteria": "Rate {{response}}", "objective": ["intent": "To test"],
            ]
            if field == "objective_id" { body["objective"] = nil }
            body[field] = value
            expectProblem(try await api.post("/v1/evaluators/", .object(body)), 400, "invalid", field: field)
            guard field != "project_id" else { return }
            let made = try await api.makeEvaluator()
            expectProblem(
                try await api.patch("/v1/evaluators/\(made.string("id"))/", .object([field: value])), 400, "invalid",
                field: field)
        }

        /// The published client sends null for whatever its caller left out.
        @Test func nullMeansUnchanged() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let made = try await api.makeEvaluator([
                "models": ["gpt-4o"], "behavior": "thorough", "input_variables": [["name": "topic"]],
            ])
            let changed = try await api.patch(
                "/v1/evaluators/\(made.string("id"))/",
                [
                    "name": "Renamed", "scoring_criteria": nil, "models": nil, "behavior": nil, "objective_id": nil,
                    "objective_version_id": nil, "input_variables": nil, "demonstration_dataset_id": nil,
                    "project_id": nil, "overwrite": false, "change_note": "",
                ])
            #expect(changed.status == 200, "\(changed.text)")
            #expect(changed.string("name") == "Renamed")
            for field in ["id", "scoring_criteria", "models", "behavior", "project_id", "inputs"] {
                #expect(changed[field] == made[field], "\(field)")
            }
            #expect(changed["objective"]?.string("id") == made["objective"]?.string("id"))
            #expect(changed["input_variables"]?.arrayValue?.count == made["input_variables"]?.arrayValue?.count)
        }

        @Test func eachChangeIsAVersionThatStaysReadable() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let first = try await api.makeEvaluator(criteria: "First {{response}}")
            let id = first.string("id")
            let second = try await api.patch(
                "/v1/evaluators/\(id)/", ["scoring_criteria": "Second {{response}}", "change_note": "sharper"])
            #expect(second.string("id") == id && second.string("version_id") != first.string("version_id"))

            let versions = try await api.get("/v1/evaluators/versions/\(id)/")
            #expect(
                versions.results.map { $0.string("version_id") } == [second, first].map { $0.string("version_id") })
            #expect(versions.results.map { $0.string("change_note") } == ["sharper", ""])
            let old = try await api.get("/v1/evaluators/\(id)/?version_id=\(first.string("version_id"))")
            #expect(old.string("scoring_criteria") == "First {{response}}")
            expectProblem(try await api.get("/v1/evaluators/\(id)/?version_id=\(unknownID)"), 404, "not_found")

            let pinned = try await api.post(
                "/v1/evaluators/execute/\(id)/",
                ["response": "x", "evaluator_version_id": .string(first.string("version_id"))])
            let log = try await api.get("/v1/execution-logs/\(pinned.string("execution_log_id"))/")
            #expect(log.string("executed_item_version_id") == first.string("version_id"))
            #expect(log.string("scoring_criteria") == "First {{response}}")
        }

        @Test func overwriteAddsAVersionToTheOneOfThatName() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let name = "Overwritten \(UUID().uuidString)"
            let first = try await api.makeEvaluator(named: name)
            let second = try await api.makeEvaluator(named: name, criteria: "Anew {{response}}", ["overwrite": true])
            #expect(second.string("id") == first.string("id"))
            #expect(second.string("version_id") != first.string("version_id"))
            let third = try await api.makeEvaluator(named: name)
            #expect(third.string("id") != first.string("id"), "names need not be unique")
        }

        @Test(arguments: ["prompt", "predicate"])
        func olderNamesOfTheCriteriaAreUnderstood(field: String) async throws {
            let api = try await PrivateInstallation.demonstration().api
            let reply = try await api.post(
                "/v1/evaluators/",
                .object(["name": "Older client", field: "Rate {{response}}", "objective": ["intent": "To test"]]))
            #expect(reply.status == 201, "\(reply.text)")
            #expect(reply.string("scoring_criteria") == "Rate {{response}}")
        }

        @Test func anEvaluatorHasEveryFieldThatClientsRequire() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let made = try await api.makeEvaluator(criteria: "Is {{response}} about {{ topic }}, given {{contexts}}?")
            #expect(made["owner"]?.string("email") == "admin@localhost")
            #expect(made["owner"]?["full_name"]?.stringValue != nil)
            #expect(made["_meta"]?.objectValue != nil)
            #expect(made["models"]?.arrayValue?.isEmpty == false)
            #expect(made.string("visibility") == "private")
            #expect(made["inputs"]?["response"]?.string("type") == "string")
            #expect(made["inputs"]?["topic"]?.string("type") == "string")
            #expect(made["inputs"]?["contexts"]?["items"]?.string("type") == "string")
            let times = [made.string("created_at"), made["objective"]?.string("created_at") ?? ""]
            #expect(
                times.allSatisfy { $0.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/#) != nil }, "\(times)")
            let row = try await api.get("/v1/evaluators/?page_size=1").results.first
            #expect(row?["objective"]?.string("intent") == "To test")
            #expect(row?["inputs"]?.objectValue != nil)
        }

        @Test func theBuiltInOnesAreListedAlsoForOneProject() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let project = try await api.get("/v1/projects/").results.first?.string("id") ?? ""
            let list = try await api.get("/v1/evaluators/?page_size=100&project_id=\(project)&is_root_evaluator=True")
            #expect(list.results.count >= 30)
            #expect(list.results.allSatisfy { $0["is_root_evaluator"] == true && $0["project_id"] == .null })
            expectProblem(
                try await api.get("/v1/evaluators/?project_id=not-a-uuid"), 400, "invalid", field: "project_id")
        }
    }
}
