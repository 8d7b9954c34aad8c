import Foundation
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Objectives, judges, models and projects.
    @Suite struct OtherResourceTests {
        @Test func anObjectiveIsAnsweredByItsIdentifierAndReadBack() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let made = try await api.post("/v1/objectives/", ["intent": "To measure", "force_create": true])
            #expect(made.status == 201)
            let path = "/v1/objectives/\(made.string("id"))/"
            let first = try await api.get(path)
            #expect(first.string("intent") == "To measure")
            #expect(first["_meta"]?.objectValue != nil)
            let changed = try await api.patch(
                path, ["intent": "To measure well", "test_dataset_id": nil, "project_id": nil])
            #expect(changed.status == 200, "\(changed.text)")
            #expect(changed.string("version_id") != first.string("version_id"))
            let versions = try await api.get("/v1/objectives/versions/\(made.string("id"))/")
            #expect(versions.results.map { $0.string("intent") } == ["To measure well", "To measure"])
            #expect(try await api.delete(path).status == 204)
            expectProblem(try await api.get(path), 404, "not_found")
            expectProblem(try await api.post("/v1/objectives/", [:]), 400, "invalid", field: "intent")
        }

        @Test func objectivesAreFoundByTheirIntent() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let intent = "To find \(UUID().uuidString)"
            let id = try await api.makeObjective(intent)
            let word = intent.suffix(20)
            #expect(try await api.get("/v1/objectives/?search=\(word)").results.map { $0.string("id") } == [id])
            let exact = intent.replacingOccurrences(of: " ", with: "+")
            #expect(try await api.get("/v1/objectives/?intent=\(exact)").results.map { $0.string("id") } == [id])
            #expect(try await api.get("/v1/objectives/?intent=\(word)").results.isEmpty)
        }

        @Test func aJudgeHasALifeToo() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let own = try await api.makeEvaluator().string("id")
            let judge = try await api.makeJudge(of: [rootEvaluator, own])
            let path = "/v1/judges/\(judge.string("id"))/"
            #expect(judge["evaluators"]?.arrayValue?.map { $0.string("id") } == [rootEvaluator, own])
            for field in ["_meta", "inputs"] { #expect(judge[field]?.objectValue != nil, "\(field)") }
            #expect(judge["files"] == [])
            let changed = try await api.patch(
                path, ["name": "Renamed", "intent": nil, "evaluator_references": nil, "project_id": nil, "stage": nil])
            #expect(changed.status == 200, "\(changed.text)")
            #expect(changed.string("intent") == "To test")
            #expect(changed["evaluators"]?.arrayValue?.count == 2)
            #expect(changed.string("version_id") != judge.string("version_id"))

            // Judges go on without what is deleted.
            #expect(try await api.delete("/v1/evaluators/\(own)/").status == 204)
            #expect(try await api.get(path)["evaluators"]?.arrayValue?.map { $0.string("id") } == [rootEvaluator])
            #expect(try await api.delete(path).status == 204)
            expectProblem(try await api.get(path), 404, "not_found")
        }

        @Test func aJudgeThatCannotBeIsRefused() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let missing = try await api.post("/v1/judges/", [:])
            expectProblem(missing, 400, "invalid", field: "name")
            expectProblem(missing, 400, "invalid", field: "intent")
            expectProblem(
                try await api.post(
                    "/v1/judges/",
                    ["name": "Spoilt", "intent": "To test", "evaluator_references": [["id": .string(unknownID)]]]),
                400, "invalid", field: "evaluator_references")
            expectProblem(
                try await api.post("/v1/judges/", ["name": "Spoilt", "intent": "To test", "visibility": "secret"]), 400,
                "invalid", field: "visibility")
        }

        @Test func aModelOfOnesOwnIsListedAndItsNameIsUnique() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let name = "own/\(UUID().uuidString)"
            let body: JSONValue = [
                "name": .string(name), "model": "ollama/llama3", "url": "http://127.0.0.1:1/v1",
                "default_key": "sk-never-returned", "max_output_token_count": 1000,
            ]
            let made = try await api.post("/v1/models/", body)
            #expect(made.status == 201, "\(made.text)")
            #expect(!made.text.contains("never-returned"))
            expectProblem(try await api.post("/v1/models/", body), 400, "invalid", field: "name")
            expectProblem(
                try await api.post("/v1/models/", ["name": .string(name + "-2"), "max_output_token_count": 10]), 400,
                "invalid", field: "max_output_token_count")
            let row = try await api.get("/v1/models/?page_size=100").results.first { $0.string("name") == name }
            #expect(row?.string("visibility") == "PRIVATE")
            #expect(row?["owner"]?.string("email") == "admin@localhost")
            let path = "/v1/models/\(made.string("id"))/"
            #expect(
                try await api.patch(path, ["url": nil, "model": "ollama/llama4"]).string("model") == "ollama/llama4")
            #expect(try await api.delete(path).status == 204)
        }

        /// The demonstration stands in for well-known models, and says so in every listing.
        @Test func theDemonstrationIsNamedWhereItStandsIn() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let models = try await api.get("/v1/models/?page_size=100").results
            for name in ["gemini-3-flash", "gpt-5.4", "gpt-4o", "gpt-4o-mini"] {
                let model = try #require(models.first { $0.string("name") == name }, "\(name)")
                #expect(model.string("model") == "demo/heuristic")
                #expect(model["provider"]?.string("name") == "Demonstration")
            }
        }

        @Test func thereIsOneDefaultProject() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let projects = try await api.get("/v1/projects/").results
            #expect(projects.count { $0["is_default"] == true } == 1)
            let project = try #require(projects.first)
            #expect(UUID(uuidString: project.string("owner")) != nil)
            #expect(try await api.get("/v1/projects/\(project.string("id"))/").json == project)
            expectProblem(try await api.get("/v1/projects/\(unknownID)/"), 404, "not_found")
        }
    }
}
