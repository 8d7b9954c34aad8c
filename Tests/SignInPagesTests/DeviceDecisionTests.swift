import Access
import FoundationEssentials
import Operations
import Postgres
import ProductSupport
import Stores
import Tenancy
import Testing
import WireAPI

/// What a decision is about, and how far it reaches.
@Suite struct DeviceDecisionTests {
    @Test func aDecisionIsAboutTheTerminalThatWasShown() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let (browser, devices) = (server.browser(), server.singleSignOn.devices)
            let shown = try await devices.begin(client: "shown/1", host: nil, at: "192.0.2.7")
            let other = try await devices.begin(client: "other/1", host: nil, at: "192.0.2.7")
            _ = try await browser.submit("/device", ["code": other.userCode.description])
            _ = try await browser.submit("/device", ["code": shown.userCode.description])
            _ = try await scene.signIn(scene.person(), in: browser)
            let page = try await browser.get("/device/decision")
            #expect(page.text.contains("shown/1"), "the code that was entered last, whichever terminal is younger")
            _ = try await browser.submit("/device", ["code": other.userCode.description])
            #expect(try await browser.submit(page, at: "/device/decision", ["decision": "allow"]).status == 200)
            guard case .opened = try await devices.outcome(of: shown.deviceCode),
                case .pending = try await devices.outcome(of: other.deviceCode)
            else { return #expect(Bool(false), "the one that the page has shown, and no other") }
        }
    }

    @Test func aCodeIsOfTheBrowserInWhichItWasEnteredFirst() async throws {
        try await PageServer.run { server in
            _ = try await server.scene()
            let (browser, other) = (server.browser(), server.browser())
            let begun = try await server.singleSignOn.devices.begin(client: "c", host: nil, at: "192.0.2.7")
            let fields = ["code": begun.userCode.description]
            #expect(try await browser.submit("/device", fields).status == 200)
            #expect(try await other.submit("/device", fields).status == 404)
            #expect(try await browser.submit("/device", fields).status == 200)
        }
    }

    @Test func aSignInOfHoursAgoConfirmsNothing() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            func principal(askedAgo: TimeInterval) async throws -> Principal {
                let browser = server.browser()
                let begun = try await server.singleSignOn.devices.begin(client: "c", host: nil, at: "192.0.2.7")
                _ = try await browser.submit("/device", ["code": begun.userCode.description])
                let request = try await scene.begin(in: browser)
                let response = try scene.standIn.response(
                    to: request, for: scene.provider.ours, scene.person(), askedAgo: askedAgo)
                _ = try await scene.bring(response, in: browser)
                _ = try await browser.submit("/device/decision", ["decision": "allow"])
                guard case .opened(let opened) = try await server.singleSignOn.devices.outcome(of: begun.deviceCode)
                else { throw NotFound("Session") }
                return try await server.world.authenticator.principal(.token(opened.token))
            }
            try await principal(askedAgo: 60).requireConfirmation(at: Date(), for: .userUpdate)
            let old = try await principal(askedAgo: 7200)
            #expect(throws: ConfirmationRequired.self) { try old.requireConfirmation(at: Date(), for: .userUpdate) }
            // A clock that is ahead makes nobody confirmed for longer.
            let early = try await principal(askedAgo: -60)
            #expect(try #require(early.confirmedAt) <= Date())
        }
    }

    @Test func aSignOutAtTheIdentityProviderReachesWhatIsUnderWay() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene { $0.clockSkew = .seconds(300) }
            let (person, browser) = (scene.person(), server.browser())
            let code = try await scene.allow(person, in: browser)
            _ = try await scene.signIn(person, in: browser)
            #expect(try await browser.get("/device/decision").status == 200)
            // Its clock is ahead, as it was said to be.
            let wish = try scene.standIn.signOut(of: person, at: scene.provider.ours, in: 200)
            let ended = try await browser.post(
                scene.path(scene.provider.ours.signOutAddress), ["SAMLRequest": wish], from: .anotherSite)
            #expect(ended.status == 200, "\(ended.text)")
            #expect(try await browser.get("/device/decision").status == 403)
            guard case .denied = try await server.singleSignOn.devices.outcome(of: code) else {
                return #expect(Bool(false), "the terminal got a session")
            }
        }
    }

    @Test func whoIsSignedOutByForceIsSignedInByNothingThatIsUnderWay() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let (person, browser) = (scene.person(), server.browser())
            let code = try await scene.allow(person, in: browser)
            _ = try await scene.signIn(person, in: browser)
            let user = try #require(try await scene.user(person.email))
            _ = try await server.world.database.transaction { connection in
                try await SessionStore(database: server.world.database).endAll(
                    of: user.id, in: user.organizationID, on: connection)
            }
            #expect(try await browser.get("/device/decision").status == 403)
            guard case .denied = try await server.singleSignOn.devices.outcome(of: code) else {
                return #expect(Bool(false), "the terminal got a session")
            }
        }
    }

    @Test func withSeveralOrganizationsEverybodyFindsTheirOwnIdentityProvider() async throws {
        try await PageServer.run { server in
            let (first, second) = (try await server.scene(), try await server.scene())
            let devices = server.singleSignOn.devices
            let domain = "d\(UUID().uuidString.lowercased()).example"
            let ada = IdentityProviderStandIn.Person(name: "ada", email: "ada@\(domain)")
            _ = try await first.signIn(ada, in: server.browser())
            #expect(try await devices.provider(for: "Ada@\(domain)")?.id.uuid == first.provider.id)
            #expect(try await devices.provider(for: "nobody@\(domain)")?.id.uuid == first.provider.id, "as for Ada")
            let bob = IdentityProviderStandIn.Person(name: "bob", email: "bob@\(domain)")
            _ = try await second.signIn(bob, in: server.browser())
            #expect(try await devices.provider(for: ada.email)?.id.uuid == first.provider.id)
            #expect(try await devices.provider(for: bob.email)?.id.uuid == second.provider.id)
            let some = try await devices.provider(for: "nobody@\(domain)")
            let again = try await devices.provider(for: "nobody@\(domain)")
            #expect(some != nil && some?.id == again?.id)
            await #expect(throws: SingleSignOnNotOffered.self) {
                _ = try await devices.provider(for: "nobody@none.\(domain)")
            }
        }
    }
}
