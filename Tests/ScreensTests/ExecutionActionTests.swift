import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

struct RunAgainTests {
    private let path = "\(OperatorExecutionPage.path)/"
    private let result = OperatorRunAgainResult(executionID: Samples.uuid(900), score: 0.5, failure: nil)

    @Test func oneRunsAtOnceAndItsResultIsOpened() throws {
        var story = Story.on(1)
        story.press(.character("R"))
        #expect(story.ask("\(path)\(Samples.row(1).id.uuidString.lowercased())/run-again")?.request.method == "POST")
        #expect(try story.body(path)?["version"]?.stringValue == "same")
        #expect(story.shows("is running again"))
        story.answer(path, result)
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.uuid(900))
        #expect(story.shows("ran again: 0.50, was 0.37"))
    }

    @Test func whoWentOnIsToldAndLeftWhereTheyAre() {
        var story = Story.on(1)
        story.press(.character("C"), .character("j"))
        story.answer("\(path)\(Samples.row(1).id.uuidString.lowercased())/run-again", result)
        #expect(story.screen(ExecutionsScreen.self) != nil)
        #expect(story.shows("ran again"))
    }

    @Test func aFailureIsTold() {
        var story = Story.on(1)
        story.press(.character("R"))
        story.fail(
            "\(path)\(Samples.row(1).id.uuidString.lowercased())/run-again", ServerFailure(.timedOut, "no answer"))
        #expect(story.shows("Not run again: no answer It may still come"))
        #expect(story.screen(ExecutionsScreen.self) != nil)
    }

    @Test func whoMayNotIsNotOfferedIt() {
        var story = Story.live(session: Samples.viewer)
        story.press(.character("j"), .character("R"), .character("T"))
        #expect(story.asked.allSatisfy { $0.request.method == "GET" })
        story.press(.character("?"))
        #expect(!story.shows("Run again"))
        var open = Story.open(Samples.full(Samples.row(0), mayChange: false))
        open.press(.character("R"))
        #expect(open.asked.allSatisfy { $0.request.method == "GET" })
    }
}

struct TaggingTests {
    private let path = "\(OperatorExecutionPage.path)/"

    @Test func oneIsTaggedAtOnceAndTakenBack() throws {
        var story = Story.live()
        story.press(.character("T"))
        story.type("nightly \"two words\" -rag -absent production")
        story.press(Key(.enter))
        let body = try #require(try story.body(path))
        #expect(body["add"] == ["nightly", "two words", "production"])
        #expect(body["remove"] == ["rag", "absent"])
        story.answer(path, OperatorTags(tags: ["production", "nightly", "two words"]))
        #expect(story.list.selected?.tags == ["production", "nightly", "two words"])
        #expect(story.shows("z: take the change of tags back"))
        story.press(.character("z"))
        // Only what was really changed.
        #expect(try story.body(path)?["add"] == ["rag"])
        #expect(try story.body(path)?["remove"] == ["nightly", "two words"])
        story.answer(path, OperatorTags(tags: ["production", "rag"]))
        #expect(story.list.selected?.tags == ["production", "rag"])
        story.press(.character("z"))
        #expect(story.shows("Nothing to take back"))
    }

    @Test func itIsTheOneThatWasAimedAtWhateverCameMeanwhile() {
        var story = Story.live()
        story.press(.character("T"))
        for number in 1...3 { story.arrive(Samples.row(-number)) }
        story.type("x")
        story.press(Key(.enter))
        #expect(story.ask("\(path)\(Samples.row(0).id.uuidString.lowercased())/tags") != nil)
    }

    @Test(arguments: ["", "-", "a -a"])
    func whatIsNoChangeIsNotTaken(_ text: String) {
        var story = Story.live()
        story.press(.character("T"))
        story.type(text)
        story.press(Key(.enter))
        #expect(story.model.isTyping)
        #expect(story.asked.allSatisfy { $0.request.method == "GET" })
    }
}

struct BulkTests {
    private func marked(_ count: Int = 3, _ key: Unicode.Scalar = "R") -> Story {
        var story = Story.live()
        for _ in 0..<count { story.press(.character(" ")) }
        story.press(.character(key))
        return story
    }

    @Test func severalAreFrozenPlannedAndAgreedToByTheirCount() throws {
        var story = marked()
        let body = try #require(try story.body(OperatorPlanDraft.path))
        #expect(body["action"]?.stringValue == "run_again")
        #expect(body["ids"]?.arrayValue?.count == 3)
        story.answerPlan(Samples.plan())
        #expect(story.shows("Estimated cost: $0.0123"))
        story.agree("4")
        #expect(story.ask(OperatorPlanDraft.path) == nil)
        story.press(.control("u"))
        story.agree("3")
        #expect(story.ask(OperatorPlanDraft.path)?.request.path.hasSuffix("/execute") == true)
        #expect(try story.body(OperatorPlanDraft.path)?["confirm"]?.stringValue == "3")
        story.answerPlan(Samples.plan(state: .finished, done: 3))
        #expect(story.shows("3 of 3 done"))
        #expect(story.list.marks.isEmpty)
        #expect(story.screen(ExecutionsScreen.self) != nil)
    }

