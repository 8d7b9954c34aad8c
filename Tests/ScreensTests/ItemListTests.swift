import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

struct ItemListTests {
    private func shown(_ story: Story) -> [String] {
        story.screen(ItemsScreen.self)?.list.shown.map(\.name) ?? []
    }

    private func filter(_ story: inout Story, _ text: String) {
        story.press(.character("/"))
        story.type(text)
        story.press(Key(.enter))
    }

    @Test func evaluatorsAndJudgesAreInOneList() {
        let story = Story.items()
        #expect(shown(story).contains("Support quality"))
        #expect(shown(story).contains("Faithfulness"))
    }

    @Test func everyPageIsReadAndTheListIsShownMeanwhile() throws {
        var story = Story.entering(.evaluators)
        story.answer(OperatorItemKind.judge.path, Samples.judgePage)
        story.answer(
            OperatorItemKind.evaluator.path, OperatorItemPage(results: [Samples.evaluator(0)], next: "second"))
        #expect(shown(story).count == 2)
        let next = try #require(story.ask(OperatorItemKind.evaluator.path))
        #expect(next.request.parameters.contains(OperatorParameter("cursor", "second")))
        story.answer(OperatorItemKind.evaluator.path, OperatorItemPage(results: [Samples.evaluator(1)], next: nil))
        #expect(shown(story).count == 3)
        #expect(story.ask(OperatorItemKind.evaluator.path) == nil)
    }

    @Test func theCursorIsOnTheFirstRowHoweverTheListsCome() {
        var story = Story.entering(.evaluators)
        story.answer(OperatorItemKind.judge.path, Samples.judgePage)
        story.answer(OperatorItemKind.evaluator.path, Samples.evaluatorPage)
        #expect(story.screen(ItemsScreen.self)?.list.cursorIndex == 0)
    }

    @Test(arguments: [
        ("kind:judge", ["Support quality"]), ("preset", ["回答の忠実さ", "Context recall"]),
        ("own mean<0.1", ["Toxicity"]), ("failures>1000", ["Answer relevance"]),
        ("project:support", ["Support quality"]),
        ("cost>1 kind:judge", ["Support quality"]), ("-own executions>0", ["回答の忠実さ"]), ("~^Json", ["JSON validity"]),
    ])
    func theFilterKnows(_ text: String, _ names: [String]) {
        var story = Story.items()
        filter(&story, text)
        #expect(shown(story) == names)
    }

    @Test func theFilterKnowsModelsAndAuthors() {
        var story = Story.items()
        filter(&story, "author:scorable model:claude")
        #expect(Set(shown(story)) == ["回答の忠実さ", "Context recall"])
    }

    @Test func aChangeSomewhereReadsTheListsAnewAndTheCursorStays() throws {
        var story = Story.items()
        story.press(.character("j"), .character("j"))
        let selected = story.screen(ItemsScreen.self)?.list.selected?.id
        let subject = OperatorSubject(kind: .evaluator, id: "x", name: nil)
        story.hear(.catalogueChanged(OperatorCatalogueChange(subject: subject, action: .updated, userEmail: nil)))
        story.hear(.catalogueChanged(OperatorCatalogueChange(subject: subject, action: .updated, userEmail: nil)))
        #expect(story.asked.count { $0.request.path == OperatorItemKind.evaluator.path } == 1)
        let results = (0..<8).map { Samples.evaluator($0) } + [Samples.evaluator(8)]
        story.answer(OperatorItemKind.evaluator.path, OperatorItemPage(results: results.reversed(), next: nil))
        #expect(story.screen(ItemsScreen.self)?.list.rows.count == 10)
        #expect(story.screen(ItemsScreen.self)?.list.selected?.id == selected)
    }

    @Test func executionsReadTheNumbersAnewAtMostOnceAMinute() {
        var story = Story.items()
        story.arrive(Samples.row(-1))
        #expect(story.ask(OperatorItemKind.evaluator.path) == nil)
        story.pass(.seconds(61))
        story.arrive(Samples.row(-2))
        story.arrive(Samples.row(-3))
        #expect(story.asked.count { $0.request.path == OperatorItemKind.evaluator.path } == 1)
    }

    @Test func aFailureIsToldAndTriedAgainByItself() throws {
        var story = Story.entering(.evaluators)
        story.fail(OperatorItemKind.evaluator.path)
        #expect(story.shows("connection refused"))
        #expect(try #require(story.ask(OperatorItemKind.evaluator.path)).delay > .zero)
    }

