import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// Editing by keys: what the editor gets, what the server gets, and that no text is ever lost.
struct ItemEditTests {
    private static let documents = OperatorItemKind.evaluator.path + "/documents"
    private static let document = Story.evaluatorPath + "/document"

    /// The editor is open on version 7.
    private func story(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.evaluator(size, charset: charset)
        story.press(.character("E"))
        story.answer(Self.document, Samples.document(7))
        return story
    }

    private var changed: String { Samples.document(7).text.replacing("balanced", with: "strict") }

    private func problems() -> OperatorDocumentReceipt {
        OperatorDocumentReceipt(
            problems: [
                OperatorDocumentProblem(
                    line: 10, column: 24, field: "criteria", message: "The placeholder {{response is not closed."),
                OperatorDocumentProblem(
                    line: 19, column: 1, field: "behavior", message: "strict is none of fast, balanced, thorough."),
            ], changedFields: [], saved: nil)
    }

    private func fine(_ fields: [String] = ["behavior"]) -> OperatorDocumentReceipt {
        OperatorDocumentReceipt(problems: [], changedFields: fields, saved: nil)
    }

    private func edit(_ story: inout Story, _ text: String) { story.send(.edited(.success(text))) }

    /// The text that the editor was opened on last.
    private func opened(_ story: Story) -> String? {
        for case .edit(let text, "yaml") in story.effects { return text }
        for case .edit(let text, ".yaml") in story.effects { return text }
        return nil
    }

    private func kept(_ story: Story) -> [UnsavedText] { story.model.preferences.unsavedTexts }

    // MARK: The straight way

