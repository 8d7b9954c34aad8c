import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// What labelling does when answers come late or not at all, and that it never changes what somebody is answering.
struct LabellingTests {
    private static let items = "\(OperatorDataset.path)/"

    private func draft(_ story: Story) throws -> OperatorLabelDraft {
        let ask = try #require(story.ask(OperatorLabel.path))
        return try JSONCodec.decode(OperatorLabelDraft.self, from: try #require(ask.request.body))
    }

    private func execution(_ index: Int) -> String {
        "\(OperatorExecutionPage.path)/\(Samples.row(index).id.uuidString.lowercased())"
    }

    private func isShown(_ number: Int, _ story: Story) -> Bool {
        story.shows("How long can I return item \(number)?")
    }

    /// Labels two executions, of which nothing was read yet.
    private func labellingTwo() -> Story {
        var story = Story.on(2)
        story.press(.character(" "), .character(" "), .character("L"))
        story.answer(OperatorScale.path, Samples.scales)
        story.press(.character("c"))
        return story
    }

    private func signInAgain(_ story: inout Story) {
        let session = Samples.session
        story.signIn(
            OperatorSession(
                token: "u", expiresAt: Samples.now.addingTimeInterval(90_000), user: session.user,
                permissions: session.permissions, organization: session.organization, project: nil,
                serverTime: Samples.now, deployment: session.deployment))
    }

    // MARK: Reading

    @Test func neighboursThatCannotBeReadAreAskedForOnceEachAndAgainByAKey() {
        var story = labellingTwo()
        for index in [2, 3] { story.fail(execution(index)) }
        #expect(story.ask(execution(2)) == nil && story.ask(execution(3)) == nil)
        #expect(story.shows("connection refused") && story.shows("r tries again, s skips."))
        #expect(!story.shows("by itself") && !story.shows("Nothing is left"))
        story.press(.character("r"))
        story.answer(execution(2), Samples.full(Samples.row(2)))
        story.press(.character("y"))
        #expect(story.ask(OperatorLabel.path) != nil)
    }

    @Test func whatCouldNotBeReadIsNotCalledTheEnd() {
        var story = Story.dataset()
        story.press(.character("L"), .character("c"))
        story.fail(Self.items)
        #expect(story.shows("connection refused") && story.shows("r tries again."))
        #expect(!story.shows("Nothing is left") && !story.shows("by itself"))
        story.press(.character("r"))
        story.answer(Self.items, Samples.labelling())
        #expect(isShown(1, story))
    }

    @Test func theNextOneOpensAtItsStart() {
        var story = Story.labelling("c", Size(columns: 60, rows: 10))
        for _ in 0..<6 { story.press(.character("j")) }
        #expect(!isShown(1, story))
        story.press(.character("y"))
        #expect(isShown(2, story))
    }

    @Test func lostEventsChangeNothingUnderTheFinger() {
        var story = Story.labelling("c")
        story.press(.character("s"))
        story.hear(.gap)
        #expect(isShown(2, story) && story.shows("item 2 "))
    }

    @Test func lostEventsBringNothingSkippedToTheFront() {
        var story = labellingTwo()
        story.answer(execution(2), Samples.full(Samples.row(2)))
        story.press(.character("s"))
        story.answer(execution(3), Samples.full(Samples.row(3)))
        story.hear(.gap)
        story.press(.character("y"))
        #expect((try? draft(story))?.executionID == Samples.row(3).id)
    }

    // MARK: Sessions

    @Test func anAnswerThatASessionTookWithItComesAgain() throws {
        var story = Story.labelling("c")
        story.press(.character("y"))
        story.fail(OperatorLabel.path, ServerFailure(.sessionEnded, "ended"))
        signInAgain(&story)
        #expect(isShown(2, story) && story.shows("90 of 240 labelled"))
        story.press(.character("n"))
        #expect(try draft(story).itemID == Samples.datasetItem(2).id)
        #expect(isShown(1, story))
    }

    @Test func whatASessionDidNotReadIsAskedForInTheNext() {
        var story = labellingTwo()
        story.fail(execution(2), ServerFailure(.sessionEnded, "ended"))
        signInAgain(&story)
        story.answer(execution(2), Samples.full(Samples.row(2)))
        story.press(.character("y"))
        #expect(story.ask(OperatorLabel.path) != nil)
    }

    // MARK: Reasons

    @Test func aReasonGoesToNoOtherItem() throws {
        var story = Story.labelling("c")
        story.press(.character("r"))
        story.type("Too long")
        story.press(Key(.enter), .character("s"), .character("y"))
        #expect(try draft(story).itemID == Samples.datasetItem(2).id && draft(story).rationale == nil)
    }

    @Test func aReasonThatWasNotStoredComesAgainWithItsItem() throws {
        var story = Story.labelling("c")
        story.press(.character("r"))
        story.type("Too long")
        story.press(Key(.enter), .character("n"))
        story.fail(OperatorLabel.path, ServerFailure(.rejected, "no such item"))
        #expect(!story.shows("why: Too long"))
        story.press(.character("s"))
        #expect(isShown(1, story) && story.shows("why: Too long"))
        story.press(.character("n"))
        #expect(try draft(story).rationale == "Too long")
    }

    // MARK: Failures

    @Test func aLateFailureDoesNotChangeWhatIsAnswered() throws {
        var story = Story.labelling("c")
        story.press(.character("y"))
        story.fail(OperatorLabel.path)
        #expect(story.shows("It is not known whether it was stored"))
        story.press(.character("n"))
        #expect(try draft(story).itemID == Samples.datasetItem(2).id)
        #expect(isShown(1, story))
    }

    @Test func leavingWhileAnAnswerIsStoredIsAskedOnce() {
        var story = Story.labelling("c")
        story.press(.character("y"), Key(.escape))
        #expect(story.shows("The last answer is still being stored; Esc again leaves"))
        #expect(story.screen(LabellingScreen<DatasetLabelQueue>.self) != nil)
        story.press(Key(.escape))
        #expect(story.screen(DatasetScreen.self) != nil)
    }

    @Test func aLabelThatCouldNotBeTakenBackIsThereAfterAll() {
        var story = Story.labelling("c")
        story.press(.character("y"))
        story.answer(OperatorLabel.path, Samples.label(1, category: "up"))
        story.press(.character("u"))
        #expect(isShown(1, story))
        story.press(.character("n"), .character("s"), .character("u"))
        #expect(isShown(1, story) && story.asked.filter { $0.request.path.hasPrefix(OperatorLabel.path) }.count == 1)
        story.fail("\(OperatorLabel.path)/")
        #expect(story.shows("Not taken back") && isShown(2, story) && story.shows("91 of 240 labelled"))
        story.press(.character("u"))
        #expect(story.ask("\(OperatorLabel.path)/")?.request.method == "DELETE")
    }

    // MARK: Keys

    @Test func theKeysCanBeLookedUp() {
        for key in [Key.character("?"), Key(.function(1))] {
            var story = Story.labelling("c")
            story.press(key)
            #expect(story.shows("Answer up") && story.shows("Leave it as it is and go on"))
            #expect(!story.shows("Go to Dashboard"))
        }
    }

    @Test func noAnswerHasAKeyThatMeansSomethingElse() {
        var story = Story.datasets()
        story.press(Key(.enter))
        let many = OperatorScale(
            id: Samples.uuid(0xA803), name: "Topics", kind: .categorical, minimum: 0, maximum: 49,
            categories: (0..<50).map { .init(label: "topic \($0)", value: Double($0)) }, isGlobal: false)
        story.answer(OperatorScale.path, OperatorScales(results: [Samples.grades, many]))
        story.press(.character("L"), .character("b"))
        story.answer(Self.items, Samples.labelling())
        #expect(isShown(1, story))
        for key in ["j", "k", "e"] { story.type(key) }
        #expect(story.ask(OperatorLabel.path) == nil && story.shows("The scale on which you label"))
    }
}
