import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// Labelling executions: from their list and from one that is open.
struct ExecutionLabelTests {
    private let executions = "\(OperatorExecutionPage.path)/"

    private func draft(_ story: Story) throws -> OperatorLabelDraft {
        let ask = try #require(story.ask(OperatorLabel.path))
        return try JSONCodec.decode(OperatorLabelDraft.self, from: try #require(ask.request.body))
    }

    @Test func aKeyLabelsTheRowUnderTheCursor() throws {
        var story = Story.labellingExecutions()
        #expect(story.shows("0 of 1 labelled"))
        story.press(.character("y"))
        let sent = try draft(story)
        #expect(
            sent
                == OperatorLabelDraft(executionID: Samples.row(3).id, scaleID: Samples.thumbs.id, value: 1))
        story.answer(OperatorLabel.path, Samples.label(1, category: "up"))
        #expect(story.shows("1 of 1 labelled") && story.shows("Nothing is left to label on Thumbs."))
        story.press(.character("u"))
        #expect(story.ask("\(OperatorLabel.path)/")?.request.method == "DELETE")
        #expect(story.shows("0 of 1 labelled"))
    }

    @Test func whatWasEvaluatedIsShownAndNotWhatWasFoundOfIt() {
        let story = Story.labellingExecutions(Size(columns: 120, rows: 60))
        #expect(story.shows("Request") && story.shows("Response"))
        #expect(!story.shows("Justification") && !story.shows("Raw reply"))
    }

    @Test func nobodyLabelsWhatWasNotReadYet() {
        var story = Story.on(3)
        story.press(.character("L"))
        story.answer(OperatorScale.path, Samples.scales)
        story.press(.character("c"), .character("y"))
        #expect(story.ask(OperatorLabel.path) == nil && story.shows("It is not read yet"))
        story.fail(executions, ServerFailure(.notFound, "no execution has this identifier"))
        #expect(story.shows("no execution has this identifier"))
        story.press(.character("s"))
        #expect(story.shows("1 was skipped"))
    }

    @Test func markedOnesAreLabelledOneAfterTheOther() throws {
        var story = Story.on(2)
        story.press(.character(" "), .character(" "), .character("L"))
        story.answer(OperatorScale.path, Samples.scales)
        story.press(.character("c"))
        #expect(story.shows("Label 2 executions") && story.shows("0 of 2 labelled"))
        story.answer("\(executions)\(Samples.row(2).id.uuidString.lowercased())", Samples.full(Samples.row(2)))
        // What comes next is read before it is needed.
        story.answer("\(executions)\(Samples.row(3).id.uuidString.lowercased())", Samples.full(Samples.row(3)))
        story.press(.character("y"))
        #expect(try draft(story).executionID == Samples.row(2).id)
        story.answer(OperatorLabel.path, Samples.label(1, category: "up"))
        story.press(.character("n"))
        #expect(try draft(story).executionID == Samples.row(3).id && draft(story).value == 0)
    }

    @Test func theRowThatWasChosenIsLabelledWhateverComesMeanwhile() throws {
        var story = Story.live()
        story.press(.character("L"))
        story.arrive(Samples.row(-1))
        story.answer(OperatorScale.path, Samples.scales)
        story.press(.character("c"))
        story.answer(executions, Samples.full(Samples.row(0)))
        story.press(.character("y"))
        #expect(try draft(story).executionID == Samples.row(0).id)
    }

    @Test func whoMayNotLabelIsNotOfferedIt() {
        var story = Story.live(session: Samples.viewer)
        story.press(.character("j"), .character("L"))
        #expect(story.ask(OperatorScale.path) == nil)
    }

    @Test func anOpenOneTellsItsLabelsAndReadsThemAgainAfterOneWasGiven() {
        var story = Story.labelledExecution(Size(columns: 120, rows: 60))
        #expect(story.shows("0.75 on Score") && story.shows("It says the period.") && story.shows("Anna Annotator"))
        story.press(.character("L"))
        story.answer(OperatorScale.path, Samples.scales)
        story.press(.character("b"))
        story.answer(executions, Samples.full(Samples.row(3)))
        story.press(.character("7"))
        story.answer(OperatorLabel.path, Samples.label(0.7))
        story.press(Key(.escape))
        #expect(story.screen(ExecutionScreen.self) != nil && story.ask(OperatorLabel.path) != nil)
        story.answer(OperatorLabel.path, OperatorLabels(results: [Samples.label(0.7)]))
        #expect(story.shows("0.70 on Score"))
    }

    @Test func labelsAreExplainedBesideTheScore() {
        var story = Story.labelledExecution(Size(columns: 120, rows: 60))
        story.press(.character("e"))
        #expect(story.shows("0.75 on Score (0 to 1)") && story.shows("calibration"))
    }

    @Test func whoMayNotReadLabelsDoesNotAskForThem() {
        let blind = OperatorSession(
            token: "t", expiresAt: Samples.now.addingTimeInterval(43_200), user: Samples.viewer.user,
            permissions: ["execution_log:list"], organization: Samples.viewer.organization, project: nil,
            serverTime: Samples.now, deployment: Samples.viewer.deployment)
        var story = Story.live(session: blind)
        story.press(Key(.enter))
        story.answerDetail(Samples.full(Samples.row(0), hidden: true))
        #expect(story.ask(OperatorLabel.path) == nil)
    }
}

struct ExecutionLabelGoldenTests {
    @Test func labelling() throws {
        try Golden.check("execution-labelling") { .labellingExecutions($0) }
        try Golden.check("execution-labelling-ascii", charset: .ascii) { .labellingExecutions($0, charset: .ascii) }
        try Golden.check("execution-labelling-end") { size in
            var story = Story.labellingExecutions(size)
            story.press(.character("y"))
            story.answer(OperatorLabel.path, Samples.label(1, category: "up"))
            return story
        }
    }

    @Test func labels() throws {
        try Golden.check("execution-labels") { .labelledExecution($0) }
    }
}

extension Story {
    /// Labels the execution under the cursor on the scale with two answers.
    static func labellingExecutions(
        _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode
    ) -> Story {
        var story = Story.on(3, size, charset: charset)
        story.press(.character("L"))
        story.answer(OperatorScale.path, Samples.scales)
        story.press(.character("c"))
        story.answer("\(OperatorExecutionPage.path)/", Samples.full(Samples.row(3), evaluators: 4))
        return story
    }

    /// An execution that somebody has labelled.
    static func labelledExecution(
        _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode
    ) -> Story {
        var story = Story.open(Samples.full(Samples.row(3)), size, charset: charset)
        story.answer(OperatorLabel.path, OperatorLabels(results: [Samples.label(0.75, why: "It says the period.")]))
        story.answer(OperatorScale.path, Samples.scales)
        return story
    }
}
