import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

struct JobActionTests {
    private func plan(
        _ action: OperatorPlanAction, count: Int, typing: String, state: OperatorPlan.State = .ready, failed: Int = 0
    ) -> OperatorPlan {
        OperatorPlan(
            id: Samples.uuid(0x9000), action: action, count: count, isCut: false, effect: "They wait again.",
            estimatedCostNanodollars: nil, samples: [], confirmation: .init(kind: .count, text: typing),
            expiresAt: Samples.now.addingTimeInterval(600), state: state,
            progress: .init(
                done: state == .ready ? 0 : count - failed, failed: failed,
                failures: failed > 0
                    ? [.init(reason: "It runs again already.", count: failed, ids: [Samples.job(4).id])] : []),
            undo: nil)
    }

    private func agree(_ story: inout Story, _ text: String) {
        story.pass(.seconds(1))
        story.type(text)
        story.press(Key(.enter))
    }

    /// The cursor on a job of a state.
    private func story(on number: Int, session: OperatorSession = Samples.session) -> Story {
        var story = Story.jobs(session: session)
        for _ in 0..<number { story.press(.character("j")) }
        return story
    }

    @Test func aDeadJobIsRetriedAtOnce() throws {
        var story = story(on: 4)
        story.press(.character("R"))
        let path = "\(OperatorJobPage.path)/\(Samples.job(4).id.uuidString.lowercased())/actions"
        #expect(try story.body(path)?["action"] == "retry")
        story.answer(path, OperatorNothing())
        #expect(story.shows("It waits again"))
        #expect(story.ask(OperatorJobPage.path) != nil)
    }

    @Test func cancellingOneIsAPlanThatWantsToBeAgreedTo() throws {
        var story = story(on: 1)
        story.press(.character("K"))
        #expect(try story.body(OperatorPlanDraft.path)?["action"] == "cancel_jobs")
        #expect(try story.body(OperatorPlanDraft.path)?["ids"]?.arrayValue?.count == 1)
        story.answer(OperatorPlanDraft.path, plan(.cancelJobs, count: 1, typing: "1"))
        #expect(story.shows("Cancel 1 job"))
        agree(&story, "")
        #expect(story.ask(OperatorPlanDraft.path) == nil)
    }

    @Test func markedOnesAreAPlanOfTheirIdentifiers() throws {
        var story = story(on: 4)
        story.press(.character(" "), .character(" "), .character(" "), .character("D"))
        let body = try #require(try story.body(OperatorPlanDraft.path))
        #expect(body["action"] == "delete_jobs")
        #expect(body["ids"]?.arrayValue?.count == 3)
        #expect(body["filter"] == nil || body["filter"] == .null)
    }

    @Test func aSecondStarMeansEverythingThatMatchesAndItsCountIsTyped() throws {
        var story = Story.jobs(waiting: 1_000_000)
        story.press(.character("/"))
        story.type("state:dead error:timeout")
        story.press(Key(.enter))
        story.answer(
            OperatorJobCounts.path, OperatorJobCounts(states: [.init(name: "dead", count: 214_000)], isCut: false))
        story.answer(OperatorJobPage.path, Samples.jobs(0..<100, state: .dead))
        story.press(.character("*"))
        #expect(story.shows("100 marked: x acts on them, * again marks all that match"))
        story.press(.character("*"))
        #expect(story.shows("All that match are marked (214,000)"))
        story.press(.character("R"))
        let body = try #require(try story.body(OperatorPlanDraft.path))
        #expect(body["action"] == "retry_jobs")
        let filter = try #require(body["filter"]?.arrayValue)
        #expect(filter.compactMap { $0["name"]?.stringValue } == ["queue", "state", "error_class"])
        story.answer(OperatorPlanDraft.path, plan(.retryJobs, count: 214_000, typing: "214000"))
        #expect(story.shows("Retry 214,000 jobs"))
        #expect(story.shows("what comes meanwhile is left alone"))
        agree(&story, "100")
        #expect(story.shows("That is not 214000"))
        story.press(.control("u"))
        agree(&story, "214000")
        story.answer(OperatorPlanDraft.path, plan(.retryJobs, count: 214_000, typing: "214000", state: .running))
        #expect(story.screen(PlanScreen.self) != nil)
        story.press(Key(.escape))
        #expect(story.screen(JobsScreen.self)?.list.marks.isEmpty == true)
    }

    @Test func onAShortListTheFirstStarIsEverything() {
        var story = Story.queues()
        story.press(.character("i"))
        story.answer(OperatorJobCounts.path, Samples.jobCounts())
        story.answer(OperatorJobPage.path, Samples.jobs(0..<5, next: nil))
        story.press(.character("*"), .character("*"))
        #expect(story.screen(JobsScreen.self)?.list.marks.isEverything == false)
        #expect(story.screen(JobsScreen.self)?.list.marks.ids.count == 5)
    }

    @Test func movingAsksWhereToAndKeepsItsAim() throws {
        var story = story(on: 1)
        story.press(.character("M"))
        story.type("background")
        story.press(Key(.enter))
        let body = try #require(try story.body(OperatorPlanDraft.path))
        #expect(body["action"] == "move_jobs")
        #expect(body["arguments"]?["queue"] == "background")
        #expect(body["ids"]?[0]?.stringValue?.lowercased() == Samples.job(1).id.uuidString.lowercased())
    }

