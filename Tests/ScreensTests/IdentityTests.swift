import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// Signing in with a second factor.
@Suite struct SignInByCodeTests {
    private static let secondFactor = ServerFailure(.secondFactorRequired, "a code is wanted")
    private static let wrong = ServerFailure(.wrongCredentials, "Email or password is wrong.")

    private static func askedForCode(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story(size, charset: charset)
        story.type("secret")
        story.press(Key(.enter))
        story.send(.message(.signedIn(.failure(secondFactor))))
        return story
    }

    @Test func aCodeIsAskedForWhenOneIsWanted() throws {
        try Golden.check("sign-in-code") { Self.askedForCode($0) }
        var story = Self.askedForCode()
        story.type(" 123456")
        story.press(Key(.enter))
        #expect(
            story.effects == [
                .signIn(OperatorSignIn(email: "root@example.com", password: "secret", code: "123456"))
            ])
        story.send(.message(.signedIn(.success(Samples.session))))
        #expect(story.shows("Executions"))
    }

    @Test func aWrongCodeIsTypedAnewAndThePasswordStays() throws {
        var story = Self.askedForCode()
        story.type("000000")
        story.press(Key(.enter))
        story.send(.message(.signedIn(.failure(Self.wrong))))
        #expect(story.shows("The code was not taken") && !story.shows("000000"))
        story.type("111111")
        story.press(Key(.enter))
        #expect(
            story.effects == [
                .signIn(OperatorSignIn(email: "root@example.com", password: "secret", code: "111111"))
            ])
    }

    @Test func anotherPasswordWantsNoCodeBefore() {
        var story = Self.askedForCode()
        story.press(Key(.tab), Key(.tab))
        story.type("x")
        #expect(!story.shows("code "))
        story.press(Key(.enter))
        #expect(story.effects == [.signIn(OperatorSignIn(email: "root@example.com", password: "secretx"))])
    }

    @Test func whoHasToHaveASecondFactorIsBroughtToTheirProfile() {
        var story = Story()
        let session = Samples.session
        story.type("secret")
        story.press(Key(.enter))
        story.send(
            .message(
                .signedIn(
                    .success(
                        OperatorSession(
                            token: nil, expiresAt: session.expiresAt, user: session.user,
                            organization: session.organization,
                            project: nil, serverTime: session.serverTime, deployment: session.deployment,
                            wantsSecondFactor: true)))))
        story.answer(OperatorSecondFactor.path, OperatorSecondFactor(since: nil, recoveryCodesLeft: 0, isWanted: true))
        #expect(story.shows("Profile") && story.shows("Your organisation wants a second factor of you"))
    }
}

/// Signing in by a browser, at an identity provider.
@Suite struct SignInByBrowserTests {
    private static let login = Samples.deviceLogin

    private static func waiting(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story(size, charset: charset)
        story.press(.control("s"))
        story.answer(OperatorDeviceLoginWish.path, login)
        return story
    }

    @Test func theCodeTheAddressAndThePictureAreShown() throws {
        try Golden.check("sign-in-browser") { Self.waiting($0) }
        try Golden.check("sign-in-browser-ascii", charset: .ascii, sizes: [Size(columns: 80, rows: 24)]) {
            Self.waiting($0, charset: .ascii)
        }
    }

    @Test func thePictureFitsTheSmallestUsualTerminal() {
        let picture = Self.waiting().picture().text.joined(separator: "\n")
        #expect(picture.contains("▄") && picture.contains("BCDF-GHJK"))
        let frame = Self.waiting().picture()
        let paper = (0..<24).flatMap { frame[row: $0] }.filter { $0.style.ground == .paper }
        #expect(!paper.isEmpty && paper.allSatisfy { $0.style.ink == .plain })
    }

    @Test func itAsksAtTheIntervalUntilItIsAllowed() throws {
        var story = Self.waiting()
        let path = OperatorDeviceLoginQuestion.path
        #expect(try #require(story.ask(path)).delay == .seconds(5))
        #expect(try story.body(path)?["device_code"]?.stringValue == "made-up-device-code")
        story.answer(path, OperatorDeviceLoginOutcome(state: .slowDown, interval: 10))
        #expect(try #require(story.ask(path)).delay == .seconds(10))
        // A server that is not reached for a moment ends nothing.
        story.fail(path)
        #expect(story.shows("Waiting for the browser") && story.ask(path) != nil)
        story.answer(path, OperatorDeviceLoginOutcome(state: .allowed, session: Samples.session))
        #expect(story.shows("Executions") && story.model.session?.user.email == "root@example.com")
    }

