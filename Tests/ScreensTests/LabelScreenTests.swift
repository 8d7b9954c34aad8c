import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// Datasets, labelling with single keys, and calibration runs on the screen.
struct LabelScreenTests {
    private func draft(_ story: Story) throws -> OperatorLabelDraft {
        let ask = try #require(story.ask(OperatorLabel.path))
        return try JSONCodec.decode(OperatorLabelDraft.self, from: try #require(ask.request.body))
    }

    @Test func aKeyLabelsTheItemAndTheNextOneIsThereAtOnce() throws {
        var story = Story.labelling("c")
        #expect(story.shows("item 1 "))
        story.press(.character("y"))
        let first = try draft(story)
        #expect(first.value == 1 && first.itemID == Samples.datasetItem(1).id && first.scaleID == Samples.thumbs.id)
        #expect(story.shows("How long can I return item 2?"))
        #expect(story.shows("Last: up for item 1, being stored"))
        story.answer(OperatorLabel.path, Samples.label(1, category: "up"))
        #expect(story.shows("91 of 240 labelled"))
    }

    @Test(arguments: [
        ("a", "1", 1.0), ("a", "4", 4.0), ("b", "0", 0.0), ("b", "7", 0.7), ("b", "=", 1.0), ("c", "n", 0.0),
    ])
    func everyScaleHasItsKeys(scale: Unicode.Scalar, key: Unicode.Scalar, value: Double) throws {
        var story = Story.labelling(scale)
        story.press(.character(key))
        #expect(abs(try #require(try draft(story).value) - value) < 1e-9)
    }

    @Test func digitsAreAnswersAndNoRooms() {
        var story = Story.labelling("a")
        story.press(.character("2"))
        #expect(story.screen(LabellingScreen<DatasetLabelQueue>.self) != nil)
        #expect(story.shows("item 2 "))
    }

    @Test func undoTakesTheLabelBackAndShowsTheItemAgain() {
        var story = Story.labelling("c")
        story.press(.character("n"))
        story.press(.character("u"))
        #expect(story.shows("still being stored"))
        story.answer(OperatorLabel.path, Samples.label(0, category: "down"))
        story.press(.character("u"))
        #expect(story.ask("\(OperatorLabel.path)/")?.request.method == "DELETE")
        #expect(story.shows("How long can I return item 1?"))
        #expect(story.shows("90 of 240 labelled"))
    }

    @Test func theLastLabelIsTakenBackAlsoWhenNothingIsLeft() {
        var story = Story.dataset()
        story.press(.character("L"), .character("c"))
        story.answer("\(OperatorDataset.path)/", Samples.labelling(from: 240, count: 1))
        story.press(.character("y"))
        story.answer(OperatorLabel.path, Samples.label(1, category: "up"))
        #expect(story.shows("Nothing is left to label on Thumbs.") && story.shows("u takes it back"))
        story.press(.character("u"))
        #expect(story.ask("\(OperatorLabel.path)/")?.request.method == "DELETE")
        #expect(story.shows("How long can I return item 240?"))
    }

    @Test func scalesThatCannotBeReadAreSaidAndAskedForOnlyByAKey() {
        var story = Story.entering(.datasets)
        story.answer(OperatorDataset.path, Samples.datasets)
        story.press(Key(.enter))
        let refused = ServerFailure(.rejected, "not for you")
        story.fail(OperatorScale.path, refused)
        story.press(.character("L"))
        story.fail(OperatorScale.path, refused)
        #expect(story.shows("The scales were not read: not for you"))
        #expect(story.ask(OperatorScale.path) == nil)
    }

    @Test func theScaleIsExplainedWhileLabelling() {
        var story = Story.labelling("a")
        story.press(.character("e"))
        #expect(story.shows("1 wrong, 2 weak, 3 fair, 4 good"))
    }

    @Test func whatCouldNotBeStoredComesAgain() {
        var story = Story.labelling("c")
        story.press(.character("y"))
        story.fail(OperatorLabel.path, ServerFailure(.rejected, "no such item"))
        #expect(story.shows("Not stored: no such item"))
        story.press(.character("s"))
        #expect(story.shows("How long can I return item 1?"))
    }

    @Test func aReasonGoesWithTheNextAnswer() throws {
        var story = Story.labelling("c")
        story.press(.character("r"))
        story.type("Too long")
        story.press(Key(.enter))
        #expect(story.shows("why: Too long"))
        story.press(.character("n"))
        #expect(try draft(story).rationale == "Too long")
    }

    @Test func skippingStoresNothingAndReadsOnInTime() {
        var story = Story.labelling("c")
        for _ in 0..<6 { story.press(.character("s")) }
        #expect(story.ask(OperatorLabel.path) == nil)
        let ask = story.ask("\(OperatorDataset.path)/")
        #expect(ask?.request.parameters.contains(OperatorParameter("behind", "10")) == true)
        story.answer("\(OperatorDataset.path)/", Samples.labelling(from: 11, count: 2))
        for _ in 0..<6 { story.press(.character("s")) }
        #expect(story.shows("Nothing is left to label on Thumbs."))
        #expect(story.shows("12 were skipped"))
    }

    @Test func aNewVersionIsMadeOfTheEditedAnswerOnly() throws {
        var story = Story.datasetItem()
        #expect(story.shows("version 2 of 2"))
        story.press(.character("["))
        #expect(story.shows("version 1 of 2") && story.shows("Within 60 days."))
        story.press(.character("E"))
        #expect(story.asked.isEmpty)
    }

    @Test func calibratingSendsWhatTheFormSays() throws {
        var story = Story.dataset()
        story.press(.character("C"))
        #expect(story.shows("90 of 240 items have a label."))
        story.type("Politeness")
        story.press(Key(.enter))
        let ask = try #require(story.ask(OperatorCalibration.path))
        let draft = try JSONCodec.decode(OperatorCalibrationDraft.self, from: try #require(ask.request.body))
        #expect(draft.evaluator == "Politeness" && draft.datasetID == Samples.dataset().id && draft.scaleID == nil)
        story.answer(OperatorCalibration.path, Samples.calibration(0, status: .pending))
        #expect(story.screen(CalibrationScreen.self) != nil)
    }

    @Test func aBatchSendsWhatTheFormSaysAndIsWatched() throws {
        var story = Story.dataset()
        story.press(.character("B"))
        #expect(story.shows("240 items are there."))
        story.press(Key(.tab))
        story.type("Politeness, Clarity")
        story.press(Key(.tab))
        story.type("11")
        story.press(Key(.enter))
        let path = "\(OperatorDataset.path)/\(Samples.dataset().id.uuidString.lowercased())/batches"
        let ask = try #require(story.ask(path))
        let draft = try JSONCodec.decode(OperatorBatchDraft.self, from: try #require(ask.request.body))
        #expect(draft == OperatorBatchDraft(evaluators: ["Politeness", "Clarity"], first: 11, tags: []))
        story.answer(path, OperatorStartedBatch(id: Samples.uuid(9), name: "Politeness, Clarity", total: 230))
        #expect(story.screen(BatchScreen.self)?.id == Samples.uuid(9))
        #expect(story.shows("is executed on 230 items"))
    }

    @Test func aBatchOfAJudgeAsksForItsName() throws {
        var story = Story.dataset()
        story.press(.character("B"), Key(.right))
        #expect(story.shows("Judge") && !story.shows("Evaluators"))
        story.press(Key(.tab))
        story.type("Support")
        story.press(Key(.enter))
        let ask = try #require(story.ask("\(OperatorDataset.path)/"))
        let draft = try JSONCodec.decode(OperatorBatchDraft.self, from: try #require(ask.request.body))
        #expect(draft == OperatorBatchDraft(judge: "Support", tags: []))
    }

    @Test func anItemIsTyped() throws {
        var story = Story.dataset()
        story.press(.character("N"), Key(.enter))
        #expect(story.shows("this or the answer is needed"))
        story.type("May I?")
        story.press(Key(.tab))
        story.type("Yes.")
        story.press(Key(.enter))
        let ask = try #require(story.ask("\(OperatorDataset.path)/"))
        let draft = try JSONCodec.decode(OperatorDatasetItemDraft.self, from: try #require(ask.request.body))
        #expect(draft == OperatorDatasetItemDraft(request: "May I?", response: "Yes.", expectedOutput: ""))
        story.answer("\(OperatorDataset.path)/", Samples.datasetItem(241))
        #expect(story.shows("It is item 241"))
    }

    @Test func aRunTellsItsFiguresTheirRangesAndWhatIsUndefined() {
        let story = Story.calibration(Size(columns: 120, rows: 40))
        for text in [
            "Mean absolute error", "0.109 to 0.139", "All values are equal.", "people yes", "41 (47%)",
            "2 people labelled.",
            "2 of 90 examples got no score.",
        ] { #expect(story.shows(text), "\(text)") }
    }

    @Test func runsOfAGroupStandSideBySideWithTheBestOfEachRow() {
        let story = Story.comparison(Size(columns: 120, rows: 40))
        #expect(story.shows("* 0.124") && story.shows("0.188"))
    }

    @Test func runsOfAGroupTellHowTheyDifferFromTheBaseline() {
        let story = Story.comparison(Size(columns: 120, rows: 60))
        for text in [
            "Less the baseline", "n=86", "-0.064", "[-0.093 -0.035]", "p, paired t test", "<0.001", "0.042",
            "p for 2 runs", "undefined",
        ] { #expect(story.shows(text), "\(text)") }
    }

    @Test func whyADifferenceIsUndefinedIsExplained() {
        var story = Story.comparison(Size(columns: 120, rows: 40))
        story.press(.character("e"))
        #expect(story.shows("Pearson: All values are equal."))
        #expect(story.shows("(Holm)"))
    }

    @Test func theBaselineIsTheOldestThatIsShownUntilAnotherIsTaken() {
        var story = Story.calibrations()
        story.press(.character("c"))
        story.answer(OperatorCalibration.path, Samples.calibrationGroup)
        func baseline(_ story: Story) -> String? {
            story.ask(OperatorCalibrationComparison.path)?.request.parameters.first { $0.name == "baseline" }?.value
        }
        #expect(baseline(story) == Samples.uuid(0xA303).uuidString.lowercased())
        #expect(story.shows("The differences are being computed"))
        story.press(.character("b"))
        #expect(baseline(story) == Samples.uuid(0xA301).uuidString.lowercased())
        story.answer(OperatorCalibrationComparison.path, Samples.comparison)
        // That answer is about the one before.
        #expect(!story.shows("Less the baseline"))
    }

    @Test func oneCompletedRunIsComparedWithNothing() {
        var story = Story.calibrations()
        story.press(.character("c"))
        story.answer(
            OperatorCalibration.path,
            OperatorCalibrationPage(
                results: [Samples.calibration(), Samples.calibration(2, status: .running)], next: nil))
        #expect(story.ask(OperatorCalibrationComparison.path) == nil)
        story.press(.character("e"))
        #expect(story.shows("They need two completed runs."))
    }

    @Test func everyKindOfAlphaIsToldWhereThereIsRoom() {
        let list = Story.calibrations(Size(columns: 200, rows: 60))
        for text in ["ALPHA", "ORDINAL", "NOMINAL", "0.722", "0.655"] { #expect(list.shows(text), "\(text)") }
        let run = Story.calibration(Size(columns: 120, rows: 40))
        for text in ["Alpha, ordinal", "Alpha, nominal"] { #expect(run.shows(text), "\(text)") }
    }

    @Test func aNewRunBeginsAtTheDatasets() {
        var story = Story.calibrations()
        story.press(.character("N"))
        #expect(story.screen(DatasetsScreen.self) != nil && story.shows("C compares an evaluator with the labels"))
    }

    @Test func stoppingARunWantsTheNumberOfWhatIsLeft() {
        var story = Story.calibrations()
        story.press(.character("j"), .character("j"), .character("K"))
        #expect(story.shows("55 examples will not be evaluated."))
        story.pass(.seconds(1))
        story.type("55")
        story.press(Key(.enter))
        #expect(story.ask(OperatorCalibration.path)?.request.path.hasSuffix("/cancel") == true)
    }
}

struct LabelGoldenTests {
    @Test func datasets() throws {
        try Golden.check("datasets") { .datasets($0) }
        try Golden.check("dataset") { .dataset($0) }
        try Golden.check("dataset-ascii", charset: .ascii) { .dataset($0, charset: .ascii) }
        try Golden.check("dataset-item") { .datasetItem($0) }
    }

    @Test func labelling() throws {
        try Golden.check("labelling") { size in
            var story = Story.labelling("a", size)
            story.press(.character("3"))
            return story
        }
    }

    @Test func calibration() throws {
        try Golden.check("calibrations") { .calibrations($0) }
        try Golden.check("calibration") { .calibration($0) }
        try Golden.check("calibration-ascii", charset: .ascii) { .calibration($0, charset: .ascii) }
        try Golden.check("calibration-plot") { size in
            var story = Story.calibration(size)
            story.press(Key(.tab))
            return story
        }
        try Golden.check("calibration-examples") { size in
            var story = Story.calibrations(size)
            story.press(.character("s"))
            story.answer(OperatorCalibration.path, Samples.calibrationItems)
            return story
        }
        try Golden.check("calibration-comparison") { .comparison($0) }
        try Golden.check("calibration-comparison-ascii", charset: .ascii) { .comparison($0, charset: .ascii) }
        try Golden.check("calibration-comparison-differences") { size in
            var story = Story.comparison(size)
            story.press(.character("G"))
            return story
        }
    }
}
