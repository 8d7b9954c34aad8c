import Access
import APIClient
import FoundationEssentials
import HTTPMessages
import Operations
import Postgres
import Records
import Scoring
import Stores
import Tenancy
import Testing
import WireAPI

/// What becomes of keys and sessions that have ended, and what some of them are confined to.
@Suite struct CredentialTests {
    @Test func whatAKeyHasMadeEndsWithIt() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let engineer = try await tenant.viewer(.engineer)
            let scopes = ["api_key:create", "api_key:read"]
            let end = Date().addingTimeInterval(3600)
            let leaked = try await engineer.ask(
                .makeKey(OperatorAPIKeyDraft(name: "leaked", scopes: scopes, expiresAt: end)))
            // The one who has found it, and the one whose it is.
            let thief = engineer.with(leaked.secret)
            let renewed = try await thief.ask(.rotateKey(leaked.key.id))
            let hidden = try await engineer.with(renewed.secret).ask(
                .makeKey(OperatorAPIKeyDraft(name: "hidden", scopes: ["api_key:read"], expiresAt: end)))
            let mine = try await engineer.ask(.rotateKey(leaked.key.id))
            let answer = try await engineer.raw(
                server, .delete, OperatorAPIKey.path + "/" + leaked.key.id.uuidString.lowercased())
            #expect(answer.status == 200 && answer.text == #"{"ended_with_it":2}"#, "\(answer.text)")
            for secret in [leaked.secret, renewed.secret, hidden.secret] {
                #expect(try await engineer.with(secret).refusal(.keys())?.status == 401)
            }
            #expect(try await engineer.with(mine.secret).refusal(.keys()) == nil)
            let kept = try await tenant.audited("api_key.revoke")
            #expect(kept.count == 1 && kept[0].after.contains(#""ended_with_it": 2"#), "\(kept)")
        }
    }

    @Test func whoShowsWhatHasEndedIsKeptOnceAndWhoInventsSomethingIsNot() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let engineer = try await tenant.viewer(.engineer)
            let revoked = try await engineer.ask(.makeKey(OperatorAPIKeyDraft(name: "revoked")))
            let expired = try await engineer.ask(.makeKey(OperatorAPIKeyDraft(name: "expired")))
            _ = try await engineer.ask(.revokeKey(revoked.key.id))
            try await server.database.execute(
                "UPDATE api_keys SET expires_at = now() - interval '1 minute' WHERE id = \(expired.key.id)")
            let idle = try await tenant.viewer(.viewer)
            try await server.database.execute(
                "UPDATE sessions SET idle_expires_at = now() - interval '1 minute' WHERE id = \(idle.session.id)")
            for _ in 0..<3 {
                for token in [revoked.secret, expired.secret, idle.token, "st_\(UUID())", revoked.secret + "x"] {
                    #expect(try await server.raw(.get, OperatorAPIKey.path, token: token).status == 401)
                }
            }
            let rows = try await server.database.query(
                """
                SELECT actor_name, actor_key_id, after::text AS after FROM audit_entries
                WHERE organization_id = \(tenant.organization) AND action = 'access.refused'
                """)
            let kept = try rows.map { row in
                (
                    name: try row.decode("actor_name", as: String.self),
                    key: try row.decode("actor_key_id", as: UUID?.self), after: try row.decode("after", as: String.self)
                )
            }
            #expect(kept.count == 3, "\(kept)")
            #expect(kept.contains { $0.key == revoked.key.id && $0.after.contains("revoked") })
            #expect(kept.contains { $0.key == expired.key.id && $0.after.contains("expired") })
            #expect(kept.contains { $0.name == idle.user.email && $0.after.contains("session has ended") })
        }
    }

    @Test func aDeactivatedOwnersKeyLeavesATrace() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let engineer = try await tenant.viewer(.engineer)
            let key = try await engineer.ask(.makeKey(OperatorAPIKeyDraft(name: "left")))
            try await server.database.execute(
                "UPDATE users SET is_disabled = true, disabled_at = now() WHERE id = \(engineer.user.id)")
            #expect(try await server.raw(.get, OperatorAPIKey.path, token: key.secret).status == 401)
            #expect(try await tenant.audited("access.refused").contains { $0.after.contains("deactivated") })
        }
    }

    @Test func aConfinedKeyOpensOneProjectOnly() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let owner = try await tenant.viewer(.owner)
            let (id, date) = server.identifiers.nextDated(Project.self)
            try await ProjectStore(database: server.database).create(
                Project(
                    id: id, organizationID: tenant.organization, name: "Other", description: "", isDefault: false,
                    ownerID: tenant.owner.id, createdAt: date))
            let unnamed = OperatorAPIKeyDraft(name: "x", confined: true)
            #expect(try await owner.refusal(.makeKey(unnamed))?.status == 400)
            let made = try await owner.ask(
                .makeKey(OperatorAPIKeyDraft(name: "confined", projectID: id.uuid, confined: true)))
            let plain = try await owner.ask(.makeKey(OperatorAPIKeyDraft(name: "plain", projectID: id.uuid)))
            #expect(made.key.confined == true && plain.key.confined == false)
            let evaluator = try await tenant.evaluator("In the default project")
            func status(_ path: String, _ secret: String) async throws -> Int {
                try await server.raw(.get, path, token: secret).status
            }
            let elsewhere = "/internal/evaluators/\(evaluator.id)"
            #expect(try await status(OperatorProject.path + "/\(id)", made.secret) == 200)
            #expect(try await status(OperatorProject.path + "/\(tenant.project.id)", made.secret) == 403)
            #expect(try await status(elsewhere, made.secret) == 404)
            #expect(try await status(OperatorUser.path, made.secret) == 403)
            // The project of a key that is not confined says where things land, and no more.
            #expect(try await status(elsewhere, plain.secret) == 200)
            let next = try await owner.ask(.rotateKey(made.key.id))
            #expect(next.key.confined == true)
            #expect(try await status(elsewhere, next.secret) == 404)
        }
    }

    @Test func whatAsksByItselfKeepsNoSessionFromIdlingOut() async throws {
        try await OperatorServer.run { server in
            let viewer = try await server.tenant().viewer(.viewer)
            let earlier = Date().addingTimeInterval(-600)
            func lastUse() async throws -> Date {
                let rows = try await server.database.query(
                    "SELECT last_used_at FROM sessions WHERE id = \(viewer.session.id)")
                return try #require(try rows.first?.decode("last_used_at", as: Date?.self))
            }
            try await server.database.execute(
                "UPDATE sessions SET last_used_at = \(earlier) WHERE id = \(viewer.session.id)")
            let path = OperatorSignIn.path
            let unattended: HTTPHeaders = ["x-scorable-unattended": "1"]
            #expect(try await server.raw(.get, path, token: viewer.token, fields: unattended).status == 200)
            #expect(abs(try await lastUse().timeIntervalSince(earlier)) < 1)
            // Also a moment later, while the server knows who it is.
            #expect(try await server.raw(.get, path, token: viewer.token).status == 200)
            #expect(try await lastUse().timeIntervalSince(earlier) > 500)
        }
    }
}
