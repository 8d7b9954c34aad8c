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
        #expect(model.start() == [.signIn(OperatorSignIn(email: "a@b.c", password: "p"))])
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
        #expect(story.effects == [.closeStream])
        #expect(story.model.context == .signIn)
        story.signIn()
        #expect(story.model.context == .detail)
        story.answerPage(Samples.page(0..<60, through: "9-0"))
        #expect(story.effects == [.openStream(after: "9-0", delay: .zero)])
    }
}

struct LiveListTests {
    @Test func theStreamOpensBehindWhatThePageHolds() {
        var story = Story()
        story.signIn()
        story.answerPage(Samples.page(0..<20, through: "17-3"))
        #expect(story.effects == [.openStream(after: "17-3", delay: .zero)])
    }

    @Test func aStreamWithoutAPositionIsFollowedByAnotherPage() throws {
        var story = Story()
        story.signIn()
        story.answerPage(Samples.page(0..<20, through: nil))
        #expect(story.effects == [.openStream(after: nil, delay: .zero)])
        story.send(.message(.streamOpened))
        let request = try #require(story.requested?.page)
        #expect(request.cursor == nil)
    }

    @Test func aNewRowIsThereWithItsEventAndOnlyOnce() {
        var story = Story.live()
        story.arrive(Samples.row(-1))
        story.arrive(Samples.row(-1))
        #expect(story.effects.isEmpty)
        #expect(story.model.executions.rows.count == 61)
        #expect(story.model.executions.rows[0].id == Samples.row(-1).id)
        #expect(story.model.executions.selected?.id == Samples.row(-1).id)
    }

    @Test func theSelectedRowStaysUnderTheCursorAndOnItsLine() {
        var story = Story.live()
        story.press(.character("j"), .character("j"), .character("j"))
        let selected = story.model.executions.selected?.id
        let before = story.picture(Size(columns: 80, rows: 24)).text[3...]
        for number in 1...40 { story.arrive(Samples.row(-number)) }
        #expect(story.model.executions.selected?.id == selected)
        #expect(story.picture(Size(columns: 80, rows: 24)).text[3...] == before)
        #expect(story.model.executions.unseen == 40)
        story.press(.character("g"))
        #expect(story.model.executions.isFollowing)
        #expect(story.model.executions.unseen == 0)
        #expect(story.model.executions.selected?.id == Samples.row(-40).id)
    }

    @Test func olderPagesAreReadWhenTheCursorComesNear() throws {
        var story = Story.live()
        story.press(.character("G"))
        let request = try #require(story.requested?.page)
        #expect(request.cursor == "older")
        story.press(.character("k"))
        #expect(story.effects.isEmpty)
        story.send(.message(.page(request, .success(Samples.page(60..<100, next: nil)))))
        #expect(story.model.executions.rows.count == 100)
        #expect(story.model.executions.older == .end)
        story.press(.character("G"))
        #expect(story.model.executions.selected?.id == Samples.row(99).id)
    }

    @Test func aGapReadsTheListAnewAndLeavesNoHole() {
        var story = Story.live()
        story.send(.message(.event(id: "90-0", .gap)))
        // So much happened that the new page does not reach down to what is held.
        story.answerPage(Samples.page(-500 ..< -400, next: "between"))
        #expect(story.model.executions.rows.count == 100)
        #expect(story.model.executions.older == .from(cursor: "between"))
        story.send(.message(.event(id: "91-0", .gap)))
        // This one does: what is older stays.
        story.answerPage(Samples.page(-520 ..< -420, next: "x"))
        #expect(story.model.executions.rows.count == 120)
        #expect(story.model.executions.older == .from(cursor: "between"))
    }

    @Test func aFilterAsksTheServerAndChoosesLiveRows() throws {
        var story = Story.live()
        story.press(.character("/"))
        story.type("failed")
        story.press(Key(.enter))
        let request = try #require(story.requested?.page)
        #expect(request.filter == (try FilterQuery.parse("failed")))
        #expect(story.model.executions.rows.count == (0..<60).filter { Samples.row($0).failure != nil }.count)
        story.send(.message(.page(request, .success(Samples.page(5..<6, next: nil)))))
        let count = story.model.executions.rows.count
        story.arrive(Samples.row(-1))
        #expect(story.model.executions.rows.count == count)
        story.arrive(Samples.row(-5))
        #expect(story.model.executions.rows.count == count + 1)
    }

