import HTTPMessages
import JSON
import Postgres
import Tenancy
import Testing

/// What an answer gives away once is stored nowhere.
@Suite(.serialized) struct SecretAnswerTests {
    @Test func anAnswerWithSecretsIsNotKept() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let judge = try await caller.make("/v1/judges/", ["name": "Shown", "intent": "To judge"])
            let path = "/v1/judges/\(judge)/invite/"
            let body: JSONValue = ["emails": ["ada@example.com"], "judge_url": "https://example.com/judge"]
            let first = try await caller.once("invite", path, body)
            #expect(first.status == 200 && first.text.contains("token="), "\(first.text)")
            #expect(first.headers["cache-control"] == "no-store")

            let again = try await caller.once("invite", path, body, replica: 1)
            #expect(again.status == 409 && again["code"] == "idempotency_answer_not_kept", "\(again.text)")
            #expect(!again.text.contains("token="))
            let organization = caller.principal.organizationID
            let kept = try await server.database.query(
                "SELECT status, body FROM idempotent_calls WHERE organization_id = \(organization)")
            #expect(try kept.map { try $0.decode("status", as: Int.self) } == [200])
            #expect(try kept.map { try $0.decode("body", as: [UInt8]?.self) } == [nil])
            let invitations = try await server.database.query(
                "SELECT FROM judge_invitations WHERE organization_id = \(organization)")
            #expect(invitations.count == 1, "it was done once")
        }
    }

    @Test func anAnswerWithoutSecretsIsKept() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let body: JSONValue = ["name": "Plain", "intent": "To judge"]
            let first = try await caller.once("plain", "/v1/judges/", body)
            let again = try await caller.once("plain", "/v1/judges/", body)
            #expect(first.status == 201 && first.headers["cache-control"] != "no-store")
            #expect(again.status == 201 && again.bytes == first.bytes)
        }
    }
}
