import APIClient
import FoundationEssentials
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

    private enum Secrets {
        static let key = "sk-never-to-be-seen"
    }
}
