import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// Leaving the console, and a screen while what is shown once is under way.
@Suite struct SigningOutTests {
    private static func session(by means: OperatorConfirmation.Means) -> OperatorSession {
        let session = Samples.session
        return OperatorSession(
            token: nil, expiresAt: session.expiresAt, user: session.user, permissions: session.permissions,
            organization: session.organization, project: nil, serverTime: session.serverTime,
            deployment: session.deployment, confirmsBy: means)
    }

    private static func profile(
        _ size: Size = Size(columns: 80, rows: 24), by means: OperatorConfirmation.Means
    ) -> Story {
        var story = Story.entering(.profile, size, session: session(by: means))
        story.answer(OperatorOpenSession.path, OperatorOpenSessions(results: []))
        story.answer(OperatorSecondFactor.path, OperatorSecondFactor(since: nil, recoveryCodesLeft: 0, isWanted: false))
        story.answer(
            OperatorProfile.path,
            OperatorProfile(
                id: Samples.uuid(1), email: "root@example.com", fullName: "Root", role: "admin",
                organizationName: "Acme", createdAt: Samples.past(days: 400), lastSignInAt: Samples.past(days: 0.4),
                hasPassword: true))
        return story
    }

    private static let address = "https://scorable.example.com/saml-sign-out?token=made-up"

    private static func signedOut(_ size: Size = Size(columns: 80, rows: 24)) -> Story {
        var story = profile(size, by: .identityProvider)
        story.press(.character("S"))
        story.answer(
            OperatorSingleLogout.path, OperatorSingleLogout(url: address, expiresAt: Samples.ahead(days: 0.01)))
        return story
    }

    @Test func whoHasSignedInByAnIdentityProviderIsToldHowToSignOutThere() throws {
        try Golden.check("signed-out") { Self.signedOut($0) }
        var story = Self.signedOut()
        #expect(story.shows("token=made-up") && story.shows("\u{2584}"))
        story.press(.character("y"))
        #expect(story.effects == [.copy(Self.address)])
        story.pass(.seconds(30))
        #expect(story.effects.isEmpty && story.model.session == nil)
        story.send(.message(.streamLost(ServerFailure(.sessionEnded, "ended"))))
        #expect(story.shows("You are signed out here."))
        story.press(Key(.enter))
        #expect(story.effects == [.quit(0)])
    }

    @Test func otherwiseSigningOutLeaves() {
        var story = Self.profile(by: .password)
        story.press(.character("S"))
        #expect(story.effects == [.quit(0)])
        story = Self.profile(by: .identityProvider)
        story.press(.character("S"))
        story.answer(OperatorSingleLogout.path, OperatorSingleLogout(url: nil, expiresAt: nil))
        #expect(story.effects == [.quit(0)])
    }

    @Test func recoveryCodesThatAreUnderWayAreWaitedFor() {
        var story = Self.profile(by: .password)
        story.press(.character("F"))
        story.answer(
            OperatorSecondFactor.path, OperatorSecondFactorSecret(secret: "JBSWY3DP", uri: "otpauth://totp/a?secret=J"))
        story.press(Key(.enter))
        story.type("123456")
        story.press(Key(.enter))
        for key in [Key(.escape), .character("q"), .character("Q"), .control("c")] {
            story.press(key)
            #expect(story.effects.isEmpty && story.screen(SecondFactorScreen.self) != nil, "\(key)")
        }
        story.answer(OperatorSecondFactor.path, OperatorRecoveryCodes(codes: ["k7m2-1000"]))
        #expect(story.shows("k7m2-1000"))
        story.press(Key(.escape))
        #expect(!story.shows("k7m2-1000"))
    }

    @Test func aKeyThatIsUnderWayIsWaitedFor() {
        var story = Story.entering(.profile, session: Samples.session)
        story.press(.character("a"))
        story.press(.character("N"))
        story.answer(OperatorProject.path, Samples.projectPage)
        story.type("ci")
        story.press(Key(.tab), Key(.right), Key(.enter))
        #expect(story.ask(OperatorAPIKey.path)?.request.method == "POST")
        story.press(Key(.escape), Key(.escape))
        #expect(story.shows("Make a key") && story.shows("shown"))
    }

    @Test func theSessionIsReadAnewWhenTheSecondFactorHasGone() throws {
        var story = Self.profile(by: .code)
        story.press(.control("r"))
        story.answer(
            OperatorSecondFactor.path,
            OperatorSecondFactor(since: Samples.past(days: 20), recoveryCodesLeft: 8, isWanted: false))
        story.press(.character("F"), .character("r"))
        story.type("123456")
        story.press(Key(.enter))
        story.answer("\(OperatorSecondFactor.path)/removal", OperatorNothing())
        let ask = try #require(story.asked.last { $0.request.path == OperatorSignIn.path })
        #expect(ask.request.method == "GET")
        story.send(
            .message(.reply(ServerAnswer(ticket: ask.ticket, result: .success(Self.session(by: .password))))))
        #expect(story.model.session?.confirmsBy == .password)
    }
}
