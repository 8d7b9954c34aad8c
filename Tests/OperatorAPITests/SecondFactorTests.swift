import APIClient
import FoundationEssentials
import Operations
import Stores
import Tenancy
import Testing
import WireAPI

@Suite struct SecondFactorTests {
    @Test func aSecondFactorIsAskedForOnceItsFirstCodeWasShown() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant, .viewer)
            let (viewer, _) = try await person.signIn()
            #expect(try await viewer.ask(.secondFactor()).since == nil)
            let secret = try await viewer.ask(.beginSecondFactor())
            #expect(secret.uri.hasPrefix("otpauth://totp/test:") && secret.uri.contains(secret.secret))
            #expect(try await person.refusal() == nil)
            let device = try Device(secret.secret)
            let wrong = try await viewer.refusal(.confirmSecondFactor(code: "000000"))
            #expect(wrong?.status == 400 && wrong?.detail.contains("code") == true)
            let codes = try await viewer.ask(.confirmSecondFactor(code: device.firstCode)).codes
            #expect(Set(codes).count == 10)
            #expect(try await viewer.refusal(.beginSecondFactor())?.status == 409)

            let without = try #require(try await person.refusal())
            #expect(without.kind == .refused(status: 401) && without.code == OperatorSignIn.secondFactorRequired)
            let withWrongCode = try #require(try await person.refusal("000000"))
            #expect(withWrongCode.code == "authentication_failed")
            // The code that was used to set it up is not taken once more.
            #expect(try await person.refusal(device.firstCode)?.code == "authentication_failed")
            let code = device.nextCode
            let (_, session) = try await person.signIn(code)
            #expect(session.confirmsBy == .code)
            #expect(try await person.refusal(code)?.code == "authentication_failed")
            #expect(try await viewer.ask(.secondFactor()).recoveryCodesLeft == 10)
            #expect(try await tenant.audited("second_factor.enrol").last?.outcome == "done")
        }
    }

    @Test func ofManyWhoSignInWithOneCodeOneGetsIn() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant, .viewer)
            let (viewer, _) = try await person.signIn()
            let (device, _) = try await viewer.enrol()
            let code = device.nextCode
            let opened = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        do {
                            _ = try await person.signIn(from: "192.0.2.\(number)", code: code)
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(opened == 1)
        }
    }

    @Test func aRecoveryCodeOpensOnceAndIsToldOf() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant, .viewer)
            let (viewer, _) = try await person.signIn()
            let (device, codes) = try await viewer.enrol()
            _ = try await person.signIn(codes[3].uppercased())
            #expect(try await person.refusal(codes[3])?.code == "authentication_failed")
            #expect(try await viewer.ask(.secondFactor()).recoveryCodesLeft == 9)
            #expect(try await tenant.audited("session.open").contains { $0.after.contains("recovery_code") })
            let fresh = try await viewer.ask(.renewRecoveryCodes(OperatorConfirmation(code: device.nextCode))).codes
            #expect(fresh.count == 10 && Set(fresh).isDisjoint(with: codes))
            #expect(try await person.refusal(codes[4])?.code == "authentication_failed")
            _ = try await person.signIn(fresh[0])
        }
    }

    @Test func whoHasOneConfirmsByACode() async throws {
        try await OperatorServer.run { server in
            let person = try await PasswordHolder(try await server.tenant(), .viewer)
            let (viewer, _) = try await person.signIn()
            let (device, _) = try await viewer.enrol()
            do throws(APIFailure) {
                _ = try await viewer.ask(.confirm(OperatorConfirmation(password: PasswordHolder.password)))
                Issue.record("a password alone was enough")
            } catch {
                #expect(error.code == OperatorSignIn.secondFactorRequired)
            }
            #expect(try await viewer.ask(.confirm(OperatorConfirmation(code: device.nextCode))).confirmsBy == .code)
        }
    }

    @Test func oneRemovesOnesOwnByACodeOrARecoveryCodeOnly() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant, .viewer)
            let (viewer, _) = try await person.signIn()
            let (device, _) = try await viewer.enrol()
            #expect(try await viewer.refusal(.removeSecondFactor(OperatorConfirmation()))?.status == 401)
            let byPassword = OperatorConfirmation(password: PasswordHolder.password)
            #expect(try await viewer.refusal(.removeSecondFactor(byPassword))?.status == 401)
            #expect(try await person.refusal()?.code == OperatorSignIn.secondFactorRequired)
            #expect(try await viewer.refusal(.removeSecondFactor(OperatorConfirmation(code: "000 000")))?.status == 400)
            #expect(try await viewer.refusal(.removeSecondFactor(OperatorConfirmation(code: device.nextCode))) == nil)
            #expect(try await person.refusal() == nil)
            let (_, codes) = try await viewer.enrol()
            #expect(try await viewer.refusal(.removeSecondFactor(OperatorConfirmation(code: codes[0]))) == nil)
            #expect(try await person.refusal() == nil)
            let outcomes = try await tenant.audited("second_factor.remove").map(\.outcome)
            #expect(outcomes.filter { $0 == "done" }.count == 2)
        }
    }

    @Test func anAdministratorRemovesThatOfSomebodyWhoHasLostIt() async throws {
        try await OperatorServer.run { server in
            let (tenant, elsewhere) = (try await server.tenant(), try await server.tenant())
            let person = try await PasswordHolder(tenant, .viewer)
            _ = try await person.signIn().0.enrol()
            let owner = try await PasswordHolder(tenant, .owner)
            _ = try await owner.signIn().0.enrol()
            let (admin, stranger) = (try await tenant.viewer(.admin), try await elsewhere.viewer(.admin))
            let engineer = try await tenant.viewer(.engineer)
            let removal = OperatorRequest.removeSecondFactor(of: person.user.id.uuid)
            #expect(try await engineer.refusal(removal)?.status == 403)
            #expect(try await stranger.refusal(removal)?.status == 404)
            #expect(try await admin.refusal(.removeSecondFactor(of: owner.user.id.uuid))?.status == 403)
            #expect(try await admin.refusal(removal) == nil)
            #expect(try await person.refusal() == nil)
            #expect(try await admin.refusal(removal)?.status == 404)
        }
    }

    @Test func whoLacksAWantedOneMayDoNothingElseThanSetOneUp() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant, .owner)
            let (viewer, _) = try await person.signIn()
            let terms = OperatorSignInTerms(
                idleLimitSeconds: 3600, absoluteLimitSeconds: 86_400, sessionsPerPerson: 5, wantsSecondFactor: true,
                keyAgeLimitSeconds: nil)
            _ = try await viewer.ask(.replaceSignInPolicy(OperatorSignInPolicyChange(terms: terms, revision: 0)))
            // It holds for the sessions that are open already.
            let session = try await viewer.ask(.session())
            #expect(session.wantsSecondFactor && session.permissions == ["sign_in:own"])
            for refused in [Refused.profile, .policy, .sessions] {
                #expect(try await refused.status(viewer) == 403, "\(refused)")
            }
            let (fresh, opened) = try await person.signIn()
            #expect(opened.wantsSecondFactor)
            #expect(try await fresh.ask(.secondFactor()).isWanted)
            _ = try await fresh.enrol()
            let after = try await fresh.ask(.session())
            #expect(!after.wantsSecondFactor && after.permissions.contains("organization:update"))
            #expect(try await Refused.sessions.status(viewer) == nil)
        }
    }

    /// What a session that is good for nothing else is refused.
    private enum Refused {
        case profile, policy, sessions

        func status(_ viewer: Viewer) async throws -> Int? {
            switch self {
            case .profile: try await viewer.refusal(.profile())?.status
            case .policy: try await viewer.refusal(.signInPolicy())?.status
            case .sessions: try await viewer.refusal(.sessions(limit: 5))?.status
            }
        }
    }
}
