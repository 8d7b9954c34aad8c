import Access
import APIClient
import FoundationEssentials
import HTTPMessages
import JSON
import Operations
import Postgres
import ProductSupport
import Stores
import Tenancy
import Testing
import WireAPI

@Suite struct KeyTests {
    @Test func aKeyIsShownWhenItIsMadeAndNeverAgain() async throws {
        try await OperatorServer.run { server in
            let engineer = try await server.tenant().viewer(.engineer)
            let made = try await engineer.ask(
                .makeKey(
                    OperatorAPIKeyDraft(
                        name: "ci", scopes: ["evaluator:read", "evaluator:execute"],
                        addressRanges: ["127.0.0.0/8", "2001:db8::/32"])))
            #expect(APIKeyText(made.secret) != nil)
            #expect(made.secret.hasPrefix(made.key.prefix) && made.key.owner.id == engineer.user.id.uuid)
            #expect(made.key.scopes == ["evaluator:execute", "evaluator:read"] && made.key.state == .usable)
            #expect(made.key.addressRanges == ["127.0.0.0/8", "2001:db8::/32"] && made.key.expiresAt == nil)
            let page = try await engineer.ask(.keys())
            #expect(page.results == [made.key] && page.ageLimitSeconds == nil)
            #expect(try await engineer.ask(.key(made.key.id)) == made.key)
            #expect(!String(decoding: JSONCodec.encode(page), as: UTF8.self).contains(made.secret))
            let answer = try await engineer.raw(
                server,
                .post, OperatorAPIKey.path, #"{"name":"other","scopes":["judge:read"]}"#)
            #expect(answer.status == 201 && answer.headers["cache-control"] == "no-store")
        }
    }

    @Test func whatIsWrongWithADraftIsNamedByField() async throws {
        try await OperatorServer.run { server in
            let engineer = try await server.tenant().viewer(.engineer)
            let drafts: [(OperatorAPIKeyDraft, String)] = [
                (OperatorAPIKeyDraft(name: ""), "name"),
                (OperatorAPIKeyDraft(name: "x", scopes: ["evaluator:fly"]), "scopes"),
                (OperatorAPIKeyDraft(name: "x", scopes: []), "scopes"),
                (OperatorAPIKeyDraft(name: "x", scopes: ["identity_provider:update"]), "scopes"),
                (OperatorAPIKeyDraft(name: "x", expiresAt: Date().addingTimeInterval(-5)), "expires_at"),
                (OperatorAPIKeyDraft(name: "x", addressRanges: ["10.0.0.1/8"]), "address_ranges"),
                (OperatorAPIKeyDraft(name: "x", projectID: UUID()), "project_id"),
                (OperatorAPIKeyDraft(name: "x", ownerID: UUID()), "owner_id"),
            ]
            for (draft, field) in drafts {
                let refusal = try #require(try await engineer.refusal(.makeKey(draft)))
                #expect(refusal.status == 400 && refusal.detail.contains("\(field):"), "\(field): \(refusal)")
            }
            #expect(try await engineer.ask(.keys()).results.isEmpty)
        }
    }

    @Test func nobodyGetsMoreByAKeyThanTheyHave() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (engineer, admin) = (try await tenant.viewer(.engineer), try await tenant.viewer(.admin))
            let beyond = OperatorAPIKeyDraft(name: "x", scopes: ["evaluator:read", "user:update"])
            let refusal = try await engineer.refusal(.makeKey(beyond))
            #expect(refusal?.status == 403 && refusal?.detail.contains("user:update") == true)
            // For others nobody makes keys, and for service accounts administrators.
            let account = try await tenant.serviceAccount(.engineer)
            let foreign = OperatorAPIKeyDraft(name: "x", ownerID: account.id.uuid)
            #expect(try await engineer.refusal(.makeKey(foreign))?.status == 403)
            #expect(try await admin.ask(.makeKey(foreign)).key.owner.isServiceAccount)
            let others = OperatorAPIKeyDraft(name: "x", ownerID: engineer.user.id.uuid)
            #expect(try await admin.refusal(.makeKey(others))?.status == 403)
            let owner = try await tenant.serviceAccount(.owner)
            let mighty = OperatorAPIKeyDraft(name: "x", ownerID: owner.id.uuid, scopes: ["organization:read"])
            #expect(try await admin.ask(.makeKey(mighty)).key.scopes == ["organization:read"])
        }
    }

    @Test func aKeyMakesNoneThatReachesFartherThanItself() async throws {
        try await OperatorServer.run { server in
            let engineer = try await server.tenant().viewer(.engineer)
            let end = Date().addingTimeInterval(3600)
            let scopes = ["api_key:create", "api_key:read", "evaluator:read"]
            let made = try await engineer.ask(
                .makeKey(
                    OperatorAPIKeyDraft(name: "maker", scopes: scopes, expiresAt: end, addressRanges: ["127.0.0.0/8"])))
            let key = engineer.with(made.secret)
            func draft(_ scopes: [String]?, _ end: Date?, _ ranges: [String]?) -> OperatorAPIKeyDraft {
                OperatorAPIKeyDraft(name: "x", scopes: scopes, expiresAt: end, addressRanges: ranges)
            }
            let home = ["127.0.0.1"]
            for beyond in [
                draft(nil, end, home), draft(["*"], end, home), draft(["judge:read"], end, home),
                draft(["evaluator:read"], nil, home), draft(["evaluator:read"], end.addingTimeInterval(60), home),
                draft(["evaluator:read"], end, nil), draft(["evaluator:read"], end, ["0.0.0.0/0"]),
            ] {
                #expect(try await key.refusal(.makeKey(beyond))?.status == 403, "\(beyond)")
            }
            let within = try await key.ask(.makeKey(draft(["evaluator:read"], end.addingTimeInterval(-60), home)))
            #expect(within.key.scopes == ["evaluator:read"])
            // It takes its own place, for as long again.
            let next = try await key.ask(.rotateKey(made.key.id, OperatorAPIKeyRotation(overlapSeconds: 0)))
            #expect(next.key.replaces == made.key.id && next.key.scopes == scopes.sorted())
            #expect(try #require(next.key.expiresAt) >= end)
            let forever = OperatorAPIKeyRotation(expiresAt: end.addingTimeInterval(365 * 86_400))
            #expect(try await engineer.with(next.secret).refusal(.rotateKey(next.key.id, forever))?.status == 403)
        }
    }

    @Test func bothKeysOfARotationWorkForTheOverlap() async throws {
        try await OperatorServer.run { server in
            let engineer = try await server.tenant().viewer(.engineer)
            let made = try await engineer.ask(.makeKey(OperatorAPIKeyDraft(name: "ci", scopes: ["api_key:read"])))
            let rotated = try await engineer.ask(.rotateKey(made.key.id))
            let end = try #require(rotated.formerExpiresAt)
            #expect(abs(end.timeIntervalSince(rotated.key.createdAt) - 86_400) < 5)
            for secret in [made.secret, rotated.secret] {
                #expect(try await engineer.with(secret).refusal(.keys()) == nil)
            }
            let expiring = try await engineer.ask(.keys(OperatorAPIKeyFilter(expiringWithinDays: 2)))
            #expect(expiring.results.map(\.id) == [made.key.id])
            let last = try await engineer.ask(.rotateKey(rotated.key.id, OperatorAPIKeyRotation(overlapSeconds: 0)))
            #expect(try await engineer.with(rotated.secret).refusal(.keys())?.status == 401)
            #expect(try await engineer.with(last.secret).refusal(.keys()) == nil)
            #expect(try await engineer.refusal(.rotateKey(rotated.key.id))?.status == 409)
            let long = OperatorAPIKeyRotation(overlapSeconds: 31 * 86_400)
            #expect(try await engineer.refusal(.rotateKey(last.key.id, long))?.status == 400)
        }
    }

    @Test func aRevokedKeyOpensNothing() async throws {
        try await OperatorServer.run { server in
            let engineer = try await server.tenant().viewer(.engineer)
            let made = try await engineer.ask(.makeKey(OperatorAPIKeyDraft(name: "ci")))
            #expect(try await engineer.with(made.secret).refusal(.keys()) == nil)
            _ = try await engineer.ask(.revokeKey(made.key.id))
            #expect(try await engineer.with(made.secret).refusal(.keys())?.status == 401)
            _ = try await engineer.ask(.revokeKey(made.key.id))
            #expect(try await engineer.ask(.key(made.key.id)).state == .revoked)
        }
    }

    @Test func aKeyBoundToAddressesOpensNothingFromElsewhere() async throws {
        try await OperatorServer.run { server in
            let engineer = try await server.tenant().viewer(.engineer)
            let here = try await engineer.ask(
                .makeKey(OperatorAPIKeyDraft(name: "here", addressRanges: ["127.0.0.1", "::1"])))
            let elsewhere = try await engineer.ask(
                .makeKey(OperatorAPIKeyDraft(name: "elsewhere", addressRanges: ["10.0.0.0/8"])))
            #expect(try await engineer.with(here.secret).refusal(.keys()) == nil)
            for _ in 0..<2 {  // from memory, too
                let answer = try await engineer.with(elsewhere.secret).raw(server, .get, OperatorAPIKey.path)
                #expect(answer.status == 403 && answer.text.contains("address_not_allowed"))
            }
        }
    }

    @Test func administratorsSeeEverybodysKeysAndOthersTheirOwn() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (one, other) = (try await tenant.viewer(.engineer), try await tenant.viewer(.engineer))
            let admin = try await tenant.viewer(.admin)
            let made = try await one.ask(.makeKey(OperatorAPIKeyDraft(name: "one")))
            _ = try await other.ask(.makeKey(OperatorAPIKeyDraft(name: "other")))
            #expect(try await one.ask(.keys()).results.map(\.name) == ["one"])
            #expect(try await other.refusal(.key(made.key.id))?.status == 404)
            #expect(try await other.refusal(.revokeKey(made.key.id))?.status == 404)
            #expect(try await other.refusal(.rotateKey(made.key.id))?.status == 404)
            #expect(try await other.refusal(.keys(OperatorAPIKeyFilter(.everybody)))?.status == 403)
            #expect(try await other.refusal(.keys(OperatorAPIKeyFilter(.user(one.user.id.uuid))))?.status == 403)
            #expect(
                try await admin.ask(.keys(OperatorAPIKeyFilter(.everybody))).results.map(\.name) == ["other", "one"])
            #expect(
                try await admin.ask(.keys(OperatorAPIKeyFilter(.user(one.user.id.uuid)))).results == [made.key])
            _ = try await admin.ask(.revokeKey(made.key.id))
            #expect(try await one.ask(.key(made.key.id)).state == .revoked)
        }
    }

    @Test func aPolicyBoundsTheAgeOfKeys() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let engineer = try await tenant.viewer(.engineer)
            try await server.database.execute(
                """
                INSERT INTO sign_in_policies (organization_id, idle_limit_seconds, absolute_limit_seconds, \
                sessions_per_person, wants_second_factor, key_age_limit_seconds, updated_at)
                VALUES (\(tenant.organization), 3600, 86400, 20, false, 86400, now())
                """)
            #expect(try await engineer.ask(.keys()).ageLimitSeconds == 86_400)
            let made = try await engineer.ask(.makeKey(OperatorAPIKeyDraft(name: "x")))
            #expect(abs(try #require(made.key.expiresAt).timeIntervalSince(made.key.createdAt) - 86_400) < 5)
            let late = OperatorAPIKeyDraft(name: "x", expiresAt: Date().addingTimeInterval(2 * 86_400))
            let refusal = try await engineer.refusal(.makeKey(late))
            #expect(refusal?.status == 400 && refusal?.detail.contains("expires_at:") == true)
        }
    }

    @Test func whatIsDoneWithKeysIsKeptInTheAudit() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let engineer = try await tenant.viewer(.engineer)
            let made = try await engineer.ask(.makeKey(OperatorAPIKeyDraft(name: "ci", scopes: ["judge:read"])))
            let next = try await engineer.ask(.rotateKey(made.key.id))
            _ = try await engineer.ask(.revokeKey(next.key.id))
            let account = try await tenant.serviceAccount(.engineer)
            _ = try await engineer.refusal(.makeKey(OperatorAPIKeyDraft(name: "x", ownerID: account.id.uuid)))
            let rows = try await server.database.query(
                """
                SELECT action, outcome, subject FROM audit_entries
                WHERE organization_id = \(tenant.organization) AND action LIKE 'api_key.%' ORDER BY created_at, id
                """)
            let kept = try rows.map { row in
                [
                    try row.decode("action", as: String.self), try row.decode("outcome", as: String.self),
                    try row.decode("subject", as: String.self),
                ]
            }
            let (first, second) = (made.key.id.uuidString.lowercased(), next.key.id.uuidString.lowercased())
            #expect(
                kept.prefix(3) == [
                    ["api_key.create", "done", "api_key:\(first)"], ["api_key.rotate", "done", "api_key:\(first)"],
                    ["api_key.revoke", "done", "api_key:\(second)"],
                ])
            #expect(kept.last?.prefix(2) == ["api_key.create", "refused"])
        }
    }

    @Test func whoMakesAKeyIsAskedToConfirm() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let admin = try await tenant.viewer(.admin)
            let account = try await tenant.serviceAccount(.engineer)
            try await server.database.execute(
                "UPDATE sessions SET confirmed_at = now() - interval '11 minutes' WHERE id = \(admin.session.id)")
            let draft = #"{"name":"x","owner_id":"\#(account.id)"}"#
            let answer = try await admin.raw(server, .post, OperatorAPIKey.path, draft)
            #expect(answer.status == 403 && answer.text.contains(#""code":"confirmation_required""#), "\(answer.text)")
            // One's own are no less a way in.
            let own = try await admin.raw(server, .post, OperatorAPIKey.path, #"{"name":"own"}"#)
            #expect(own.status == 403 && own.text.contains(#""code":"confirmation_required""#), "\(own.text)")
            try await server.database.execute(
                "UPDATE sessions SET confirmed_at = now() WHERE id = \(admin.session.id)")
            server.world.authenticator.forgetAll()
            let made = try await admin.ask(.makeKey(OperatorAPIKeyDraft(name: "own")))
            try await server.database.execute(
                "UPDATE sessions SET confirmed_at = now() - interval '11 minutes' WHERE id = \(admin.session.id)")
            server.world.authenticator.forgetAll()
            #expect(try await admin.refusal(.rotateKey(made.key.id))?.status == 403)
            #expect(try await admin.ask(.keys()).results.map(\.name) == ["own"])
        }
    }
}
