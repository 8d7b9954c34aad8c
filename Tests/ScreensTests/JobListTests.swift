import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

struct JobListTests {
    private func screen(_ story: Story) -> JobsScreen? { story.screen(JobsScreen.self) }

    private func pages(_ story: Story) -> [Ask] { story.asked.filter { $0.request.path == OperatorJobPage.path } }

    private func parameter(_ story: Story, _ name: String) -> [String] {
        (story.asked.last { $0.request.path == OperatorJobPage.path }?.request.parameters ?? [])
            .filter { $0.name == name }.map(\.value)
    }

    /// Answers the newest question for a page.
    private func answer(_ story: inout Story, _ page: OperatorJobPage) { story.answer(OperatorJobPage.path, page) }

    @Test func theJobsOfAQueueAreShownWithTheirCount() {
        let story = Story.jobs(Size(columns: 120, rows: 40))
        #expect(story.shows("Jobs of evaluations"))
        #expect(story.shows("1 of 13,227"))
        #expect(story.shows("runs "))
        #expect(story.shows("in 8s"))
        #expect(story.shows("rate limited: openai"))
    }

    /// However many there are, a few pages are held and a key costs the same.
    @Test func ofAMillionJobsAFewPagesAreHeld() throws {
        var story = Story.jobs(waiting: 1_000_000)
        for page in 1...12 {
            story.press(.character("G"))
            let cursor = try #require(parameter(story, "cursor").first)
            #expect(cursor == (page == 1 ? "older" : "c\(page - 1)"))
            answer(&story, Samples.jobs(page * 100..<page * 100 + 100, next: "c\(page)"))
        }
        let list = try #require(screen(story)?.list)
        #expect(list.rows.count == PagedWindow<OperatorJobRow>.most * 100)
        #expect(list.window.offset == 800)
        #expect(list.selected?.id == Samples.job(1199).id)
        #expect(story.shows("1,200 of 1,012,415+"))
    }

    @Test func whatWasLetGoIsReadAgainOnTheWayBack() throws {
        var story = Story.jobs(waiting: 1_000_000)
        for page in 1...6 {
            story.press(.character("G"))
            answer(&story, Samples.jobs(page * 100..<page * 100 + 100, next: "c\(page)"))
        }
        #expect(screen(story)?.list.window.offset == 200)
        for _ in 0..<60 { story.press(Key(.pageUp)) }
        #expect(parameter(story, "cursor") == ["older"])
        let selected = screen(story)?.list.selected?.id
        answer(&story, Samples.jobs(100..<200, next: "c1"))
        #expect(screen(story)?.list.window.offset == 100)
        #expect(screen(story)?.list.selected?.id == selected)
        for _ in 0..<60 { story.press(Key(.pageUp)) }
        #expect(parameter(story, "cursor").isEmpty)
        answer(&story, Samples.jobs(0..<100))
        for _ in 0..<60 { story.press(Key(.pageUp)) }
        #expect(screen(story)?.list.selected?.id == Samples.job(0).id)
    }

    @Test func awayFromTheTopOnlyTheRowsOnTheScreenAreReadAnewAndNothingMoves() throws {
        var story = Story.jobs()
        story.press(.character("j"), .character("j"), .character("j"))
        let before = try #require(screen(story)?.list.selected)
        story.hear(.queuesChanged(OperatorQueueNews(countedAt: Samples.now, queues: [.evaluations])))
        story.pass(.seconds(3))
        let ids = parameter(story, "id")
        #expect(ids.first == Samples.job(0).id.uuidString.lowercased())
        #expect(ids.count <= 24)
        #expect(parameter(story, "state").isEmpty)
        let fresh = (0..<ids.count).map { Samples.job($0, state: $0 == 3 ? .finished : nil) }
        answer(&story, OperatorJobPage(results: fresh, next: nil, eventsThrough: nil))
        #expect(screen(story)?.list.selected?.id == before.id)
        #expect(screen(story)?.list.selected?.state == .finished)
        #expect(screen(story)?.list.rows.count == 100)
    }

    @Test func whatWasDeletedGoesAwayAndItsNeighbourTakesOver() throws {
        var story = Story.jobs()
        story.press(.character("j"), .character(" "), .character("j"))
        #expect(screen(story)?.list.selected?.id == Samples.job(3).id)
        story.press(.control("r"))
        let asked = parameter(story, "id").count
        story.answer(OperatorJobCounts.path, Samples.jobCounts())
        let kept = (0..<asked).filter { $0 != 1 && $0 != 3 }.map { Samples.job($0) }
        answer(&story, OperatorJobPage(results: kept, next: nil, eventsThrough: nil))
        #expect(screen(story)?.list.rows.count == 98)
        #expect(screen(story)?.list.marks.isEmpty == true)
        #expect(screen(story)?.list.selected?.id == Samples.job(4).id)
    }