    @Test func theTimeLeftIsCountedDown() {
        var story = Self.waiting()
        #expect(story.shows("10m00s left"))
        story.pass(.seconds(61))
        #expect(story.shows("8m59s left"))
    }

    @Test(arguments: [OperatorDeviceLoginOutcome.State.denied, .expired])
    func whatCameToNothingIsToldAndBegunAnew(_ state: OperatorDeviceLoginOutcome.State) throws {
        var story = Self.waiting()
        story.answer(OperatorDeviceLoginQuestion.path, OperatorDeviceLoginOutcome(state: state))
        #expect(story.shows(state == .denied ? "It was denied in the browser." : "The code has expired"))
        #expect(!story.shows("BCDF-GHJK"))
        story.press(Key(.enter))
        #expect(story.ask(OperatorDeviceLoginWish.path)?.request.path == OperatorDeviceLoginWish.path)
    }

    @Test func whereThereIsNoIdentityProviderThatIsSaid() throws {
        var story = Story()
        story.press(.control("s"))
        story.fail(OperatorDeviceLoginWish.path, ServerFailure(.conflict, "no identity provider is set up"))
        #expect(story.shows("no identity provider is set up"))
        story.press(Key(.escape))
        #expect(story.shows("password"))
    }

    @Test func aBrowserIsOfferedOnlyWhereThereIsAnIdentityProvider() {
        for isOffered in [true, false] {
            var story = Story(Size(columns: 120, rows: 40))
            for ask in story.begun {
                let offer = OperatorSingleSignOn(isOffered: isOffered)
                story.send(.message(.reply(ServerAnswer(ticket: ask.ticket, result: .success(offer)))))
            }
            #expect(story.shows("single sign-on") == isOffered)
        }
    }

    @Test func theAddressIsCopiedAndEscGoesBack() {
        var story = Self.waiting()
        story.press(.character("y"))
        #expect(story.effects == [.copy(Self.login.verificationUriComplete)])
        story.press(.character("c"))
        #expect(story.effects == [.copy("BCDF-GHJK")])
        story.press(Key(.escape))
        #expect(story.shows("password"))
        // What comes later changes nothing.
        story.answer(
            OperatorDeviceLoginQuestion.path, OperatorDeviceLoginOutcome(state: .allowed, session: Samples.session))
        #expect(story.model.session == nil)
    }

    @Test func whoseAddressSignsInElsewhereIsLedThere() {
        var story = Story()
        story.type("secret")
        story.press(Key(.enter))
        story.send(
            .message(.signedIn(.failure(ServerFailure(.singleSignOnRequired, "This domain signs in elsewhere.")))))
        #expect(story.ask(OperatorDeviceLoginWish.path) != nil && story.shows("Asking for a code"))
        story.press(Key(.escape))
        #expect(story.shows("This domain signs in elsewhere."))
    }
}

/// Showing once more who one is, before what is dangerous.
@Suite struct IdentityCheckTests {
    private static let confirmation = ServerFailure(.confirmationRequired, "show once more who you are")
    private static let lena = "\(OperatorUser.path)/\(Samples.lena.id.uuidString.lowercased())"

    /// Somebody is to get another role, and the server wants to know again who asks.
    private static func asked(
        _ size: Size = Size(columns: 80, rows: 24), by means: OperatorConfirmation.Means = .password
    ) -> Story {
        let session = Samples.session
        var story = Story.people(
            size,
            session: OperatorSession(
                token: nil, expiresAt: session.expiresAt, user: session.user, permissions: session.permissions,
                organization: session.organization, project: nil, serverTime: session.serverTime,
                deployment: session.deployment, confirmsBy: means))
        story.find("lena@example.com")
        story.press(.character("R"), .character("v"), Key(.enter))
        story.fail("\(lena)/role", confirmation)
        return story
    }

