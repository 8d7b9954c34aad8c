import Foundation
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Datasets, and the versions of their items.
    @Suite struct DatasetTests {
        @Test func aDatasetIsMadeFoundRenamedAndDeleted() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let made = try await api.post("/v1/datasets/", ["name": "Questions of customers"])
            #expect(made.status == 201, "\(made.text)")
            let path = "/v1/datasets/\(made.string("id"))/"
            #expect(made.string("status") == "private" && !made["owner"]!.string("email").isEmpty)

            let found = try await api.get("/v1/datasets/?search=of+cust")
            #expect(found["results"]?.arrayValue?.contains { $0.string("id") == made.string("id") } == true)
            #expect(try await api.patch(path, ["name": "Renamed"]).string("name") == "Renamed")
            #expect(try await api.delete(path).status == 204)
            expectProblem(try await api.get(path), 404, "not_found")
        }

        @Test func anEditMakesAVersionAndOnlyTheLatestCanBeEdited() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let items = try await api.makeDataset(of: [["request": "Why?", "response": "So.", "metadata": ["n": 1]]])
            let first = try await api.get(items)["results"]![0]!
            let revised = try await api.patch(
                "\(items)\(first.string("id"))/", ["response": "Because.", "change_note": "Politer"])
            #expect(revised.status == 200, "\(revised.text)")
            #expect(revised.string("external_id") == first.string("external_id"))
            #expect(revised.string("version_id") != first.string("version_id"))
            #expect(revised.string("request") == "Why?" && revised.string("response") == "Because.")
            #expect(revised["metadata"]?["n"]?.integerValue == 1)

            let former = try await api.get("\(items)\(first.string("id"))/")
            #expect(former.string("response") == "So." && former["is_latest_version"] == .bool(false))
            let late = try await api.patch("\(items)\(first.string("id"))/", ["response": "Late."])
            expectProblem(late, 400, "invalid", field: "non_field_errors")
            #expect(try await api.get(items)["results"]?.arrayValue?.count == 1)
        }

        @Test func anArchivedItemIsListedOnlyWhenAskedFor() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let items = try await api.makeDataset(of: [["response": "One."], ["response": "Two."]])
            let gone = try await api.get(items)["results"]![0]!.string("id")
            #expect(try await api.delete("\(items)\(gone)/").status == 204)
            #expect(try await api.get(items)["results"]?.arrayValue?.count == 1)
            let all = try await api.get("\(items)?is_archived=true")["results"]?.arrayValue ?? []
            #expect(all.count == 2 && all.contains { $0["is_archived"] == .bool(true) })
        }

        @Test func whatIsNoListOfItemsIsRefused() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let items = try await api.makeDataset(of: [["response": "One."]])
            expectProblem(
                try await api.post("\(items)bulk/", []), 400, "invalid", field: "non_field_errors")
            #expect(try await api.post("\(items)bulk/", [["response": 1]]).status == 400)
            expectProblem(
                try await api.post("/v1/datasets/\(unknownID)/items/", ["response": "One."]), 404, "not_found")
        }
    }
}

extension APIClient {
    /// A new dataset with items; the path of its items.
    func makeDataset(of items: [JSONValue]) async throws -> String {
        let made = try await post("/v1/datasets/", ["name": "Made for a test"])
        #expect(made.status == 201, "\(made.text)")
        let path = "/v1/datasets/\(made.string("id"))/items/"
        let added = try await post("\(path)bulk/", .array(items))
        #expect(added.status == 201, "\(added.text)")
        return path
    }
}
