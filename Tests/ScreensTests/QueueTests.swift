import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

struct QueueListTests {
    private static let row = OperatorQueueNews.Queue(
        name: "evaluations", waiting: 900, scheduled: 3, running: 40, oldestSeconds: 3, isPaused: false, enqueued: 100,
        started: 40, finished: 38, failed: 1, dead: 0, cancelled: 0)
    private static let news = OperatorEvent.queuesChanged(OperatorQueueNews(countedAt: Samples.now, queues: [row]))

    private func readings(_ story: Story) -> Int { story.asked.count { $0.request.path == OperatorQueue.path } }

    @Test func theDigitFourGoesThere() {
        var story = Story.live()
        story.press(.character("4"))
        #expect(story.screen(QueuesScreen.self) != nil)
        #expect(story.ask(OperatorQueue.path) != nil)
    }

    @Test func everyQueueIsListedWithItsNumbers() {
        let story = Story.queues(Size(columns: 200, rows: 60))
        for text in ["812", "13m37s", "at limit", "paused", "~18m40s", "12s", "4.8s"] {
            #expect(story.shows(text), "\(text)")
        }
    }

    @Test func theAgeOfTheOldestGoesOnBetweenTwoReadings() {
        var story = Story.queues(Size(columns: 120, rows: 40))
        #expect(story.shows("13m37s"))
        story.pass(.seconds(3))
        #expect(story.shows("13m40s"))
    }

    @Test func whileNothingMovesTheQueuesAreReadEveryTenSecondsAndElseEverySecond() {
        var story = Story.queues()
        story.pass(.seconds(2))
        #expect(readings(story) == 0)
        story.hear(Self.news)
        story.pass(.milliseconds(10))
        #expect(readings(story) == 1)
        story.answer(OperatorQueue.path, Samples.queues())
        story.pass(.seconds(9))
        #expect(readings(story) == 0)
        story.pass(.seconds(2))
        #expect(readings(story) == 1)
    }

    /// A million waiting jobs and thousands of events a second must not cost more than ten.
    @Test func twoThousandEventsAskForOneReading() {
        var story = Story.queues(waiting: 1_000_000)
        story.pass(.seconds(2))
        for _ in 0..<2000 { story.hear(Self.news) }
        #expect(story.asked.isEmpty)
        story.pass(.seconds(1))
        story.pass(.milliseconds(1))
        #expect(readings(story) == 1)
        #expect(story.shows("1,000,000"))
    }

    @Test func whatIsReadAnewDoesNotMoveTheCursor() {
        var story = Story.queues()
        story.press(.character("j"), .character("j"))
        #expect(story.screen(QueuesScreen.self)?.list.selected?.id == "interactive")
        story.pass(.seconds(11))
        story.answer(OperatorQueue.path, Samples.queues(evaluations: 5))
        #expect(story.screen(QueuesScreen.self)?.list.selected?.id == "interactive")
    }

    @Test(arguments: [
        ("paused", ["maintenance"]), ("waiting>100", ["evaluations"]), ("oldest>5m limited", ["evaluations"]),
        ("-paused dead:>0", ["evaluations"]), ("running>=2 back", ["background"]),
    ])
    func theFilterKnows(_ text: String, _ names: [String]) {
        var story = Story.queues()
        story.press(.character("/"))
        story.type(text)
        story.press(Key(.enter))
        #expect(story.screen(QueuesScreen.self)?.list.shown.map(\.id) == names)
    }

    @Test func theTimeUntilItIsEmptyIsExplained() {
        var story = Story.queues(Size(columns: 120, rows: 40))
        story.press(.character("j"), .character("e"))
        #expect(story.shows("In about 18m40s. At the pace of the last five minutes."))
        #expect(story.shows("2.2/s out over 5m00s"))
        #expect(story.shows("At most 40") || story.shows("at most 40"))
    }

    @Test func theTableIsAlsoForPrograms() throws {
        let story = Story.queues()
        let sheet = try #require(story.model.screen.sheet(story.model.scope))
        #expect(sheet.rows.count == 4)
        #expect(sheet.json[1]?["name"] == "evaluations")
        #expect(sheet.json[1]?["forecast"]?["remaining"] == 812)
    }

    @Test func aFailureIsToldAndTriedAgainByItself() throws {
        var story = Story.entering(.queues)
        story.fail(OperatorQueue.path)
        #expect(story.shows("connection refused"))
        #expect(try #require(story.ask(OperatorQueue.path)).delay > .zero)
    }
}

struct QueueControlTests {
    private func receipt(_ subject: String, paused: Bool) -> OperatorQueueControlReceipt {
        OperatorQueueControlReceipt(
            control: Samples.control(subject, paused: paused), before: Samples.control(subject, paused: !paused))
    }