    @Test func aChangeIsCheckedShownNotedAndSaved() throws {
        var story = story()
        #expect(opened(story) == Samples.document(7).text)
        edit(&story, changed)
        #expect(try story.body(Self.documents)?["dry_run"] == true)
        #expect(
            try story.body(Self.documents)?["expected_version_id"]
                == .string(Samples.uuid(0x2007).uuidString.lowercased()))
        story.answer(Self.documents, fine())
        #expect(story.shows("It changes behavior: Enter saves it"))
        #expect(story.shows("- behavior: balanced"))
        #expect(story.shows("+ behavior: strict"))
        story.press(Key(.enter))
        story.type("Stricter")
        story.press(Key(.enter))
        let body = try #require(try story.body(Self.documents))
        #expect(body["dry_run"] == false && body["change_note"] == "Stricter")
        #expect(body["text"] == .string(changed))
        story.answer(
            Self.documents,
            OperatorDocumentReceipt(problems: [], changedFields: ["behavior"], saved: Samples.evaluator(0, version: 8)))
        #expect(story.shows("Saved as version 8 of Faithfulness"))
        #expect(story.screen(ItemScreen.self) != nil)
        #expect(kept(story).isEmpty)
    }

    @Test func anUnchangedTextChangesNothing() {
        var story = story()
        edit(&story, Samples.document(7).text)
        #expect(story.screen(ItemScreen.self) != nil)
        #expect(story.ask(Self.documents) == nil)
        #expect(kept(story).isEmpty)
    }

    @Test func onlyCommentsAreNoVersion() {
        var story = story()
        edit(&story, "# a thought\n" + Samples.document(7).text)
        story.answer(Self.documents, fine([]))
        #expect(story.shows("there is nothing to save"))
        #expect(story.screen(ItemScreen.self) != nil)
    }

    // MARK: Problems

    @Test func problemsGoIntoTheEditorAtTheirLinesAndComeOutAgain() throws {
        var story = story()
        edit(&story, changed)
        story.answer(Self.documents, problems())
        #expect(story.shows("2 problems: Enter opens the editor with them at their lines."))
        #expect(story.shows("criteria line 10, column 24"))
        story.press(Key(.enter))
        let text = try #require(opened(story))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0].hasPrefix("#!! 2 problems"))
        // Below the tenth line of the document, the mark below its column.
        #expect(lines[11] == "#!!                    ^ criteria: The placeholder {{response is not closed.")
        #expect(lines[10] == changed.split(separator: "\n", omittingEmptySubsequences: false)[9])
        edit(&story, text.replacing("strict", with: "thorough"))
        #expect(try story.body(Self.documents)?["text"] == .string(changed.replacing("strict", with: "thorough")))
    }

    @Test func leavingTheEditorWithoutAChangeKeepsTheProblems() {
        var story = story()
        edit(&story, changed)
        story.answer(Self.documents, problems())
        story.press(Key(.enter))
        story.send(.edited(.failure(.exited(status: 1))))
        #expect(story.shows("2 problems"))
    }

    // MARK: Drafts

    @Test func whatIsNotSavedIsADraftThatEOffers() throws {
        var story = story()
        edit(&story, changed)
        // Kept at once: the line may break before any answer.
        #expect(kept(story).map(\.text) == [changed])
        #expect(story.effects.contains { if case .remember = $0 { true } else { false } })
        story.answer(Self.documents, problems())
        story.press(Key(.escape))
        #expect(story.shows("Kept as a draft: E goes on with it"))
        story.press(.character("E"))
        #expect(story.shows("Go on with Faithfulness"))
        story.press(.character("1"))
        let ask = try #require(story.ask(Self.document))
        #expect(
            ask.request.parameters == [OperatorParameter("version_id", Samples.uuid(0x2007).uuidString.lowercased())])
        story.answer(Self.document, Samples.document(7))
        #expect(opened(story) == changed)
        // Left as it is: the draft itself is looked at.
        edit(&story, changed)
        #expect(try story.body(Self.documents)?["text"] == .string(changed))
    }

    @Test func aDraftOutlivesTheConsoleAndBelongsToItsWriter() throws {
        var story = story()
        edit(&story, changed)
        let stored = JSONCodec.encode(story.model.preferences)
        let preferences = try JSONCodec.decode(Preferences.self, from: stored)
        #expect(preferences == story.model.preferences)
        var other = Story(preferences: preferences)
        other.signIn(Samples.viewer)
        #expect(other.model.preferences.unsavedTexts.count == 1)
        var again = Story(room: .evaluators, preferences: preferences)
        again.signIn()
        again.answerItems()
        again.press(.character("E"))
        #expect(again.shows("Go on with Faithfulness"))
    }

    @Test func whatAnotherConsoleKeptMeanwhileIsNotLost() {
        var mine = story()
        edit(&mine, changed)
        var theirs = Story.items()
        theirs.press(.character("N"), .character("e"))
        theirs.answer(
            "\(OperatorItemKind.evaluator.path)/document",
            OperatorDocument(kind: .evaluator, id: nil, version: nil, text: "kind: evaluator\n"))
        edit(&theirs, "kind: evaluator\nname: Theirs\n")
        var (first, second) = (PreferenceMerge(), PreferenceMerge())
        var stored = first.merge(mine.model.preferences, into: Preferences())
        stored = second.merge(theirs.model.preferences, into: stored)
        #expect(Set(stored.unsavedTexts.map(\.text)) == [changed, "kind: evaluator\nname: Theirs\n"])
        // Whatever else the first one keeps, the second one's stays; what it throws away is gone.
        stored = first.merge(mine.model.preferences, into: stored)
        #expect(stored.unsavedTexts.count == 2)
        stored = first.merge(Preferences(), into: stored)
        #expect(stored.unsavedTexts.map(\.text) == ["kind: evaluator\nname: Theirs\n"])
    }

    @Test func preferencesOfAnOlderConsoleAreRead() throws {
        let preferences = try JSONCodec.decode(Preferences.self, from: Array(#"{"is_mouse_on": true}"#.utf8))
        #expect(preferences.isMouseOn && preferences.unsavedTexts.isEmpty)
    }

    @Test func aDraftIsThrownAwayOnlyByItsOwnChoice() {
        var story = story()
        edit(&story, changed)
        story.press(Key(.escape), .character("E"), Key(.down), Key(.enter))
        #expect(story.shows("The draft is thrown away"))
        #expect(kept(story).isEmpty)
    }

    @Test func aServerThatCannotBeReachedLosesNothing() {
        var story = story()
        edit(&story, changed)
        story.fail(Self.documents)
        #expect(story.shows("The text is kept."))
        #expect(kept(story).map(\.text) == [changed])
        story.press(.character("r"))
        #expect(story.ask(Self.documents) != nil)
    }

    @Test func aSessionThatEndsMeanwhileIsAskedAgain() throws {
        var story = story()
        edit(&story, changed)
        story.fail(Self.documents, ServerFailure(.sessionEnded, "ended"))
        #expect(story.model.signIn != nil)
        let later = OperatorSession(
            token: "u", expiresAt: Samples.now.addingTimeInterval(90_000), user: Samples.session.user,
            permissions: Samples.session.permissions, organization: Samples.session.organization, project: nil,
            serverTime: Samples.now, deployment: Samples.session.deployment)
        story.signIn(later)
        #expect(try story.body(Self.documents)?["dry_run"] == true)
    }

    @Test func whoGoesOnMeanwhileIsNotTornBackAndLosesNothing() {
        var story = Story.evaluator()
        story.press(.character("E"), .character("7"))
        story.answer(Self.document, Samples.document(7))
        #expect(opened(story) == nil)
        story.press(.character("3"), Key(.enter))
        #expect(opened(story) == Samples.document(7).text)
        // The room is left by an answer of another question while the editor is open: the text still arrives.
        edit(&story, changed)
        #expect(kept(story).map(\.text) == [changed])
    }

    @Test func aSignalToReadAnewDoesNotTouchATextThatIsNotChanged() {
        var story = story()
        story.hear(.gap, id: nil)
        #expect(story.ask(Self.documents) == nil)
        edit(&story, changed)
        #expect(kept(story).map(\.text) == [changed])
    }

    // MARK: Somebody else

    private func conflicting(_ size: Size = Size(columns: 80, rows: 24)) -> Story {
        var story = story(size)
        edit(&story, changed)
        story.answer(Self.documents, fine())
        story.press(Key(.enter), Key(.enter))
        story.fail(Self.documents, ServerFailure(.conflict, "Version 8 was saved meanwhile."))
        story.answer(
            Story.evaluatorPath + "/versions", OperatorVersionPage(results: [Samples.version(8, current: 8)], next: nil)
        )
        story.answer(Self.document, theirs)
        return story
    }

    private var theirs: OperatorDocument {
        OperatorDocument(
            kind: .evaluator, id: Samples.uuid(0x1000),
            version: OperatorVersionReference(id: Samples.uuid(0x2008), number: 8),
            text: Samples.document(7).text.replacing("gpt-5-mini", with: "gpt-5"))
    }

    @Test func whoSavedMeanwhileIsNamedAndMineCanGoOnTop() throws {
        var story = conflicting()
        #expect(story.shows("Grace Hopper saved version 8 at"))
        story.press(.character("m"))
        #expect(opened(story) == changed)
        edit(&story, changed.replacing("gpt-5-mini", with: "gpt-5"))
        let body = try #require(try story.body(Self.documents))
        #expect(body["expected_version_id"] == .string(Samples.uuid(0x2008).uuidString.lowercased()))
    }

    @Test func theirsCanBeEditedAndMineStaysADraft() {
        var story = conflicting()
        story.pass(.seconds(5))
        story.press(.character("t"))
        #expect(opened(story) == theirs.text)
        edit(&story, theirs.text.replacing("balanced", with: "fast"))
        #expect(kept(story).count == 2)
        #expect(kept(story).contains { $0.text == changed })
    }

    @Test func bothDifferencesCanBeSeen() {
        var story = conflicting()
        story.press(Key(.escape))
        #expect(story.shows("- - gpt-5 ") || story.shows("- - gpt-5"))
        #expect(story.shows("+ behavior: strict"))
        story.press(.character("d"))
        #expect(story.shows("+ - gpt-5"))
        #expect(!story.shows("+ behavior: strict"))
        story.press(Key(.enter))
        #expect(story.shows("Edit theirs"))
    }

    // MARK: New ones

    @Test func aNewOneBeginsFromTheForm() throws {
        var story = Story.items()
        story.press(.character("N"), .character("j"))
        let path = OperatorItemKind.judge.path
        story.answer(
            "\(path)/document",
            OperatorDocument(kind: .judge, id: nil, version: nil, text: "# A new judge.\nkind: judge\nname: \"\"\n"))
        #expect(opened(story)?.hasPrefix("# A new judge.") == true)
        edit(&story, "kind: judge\nname: Mine\n")
        let body = try #require(try story.body("\(path)/documents"))
        #expect(body["id"]?.isNull ?? true)
        story.answer("\(path)/documents", fine(["name"]))
        #expect(story.shows("It says name: Enter saves it"))
        story.press(Key(.escape))
        #expect(story.shows("Kept as a draft: N goes on with it"))
        story.press(.character("N"))
        #expect(story.shows("Go on with a new judge"))
    }

    // MARK: Pictures

    @Test func pictures() throws {
        try Golden.check("evaluator-edit-problems") { size in
            var story = story(size)
            edit(&story, changed)
            story.answer(Self.documents, problems())
            return story
        }
        try Golden.check("evaluator-edit-problems-ascii", charset: .ascii) { size in
            var story = story(size, charset: .ascii)
            edit(&story, changed)
            story.answer(Self.documents, problems())
            return story
        }
        try Golden.check("evaluator-edit-review") { size in
            var story = story(size)
            edit(&story, changed)
            story.answer(Self.documents, fine())
            return story
        }
        try Golden.check("evaluator-edit-note") { size in
            var story = story(size)
            edit(&story, changed)
            story.answer(Self.documents, fine())
            story.press(Key(.enter))
            story.type("Stricter, after the review")
            return story
        }
        try Golden.check("evaluator-edit-conflict") { conflicting($0) }
        try Golden.check("evaluator-edit-conflict-diff") { size in
            var story = conflicting(size)
            story.press(Key(.escape))
            return story
        }
        try Golden.check("evaluator-edit-draft") { size in
            var story = story(size)
            edit(&story, changed)
            story.press(Key(.escape), .character("E"))
            return story
        }
    }
}
