import Access
import APIClient
import Cryptography
import FoundationEssentials
import HTTPMessages
import Operations
import Postgres
import ProductSupport
import Stores
import Tenancy
import Testing
import WireAPI

/// Showing once more who one is cannot be got round, nor guessed at for long.
@Suite struct StepUpTests {
    /// How many pauses may be over before the next guess: the last of them is half a minute.
    private static let mostOverslept = 6

    private func proof(_ number: Int) -> SignInPlace {
        SignInPlace(address: "198.51.100.\(number)", client: nil, requestID: nil)
    }

    @Test func aKeyDoesNothingDangerousUnlessItsMakerHasNamedIt() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (admin, other) = (try await tenant.viewer(.admin), try await tenant.viewer(.viewer))
            let everything = try await admin.ask(.makeKey(OperatorAPIKeyDraft(name: "everything"))).secret
            let named = try await admin.ask(.makeKey(OperatorAPIKeyDraft(name: "named", scopes: ["session:end"])))
                .secret
            let path = OperatorSessionPage.path + "/" + other.session.id.description
            let refused = try await server.raw(.delete, path, token: everything)
            #expect(refused.status == 403 && refused.text.contains("session:end"), "\(refused.text)")
            #expect(
                try await admin.with(everything).refusal(.makeKey(OperatorAPIKeyDraft(name: "more")))?.status == 403)
            #expect(try await other.refusal(.session()) == nil)
            #expect(try await server.raw(.delete, path, token: named).status == 204)
            #expect(try await other.refusal(.session())?.status == 401)
            let kept = try await tenant.audited("access.refused")
            #expect(kept.contains { $0.after.contains("session:end") && $0.after.contains("named among its scopes") })
        }
    }

    @Test func aSessionEndsInWhichSomebodyGuessesFromManyPlaces() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant, .viewer)
            let (viewer, _) = try await person.signIn()
            let (other, _) = try await person.signIn()
            let principal = try await server.world.authenticator.principal(.token(viewer.token))
            let wrong = SignIn.Proof(password: "wrong", code: nil)
            for number in 0..<10 {
                await #expect(throws: InvalidDefinition.self) {
                    _ = try await server.signIns.signIn.confirm(principal, by: wrong, from: proof(number))
                }
            }
            #expect(try await viewer.refusal(.session())?.status == 401)
            // The person waits now, wherever they are, and so does whoever has another session of theirs. The first pause is
            // a second, which a slow machine may need to get here; each further one is twice as long.
            let next = try await server.world.authenticator.principal(.token(other.token))
            var letThrough = 0
            await #expect(throws: SignInAttempts.TooMany.self) {
                for number in 0..<Self.mostOverslept {
                    do {
                        _ = try await server.signIns.signIn.confirm(next, by: wrong, from: proof(77 + number))
                    } catch is InvalidDefinition {
                        letThrough += 1
                    }
                }
            }
            #expect(try await other.refusal(.session()) == nil)
            let ended = try await tenant.audited("session.end")
            #expect(ended.count == 1 && ended[0].after.contains("10 times"))
            let failed = try await tenant.audited("session.confirm").filter { $0.outcome == "failed" }
            #expect(failed.count == 10 + letThrough)
        }
    }

    @Test func whoConfirmsStartsAnew() async throws {
        try await OperatorServer.run { server in
            let person = try await PasswordHolder(try await server.tenant(), .viewer)
            let (viewer, _) = try await person.signIn()
            let principal = try await server.world.authenticator.principal(.token(viewer.token))
            for number in 0..<6 {
                await #expect(throws: InvalidDefinition.self) {
                    _ = try await server.signIns.signIn.confirm(
                        principal, by: SignIn.Proof(password: "wrong", code: nil), from: proof(number))
                }
            }
            let right = SignIn.Proof(password: PasswordHolder.password, code: nil)
            _ = try await server.signIns.signIn.confirm(principal, by: right, from: proof(50))
            let failed = try await server.database.query(
                "SELECT failed_proofs FROM sessions WHERE id = \(viewer.session.id)")
            #expect(try failed.first?.decode("failed_proofs", as: Int.self) == 0)
        }
    }

    @Test func ofProofsMadeSideBySideOneIsCheckedAtATime() async throws {
        try await OperatorServer.run { server in
            let person = try await PasswordHolder(
                try await server.tenant(), .viewer, hash: try PasswordHolder.slowHash())
            let (viewer, _) = try await person.signIn()
            let principal = try await server.world.authenticator.principal(.token(viewer.token))
            let checked = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        do {
                            _ = try await server.signIns.signIn.confirm(
                                principal, by: SignIn.Proof(password: "wrong", code: nil), from: proof(number))
                            return true
                        } catch is SignInAttempts.TooMany {
                            return false
                        } catch is InvalidDefinition {
                            return true
                        }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect((1..<10).contains(checked), "\(checked)")
        }
    }

    @Test func aPasswordShowsNothingWhereOneSignsInElsewhere() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant, .viewer, at: "\(server.identifiers.uuid()).example")
            let (viewer, _) = try await person.signIn()
            try await tenant.enforceDomain(of: person.user.email)
            let own = OperatorConfirmation(password: PasswordHolder.password)
            #expect(try await viewer.refusal(.confirm(own))?.status == 400)
            #expect(try await viewer.ask(.session()).confirmsBy == .identityProvider)
            // Who was excepted on the server may, also now.
            try await server.database.execute(
                "UPDATE users SET may_use_password = true WHERE id = \(person.user.id)")
            #expect(try await viewer.refusal(.confirm(own)) == nil)
        }
    }
}