    @Test func answersToAnEarlierFilterAreDropped() throws {
        var story = Story()
        story.signIn()
        let first = try #require(story.requested?.page)
        story.press(.character("/"))
        story.type("judge:x")
        story.press(Key(.enter))
        story.send(.message(.page(first, .success(Samples.page(0..<20)))))
        #expect(story.model.executions.rows.isEmpty)
    }

    @Test func aFilterWithAMistakeStaysOpen() {
        var story = Story.live()
        story.press(.character("/"))
        story.type("score<9")
        story.press(Key(.enter))
        #expect(story.effects.isEmpty)
        #expect(story.model.context == .filter)
        #expect(story.model.executions.problem != nil)
        story.press(Key(.escape))
        #expect(story.model.context == .executions)
        #expect(story.model.executions.problem == nil)
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

    @Test func aPageThatFailsIsReadAgainByItself() throws {
        var story = Story()
        story.signIn()
        story.failPage(unreachable)
        let delay = try #require(story.requested?.delay)
        #expect(delay == .milliseconds(250))
        story.failPage(ServerFailure(.forbidden, "Your role may not list executions."))
        #expect(story.effects.isEmpty)
    }

    @Test func noMoreThanTheLimitIsHeld() {
        var story = Story.live()
        for number in 1...Executions.limit + 440 { story.arrive(Samples.row(-number)) }
        #expect(story.model.executions.rows.count == Executions.limit)
        #expect(story.model.executions.older == .released)
    }

    @Test func nothingWakesAQuietScreenButTheMinute() throws {
        var story = Story.live()
        story.send(.message(.event(id: nil, .serverTime(Samples.now))))
        let wake = try #require(story.model.wake)
        // 12:04:30 on the server: the silence limit comes before the minute.
        #expect(wake > story.now + .seconds(19) && wake <= story.now + .seconds(31))
    }
}

struct DetailTests {
    @Test func theNeighboursAreOpenedWithoutGoingBack() {
        var story = Story.live()
        story.press(Key(.enter))
        #expect(story.effects == [.loadDetail(Samples.row(0).id)])
        story.press(.character("n"))
        #expect(story.effects == [.loadDetail(Samples.row(1).id)])
        story.press(.character("p"))
        #expect(story.effects == [.loadDetail(Samples.row(0).id)])
        story.press(.character("p"))
        #expect(story.effects.isEmpty)
    }

    @Test func aDigitOpensAPartAndEscapeComesBack() {
        var story = Story.live()
        story.press(.character("j"), .character("j"), .character("j"), Key(.enter))
        story.answerDetail(Samples.detail(Samples.row(3), evaluators: 4))
        story.press(.character("2"))
        #expect(story.effects == [.loadDetail(Samples.uuid(501))])
        #expect(story.model.details.count == 2)
        story.press(.character("9"))
        #expect(story.effects.isEmpty)
        story.press(Key(.escape), Key(.escape))
        #expect(story.model.context == .executions)
        #expect(story.model.executions.selected?.id == Samples.row(3).id)
    }

    @Test func longTextIsFoldedUntilItIsAskedFor() {
        var story = Story.live()
        story.press(Key(.enter))
        story.answerDetail(Samples.detail(Samples.row(0), longPrompt: 5000))
        story.press(.character("G"))
        #expect(story.picture(Size(columns: 80, rows: 24)).text.contains { $0.contains("4,940 more lines") })
        story.press(.character("f"), .character("G"))
        let text = story.picture(Size(columns: 80, rows: 24)).text
        #expect(text.contains { $0.contains("Line 5000 of the prompt") })
    }

    @Test func anAnswerForAnotherExecutionChangesNothing() {
        var story = Story.live()
        story.press(Key(.enter))
        story.send(.message(.detail(Samples.uuid(77), .success(Samples.detail(Samples.row(9))))))
        #expect(story.picture(Size(columns: 80, rows: 24)).text.contains { $0.contains("Reading the execution") })
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
