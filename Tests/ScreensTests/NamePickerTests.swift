import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// Picking names in forms instead of typing them.
struct NamePickerTests {
    private let evaluators = OperatorItemKind.evaluator.path

    private func batch(_ story: Story) throws -> OperatorBatchDraft {
        let ask = try #require(story.ask("\(OperatorDataset.path)/"))
        return try JSONCodec.decode(OperatorBatchDraft.self, from: try #require(ask.request.body))
    }

    @Test func typingNarrowsTheListAndEnterPicksTheLine() throws {
        var story = Story.pickingForCalibration()
        story.answer(evaluators, Samples.evaluatorPage)
        let names = Samples.evaluatorPage.results.map(\.name)
        #expect(story.shows(names[0]) && story.shows(names[7]))
        story.type("recall")
        #expect(story.shows("Context recall") && !story.shows(names[0]))
        story.press(Key(.enter))
        #expect(story.screen(FormScreen<OperatorCalibration>.self) != nil && story.shows("Context recall"))
        story.press(Key(.enter))
        let ask = try #require(story.ask(OperatorCalibration.path))
        let draft = try JSONCodec.decode(OperatorCalibrationDraft.self, from: try #require(ask.request.body))
        #expect(draft.evaluator == "Context recall")
    }

    @Test func spaceChoosesSeveralInTheirOrderBesideWhatWasTyped() throws {
        var story = Story.pickingForBatch(typed: "Politeness")
        story.answer(evaluators, Samples.evaluatorPage)
        #expect(story.shows("Evaluators: 1 chosen"))
        let names = Samples.evaluatorPage.results.map(\.name)
        story.press(Key(.down), .character(" "), Key(.up), Key(.up), .character(" "))
        #expect(story.shows("Evaluators: 3 chosen") && story.shows("[x] \(names[0])"))
        story.press(Key(.enter), Key(.enter))
        #expect(try batch(story).evaluators == ["Politeness", names[1], names[0]])
    }

    @Test func theFieldCanBeChosenAnewToTakeANameOut() throws {
        let name = Samples.evaluatorPage.results[0].name
        var story = Story.pickingForBatch(typed: "Politeness, \(name)")
        story.answer(evaluators, Samples.evaluatorPage)
        story.press(.character(" "), Key(.enter), Key(.enter))
        #expect(try batch(story).evaluators == ["Politeness"])
    }

    @Test func aNameThatDoesNotSayWhichIsMeantIsPutInByItsIdentifier() throws {
        var story = Story.pickingForBatch()
        let twin = Samples.evaluator(8)
        story.answer(
            evaluators, OperatorItemPage(results: [Samples.evaluator(0), twin, Samples.evaluator(1)], next: nil))
        #expect(twin.name == Samples.evaluator(0).name)
        story.press(Key(.down), Key(.enter), Key(.enter))
        #expect(try batch(story).evaluators == [twin.id.uuidString.lowercased()])
    }

    @Test func enterAddsTheLineInThePlaceOfAHalfTypedName() throws {
        var story = Story.pickingForBatch(typed: "Politeness, Tox")
        story.answer(evaluators, Samples.evaluatorPage)
        story.press(Key(.down), Key(.down), Key(.enter), Key(.enter))
        #expect(try batch(story).evaluators == ["Politeness", "Toxicity"])
    }

    @Test func enterAddsTheLineToNamesThatAreKnownAndNoneTwice() throws {
        var story = Story.pickingForBatch(typed: "Politeness, Toxicity")
        story.answer(evaluators, Samples.evaluatorPage)
        story.press(Key(.enter), .control("o"), Key(.enter), Key(.enter))
        #expect(try batch(story).evaluators == ["Politeness", "Toxicity", "Faithfulness"])
    }

    @Test func spaceIsABlankWhileTextIsTypedAndChoosesAfterAnArrow() throws {
        var story = Story.pickingForBatch()
        story.answer(evaluators, Samples.evaluatorPage)
        story.type("answer rel")
        #expect(story.shows("[ ] Answer relevance"))
        story.press(Key(.up), .character(" "))
        #expect(story.shows("[x] Answer relevance"))
        story.press(Key(.enter), Key(.enter))
        #expect(try batch(story).evaluators == ["Answer relevance"])
    }

    @Test func anIdentifierInTheFieldIsSeenAtItsName() throws {
        let toxicity = Samples.evaluatorPage.results[2]
        var story = Story.pickingForBatch(typed: "Politeness, \(toxicity.id.uuidString.lowercased())")
        story.answer(evaluators, Samples.evaluatorPage)
        #expect(story.shows("[x] Toxicity") && story.shows("[ ] Faithfulness"))
        story.press(Key(.down), Key(.down), .character(" "), Key(.enter), Key(.enter))
        #expect(try batch(story).evaluators == ["Politeness"])
    }

    @Test func wordsThatTheFirstPageHasNotAreAskedForAtTheServer() throws {
        var story = Story.pickingForBatch()
        story.answer(evaluators, OperatorItemPage(results: Samples.evaluatorPage.results, next: "more"))
        story.type("zeb")
        let ask = try #require(story.ask(evaluators))
        #expect(ask.request.parameters.contains(OperatorParameter("query", "z")))
        story.answer(evaluators, OperatorItemPage(results: [], next: "more"))
        // What was typed meanwhile is asked for next.
        #expect(
            story.ask(evaluators)?.request.parameters.contains(OperatorParameter("query", "zeb")) == true)
        story.answer(evaluators, OperatorItemPage(results: [], next: nil))
        #expect(story.shows("None of the evaluators is called that"))
    }

    @Test func escClosesTheListAndKeepsTheForm() {
        var story = Story.pickingForBatch(typed: "Politeness")
        story.press(Key(.escape))
        #expect(story.screen(FormScreen<OperatorStartedBatch>.self) != nil && story.shows("Politeness"))
        story.answer(evaluators, Samples.evaluatorPage)
        #expect(!story.shows("Context recall"))
    }

    @Test func aListThatCannotBeReadIsSaidAndTheNameCanBeTyped() throws {
        var story = Story.pickingForBatch()
        story.fail(evaluators, ServerFailure(.rejected, "not for you"))
        #expect(story.shows("Not read: not for you"))
        story.press(Key(.escape))
        story.type("Clarity")
        story.press(Key(.enter))
        #expect(try batch(story).evaluators == ["Clarity"])
    }

    @Test func aFieldWithoutNamesOpensNoList() {
        var story = Story.dataset()
        story.press(.character("N"), .control("o"))
        #expect(!story.picture().text.contains { $0.contains("Ctrl-O") })
        #expect(story.asked.isEmpty)
    }

    @Test func theWrongNameIsToldAtItsField() {
        var story = Story.pickingForBatch(typed: "Nobody")
        story.press(Key(.escape), Key(.enter))
        story.fail(
            "\(OperatorDataset.path)/", ServerFailure(.rejected, "evaluators: “Nobody” is the name of no evaluator."))
        #expect(story.shows("Evaluators: “Nobody” is the name of no evaluator."))
    }

    @Test func groupsThatAreThereArePicked() {
        var story = Story.dataset()
        story.press(.character("C"), Key(.up), .control("o"))
        story.answer(OperatorCalibration.path, Samples.calibrations)
        #expect(story.shows("wordings") && story.shows("3 runs"))
        story.press(Key(.enter))
        #expect(story.shows("wordings"))
    }

    @Test func nothingIsDrawnOutsideOfAnySize() {
        for (columns, rows) in [(1, 1), (40, 8), (41, 9), (60, 10), (80, 24), (250, 60)] {
            for charset in [Charset.unicode, .ascii] {
                var story = Story.pickingForBatch(Size(columns: columns, rows: rows), charset: charset)
                story.answer(evaluators, Samples.evaluatorPage)
                let frame = story.picture(Size(columns: columns, rows: rows), colours: .none)
                #expect(frame.size == Size(columns: columns, rows: rows))
            }
        }
    }

    @Test func itLooksAsItShould() throws {
        try Golden.check("name-picker") { size in
            var story = Story.pickingForBatch(typed: "Politeness", size)
            story.answer(OperatorItemKind.evaluator.path, Samples.evaluatorPage)
            story.press(Key(.down), .character(" "))
            return story
        }
        try Golden.check("name-picker-ascii", charset: .ascii) { size in
            var story = Story.pickingForBatch(size, charset: .ascii)
            story.answer(OperatorItemKind.evaluator.path, Samples.asciiEvaluators)
            story.type("co")
            return story
        }
        try Golden.check("batch-form") { .batchForm($0) }
    }
}

extension Samples {
    static let asciiEvaluators = OperatorItemPage(
        results: evaluatorPage.results.filter { $0.name.utf8.allSatisfy { $0 < 0x7F } }, next: nil)
}

extension Story {
    /// The form that starts a batch, with the cursor in the field of evaluators.
    static func batchForm(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.dataset(size, charset: charset)
        story.press(.character("B"), Key(.tab))
        return story
    }

    static func pickingForBatch(
        typed text: String = "", _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode
    ) -> Story {
        var story = Story.batchForm(size, charset: charset)
        story.type(text)
        story.press(.control("o"))
        return story
    }

    static func pickingForCalibration() -> Story {
        var story = Story.dataset()
        story.press(.character("C"), .control("o"))
        return story
    }
}