    @Test func atTheTopTheListFollowsWhatComesIn() {
        var story = Story.jobs()
        story.hear(.queuesChanged(OperatorQueueNews(countedAt: Samples.now, queues: [.evaluations])))
        story.pass(.seconds(3))
        #expect(parameter(story, "id").isEmpty)
        answer(&story, Samples.jobs(-5..<95))
        #expect(screen(story)?.list.selected?.id == Samples.job(-5).id)
    }

    @Test func thousandsOfEventsAskForOneReading() {
        var story = Story.jobs(waiting: 1_000_000)
        for _ in 0..<2000 {
            story.hear(.queuesChanged(OperatorQueueNews(countedAt: Samples.now, queues: [.evaluations])))
        }
        #expect(pages(story).isEmpty)
        for _ in 0..<50 { story.pass(.milliseconds(100)) }
        #expect(pages(story).count == 1)
    }

    @Test(arguments: [
        ("state:dead", "state", ["dead"]), ("state:dead,cancelled", "state", ["dead", "cancelled"]),
        ("-state:finished,dead,cancelled,running", "state", ["waiting", "scheduled"]),
        ("error:timeout", "error_class", ["timeout"]), ("message:\"429 again\"", "error", ["429 again"]),
        ("age:>1h", "min_age_seconds", ["3600"]), ("age>90s", "min_age_seconds", ["90"]),
        ("failures>2", "min_failures", ["3"]), ("worker:w-07", "worker", ["w-07"]),
        ("quota", "text", ["quota"]),
    ])
    func theFilterAsksTheServer(_ text: String, _ name: String, _ values: [String]) {
        var story = Story.jobs()
        story.press(.character("/"))
        story.type(text)
        story.press(Key(.enter))
        #expect(parameter(story, name) == values)
        // What the list was opened for stays.
        #expect(parameter(story, "queue") == ["evaluations"])
    }

    @Test func aSpanBackFromNowIsCountedByTheServersClock() {
        var story = Story.jobs()
        story.press(.character("/"))
        story.type("since:1h age<30m")
        story.press(Key(.enter))
        #expect(parameter(story, "since").first?.hasPrefix("2026-11-24T11:34:30") == true)
    }

    @Test(arguments: [
        ("state:gone", "none of"), ("batch:x", "x is no identifier"), ("score>1", "unknown key"),
        ("queue:interactive", "queues are told once"), ("-worker:x", "- is for states only"),
    ])
    func aWrongFilterSaysWhatIsWrong(_ text: String, _ complaint: String) {
        var story = Story.jobs()
        story.press(.character("/"))
        story.type(text)
        story.press(Key(.enter))
        #expect(story.shows(complaint))
        #expect(pages(story).isEmpty)
    }

    @Test func theFilterCompletes() {
        var story = Story.jobs()
        story.press(.character("/"))
        story.type("state:de")
        story.press(Key(.tab))
        story.type(" error:time")
        story.press(Key(.tab), Key(.enter))
        #expect(parameter(story, "state") == ["dead"])
        #expect(parameter(story, "error_class") == ["timeout"])
    }

    @Test func theExclamationMarkShowsWhatWasGivenUp() {
        var story = Story.jobs()
        story.press(.character("!"))
        #expect(parameter(story, "state") == ["dead"])
        story.press(.character("!"))
        #expect(parameter(story, "state").isEmpty)
    }

    @Test func theStateIsChosenFromAMenuWithCounts() {
        var story = Story.jobs()
        story.press(.character("t"))
        #expect(story.shows("12,345"))
        story.press(.character("3"))
        #expect(parameter(story, "state") == ["running"])
    }

    @Test func theOldestStandFirstWhenItIsSortedSo() {
        var story = Story.jobs()
        story.press(.character("o"), .character("1"))
        #expect(parameter(story, "order") == ["oldest"])
    }

    @Test func escapeLeavesTheFilterFirstAndThenTheList() {
        var story = Story.jobs()
        story.press(.character("!"), Key(.escape))
        #expect(screen(story)?.query == "")
        story.press(Key(.escape))
        #expect(story.screen(QueuesScreen.self) != nil)
    }

    @Test func aPageThatFailsIsAskedForAgain() throws {
        var story = Story.queues()
        story.press(.character("i"))
        story.answer(OperatorJobCounts.path, Samples.jobCounts())
        story.fail(OperatorJobPage.path)
        #expect(story.shows("connection refused"))
        #expect(try #require(pages(story).last).delay > .zero)
    }

    @Test func whatIsHeldIsAlsoForPrograms() throws {
        let story = Story.jobs()
        let sheet = try #require(story.model.screen.sheet(story.model.scope))
        #expect(sheet.rows.count == 100)
        #expect(sheet.json[4]?["error_class"] == "rate_limited")
    }
}

extension OperatorQueueNews.Queue {
    fileprivate static let evaluations = OperatorQueueNews.Queue(
        name: "evaluations", waiting: 812, scheduled: 3, running: 40, oldestSeconds: 3, isPaused: false, enqueued: 9,
        started: 9, finished: 9, failed: 1, dead: 0, cancelled: 0)
}
