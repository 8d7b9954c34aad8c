import Foundation
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// The life of a project.
    @Suite struct ProjectTests {
        @Test func aProjectIsMadeRenamedAndDeleted() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let name = "Project \(UUID().uuidString)"
            let made = try await api.post("/v1/projects/", ["name": .string(name), "description": "For a test"])
            #expect(made.status == 201, "\(made.text)")
            #expect(made["is_default"] == false && made.string("description") == "For a test")
            expectProblem(try await api.post("/v1/projects/", ["name": .string(name)]), 400, "invalid", field: "name")
            expectProblem(try await api.post("/v1/projects/", [:]), 400, "invalid", field: "name")
            let path = "/v1/projects/\(made.string("id"))/"
            let renamed = try await api.patch(path, ["name": .string(name + " anew"), "description": nil])
            #expect(renamed.status == 200 && renamed.string("name") == name + " anew", "\(renamed.text)")
            #expect(renamed.string("description") == "For a test", "what is not given stays")
            #expect(try await api.delete(path).status == 204)
            expectProblem(try await api.get(path), 404, "not_found")
            expectProblem(try await api.delete(path), 404, "not_found")
            expectProblem(try await api.patch(path, ["name": "Gone"]), 404, "not_found")
        }

        @Test func thereIsAlwaysOneDefaultAndItTakesWhatNamesNoProject() async throws {
            let api = try await PrivateInstallation.demonstration().api
            func all() async throws -> [JSONValue] { try await api.get("/v1/projects/?page_size=100").results }
            let before = try #require(try await all().first { $0["is_default"] == true })
            let former = "/v1/projects/\(before.string("id"))/"
            expectProblem(try await api.patch(former, ["is_default": false]), 400, "invalid", field: "is_default")
            expectProblem(try await api.delete(former), 400, "invalid")
            let made = try await api.post(
                "/v1/projects/", ["name": .string("Default \(UUID().uuidString)"), "is_default": true])
            #expect(try await all().filter { $0["is_default"] == true }.map { $0.string("id") } == [made.string("id")])
            let evaluator = try await api.makeEvaluator()
            #expect(evaluator.string("project_id") == made.string("id"))
            expectProblem(try await api.delete("/v1/projects/\(made.string("id"))/"), 400, "invalid")
            #expect(try await api.patch(former, ["is_default": true])["is_default"] == true)
            #expect(try await all().count { $0["is_default"] == true } == 1)
            expectProblem(
                try await api.delete("/v1/projects/\(made.string("id"))/"), 400, "invalid")  // It has an evaluator.
        }
    }
}
