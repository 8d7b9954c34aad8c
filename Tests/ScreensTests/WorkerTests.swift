import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

struct WorkerTests {
    @Test func theDigitFiveGoesThereAndThoseThatAreNotWellStandFirst() {
        var story = Story.live(Size(columns: 120, rows: 40))
        story.press(.character("5"))
        story.answer(OperatorWorker.path, Samples.workers)
        #expect(story.screen(WorkersScreen.self)?.list.shown.first?.id == "w-10")
        for text in [
            "!! stuck", "6m12s", "nothing has begun or ended for 6m12s while 812 jobs wait", "17 of 64 slots busy",
            "2 versions",
        ] { #expect(story.shows(text), "\(text)") }
    }

    @Test func theAgesGoOnBetweenTwoReadings() {
        var story = Story.workers(Size(columns: 120, rows: 40))
        story.pass(.seconds(1))
        #expect(story.shows("6m13s"))
    }

    @Test func whatASlotDoesIsShownAndItsJobOpened() {
        var story = Story.workers(Size(columns: 120, rows: 40))
        story.press(.character("j"), Key(.enter))
        #expect(story.shows("It runs 12 jobs"))
        #expect(story.shows("beat 1s ago"))
        story.press(.character("j"), Key(.enter))
        #expect(story.screen(JobScreen.self)?.id == Samples.job(8).id)
    }

    @Test func aWorkerThatIsGoneSaysSo() {
        var story = Story.workers()
        story.press(.character("j"), Key(.enter))
        story.answer(
            OperatorWorker.path, OperatorWorkerList(results: [], countedAt: Samples.now, complaint: nil))
        story.pass(.seconds(2))
        story.answer(
            OperatorWorker.path, OperatorWorkerList(results: [], countedAt: Samples.now, complaint: nil))
        #expect(story.shows("gone"))
        #expect(story.screen(WorkerScreen.self) != nil)
    }

    @Test(arguments: [("state:stuck", ["w-10"]), ("busy>2 state:working", ["w-07"]), ("version:0.1", ["w-09"])])
    func theFilterKnows(_ text: String, _ names: [String]) {
        var story = Story.workers()
        story.press(.character("/"))
        story.type(text)
        story.press(Key(.enter))
        #expect(story.screen(WorkersScreen.self)?.list.shown.map(\.id) == names)
    }

    @Test func theJobsOfAWorkerAreShown() {
        var story = Story.workers()
        story.press(.character("s"))
        #expect(
            story.ask(OperatorJobCounts.path)?.request.parameters.contains(OperatorParameter("worker", "w-10")) == true)
    }

    @Test func theTableIsAlsoForPrograms() throws {
        let story = Story.workers()
        let sheet = try #require(story.model.screen.sheet(story.model.scope))
        #expect(sheet.json[0]?["condition"] == "stuck")
        #expect(sheet.json[0]?["jobs"]?.arrayValue?.count == 3)
    }
}

struct ScheduleTests {
    private func path(_ number: Int, _ verb: String) -> String {
        "\(OperatorSchedule.path)/\(Samples.uuid(0x7000 + number).uuidString.lowercased())/\(verb)"
    }

    @Test func rulesAreToldInWords() {
        let story = Story.schedules(Size(columns: 200, rows: 60))
        for text in [
            "every 90s", "at 04:30", "at 07:00 from Monday to Friday", "every 15 minutes of hour 2-5", "in 42s",
            "paused",
            "1h00m ago, dead",
        ] { #expect(story.shows(text), "\(text)") }
    }

    @Test func oneIsPausedAndGoesOnByZ() {
        var story = Story.schedules()
        story.press(.character("P"))
        #expect(story.ask(path(0, "pause")) != nil)
        story.answer(path(0, "pause"), Samples.schedules.results[0].paused)
        #expect(story.shows("health canary is paused"))
        story.press(.character("z"))
        #expect(story.ask(path(0, "resume")) != nil)
    }

    @Test func runningNowOpensTheJob() {
        var story = Story.schedules()
        story.press(.character("N"))
        story.answer(path(0, "run"), OperatorScheduledRun(jobID: Samples.job(6).id))
        #expect(story.screen(JobScreen.self)?.id == Samples.job(6).id)
    }

    @Test func theJobOfTheLastRunIsOpened() {
        var story = Story.schedules()
        story.press(Key(.enter))
        #expect(story.screen(JobScreen.self)?.id == Samples.job(4).id)
    }

    @Test func whoMayOnlyLookChangesNothing() {
        var story = Story.schedules(session: Samples.viewer)
        story.press(.character("P"), .character("N"))
        #expect(story.asked.isEmpty)
    }
}

extension OperatorSchedule {
    /// The same, paused.
    fileprivate var paused: OperatorSchedule {
        OperatorSchedule(
            id: id, name: name, organization: organization, kind: kind, queue: queue, rule: rule, isPaused: true,
            catchUp: catchUp, nextRunAt: nextRunAt, lastRunAt: lastRunAt, lastJobID: lastJobID, lastState: lastState,
            updatedAt: updatedAt)
    }
}