    @Test func whatFailedInAPlanLeadsToItsJob() {
        var story = story(on: 4)
        story.press(.character(" "), .character(" "), .character("R"))
        story.answer(OperatorPlanDraft.path, plan(.retryJobs, count: 2, typing: "2"))
        agree(&story, "2")
        story.answer(OperatorPlanDraft.path, plan(.retryJobs, count: 2, typing: "2", state: .finished, failed: 1))
        #expect(story.shows("It runs again already."))
        story.press(Key(.enter))
        #expect(story.screen(JobScreen.self)?.id == Samples.job(4).id)
    }

    @Test func onlyWhatItsStateAllowsIsOffered() {
        var story = story(on: 5)
        #expect(story.screen(JobsScreen.self)?.list.selected?.state == .finished)
        story.press(.character("R"), .character("K"), .character("N"))
        #expect(story.asked.isEmpty)
        story.press(.character("x"))
        #expect(story.shows("Delete: forget"))
        #expect(!story.shows("Cancel what waits"))
    }

    @Test func whoMayOnlyLookChangesNothing() {
        var story = story(on: 4, session: Samples.viewer)
        for key in "RKDMN".unicodeScalars { story.press(.character(key)) }
        #expect(story.asked.isEmpty)
    }
}

struct JobScreenTests {
    @Test func itsLifeIsToldInTheOrderOfTime() {
        let story = Story.job(2, Size(columns: 120, rows: 40))
        for text in [
            "provider openai is rate limited for 12 s", "attempt 1, w-07, rate_limited, took 3.1s", "lost", "in 8s",
            "Nightly regression, the 3. of it", "Faithfulness",
        ] { #expect(story.shows(text), "\(text)") }
    }

    @Test func theLinesLeadToQueueBatchWorkerAndExecution() {
        var story = Story.job(2)
        story.press(Key(.tab), Key(.enter))
        #expect(story.screen(QueueScreen.self)?.name == "evaluations")
        story.press(Key(.escape), Key(.tab), Key(.enter))
        #expect(story.screen(BatchScreen.self)?.id == Samples.uuid(0x6000))
        story.press(Key(.escape), Key(.tab), Key(.enter))
        #expect(story.screen(WorkerScreen.self)?.id == "w-07")
        story.press(Key(.escape), Key(.tab), Key(.enter))
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.uuid(100_003))
    }

    @Test func nAndPGoToItsNeighbours() {
        var story = Story.job(2)
        story.press(.character("n"))
        #expect(story.screen(JobScreen.self)?.id == Samples.job(3).id)
        #expect(story.ask("\(OperatorJobPage.path)/\(Samples.job(3).id.uuidString.lowercased())") != nil)
        story.press(.character("p"), .character("p"))
        #expect(story.screen(JobScreen.self)?.id == Samples.job(1).id)
    }

    @Test func itIsReadAnewWhileItIsNotOver() {
        var story = Story.job(1)
        story.pass(.seconds(3))
        #expect(story.ask(OperatorJobPage.path) != nil)
        var over = Story.job(4)
        over.pass(.seconds(30))
        #expect(over.ask(OperatorJobPage.path) == nil)
    }

    @Test func onlyWhatTheServerAllowsIsOffered() {
        var story = Story.job(4)
        story.press(.character("K"))
        #expect(story.asked.isEmpty)
        story.press(.character("R"))
        #expect(story.ask(OperatorJobPage.path)?.request.path.hasSuffix("/actions") == true)
    }

    @Test func anIdentifierInAPastedTextOpensItsJob() {
        var story = Story.queues()
        story.press(.character("#"))
        story.send(.input(.paste("job \(Samples.job(9).id.uuidString) stands")))
        story.press(Key(.enter))
        #expect(story.screen(JobScreen.self)?.id == Samples.job(9).id)
    }
}

struct DeadLetterTests {
    @Test func theLargestCauseStandsFirstAndSaysWhatToDo() {
        let story = Story.deadLetters(Size(columns: 120, rows: 40))
        #expect(story.shows("188"))
        #expect(story.shows("214 jobs"))
        #expect(story.shows("a limit (C) makes it rarer"))
    }

    @Test func aWholeGroupIsRetriedByItsFilter() throws {
        var story = Story.deadLetters()
        story.press(.character("j"), .character("R"))
        let body = try #require(try story.body(OperatorPlanDraft.path))
        #expect(body["action"] == "retry_jobs")
        let filter = try #require(body["filter"]?.arrayValue)
        #expect(filter.contains { $0["name"] == "cause" && $0["value"] == "azure-gpt did not answer within # s" })
    }

    @Test func enterShowsExactlyItsJobs() {
        var story = Story.deadLetters()
        story.press(.character("G"), Key(.enter))
        let parameters = story.ask(OperatorJobCounts.path)?.request.parameters ?? []
        #expect(parameters.contains(OperatorParameter("cause", "the object store answered \"…\"")))
        #expect(parameters.contains(OperatorParameter("state", "dead")))
    }

    @Test func theLastJobOfACauseIsOpened() {
        var story = Story.deadLetters()
        story.press(.character("s"))
        #expect(story.screen(JobScreen.self)?.id == Samples.job(4).id)
    }
}
