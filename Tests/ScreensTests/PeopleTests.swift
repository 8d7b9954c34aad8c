import FoundationEssentials
import JSON
import Screens
import Tenancy
import Terminal
import Testing
import WireAPI

/// People, as those see and steer them who look after them.
@Suite struct PeopleTests {
    private static func path(_ user: OperatorUser) -> String {
        "\(OperatorUser.path)/\(user.id.uuidString.lowercased())"
    }

    @Test func theListLooksAsItShould() throws {
        try Golden.check("people") { Story.people($0) }
        try Golden.check("people-ascii", charset: .ascii, sizes: [Size(columns: 80, rows: 24)]) {
            Story.people($0, charset: .ascii)
        }
    }

    @Test func onePersonLooksAsTheyShould() throws {
        try Golden.check("person") { Story.person(Samples.lena, $0) }
        try Golden.check("person-service-account", sizes: [Size(columns: 80, rows: 24)]) {
            Story.person(Samples.people.results[4], $0)
        }
    }

    @Test func filtersChooseByRoleStateAndKind() {
        var story = Story.people()
        for (filter, shown, hidden) in [
            ("role:owner", "kai@example.com", "lena@example.com"), ("state:disabled", "old.temp", "lena@example.com"),
            ("kind:service", "nightly-runs", "kai@example.com"), ("-factor", "lena@example.com", "kai@example.com"),
            ("keys>1", "nightly-runs", "lena@example.com"),
        ] {
            story.press(.character("a"), .character("/"))
            story.type(filter)
            story.press(Key(.enter))
            #expect(story.shows(shown) && !story.shows(hidden), "\(filter)")
        }
    }

    @Test func anInvitationShowsItsLinkOnceAndForgetsIt() throws {
        var story = Story.people()
        story.press(.character("I"))
        story.type("ada@example.com")
        story.press(Key(.tab), .character("e"), Key(.enter))
        let body = try #require(try story.body(OperatorInvitation.path))
        #expect(body["email"]?.stringValue == "ada@example.com" && body["role"]?.stringValue == "engineer")
        story.answer(
            OperatorInvitation.path,
            OperatorInvitationLink(invitation: Samples.invitations.results[0], url: Samples.invitationURL))
        #expect(story.shows(Samples.invitationURL))
        try Golden.check("invitation-link", sizes: [Size(columns: 80, rows: 24)]) { _ in story }
        story.press(.character("y"), .character("s"))
        #expect(story.effects.contains(.copy(Samples.invitationURL)))
        story.press(Key(.escape))
        #expect(!story.shows(Samples.invitationURL) && story.shows("kai@example.com"))
    }

    @Test func deactivatingHandsOverAndWantsTheAddressTyped() throws {
        var story = Story.person()
        story.press(.character("D"))
        story.answer(Self.path(Samples.lena), Samples.detail(Samples.lena))
        story.press(.character("g"))
        story.type("kai@example.com")
        story.press(Key(.enter))
        story.answer(OperatorUser.path, Samples.people)
        #expect(story.shows("kai@example.com gets 1 project, 3 evaluators, 1 judge, 3 datasets"))
        try Golden.check("person-deactivate", sizes: [Size(columns: 80, rows: 24)]) { _ in story }
        story.agree("lena@example.com")
        let body = try #require(try story.body("\(Self.path(Samples.lena))/deactivation"))
        #expect(body["hand_over_to"]?.stringValue == Samples.people.results[1].id.uuidString.lowercased())
        #expect(body["revision"]?.integerValue == 4)
    }

    @Test func nobodyGetsWhatIsTheirsByAWrongAddress() {
        var story = Story.person()
        story.press(.character("D"))
        story.answer(Self.path(Samples.lena), Samples.detail(Samples.lena))
        story.press(.character("g"))
        story.type("nobody@example.com")
        story.press(Key(.enter))
        story.answer(OperatorUser.path, OperatorUserPage(results: [], next: nil))
        #expect(story.shows("nothing was done"))
        #expect(story.ask("\(Self.path(Samples.lena))/deactivation") == nil)
    }

    @Test func whoHasNothingIsAskedForOnce() {
        var story = Story.person()
        story.press(.character("D"))
        story.answer(Self.path(Samples.lena), Samples.detail(Samples.lena, things: 0))
        #expect(story.shows("Deactivate lena@example.com") && story.shows("Type lena@example.com"))
    }

    @Test func whoIsDeactivatedIsLetInAgainByOneKey() throws {
        let gone = Samples.people.results[3]
        var story = Story.person(gone)
        story.press(.character("D"))
        #expect(try story.body("\(Self.path(gone))/reactivation")?["revision"]?.integerValue == 4)
    }

    @Test func aRoleAboveOnesOwnIsNotOffered() {
        var story = Story.people()
        story.press(.character("I"), Key(.tab))
        for _ in 0..<7 {
            story.press(Key(.right))
            #expect(!story.shows("owner: may do everything"))
        }
        // An administrator cannot change an owner.
        story.press(Key(.escape), Key(.escape))
        story.find("kai@example.com")
        story.press(.character("x"))
        #expect(!story.shows("Give them another role") && story.shows("Invite somebody"))
    }

