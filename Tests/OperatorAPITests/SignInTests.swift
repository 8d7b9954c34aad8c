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

@Suite struct SignInTests {
    @Test func aSessionTellsWhatItMayAndHowItIsConfirmed() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let admin = try await PasswordHolder(tenant, .admin)
            let (viewer, session) = try await admin.signIn()
            #expect(session.confirmsBy == .password && !session.wantsSecondFactor)
            #expect(session.permissions.contains("session:end") && session.user.email == admin.user.email)
            let asked = try await viewer.ask(.session())
            #expect(asked.token == nil && asked.confirmedAt == session.confirmedAt && asked.confirmedAt != nil)
            let own = try await viewer.ask(.openSessions()).results
            #expect(own.map(\.isCurrent) == [true] && own[0].method == "password")
            let audited = try await tenant.audited("session.open")
            #expect(audited.map(\.outcome) == ["done"] && audited[0].address == "127.0.0.1")
            #expect(audited[0].subject == "session:\(viewer.session.id)" && audited[0].actor == admin.user.email)
        }
    }

    @Test func anUnknownAddressIsAnsweredLikeAWrongPassword() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant)
            func body(_ email: String, _ password: String) -> String {
                String(decoding: JSONCodec.encode(OperatorSignIn(email: email, password: password)), as: UTF8.self)
            }
            let wrong = try await server.raw(.post, OperatorSignIn.path, body(person.user.email, "wrong"))
            let unknown = try await server.raw(.post, OperatorSignIn.path, body("nobody@example.com", "wrong"))
            #expect(wrong.status == 401 && wrong.text == unknown.text)
            #expect(wrong.headers["www-authenticate"] == unknown.headers["www-authenticate"])
            let audited = try await tenant.audited("session.open")
            #expect(audited.map(\.outcome) == ["failed"] && audited[0].subject == "user:\(person.user.id)")
            #expect(audited[0].after.contains("The password is wrong.") && !audited[0].after.contains("\"wrong\""))
        }
    }

    @Test func whoIsDeactivatedIsToldNothing() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant)
            try await server.database.execute(
                "UPDATE users SET is_disabled = true, disabled_at = now() WHERE id = \(person.user.id)")
            let refusal = try #require(try await person.refusal())
            #expect(refusal.kind == .refused(status: 401) && refusal.code == "authentication_failed")
            #expect(try await tenant.audited("session.open").map(\.outcome) == ["failed"])
        }
    }

    @Test func whatCanBeNoAddressOrPasswordIsNamed() async throws {
        try await OperatorServer.run { server in
            let long = String(repeating: "x", count: 2000)
            let drafts = [
                (OperatorSignIn(email: long, password: "x"), "email"),
                (OperatorSignIn(email: "a@b.c", password: long), "password"),
                (OperatorSignIn(email: "a\u{0}@b.c", password: "x"), "email"),
            ]
            for (draft, field) in drafts {
                let answer = try await server.raw(
                    .post, OperatorSignIn.path, String(decoding: JSONCodec.encode(draft), as: UTF8.self))
                #expect(answer.status == 400 && answer.text.contains("\"\(field)\""), "\(field): \(answer.text)")
            }
        }
    }

    @Test func attemptsThatAreRefusedAreToldOfOnce() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant)
            for _ in 0..<9 {
                await #expect(throws: (any Error).self) {
                    _ = try await person.signIn(from: "203.0.113.7", password: "wrong")
                }
            }
            let audited = try await tenant.audited("session.open")
            // On a busy machine a wait may be over before the next attempt, which is made then.
            let outcomes = audited.map(\.outcome)
            #expect(outcomes.prefix(5) == ["failed", "failed", "failed", "failed", "failed"])
            #expect(outcomes.contains("refused"))
            #expect(!zip(outcomes, outcomes.dropFirst()).contains { $0 == "refused" && $1 == "refused" })
            #expect(audited.allSatisfy { $0.address == "203.0.113.7" && $0.actor == person.user.email })
            // From elsewhere, the right password opens.
            #expect(try await person.signIn(from: "203.0.113.8").user.id == person.user.id)
        }
    }

    @Test func asManySessionsAsThePolicyAllowsAreOpenAndTheOldestGoes() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant)
            let (first, _) = try await person.signIn()
            let terms = OperatorSignInTerms(
                idleLimitSeconds: 600, absoluteLimitSeconds: 3600, sessionsPerPerson: 2, wantsSecondFactor: false,
                keyAgeLimitSeconds: 86_400)
            let policy = try await first.ask(
                .replaceSignInPolicy(OperatorSignInPolicyChange(terms: terms, revision: 0)))
            #expect(policy.terms == terms && policy.revision == 1 && policy.updatedBy == person.user.email)
            let (second, session) = try await person.signIn()
            let lasts = session.expiresAt.timeIntervalSince(session.serverTime)
            #expect((3590...3600).contains(lasts))
            #expect((try #require(session.idleExpiresAt)).timeIntervalSince(session.serverTime) <= 600)
            _ = try await person.signIn()
            server.world.authenticator.forgetAll()
            #expect(try await first.refusal(.session())?.status == 401)
            #expect(try await second.refusal(.session()) == nil)
        }
    }

    @Test func aPolicyNamesWhatIsWrongWithItAndWhoWasFaster() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (admin, engineer) = (try await tenant.viewer(.admin), try await tenant.viewer(.engineer))
            func change(idle: Int, revision: Int) -> OperatorRequest<OperatorSignInPolicy> {
                .replaceSignInPolicy(
                    OperatorSignInPolicyChange(
                        terms: OperatorSignInTerms(
                            idleLimitSeconds: idle, absoluteLimitSeconds: 86_400, sessionsPerPerson: 5,
                            wantsSecondFactor: false, keyAgeLimitSeconds: nil), revision: revision))
            }
            let refusal = try await admin.refusal(change(idle: 5, revision: 0))
            #expect(refusal?.status == 400 && refusal?.detail.contains("idle_limit_seconds") == true)
            #expect(try await admin.refusal(change(idle: 600, revision: 0)) == nil)
            #expect(try await admin.refusal(change(idle: 700, revision: 0))?.status == 409)
            #expect(try await engineer.refusal(change(idle: 700, revision: 1))?.status == 403)
            #expect(try await engineer.refusal(.signInPolicy())?.status == 403)
            let audited = try await tenant.audited("sign_in_policy.update")
            #expect(audited.filter { $0.outcome == "done" }.count == 1)
            #expect(audited.first { $0.outcome == "done" }?.subject == "organization:\(tenant.organization)")
        }
    }

    @Test func aDangerousActWantsASessionThatWasConfirmedLately() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant)
            let (viewer, _) = try await person.signIn()
            try await server.database.execute(
                """
                UPDATE sessions SET confirmed_at = now() - interval '11 minutes' WHERE id = \(viewer.session.id)
                """)
            server.world.authenticator.forgetAll()
            let other = try await tenant.viewer(.engineer)
            let end = OperatorRequest.endSessionOfOthers(other.session.id.uuid)
            let answer = try await viewer.raw(
                server, .delete, "\(OperatorSessionPage.path)/\(other.session.id)")
            #expect(answer.status == 403 && answer.text.contains(OperatorConfirmation.isRequired))
            let wrong = try await viewer.refusal(.confirm(OperatorConfirmation(password: "wrong")))
            #expect(wrong?.status == 400 && wrong?.detail.contains("password") == true)
            let confirmed = try await viewer.ask(
                .confirm(OperatorConfirmation(password: PasswordHolder.password)))
            #expect(confirmed.token == nil && (confirmed.confirmedAt ?? .distantPast) > Date().addingTimeInterval(-60))
            #expect(try await viewer.refusal(end) == nil)
            let audited = try await tenant.audited("session.confirm")
            #expect(audited.map(\.outcome) == ["failed", "done"])
        }
    }

    @Test func sessionsOfOthersAreSeenAndEndedByThoseWhoMay() async throws {
        try await OperatorServer.run { server in
            let (tenant, elsewhere) = (try await server.tenant(), try await server.tenant())
            let (admin, engineer) = (try await tenant.viewer(.admin), try await tenant.viewer(.engineer))
            let (owner, stranger) = (try await tenant.viewer(.owner), try await elsewhere.viewer(.owner))
            let page = try await admin.ask(.sessions(limit: 50))
            #expect(Set(page.results.map(\.userID)) == Set([admin, engineer, owner].map { $0.user.id.uuid }))
            #expect(page.results.filter(\.isCurrent).map(\.id) == [admin.session.id.uuid])
            let of = try await admin.ask(.sessions(of: engineer.user.id.uuid, limit: 50)).results
            #expect(of.map(\.userEmail) == [engineer.user.email])
            #expect(try await engineer.refusal(.sessions(limit: 50))?.status == 403)
            let end = OperatorRequest.endSessionOfOthers(engineer.session.id.uuid)
            #expect(try await engineer.refusal(end)?.status == 403)
            #expect(try await stranger.refusal(end)?.status == 404)
            #expect(try await admin.refusal(.endSessionOfOthers(owner.session.id.uuid))?.status == 403)
            #expect(try await admin.refusal(end) == nil)
            #expect(try await engineer.refusal(.session())?.status == 401)
            #expect(try await owner.refusal(.endSessionOfOthers(admin.session.id.uuid)) == nil)
            #expect(try await admin.refusal(.session())?.status == 401)
        }
    }

    @Test func oneSignsOutAndEndsOnesOwnSessionsOnly() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant, .viewer)
            let ((first, _), (second, _)) = (try await person.signIn(), try await person.signIn())
            let other = try await tenant.viewer(.viewer)
            #expect(try await first.refusal(.endSession(other.session.id.uuid))?.status == 404)
            #expect(try await first.refusal(.endSession(second.session.id.uuid)) == nil)
            #expect(try await second.refusal(.session())?.status == 401)
            #expect(try await first.raw(server, .delete, OperatorSignIn.path).status == 204)
            #expect(try await first.refusal(.session())?.status == 401)
            #expect(try await tenant.audited("session.end").filter { $0.outcome == "done" }.count == 2)
        }
    }

    @Test func aNewPasswordEndsTheOtherSessionsAndLeavesATrace() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant, .viewer)
            let ((first, _), (second, _)) = (try await person.signIn(), try await person.signIn())
            let fresh = "another long password"
            func change(_ old: String, _ new: String) -> OperatorRequest<OperatorNothing> {
                .change(OperatorPasswordChange(oldPassword: old, newPassword: new))
            }
            #expect(try await first.refusal(change("wrong", fresh))?.detail.contains("old_password") == true)
            #expect(
                try await first.refusal(change(PasswordHolder.password, "short"))?.detail.contains("new_password")
                    == true)
            #expect(try await first.refusal(change(PasswordHolder.password, fresh)) == nil)
            #expect(try await first.refusal(.session()) == nil)
            #expect(try await second.refusal(.session())?.status == 401)
            #expect(try await person.refusal(password: fresh) == nil)
            let audited = try await tenant.audited("user.password_change")
            #expect(audited.last?.outcome == "done" && audited.allSatisfy { !$0.after.contains(fresh) })
        }
    }
}
