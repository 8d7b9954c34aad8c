import Access
import FoundationEssentials
import JSON
import Tenancy
import Testing
import WireAPI

/// What changes by the console's API leave in the audit: one entry each, which says what was how.
@Suite struct ProductChangeAuditTests {
    private static func entries(of tenant: Tenant, on subject: String) async throws -> [OperatorAuditEntry] {
        var filter = OperatorAuditFilter()
        filter.subject = subject
        return try await tenant.viewer(.auditor).ask(.audit(filter, limit: 100)).results
    }

    @Test func aRenamedProjectWasSomethingElseBefore() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let owner = try await tenant.viewer(.owner)
            _ = try await owner.ask(.change(tenant.project.id.uuid, OperatorProjectChange(name: "Renamed")))
            let entries = try await Self.entries(of: tenant, on: "project:\(tenant.project.id)")
            #expect(entries.map(\.action) == ["project.update"], "one change is one entry")
            let entry = try #require(entries.first)
            let (before, after) = (
                try JSONParser.parse(try #require(entry.before)), try JSONParser.parse(try #require(entry.after))
            )
            #expect(before["name"] == .string(tenant.project.name) && after["name"] == "Renamed")
            #expect(before["digest"] != after["digest"])
            #expect(before["is_default"] == nil, "what stays is not said")
            #expect(entry.actorName == owner.user.email && entry.actorRole == "owner")
            #expect(entry.address == "127.0.0.1" && entry.requestID != nil)
        }
    }

    @Test func aFileSaysHowManyItemsItBroughtInOneEntry() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let owner = try await tenant.viewer(.owner)
            let file = (1...3).map { #"{"response":"Answer \#($0)"}"# }.joined(separator: "\n")
            let id = try await owner.ask(.makeDataset(OperatorDatasetDraft(name: "Answers", text: file))).id
            _ = try await owner.ask(.makeDataset(OperatorDatasetDraft(name: nil, datasetID: id, text: file)))
            let entries = try await Self.entries(of: tenant, on: "dataset:\(id.uuidString.lowercased())")
            #expect(entries.map(\.action) == ["dataset.add_items", "dataset.create"])
            #expect(try JSONParser.parse(try #require(entries[1].after))["items"] == 3)
            #expect(try JSONParser.parse(try #require(entries[0].before))["items_ever"] == 3)
            let after = try JSONParser.parse(try #require(entries[0].after))
            #expect(after["items_ever"] == 6 && after["added"] == 3)
        }
    }

    @Test func aDatasetIsKeptFromItsBeginningToItsEnd() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let owner = try await tenant.viewer(.owner)
            let id = try await owner.ask(.makeDataset(OperatorDatasetDraft(name: "Questions"))).id
            _ = try await owner.ask(.renameDataset(id, to: "Answers"))
            _ = try await owner.ask(.deleteDataset(id))
            let entries = try await Self.entries(of: tenant, on: "dataset:\(id.uuidString.lowercased())")
            #expect(entries.map(\.action) == ["dataset.delete", "dataset.update", "dataset.create"])
            #expect(try JSONParser.parse(try #require(entries[1].before))["name"] == "Questions")
            #expect(try JSONParser.parse(try #require(entries[1].after))["name"] == "Answers")
            let ended = try JSONParser.parse(try #require(entries[0].before))
            #expect(ended["name"] == "Answers" && ended["items"] == 0)
        }
    }
}