    @Test func aRoleInOneProjectIsGivenByItsName() throws {
        var story = Story.person()
        story.press(.character("A"))
        story.answer(OperatorProject.path, Samples.projectPage)
        let project = try #require(Samples.projectPage.results.first)
        story.type(project.name)
        story.press(Key(.enter))
        let path = "\(Self.path(Samples.lena))/grants/\(project.id.uuidString.lowercased())"
        #expect(story.ask(path)?.request.method == "PUT")
    }

    @Test func aProjectOfALaterPageIsMeantByItsNameToo() throws {
        var story = Story.person()
        story.press(.character("A"))
        let all = Samples.projectPage.results
        story.answer(OperatorProject.path, OperatorProjectPage(results: Array(all.dropFirst()), next: "later"))
        let ask = try #require(story.ask(OperatorProject.path))
        #expect(ask.request.parameters.contains(OperatorParameter("cursor", "later")))
        story.answer(OperatorProject.path, OperatorProjectPage(results: Array(all.prefix(1)), next: nil))
        story.type(all[0].name)
        story.press(Key(.enter))
        #expect(story.ask("\(Self.path(Samples.lena))/grants/\(all[0].id.uuidString.lowercased())") != nil)
    }

    @Test func anInvitationOpensForAsLongAsIsSaidWithItsUnit() throws {
        var story = Story.people()
        story.press(.character("I"))
        #expect(story.shows("7d"))
        story.type("ada@example.com")
        story.press(Key(.enter))
        #expect(try story.body(OperatorInvitation.path)?["expires_in_hours"]?.integerValue == 168)
    }

    @Test func signingOutWantsTheCountTyped() {
        var story = Story.person()
        story.press(.character("S"))
        #expect(story.shows("1 session"))
        story.agree("1")
        #expect(story.ask("\(Self.path(Samples.lena))/sign-out")?.request.method == "POST")
    }

    @Test func aPasswordLinkIsShownOnce() {
        var story = Story.person()
        story.press(.character("P"))
        let link = OperatorLink(url: "https://scorable.example.com/new-password/abc", expiresAt: Samples.ahead(days: 1))
        story.answer("\(Self.path(Samples.lena))/password-reset", link)
        #expect(story.shows(link.url) && story.shows("Shown this once"))
    }

    @Test func whoMayOnlyLookIsOfferedNothingElse() {
        var session = Samples.viewer
        session = OperatorSession(
            token: nil, expiresAt: session.expiresAt, user: session.user,
            permissions: (session.permissions + ["user:read"]).sorted(), organization: session.organization,
            project: nil, serverTime: session.serverTime, deployment: session.deployment)
        var story = Story.people(session: session)
        story.press(.character("I"), .character("D"), .character("R"))
        #expect(story.shows("kai@example.com") && story.asked.allSatisfy { $0.request.method == "GET" })
        story.step(1)
        #expect(story.shows("PERMISSION"), "of the other lists only the roles are there")
    }

    @Test func theOtherListsLookAsTheyShould() throws {
        try Golden.check("invitations") { size in
            var story = Story.people(size)
            story.step(1)
            story.answer(OperatorInvitation.path, Samples.invitations)
            return story
        }
        try Golden.check("roles") { size in
            var story = Story.people(size)
            story.step(2)
            return story
        }
        try Golden.check("user-sessions") { size in
            var story = Story.people(size)
            story.step(4)
            story.answer(OperatorSessionPage.path, Samples.sessions)
            return story
        }
        try Golden.check("sign-in-policy") { size in
            var story = Story.people(size)
            story.step(6)
            story.answer(OperatorSignInPolicy.path, Samples.policy)
            return story
        }
        try Golden.check("organizations", sizes: [Size(columns: 40, rows: 8), Size(columns: 80, rows: 24)]) { size in
            var story = Story.people(size, session: Samples.owner)
            story.step(7)
            story.answer(OperatorOrganization.path, Samples.organizations)
            return story
        }
    }

    @Test func thePolicyIsChangedAsAWhole() throws {
        var story = Story.people()
        story.step(6)
        story.answer(OperatorSignInPolicy.path, Samples.policy)
        story.press(.character("E"), .control("u"))
        story.type("2h")
        story.press(Key(.tab), Key(.tab), Key(.tab), .character("y"), Key(.enter))
        let body = try #require(try story.body(OperatorSignInPolicy.path))
        let terms = try #require(body["terms"])
        #expect(terms["idle_limit_seconds"]?.integerValue == 7200)
        #expect(terms["absolute_limit_seconds"]?.integerValue == 604_800)
        #expect(terms["wants_second_factor"]?.boolValue == true && body["revision"]?.integerValue == 3)
    }

    @Test func aSessionOfOthersIsEnded() {
        var story = Story.people()
        story.step(4)
        story.answer(OperatorSessionPage.path, Samples.sessions)
        story.find("lena@example.com")
        story.press(.character("D"))
        story.agree("end")
        #expect(story.ask("\(OperatorSessionPage.path)/")?.request.method == "DELETE")
    }
}

extension Samples {
    /// Somebody who may do everything.
    static let owner = OperatorSession(
        token: "t", expiresAt: now.addingTimeInterval(43_200),
        user: .init(id: uuid(1), email: "root@example.com", fullName: "Root", role: "owner"),
        permissions: Role.owner.permissions.map(\.rawValue).sorted(), organization: .init(id: uuid(2), name: "Acme"),
        project: nil, serverTime: now, deployment: .init(name: "eu-1", isProduction: true, version: "0.1.0"))
}