    @Test func whatWasRefusedForThatIsDoneWhenItIsKnown() throws {
        try Golden.check("identity-check") { Self.asked($0) }
        var story = Self.asked()
        story.pass(.seconds(1))
        story.type("my password")
        #expect(!story.shows("my password"))
        story.press(Key(.enter))
        #expect(try story.body(OperatorConfirmation.path)?["password"]?.stringValue == "my password")
        story.answer(OperatorConfirmation.path, Samples.session)
        let body = try #require(try story.body("\(Self.lena)/role"))
        #expect(body["role"]?.stringValue == "viewer", "it is asked for again, the same")
        story.answer("\(Self.lena)/role", Samples.user(0x702, "lena@example.com", "Lena Ojala", "viewer"))
        #expect(story.shows("lena@example.com is viewer now"))
    }

    @Test func aWrongPasswordIsTypedAnew() {
        var story = Self.asked()
        story.pass(.seconds(1))
        story.type("wrong")
        story.press(Key(.enter))
        story.fail(OperatorConfirmation.path, ServerFailure(.rejected, "password: This is not the present password."))
        #expect(story.shows(" This is not the present password.") && story.ask("\(Self.lena)/role") == nil)
    }

    @Test func whoHasASecondFactorIsAskedForACode() throws {
        var story = Self.asked(by: .code)
        story.pass(.seconds(1))
        story.type("123456")
        story.press(Key(.enter))
        #expect(try story.body(OperatorConfirmation.path)?["code"]?.stringValue == "123456")
    }

    @Test func whoHasNoSecondFactorAnyMoreIsAskedForThePassword() throws {
        var story = Self.asked(by: .code)
        story.pass(.seconds(1))
        story.type("123456")
        story.press(Key(.enter))
        story.fail(OperatorConfirmation.path, ServerFailure(.rejected, "password: This is needed."))
        #expect(story.shows("Your password:"))
        story.type("my password")
        story.press(Key(.enter))
        #expect(try story.body(OperatorConfirmation.path)?["password"]?.stringValue == "my password")
    }

    @Test func whoSignedInByABrowserConfirmsByOne() throws {
        try Golden.check("identity-check-browser", sizes: [Size(columns: 80, rows: 24), Size(columns: 120, rows: 40)]) {
            size in
            var story = Self.asked(size, by: .identityProvider)
            story.answer("\(OperatorDeviceLoginWish.path)/confirmation", Samples.deviceLogin)
            return story
        }
        var story = Self.asked(by: .identityProvider)
        story.answer("\(OperatorDeviceLoginWish.path)/confirmation", Samples.deviceLogin)
        story.answer(OperatorDeviceLoginQuestion.path, OperatorDeviceLoginOutcome(state: .confirmed))
        #expect(story.ask("\(Self.lena)/role")?.request.method == "PUT")
    }

    @Test func leavingItDoesNothingAndSaysSo() {
        var story = Self.asked()
        story.press(Key(.escape))
        #expect(story.shows("you did not show that it is you"))
        #expect(story.ask("\(Self.lena)/role") == nil)
        story = Self.asked()
        story.press(.control("c"))
        #expect(story.ask("\(Self.lena)/role") == nil && !story.shows("Your password"))
    }

    @Test func keysThatWereMeantForTheScreenAreNotTaken() {
        var story = Self.asked()
        story.type("xyz")
        story.pass(.seconds(1))
        story.press(Key(.enter))
        #expect(story.ask(OperatorConfirmation.path) == nil, "nothing was typed yet")
    }

    @Test func twoThatWaitAreDoneAfterOneCheck() {
        var story = Self.asked()
        let ticket = 9_999
        story.send(.message(.reply(ServerAnswer(ticket: ticket, result: .failure(Self.confirmation)))))
        #expect(story.model.session != nil, "an answer that nobody waits for asks for nothing")
        story.pass(.seconds(1))
        story.type("p")
        story.press(Key(.enter))
        story.answer(OperatorConfirmation.path, Samples.session)
        #expect(story.ask("\(Self.lena)/role") != nil)
    }
}

extension Samples {
    static let deviceLogin = OperatorDeviceLogin(
        deviceCode: "made-up-device-code", userCode: "BCDF-GHJK",
        verificationUri: "https://scorable.example.com/device",
        verificationUriComplete: "https://scorable.example.com/device?code=BCDF-GHJK", expiresIn: 600, interval: 5)
}
