import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// One's own second factor.
@Suite struct SecondFactorTests {
    private static let secret = OperatorSecondFactorSecret(
        secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        uri:
            "otpauth://totp/scorable:root%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=scorable&algorithm=SHA1&digits=6&period=30"
    )

    private static func profile(
        _ size: Size = Size(columns: 80, rows: 24), since: Date? = nil, left: Int = 0
    ) -> Story {
        var story = Story.entering(.profile, size)
        story.answer(
            OperatorOpenSession.path,
            OperatorOpenSessions(
                results: [
                    OperatorOpenSession(
                        id: Samples.uuid(0x740), address: "10.2.0.14", startedAt: Samples.past(days: 0.4),
                        lastUsedAt: Samples.past(days: 0.001), expiresAt: Samples.ahead(days: 6),
                        idleExpiresAt: Samples.ahead(days: 0.5), isCurrent: true, client: "scorable-console/1.0")
                ]))
        story.answer(
            OperatorSecondFactor.path, OperatorSecondFactor(since: since, recoveryCodesLeft: left, isWanted: false))
        story.answer(
            OperatorProfile.path,
            OperatorProfile(
                id: Samples.uuid(1), email: "root@example.com", fullName: "Root", role: "admin",
                organizationName: "Acme", createdAt: Samples.past(days: 400), lastSignInAt: Samples.past(days: 0.4),
                hasPassword: true))
        return story
    }

    @Test func theProfileSaysWhetherThereIsOne() throws {
        try Golden.check("profile-second-factor", sizes: [Size(columns: 80, rows: 24), Size(columns: 120, rows: 40)]) {
            Self.profile($0, since: Samples.past(days: 20), left: 2)
        }
        #expect(Self.profile().shows("none: F sets it up"))
    }

    private static func begun(_ size: Size = Size(columns: 80, rows: 24)) -> Story {
        var story = profile(size)
        story.press(.character("F"))
        story.answer(OperatorSecondFactor.path, secret)
        return story
    }

    @Test func whatToScanIsShownAndFitsTheSmallestUsualTerminal() throws {
        try Golden.check("second-factor") { Self.begun($0) }
        #expect(Self.begun().shows("▄") && Self.begun().shows(Self.secret.secret))
    }

    @Test func theFirstCodeTurnsItOnAndShowsRecoveryCodesOnce() throws {
        var story = Self.begun()
        story.press(Key(.enter))
        story.type("123456")
        story.press(Key(.enter))
        let ask = try #require(story.ask(OperatorSecondFactor.path))
        #expect(ask.request.method == "PUT")
        #expect(try story.body(OperatorSecondFactor.path)?["code"]?.stringValue == "123456")
        let codes = (0..<10).map { "k7m2-\(1000 + $0)" }
        story.answer(OperatorSecondFactor.path, OperatorRecoveryCodes(codes: codes))
        #expect(codes.allSatisfy { story.shows($0) } && story.shows("Shown this once") || story.shows("From now on"))
        try Golden.check("recovery-codes", sizes: [Size(columns: 80, rows: 24)]) { _ in story }
        story.press(.character("y"), .character("s"))
        #expect(story.effects == [.copy(codes.joined(separator: "\n"))])
        story.press(Key(.escape))
        #expect(!story.shows("k7m2-1000") && !story.shows(Self.secret.secret), "both are forgotten")
    }

    @Test func aWrongCodeIsToldAndTheSecretStays() {
        var story = Self.begun()
        story.press(Key(.enter))
        story.type("000000")
        story.press(Key(.enter))
        story.fail(OperatorSecondFactor.path, ServerFailure(.rejected, "code: that is not the code"))
        #expect(story.shows("Not taken") && story.shows(Self.secret.secret))
    }

    @Test func removingWantsACode() throws {
        var story = Self.profile(since: Samples.past(days: 20), left: 8)
        story.press(.character("F"), .character("r"))
        story.type("123456")
        story.press(Key(.enter))
        #expect(try story.body("\(OperatorSecondFactor.path)/removal")?["code"]?.stringValue == "123456")
    }
}