/// One address is one account, however it is written.
@Suite struct SignInAddressTests {
    /// A capital i with its dot, which some databases fold to an i, and programs do not.
    private static let dotted = "\u{130}"

    @Test func aDomainIsEnforcedHoweverItIsWritten() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant, .viewer, at: "firm\(server.identifiers.uuid()).example")
            try await tenant.enforceDomain(of: person.user.email)
            for email in [person.user.email, person.user.email.uppercased()] {
                #expect(try await person.refusal(as: email)?.code == OperatorSignIn.singleSignOnRequired)
            }
            let spelled = person.user.email.replacing("i", with: Self.dotted)
            #expect(try await person.refusal(as: spelled)?.code == "authentication_failed")
            // A Kelvin sign is a k to both.
            #expect(EmailAddress.isSame("\u{212A}im@example.com", "KIM@example.com"))
        }
    }

    @Test func otherSpellingsGiveNoFurtherAttempts() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant, .viewer)
            let spellings = [
                person.user.email, person.user.email.uppercased(),
                String(person.user.email.prefix(1).uppercased() + person.user.email.dropFirst()),
            ]
            // The wait grows with each wrong one: on a machine that is slow the first may be over by the next attempt.
            var (attempts, isTooMany) = (0, false)
            while attempts < 20, !isTooMany {
                let refusal = try await person.refusal(as: spellings[attempts % 3], password: "wrong")
                isTooMany = refusal?.kind == .refused(status: 429)
                attempts += 1
            }
            #expect(isTooMany && attempts > 5, "after \(attempts)")
            let spelled = person.user.email.replacing("i", with: Self.dotted)
            #expect(try await person.refusal(as: spelled)?.code == "authentication_failed")
        }
    }

    @Test func aRightPasswordWithoutItsCodeLeavesATrace() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant, .viewer)
            _ = try await person.signIn().0.enrol()
            #expect(try await person.refusal()?.code == OperatorSignIn.secondFactorRequired)
            let kept = try await tenant.audited("session.open")
            #expect(kept.last?.outcome == "refused" && kept.last?.after.contains("a code is wanted") == true)
        }
    }
}

extension PasswordHolder {
    /// A hash that takes as long as in earnest.
    static func slowHash() throws -> String { try PasswordHash.make(password) }

    /// How signing in under that spelling is refused; `nil` when it is not.
    fileprivate func refusal(as email: String, password: String = password) async throws -> APIFailure? {
        do {
            _ = try await client.signIn(OperatorSignIn(email: email, password: password))
            return nil
        } catch {
            return error
        }
    }
}

extension Tenant {
    /// As if an identity provider of the organisation had the domain of an address.
    fileprivate func enforceDomain(of email: String) async throws {
        let domain = try #require(EmailDomain(of: email)).description
        let id = server.identifiers.uuid()
        try await server.database.execute(
            """
            INSERT INTO identity_providers (id, organization_id, name, is_enabled, metadata, entity_id, group_roles, \
            creates_people, allows_unsolicited, clock_skew_seconds, metadata_read_at, created_at, updated_at)
            VALUES (\(id), \(organization), 'idp', true, '<x/>', 'urn:idp', '[]', true, false, 90, now(), now(), now())
            """)
        try await server.database.execute(
            """
            INSERT INTO identity_provider_domains (domain, organization_id, provider_id)
            VALUES (\(domain), \(organization), \(id))
            """)
    }
}
