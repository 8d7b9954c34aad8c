import APIClient
import FoundationEssentials
import Operations
import Tenancy
import Testing
import WireAPI

/// What people change about providers, models, prices and budgets can be found again, with how it was before.
@Suite struct ProviderAuditTests {
    @Test func everyChangeOfAProviderIsKeptAndNoKey() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.operator)
            let draft = OperatorProviderDraft(
                kind: "vllm", name: "gpu", url: "http://gpu:8000", key: Secrets.key)
            let provider = try await viewer.ask(.addProvider(draft))
            let path = provider.id
            _ = try await viewer.ask(
                .setLimits(.init(subject: .init(), limits: OperatorLimits(requestsPerMinute: 600)), of: path))
            _ = try await viewer.ask(.deleteProvider(path, revision: provider.revision))
            #expect(
                try await tenant.auditTrail() == [
                    "provider.create done", "provider.limit done", "provider.delete done",
                ])
            let entries = try await tenant.viewer(.admin).ask(.audit(limit: 10)).results
            #expect(entries.allSatisfy { $0.subject == "provider:\(path.uuidString.lowercased())" })
            let limit = try #require(entries.first { $0.action == "provider.limit" })
            #expect(limit.before?.contains("\"limits\": []") == true, "\(limit.before ?? "")")
            #expect(limit.after?.contains("\"requests_per_minute\": 600") == true)
            let deletion = try #require(entries.first { $0.action == "provider.delete" })
            #expect(deletion.before?.contains("\"name\": \"gpu\"") == true && deletion.after == nil)
            #expect(entries.allSatisfy { !"\($0)".contains(Secrets.key) })
        }
    }

    @Test func aChangeThatCannotBeKeptIsNotMade() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let principal = tenant.principal()
            // The database takes no such name, and so not the entry.
            let nameless = Principal(
                organizationID: principal.organizationID,
                user: UserReference(id: principal.user.id, email: "ada\u{0}@example.com", fullName: "Ada"),
                credential: principal.credential, role: .owner, scopes: .everything,
                defaultProjectID: principal.defaultProjectID)
            let actor = AuditActor(nameless, from: "192.0.2.1", requestID: "r")
            let draft = OperatorProviderDraft(kind: "vllm", name: "gpu", url: "http://gpu:8000", key: Secrets.key)
            await #expect(throws: (any Error).self) {
                _ = try await server.providers.making("provider.create", by: actor) {
                    try await $0.changes.add(draft, for: principal)
                } thing: {
                    .provider($0)
                }
            }
            let providers = try await server.providers.catalogue.list(for: principal).results
            #expect(!providers.contains { $0.name == "gpu" })
        }
    }

    @Test func whatGoesWrongIsKeptAsSuch() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.operator)
            let draft = OperatorProviderDraft(kind: "vllm", name: "gpu", url: "http://gpu:8000", key: Secrets.key)
            let provider = try await viewer.ask(.addProvider(draft))
            #expect(try await viewer.refusal(.addProvider(draft)) != nil)
            #expect(try await viewer.refusal(.deleteProvider(provider.id, revision: provider.revision + 1)) != nil)
            #expect(
                try await tenant.auditTrail() == [
                    "provider.create done", "provider.create failed", "provider.delete failed",
                ])
            let entries = try await tenant.viewer(.admin).ask(.audit(limit: 10)).results
            #expect(entries.allSatisfy { !"\($0)".contains(Secrets.key) })
        }
    }

    private enum Secrets {
        static let key = "sk-never-to-be-seen"
    }
}
