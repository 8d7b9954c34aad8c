import FoundationEssentials
import Screens
import Terminal
import Testing
import WireAPI

struct SignInTests {
    @Test func enterGoesOnToWhatIsMissingThenSignsIn() {
        var story = Story(email: "")
        story.press(Key(.enter))
        #expect(story.effects.isEmpty)
        story.type("a@b.c")
        story.press(Key(.enter))
        story.type("pässword")
        story.press(Key(.enter))
        #expect(story.effects == [.signIn(OperatorSignIn(email: "a@b.c", password: "pässword"))])
    }

    @Test func aKnownPasswordSignsInByItself() {
        var model = Model(server: "s", email: "a@b.c", password: "p", charset: .unicode)
        #expect(model.start().contains(.signIn(OperatorSignIn(email: "a@b.c", password: "p"))))
    }

    @Test func aWrongPasswordIsForgottenAnUnreachableServerKeepsIt() {
        var story = Story()
        story.type("secret")
        story.press(Key(.enter))
        story.send(.message(.signedIn(.failure(unreachable))))
        story.press(Key(.enter))
        #expect(story.effects == [.signIn(OperatorSignIn(email: "root@example.com", password: "secret"))])
        story.send(.message(.signedIn(.failure(ServerFailure(.wrongCredentials, "no")))))
        story.press(Key(.enter))
        #expect(story.effects.isEmpty)
    }

    @Test func thePasswordIsNeverPrinted() {
        var story = Story()
        story.type("secret")
        #expect(story.model.signIn.map { !"\($0)".contains("secret") } == true)
        #expect(!story.picture(Size(columns: 80, rows: 24)).text.joined().contains("secret"))
    }

    @Test func aPasteGoesIntoTheFieldWithoutItsLineEnd() {
        var story = Story()
        story.send(.input(.paste("sec\u{1B}ret\n")))
        story.press(Key(.enter))
        #expect(story.effects == [.signIn(OperatorSignIn(email: "root@example.com", password: "secret"))])
    }

    @Test func anEndedSessionComesBackToWhereItWas() {
        var story = Story.live()
        story.press(.character("j"), Key(.enter))
        story.answerDetail(Samples.detail(Samples.row(1)))
        story.send(.message(.streamLost(ServerFailure(.sessionEnded, "ended"))))
        #expect(story.effects.first == .closeStream)
        #expect(story.model.signIn != nil)
        story.arrive(Samples.row(-1), id: "9-0")
        story.signIn()
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.row(1).id)
        #expect(story.opened?.after == "9-0")
    }
}

struct LeavingTests {
    @Test func oneInterruptWarnsTwoLeave() {
        var story = Story.live()
        story.press(.control("c"))
        #expect(story.effects.isEmpty)
        story.pass(.seconds(3))
        story.press(.control("c"))
        #expect(story.effects.isEmpty)
        story.press(.control("c"))
        #expect(story.effects == [.quit(130)])
    }

    @Test func qLeavesFromTheListAndIsALetterInAField() {
        var story = Story.live()
        story.press(.character("/"), .character("q"))
        #expect(story.effects.isEmpty)
        story.press(Key(.escape), .character("q"))
        #expect(story.effects == [.quit(0)])
    }

    @Test func aPastedQLeavesNothing() {
        var story = Story.live()
        story.send(.input(.paste("q\nq")))
        #expect(story.effects.isEmpty)
    }
}

struct StreamTests {
    @Test func whatHappenedBeforeTheStreamWasOpenIsReadAnew() {
        var story = Story()
        story.signIn()
        #expect(story.opened.map { $0.after == nil } == true)
        story.answerPage(Samples.page(0..<20))
        #expect(story.ask(OperatorExecutionPage.path) == nil)
        story.open()
        #expect(story.ask(OperatorExecutionPage.path) != nil)
    }

    @Test func aBrokenStreamIsTriedAgainFromItsPositionMoreAndMoreSeldom() throws {
        var story = Story.live()
        story.arrive(Samples.row(-1), id: "7-1")
        var delays: [Duration] = []
        for _ in 0..<6 {
            story.send(.message(.streamLost(unreachable)))
            let (position, delay) = try #require(story.opened)
            #expect(position == "7-1")
            delays.append(delay)
        }
        #expect(delays == [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2), .seconds(5), .seconds(5)])
        story.send(.message(.streamOpened))
        story.send(.message(.event(id: nil, .serverTime(Samples.now))))
        story.send(.message(.streamLost(unreachable)))
        #expect(story.effects == [.openStream(after: "7-1", delay: .milliseconds(250))])
    }

    @Test func nothingWakesAQuietScreenButTheMinute() throws {
        var story = Story.live()
        story.send(.message(.event(id: nil, .serverTime(Samples.now))))
        let wake = try #require(story.model.wake)
        // 12:04:30 on the server: the silence limit comes before the minute.
        #expect(wake > story.now + .seconds(19) && wake <= story.now + .seconds(31))
    }
}

struct FilterLineTests {
    @Test func aFilterWithAMistakeStaysOpen() {
        var story = Story.live()
        story.press(.character("/"))
        story.type("score<x")
        story.press(Key(.enter))
        #expect(story.effects.isEmpty)
        #expect(story.model.isTyping)
        #expect(story.shows("score: x is not such a value"))
        story.press(Key(.escape))
        #expect(!story.model.isTyping)
        #expect(story.list.filterText.isEmpty)
    }

    @Test func tabCompletesAKeyAndItsValue() {
        var story = Story.live()
        story.press(.character("/"))
        story.type("ty")
        story.press(Key(.tab))
        story.type("j")
        story.press(Key(.tab), Key(.enter))
        #expect(story.list.filterText == "type:judge")
    }

    @Test func escapeTakesTheFilterAwayBeforeItLeavesTheRoom() {
        var story = Story.live()
        story.press(.character("/"))
        story.type("failed")
        story.press(Key(.enter))
        #expect(story.list.filterText == "failed")
        story.press(Key(.escape))
        #expect(story.list.filterText.isEmpty)
    }
}
