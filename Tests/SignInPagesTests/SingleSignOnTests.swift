import Access
import FoundationEssentials
import HTTPMessages
import Operations
import Postgres
import ProductSupport
import Stores
import Tenancy
import Testing
import WireAPI

/// Who gets in by an identity provider, and as whom.
@Suite struct SingleSignOnTests {
    @Test func aTerminalSignsInByTheBrowserOfAPersonWhoIsNew() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let person = scene.person()
            guard case .opened(let opened) = try await scene.open(person, in: server.browser()) else {
                return #expect(Bool(false), "no session")
            }
            #expect(opened.user.email == person.email && opened.user.role == .engineer)
            #expect(opened.user.organizationID == scene.organization)
            #expect(opened.session.method == .saml && opened.session.client == "test/1")
            let principal = try await server.world.authenticator.principal(.token(opened.token))
            #expect(principal.user.id == opened.user.id)
        }
    }

    @Test func anAnswerCountsOnceAndOnlyForWhatWasAsked() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let (person, browser) = (scene.person(), server.browser())
            let request = try await scene.begin(in: browser)
            let response = try scene.standIn.response(to: request, for: scene.provider.ours, person)
            #expect(try await scene.bring(response, in: browser).status == 303)
            let again = try await scene.bring(response, in: browser)
            #expect(again.status == 403 && again.text.contains("You were not signed in"))
            #expect(!again.text.contains(person.email) && !again.text.contains("answer"), "nothing of the reason")
            let invented = try scene.standIn.response(to: "_invented", for: scene.provider.ours, person)
            #expect(try await scene.bring(invented, in: browser).status == 403)
            let unasked = try scene.standIn.response(to: nil, for: scene.provider.ours, person)
            #expect(try await scene.bring(unasked, in: browser).status == 403)
            #expect(try await scene.bring("no base64", in: browser).status == 403)
            let reasons = try await scene.refusals()
            #expect(reasons.count == 4 && reasons[0].contains("malformed"))
            #expect(reasons.dropFirst().allSatisfy { $0.contains("in_response_to") }, "\(reasons)")
        }
    }

    @Test func whatBeginsAtTheIdentityProviderIsTakenWhereThatIsAllowedAndOnce() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene { $0.allowsUnsolicited = true }
            let (person, browser) = (scene.person(), server.browser())
            let response = try scene.standIn.response(to: nil, for: scene.provider.ours, person)
            let brought = try await scene.post(response, in: browser)
            #expect(try await browser.follow(brought).text.contains("Enter the code"))
            #expect(try await browser.get("/device/decision").text.contains("Enter the code"))
            #expect(try await server.browser().follow(brought).status == 403, "it is this browser's from then on")
            #expect(try await scene.bring(response, in: server.browser()).status == 403)
            #expect(try await scene.refusals().first?.contains("replayed") == true)
        }
    }

    @Test func whoIsLuredIntoAnsweringSomebodyElsesRequestSignsInNobody() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let (asking, lured) = (server.browser(), server.browser())
            _ = try await lured.get("/device")
            let request = try await scene.begin(in: asking)
            let response = try scene.standIn.response(to: request, for: scene.provider.ours, scene.person())
            let brought = try await scene.post(response, in: lured)
            #expect(brought.status == 303)
            #expect(try await lured.follow(brought).status == 403, "it has not asked")
            #expect(try await asking.get("/device/decision").status == 403, "another browser has brought the answer")
            #expect(try await asking.get("/device/decision?answer=invented").status == 403)
            // Even the two together do it once only.
            #expect(try await asking.follow(brought).status == 200)
            #expect(try await asking.follow(brought).status == 403)
        }
    }

    @Test func aBrowserIsKnownAfterItsIdentityProviderOnAnotherSiteHasPosted() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let (person, browser) = (scene.person(), server.browser())
            let begun = try await server.singleSignOn.devices.begin(client: "c", host: nil, at: "192.0.2.7")
            _ = try await browser.submit("/device", ["code": begun.userCode.description])
            let request = try await scene.begin(in: browser)
            let response = try scene.standIn.response(to: request, for: scene.provider.ours, person)
            let brought = try await scene.post(response, in: browser)
            #expect(brought.headers["set-cookie"] == nil, "its cookie did not come along, and is not replaced")
            let page = try await browser.follow(brought)
            #expect(page.status == 200 && page.text.contains("sign in as \(person.email)"), "\(page.text)")
        }
    }

    @Test func groupsDecideTheRoleEachTimeButMakeAndUnmakeNoOwner() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene { $0.domains = [EmailDomain("example.com")].compactMap(\.self) }
            var person = scene.person()
            _ = try await scene.signIn(person, in: server.browser())
            person.groups = ["eng", "admins"]
            _ = try await scene.signIn(person, in: server.browser())
            #expect(try await scene.user(person.email)?.role == .admin, "the first of the list counts")
            person.groups = ["others"]
            #expect(try await scene.signIn(person, in: server.browser()).status == 403)
            #expect(try await scene.user(person.email)?.role == .admin)
            let owner = IdentityProviderStandIn.Person(name: "the-owner", email: scene.owner.email)
            #expect(try await scene.signIn(owner, in: server.browser()).status == 303)
            #expect(try await scene.user(scene.owner.email)?.role == .owner)
        }
    }

    @Test func nobodyTakesTheAccountOfSomebodyElse() async throws {
        try await PageServer.run { server in
            let (scene, other) = (try await server.scene(), try await server.scene())
            let mine = IdentityProviderStandIn.Person(name: "a", email: scene.owner.email)
            #expect(try await scene.signIn(mine, in: server.browser()).status == 403, "the domain is not its own")
            let theirs = IdentityProviderStandIn.Person(name: "b", email: other.owner.email)
            #expect(try await scene.signIn(theirs, in: server.browser()).status == 403)
            let reasons = try await scene.refusals()
            #expect(reasons[0].contains("another organisation") && reasons[1].contains("domains"), "\(reasons)")
        }
    }

    @Test func whoIsDeactivatedOrUnknownStaysOut() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let person = scene.person()
            _ = try await scene.signIn(person, in: server.browser())
            let known = try #require(try await scene.user(person.email))
            try await server.world.database.execute(
                "UPDATE users SET is_disabled = true, disabled_at = now() WHERE id = \(known.id)")
            #expect(try await scene.signIn(person, in: server.browser()).status == 403)
            #expect(try await scene.refusals().first?.contains("deactivated") == true)
            let closed = try await server.scene { $0.createsPeople = false }
            let stranger = closed.person()
            #expect(try await closed.signIn(stranger, in: server.browser()).status == 403)
            #expect(try await closed.user(stranger.email) == nil)
        }
    }

    @Test func anotherKeyThanTheMetadataSayIsNotBelieved() async throws {
        try await PageServer.run { server in
            let (scene, other) = (try await server.scene(), try await server.scene())
            let browser = server.browser()
            let request = try await scene.begin(in: browser)
            let elsewhere = try scene.standIn.response(to: request, for: other.provider.ours, scene.person())
            #expect(try await scene.bring(elsewhere, in: browser).status == 403)
            let other2 = try other.standIn.response(to: request, for: scene.provider.ours, scene.person())
            #expect(try await scene.bring(other2, in: browser).status == 403)
            let reasons = try await scene.refusals()
            #expect(reasons[0].contains("issuer") && reasons[1].contains("destination"), "\(reasons)")
        }
    }

    @Test func anEnforcedDomainTakesNoPasswordsExceptOfWhomTheServerExcepts() async throws {
        try await PageServer.run { server in
            let domain = "d\(UUID().uuidString.lowercased()).example"
            let scene = try await server.scene { $0.domains = [EmailDomain(domain)].compactMap(\.self) }
            let place = SignInPlace(address: "192.0.2.9", client: nil, requestID: "r")
            func code(_ email: String) async throws -> SignInRefused.Kind? {
                do {
                    _ = try await server.signIns.signIn.open(email: email, password: "wrong", code: nil, from: place)
                    return nil
                } catch let refused as SignInRefused {
                    return refused.kind
                }
            }
            let person = IdentityProviderStandIn.Person(name: "p", email: "p@\(domain)")
            #expect(try await scene.signIn(person, in: server.browser()).status == 303)
            #expect(try await code(person.email) == .singleSignOnRequired)
            #expect(try await code("nobody@\(domain)") == .singleSignOnRequired, "the same for who is not there")
            #expect(try await code("nobody@\(domain).example") == .wrong, "another domain")
            let passwords = PasswordSignIn(
                audit: Audit(
                    database: server.world.database, identifiers: server.world.identifiers,
                    logger: ProductWorld.logger))
            #expect(try await passwords.set(true, of: person.email, by: PageServer.machine))
            #expect(try await code(person.email) == .wrong)
        }
    }
}