    @Test func anEnterOrAnEscapeDoesNothing() {
        for key in [Key(.enter), Key(.escape)] {
            var story = marked()
            story.answerPlan(Samples.plan())
            story.pass(.seconds(1))
            story.press(key)
            #expect(story.ask(OperatorPlanDraft.path) == nil)
            #expect(story.list.marks.count == 3)
        }
    }

    @Test func aPlanThatHasExpiredIsMadeAnew() throws {
        var story = marked()
        story.answerPlan(Samples.plan(expires: Samples.now.addingTimeInterval(60)))
        story.pass(.seconds(90))
        story.agree("3")
        #expect(story.ask(OperatorPlanDraft.path)?.request.path == OperatorPlanDraft.path)
        story.answerPlan(Samples.plan(count: 2, id: 0x901))
        #expect(story.shows("Made anew, because it had expired. It is about 2 now, not 3."))
        story.agree("2")
        #expect(story.ask(OperatorPlanDraft.path)?.request.path.hasSuffix("000000000901/execute") == true)
    }

    @Test func aRefusedPlanIsLookedAtBeforeItIsMadeAnew() {
        var story = marked()
        story.answerPlan(Samples.plan())
        story.agree("3")
        story.fail(OperatorPlanDraft.path, ServerFailure(.conflict, "it was executed already"))
        #expect(story.ask(OperatorPlanDraft.path)?.request.method == "GET")
        story.answerPlan(Samples.plan(state: .running, done: 1))
        #expect(story.screen(PlanScreen.self) != nil)
    }

    @Test func anAnswerThatIsLostIsLookedFor() {
        var story = marked()
        story.answerPlan(Samples.plan())
        story.agree("3")
        story.fail(OperatorPlanDraft.path, ServerFailure(.timedOut, "no answer"))
        story.answerPlan(Samples.plan(state: .ready))
        #expect(story.shows("The plan is made anew"))
        story.answerPlan(Samples.plan(id: 0x901))
        story.agree("3")
        #expect(story.ask(OperatorPlanDraft.path)?.request.path.hasSuffix("000000000901/execute") == true)
    }

    @Test func progressIsFollowedToItsEndWithWhatFailed() {
        var story = marked(3)
        story.answerPlan(Samples.plan(count: 12))
        story.agree("12")
        story.answerPlan(Samples.plan(count: 12, state: .running, done: 2))
        #expect(story.shows("2 of 12 done"))
        #expect(story.ask(OperatorPlanDraft.path)?.delay == .milliseconds(500))
        story.fail(OperatorPlanDraft.path)
        #expect(story.shows("Not read: cannot reach"))
        story.answerPlan(Samples.plan(count: 12, state: .finished, done: 9, failures: Samples.planFailures))
        #expect(story.ask(OperatorPlanDraft.path) == nil)
        #expect(story.shows("The provider takes no more requests."))
        story.press(.character("j"), .character("j"), Key(.enter))
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.uuid(803))
    }

    @Test func aRunningPlanIsStoppedAndAFinishedOneIsNot() {
        var story = marked(3)
        story.answerPlan(Samples.plan(count: 12))
        story.agree("12")
        story.answerPlan(Samples.plan(count: 12, state: .running, done: 2))
        story.press(.character("K"))
        #expect(story.ask(OperatorPlanDraft.path)?.request.path.hasSuffix("/cancel") == true)
        story.answerPlan(Samples.plan(count: 12, state: .cancelled, done: 4))
        #expect(story.shows("stopped: what had begun was finished"))
        story.press(.character("K"))
        #expect(story.effects.isEmpty)
    }

    @Test func taggingSeveralIsTakenBackByThePlansToken() throws {
        var story = marked(2, "T")
        story.type("nightly")
        story.press(Key(.enter))
        #expect(try story.body(OperatorPlanDraft.path)?["arguments"]?["tags"] == ["nightly"])
        story.answerPlan(Samples.plan(.tag, count: 2))
        story.agree("2")
        story.answerPlan(Samples.plan(.tag, count: 2, state: .finished, done: 2, undo: Samples.undo))
        #expect(story.shows("z: take the tag"))
        story.press(.character("z"))
        #expect(try story.body(OperatorPlanDraft.path)?["undo"]?.stringValue == "undo-1")
        story.answerPlan(Samples.plan(.tag, count: 2, state: .undone, done: 2))
        #expect(story.shows("Taken back"))
    }

    @Test func takingTagsIsAPlanOfItsOwn() throws {
        var story = marked(2, "T")
        story.type("-nightly")
        story.press(Key(.enter))
        #expect(try story.body(OperatorPlanDraft.path)?["action"]?.stringValue == "untag")
    }
}
