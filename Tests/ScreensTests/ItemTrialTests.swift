import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

struct ItemTrialTests {
    private static let trial = Story.evaluatorPath + "/try"

    private func story() -> Story {
        var story = Story.evaluator()
        story.press(.character("T"))
        return story
    }

    @Test func whatIsTypedAndPastedIsSentByItsFields() throws {
        var story = story()
        // The criteria use the response first.
        story.type("An answer")
        story.press(Key(.enter, .alt))
        story.type("of two lines?")
        story.press(Key(.tab))
        story.send(.input(.paste("one\nstill one\r\n---\ntwo")))
        story.press(Key(.tab), Key(.tab))
        story.type("en")
        story.press(Key(.tab))
        story.type("q: what: ever")
        story.press(Key(.enter))
        let body = try #require(try story.body(Self.trial))
        #expect(body["response"] == "An answer\nof two lines?")
        #expect(body["contexts"] == ["one\nstill one", "two"])
        #expect(body["variables"] == ["locale": "en"])
        #expect(body["request"] == "q: what: ever")
        #expect(body["expected_output"]?.isNull ?? true)
    }

    @Test func aModelIsWaitedForLongerThanTheServer() {
        var story = story()
        story.press(Key(.enter))
        #expect(story.ask(Self.trial)?.request.patience == .models)
    }

    @Test func resultsStayForComparison() {
        var story = story()
        story.type("answer")
        story.press(Key(.enter))
        story.answer(Self.trial, Samples.trial(0))
        #expect(story.shows("0.21 ■■"))
        story.type(" and more")
        story.press(Key(.enter))
        story.answer(Self.trial, Samples.trial(1))
        #expect(story.shows("#2 0.83"))
        #expect(story.shows("#1 0.21"))
        story.press(Key(.escape), .character("p"))
        #expect(story.shows("Result 1 of 2"))
        story.press(.character("n"))
        #expect(story.shows("Result 2 of 2"))
        story.press(.character("o"))
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.uuid(0x7001))
    }

    @Test(arguments: [Key(.escape), .control("c")])
    func aRunIsNotWaitedForAfter(_ key: Key) {
        var story = story()
        story.type("answer")
        story.press(Key(.enter))
        story.pass(.seconds(4))
        #expect(story.shows("Running for 4s"))
        story.press(key)
        #expect(!story.shows("Running"))
        story.answer(Self.trial, Samples.trial(0))
        #expect(!story.shows("0.21"))
        // What was typed is still there, and can be run again.
        #expect(story.shows("answer"))
        story.press(Key(.enter))
        #expect(story.ask(Self.trial) != nil)
    }

    @Test func aComplaintNamesTheFieldAndPutsTheCursorThere() throws {
        var story = story()
        story.type("answer")
        story.press(Key(.enter))
        story.fail(Self.trial, ServerFailure(.rejected, "locale: The criteria need this variable."))
        #expect(story.shows("✕ locale: The criteria need this variable."))
        story.type("de")
        story.press(Key(.enter))
        #expect(try story.body(Self.trial)?["variables"] == ["locale": "de"])
    }

    @Test func aFieldIsWrittenInTheEditor() throws {
        var story = story()
        story.type("short")
        story.press(.control("e"))
        #expect(story.effects == [.edit("short", suffix: ".txt")])
        story.send(.edited(.success("long\ntext\n")))
        story.press(Key(.enter))
        #expect(try story.body(Self.trial)?["response"] == "long\ntext")
    }

    @Test func everyLetterIsTextInTheForm() throws {
        var story = story()
        story.type("q?:eXKT x1[]")
        #expect(story.screen(ItemScreen.self) != nil)
        story.press(Key(.enter))
        #expect(try story.body(Self.trial)?["response"] == "q?:eXKT x1[]")
    }

    @Test func theFormKeepsItsTextWhileOneLooksElsewhere() {
        var story = story()
        story.type("kept")
        story.press(Key(.escape), Key(.tab))
        #expect(story.shows("[Definition]"))
        story.press(.character("T"))
        #expect(story.shows("kept"))
    }

    @Test func anOlderVersionCanBeTried() throws {
        var story = Story.evaluator()
        story.press(Key(.tab))
        story.answer(Story.evaluatorPath, Samples.versionPage)
        story.press(.character("j"), .character("T"))
        #expect(story.shows("version 6"))
        story.type("answer")
        story.press(Key(.enter))
        #expect(try story.body(Self.trial)?["version_id"] == .string(Samples.uuid(0x2006).uuidString.lowercased()))
    }

    @Test func whoMayNotExecuteSeesNoForm() {
        var story = Story.evaluator(session: Samples.viewer)
        story.press(.character("T"))
        #expect(!story.shows("Try"))
        for _ in 0..<3 { story.press(Key(.tab)) }
        #expect(story.shows("[Definition]"))
    }

    @Test func turnsAreReadFromLines() throws {
        var story = Story.items()
        story.press(Key(.home), Key(.enter))
        let detail = Samples.evaluatorDetail
        story.answer(
            Story.evaluatorPath,
            OperatorEvaluator(
                item: detail.item, version: detail.version, name: detail.name, visibility: detail.visibility,
                criteria: "{{turns}}", inputs: [OperatorInput(name: "turns", shape: .objects, isBuiltIn: true)],
                models: [],
                behavior: detail.behavior, objective: detail.objective, demonstrationDatasetID: nil, judges: []))
        story.press(.character("T"))
        story.send(.input(.paste("hello")))
        story.press(Key(.enter))
        #expect(story.shows("turns: line 1 belongs to nobody"))
        #expect(story.ask(Self.trial) == nil)
        for _ in 0..<5 { story.press(Key(.backspace)) }
        story.send(.input(.paste("user: hello\nthere\nassistant: hi")))
        story.press(Key(.enter))
        let turns = try #require(try story.body(Self.trial)?["turns"]?.arrayValue)
        #expect(turns.map { $0["role"] } == ["user", "assistant"])
        #expect(turns.first?["content"] == "hello\nthere")
    }
}