    @Test func whoMayOnlyLookIsOfferedNoAction() {
        var story = Story.items(session: Samples.viewer)
        for key in "TENDKI".unicodeScalars { story.press(.character(key)) }
        #expect(story.asked.isEmpty)
        #expect(story.screen(ItemsScreen.self) != nil)
        story.press(.character("x"))
        #expect(story.shows("Show its executions"))
        for word in ["Edit", "Delete", "Try", "Make", "Duplicate", "Import"] { #expect(!story.shows(word), "\(word)") }
    }

    @Test func aPresetIsNeitherEditedNorDeleted() {
        var story = Story.items()
        filter(&story, "preset")
        story.press(.character("x"))
        #expect(!story.shows("Edit it"))
        #expect(!story.shows("Delete it"))
        #expect(story.shows("Duplicate it"))
    }

    @Test func sShowsTheExecutionsOfTheRowAndEscapeComesBack() {
        var story = Story.items()
        story.press(.character("s"))
        let id = Samples.uuid(0x1000).uuidString.lowercased()
        #expect(story.list.filterText == "evaluator:\(id)")
        #expect(
            story.ask(OperatorExecutionPage.path)?.request.parameters.contains(OperatorParameter("evaluator_id", id))
                == true)
        story.press(Key(.escape), Key(.escape))
        #expect(story.screen(ItemsScreen.self) != nil)
    }

    @Test func duplicatingAsksForANameAndOpensTheCopy() throws {
        var story = Story.items()
        story.press(.character("D"))
        #expect(story.shows("Faithfulness (copy)"))
        for _ in 0..<6 { story.press(Key(.backspace)) }
        story.type("two")
        story.press(Key(.enter))
        #expect(try story.body("\(Story.evaluatorPath)/duplicate")?["name"] == "Faithfulness two")
        story.answer("\(Story.evaluatorPath)/duplicate", Samples.evaluator(3))
        #expect(story.screen(ItemScreen.self)?.title == "JSON validity")
    }

    @Test func whatIsMarkedIsWrittenAsYAML() throws {
        var story = Story.items()
        filter(&story, "own")
        story.press(.character("*"), .character("X"), .character("v"))
        let body = try #require(try story.body(OperatorExport.path))
        #expect(body["evaluator_ids"]?.arrayValue?.count == 6)
        #expect(body["judge_ids"]?.arrayValue?.count == 1)
        #expect(body["includes_evaluators_of_judges"] == true)
        story.answer(OperatorExport.path, OperatorExportedDocuments(text: "kind: evaluator\n", items: []))
        #expect(
            story.effects == [
                .save(Array("kind: evaluator\n".utf8), name: "evaluators-and-judges-2026-11-24T120430.yaml")
            ])
    }

    @Test func theTableIsAlsoForPrograms() throws {
        let story = Story.items()
        let sheet = try #require(story.model.screen.sheet(story.model.scope))
        #expect(sheet.rows.count == 9)
        #expect(sheet.json[0]?["statistics"]?["mean_score"] == 0.71)
    }
}

struct ItemNavigationTests {
    @Test func anExecutionLeadsToItsEvaluatorAndEscapeComesBack() {
        var story = Story.live()
        story.press(Key(.enter))
        story.answerDetail(Samples.detail(Samples.row(0)))
        story.press(.character("o"))
        #expect(story.screen(ItemScreen.self)?.item.id == Samples.uuid(0))
        #expect(story.ask(OperatorItemKind.evaluator.path(of: Samples.uuid(0))) != nil)
        story.press(Key(.escape))
        #expect(story.screen(ExecutionScreen.self) != nil)
    }

    @Test func aMemberOfAJudgeIsOneDigitAway() {
        var story = Story.items()
        story.press(.character("/"))
        story.type("kind:judge")
        story.press(Key(.enter), Key(.enter))
        story.answer(OperatorItemKind.judge.path, Samples.judgeDetail)
        story.press(.character("2"))
        #expect(story.screen(ItemScreen.self)?.item.id == Samples.uuid(0x1002))
        story.press(Key(.escape), .character("7"))
        // There is no seventh: the digit is a room.
        #expect(story.screen(ProjectsScreen.self) != nil)
    }

    @Test func twoMarkedVersionsAreCompared() {
        var story = Story.evaluator()
        story.press(Key(.tab))
        story.answer(Story.evaluatorPath, Samples.versionPage)
        story.press(.character(" "), .character("j"), .character("j"), .character(" "), .character("d"))
        #expect(story.screen(DiffScreen.self)?.title == "v4 to v7")
    }
}
