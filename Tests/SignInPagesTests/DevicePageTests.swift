import ProductSupport
import Postgres
import HTTPMessages
import Access
import FoundationEssentials
import Operations
import Stores
import Tenancy
import Testing
import WireAPI

/// What the pages say and refuse.
@Suite struct DevicePageTests {
    @Test func thePageSaysWhoAsksAndWarns() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let browser = server.browser()
            let begun = try await server.singleSignOn.devices.begin(
                client: "console <1>", host: "desk\u{1b}[2J", at: "192.0.2.7")
            let page = try await browser.submit("/device", ["code": begun.userCode.description.lowercased()])
            for words in [
                "Test &amp; &lt;Try&gt;", "console &lt;1&gt;", "192.0.2.7", "UTC", "only if you have started this",
            ] {
                #expect(page.text.contains(words), "\(words)")
            }
            #expect(!page.text.contains("<script") && !page.text.contains("\u{1b}"))
            let policy = page.headers["content-security-policy"] ?? ""
            #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
            #expect(page.headers["cache-control"] == "no-store")
            let cookie = page.headers["set-cookie"] ?? ""
            for word in ["__Host-", "HttpOnly", "SameSite=Lax", "Secure"] { #expect(cookie.contains(word)) }
            _ = try await scene.signIn(scene.person(), in: browser)
            #expect(
                try await browser.submit("/device/decision", ["decision": "no"]).text.contains("Nobody was signed in"))
            guard case .denied = try await server.singleSignOn.devices.outcome(of: begun.deviceCode) else {
                return #expect(Bool(false), "it was denied")
            }
        }
    }

    @Test func aFormThatIsNotOursDoesNothing() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let browser = server.browser()
            let begun = try await server.singleSignOn.devices.begin(client: "c", host: nil, at: "192.0.2.7")
            #expect(try await browser.post("/device", ["code": begun.userCode.description]).status == 403)
            _ = try await browser.submit("/device", ["code": begun.userCode.description])
            _ = try await scene.signIn(scene.person(), in: browser)
            #expect(try await browser.post("/device/decision", ["decision": "allow"]).status == 403)
            let fields = ["decision": "allow", "form_token": "invented"]
            #expect(try await browser.post("/device/decision", fields).status == 403)
            guard case .slowDown = try await twice(begun.deviceCode, server) else {
                return #expect(Bool(false), "it still waits, and was asked too soon")
            }
        }
    }

    private func twice(_ code: String, _ server: PageServer) async throws -> DeviceLogins.Outcome {
        _ = try await server.singleSignOn.devices.outcome(of: code)
        return try await server.singleSignOn.devices.outcome(of: code)
    }

    @Test func aSessionIsGivenOutOnce() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let browser = server.browser()
            let begun = try await server.singleSignOn.devices.begin(client: "c", host: nil, at: "192.0.2.7")
            _ = try await browser.submit("/device", ["code": begun.userCode.description])
            _ = try await scene.signIn(scene.person(), in: browser)
            _ = try await browser.submit("/device/decision", ["decision": "allow"])
            guard case .opened = try await server.singleSignOn.devices.outcome(of: begun.deviceCode),
                case .expired = try await server.singleSignOn.devices.outcome(of: begun.deviceCode)
            else { return #expect(Bool(false), "a session, then none") }
            #expect(try await browser.get("/device/decision").status == 403, "a sign-in is for one terminal")
            guard case .expired = try await server.singleSignOn.devices.outcome(of: "invented") else {
                return #expect(Bool(false), "a code that is none")
            }
        }
    }

    @Test func whoGuessesCodesHasToWait() async throws {
        try await PageServer.run { server in
            _ = try await server.scene()
            // Whoever has an address of IPv6 has more than can be counted.
            let place = String(Int.random(in: 0x1000...0xFFFF), radix: 16)
            var refusals = (unknown: 0, tooMany: 0)
            for number in 0..<60 {
                let address = "2001:db8:\(place):1::\(number)"
                let asker = SAMLSignIns.Browser(hash: [1], address: address, requestID: "r")
                do {
                    _ = try await server.singleSignOn.devices.enter("BCDF-GHJK", in: asker)
                } catch is UnknownUserCode {
                    refusals.unknown += 1
                } catch is TooManySignIns {
                    refusals.tooMany += 1
                }
            }
            // A minute may begin in the middle.
            #expect((20...40).contains(refusals.unknown) && refusals.tooMany >= 20, "\(refusals)")
        }
    }

    @Test func aSessionIsConfirmedByItsOwnerAloneAndByAskingAgain() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let (person, browser, devices) = (scene.person(), server.browser(), server.singleSignOn.devices)
            guard case .opened(let opened) = try await scene.open(person, in: browser) else {
                return #expect(Bool(false), "no session")
            }
            try await server.world.database.execute(
                "UPDATE sessions SET confirmed_at = confirmed_at - interval '1 hour' WHERE id = \(opened.session.id)")
            let principal = try await server.world.authenticator.principal(.token(opened.token))
            func confirm(as person: IdentityProviderStandIn.Person) async throws -> (Int, DeviceLogins.Outcome) {
                let begun = try await devices.begin(client: "c", host: nil, at: "192.0.2.7", confirming: principal)
                _ = try await browser.submit("/device", ["code": begun.userCode.description])
                _ = try await scene.signIn(person, in: browser)
                let decision = try await browser.submit("/device/decision", ["decision": "allow"])
                return (decision.status, try await devices.outcome(of: begun.deviceCode))
            }
            let stranger = try await confirm(as: scene.person())
            #expect(stranger.0 == 403)
            guard case .confirmed = try await confirm(as: person).1 else {
                return #expect(Bool(false), "not confirmed")
            }
            let session = try #require(
                try await SessionStore(database: server.world.database).find(
                    opened.session.id, in: scene.organization))
            #expect(session.confirmedAt.timeIntervalSinceNow > -120)
        }
    }

    @Test func theIdentityProviderEndsTheSessionsOfAPerson() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let (person, browser) = (scene.person(), server.browser())
            guard case .opened(let opened) = try await scene.open(person, in: browser) else {
                return #expect(Bool(false), "no session")
            }
            let path = scene.path(scene.provider.ours.signOutAddress)
            let other = try await server.scene()
            let forged = try other.standIn.signOut(of: person, at: scene.provider.ours)
            #expect(try await browser.post(path, ["SAMLRequest": forged], from: .anotherSite).status == 403)
            _ = try await server.world.authenticator.watcher(.token(opened.token))
            let wish = try scene.standIn.signOut(of: person, at: scene.provider.ours)
            let answer = try await browser.post(
                path, ["SAMLRequest": wish, "RelayState": "r&1"], from: .anotherSite)
            #expect(answer.headers["set-cookie"] == nil, "it may have one that did not come along")
            #expect(answer.status == 200 && answer.text.contains("SAMLResponse") && answer.text.contains("r&amp;1"))
            await #expect(throws: (any Error).self) {
                _ = try await server.world.authenticator.watcher(.token(opened.token))
            }
        }
    }
}