    @Test func aQueueIsPausedAtOnceAndGoesOnByZ() throws {
        var story = Story.queues()
        story.press(.character("P"))
        #expect(try story.body(OperatorQueueControlChange.path)?["subject"] == "queue:background")
        #expect(try story.body(OperatorQueueControlChange.path)?["is_paused"] == true)
        story.answer(OperatorQueueControlChange.path, receipt("queue:background", paused: true))
        #expect(story.shows("background is paused"))
        #expect(story.ask(OperatorQueue.path) != nil)
        story.press(.character("z"))
        #expect(try story.body(OperatorQueueControlChange.path)?["is_paused"] == false)
    }

    @Test func whatIsPausedIsLetGoOn() throws {
        var story = Story.queues()
        story.press(.character("G"), .character("P"))
        #expect(try story.body(OperatorQueueControlChange.path)?["is_paused"] == false)
        #expect(try story.body(OperatorQueueControlChange.path)?["subject"] == "queue:maintenance")
    }

    @Test(arguments: [("12", 12), ("none", 0), ("", 0)])
    func aLimitIsTypedAndNoneTakesItAway(_ text: String, _ sent: Int) throws {
        var story = Story.queues()
        story.press(.character("j"), .character("C"), .control("u"))
        story.type(text)
        story.press(Key(.enter))
        #expect(try story.body(OperatorQueueControlChange.path)?["concurrency"] == .integer(Int64(sent)))
    }

    @Test(arguments: [("600", 600), ("none", 0)])
    func aRateIsTypedAndNoneTakesItAway(_ text: String, _ sent: Int) throws {
        var story = Story.queues()
        story.press(.character("j"), .character("R"), .control("u"))
        story.type(text)
        story.press(Key(.enter))
        #expect(try story.body(OperatorQueueControlChange.path)?["per_minute"] == .integer(Int64(sent)))
    }

    @Test func whatIsNoLimitIsNotSent() {
        var story = Story.queues()
        story.press(.character("C"), .control("u"))
        story.type("many")
        story.press(Key(.enter))
        #expect(story.asked.isEmpty)
        #expect(story.shows("A number above 0, or none"))
    }

    @Test func ofATenantItIsAskedWhetherTheProjectOrTheOrganisationIsMeant() throws {
        var story = Story.queue()
        story.press(Key(.tab), .character("P"))
        #expect(story.shows("project support"))
        #expect(story.shows("organisation Acme"))
        story.press(.character("2"))
        let subject = try story.body(OperatorQueueControlChange.path)?["subject"]?.stringValue
        #expect(subject?.hasPrefix("organization:") == true)
    }

    @Test func aLimitIsPausedByItsSubject() throws {
        var story = Story.queue()
        story.press(Key(.tab), Key(.tab), .character("j"), .character("P"))
        #expect(try story.body(OperatorQueueControlChange.path)?["subject"] == "provider:openai")
    }

    @Test func whoMayOnlyLookChangesNothing() {
        var story = Story.queues(session: Samples.viewer)
        for key in "PCW".unicodeScalars { story.press(.character(key)) }
        #expect(story.asked.isEmpty)
    }

    @Test func aRefusalIsTold() {
        var story = Story.queues()
        story.press(.character("P"))
        story.fail(OperatorQueueControlChange.path, ServerFailure(.forbidden, "You may not do this."))
        #expect(story.shows("Nothing has changed: You may not do this."))
    }
}

struct QueueScreenTests {
    @Test func theTabsShowNumbersWhoWaitsAndWhatHoldsJobsBack() {
        var story = Story.queue(Size(columns: 120, rows: 40))
        #expect(story.shows("812 wait, oldest 13m37s, 40 run"))
        story.press(Key(.tab))
        #expect(story.shows("Globex"))
        #expect(story.shows("weight 3"))
        story.press(Key(.tab))
        #expect(story.shows("12s, 12:04:42"))
        #expect(story.shows("32 of 32"))
        story.press(Key(.tab))
        #expect(story.screen(QueueScreen.self)?.tab == .overview)
    }

    @Test func aTenantsJobsAreShown() {
        var story = Story.queue()
        story.press(Key(.tab), Key(.enter))
        let parameters = story.ask(OperatorJobPage.path + "/counts")?.request.parameters ?? []
        #expect(parameters.contains(OperatorParameter("project_id", Samples.projectID.uuidString.lowercased())))
        #expect(parameters.contains(OperatorParameter("queue", "evaluations")))
        story.press(Key(.escape))
        #expect(story.screen(QueueScreen.self) != nil)
    }

    @Test func anotherWindowIsReadAnew() {
        var story = Story.queue()
        story.press(.character("t"), .character("5"))
        #expect(story.ask(OperatorQueue.path)?.request.parameters.contains(OperatorParameter("window", "7d")) == true)
    }

    @Test func aLimitSaysWhatItBlocksUntilWhen() {
        var story = Story.queue(Size(columns: 120, rows: 40))
        story.press(Key(.tab), Key(.tab), .character("j"))
        #expect(story.shows("openai answered 429 and wants no call for 12 s."))
        story.press(.character("e"))
        #expect(story.shows("It costs no attempt."))
    }
}
