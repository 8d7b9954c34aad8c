import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

struct ItemImportTests {
    private let text =
        "kind: evaluator\nname: Faithfulness\n---\nkind: judge\nname: New one\n---\nkind: evaluator\nname: \"\"\n"

    private func plan(token: String? = "frozen", isDone: Bool = false, isRefused: Bool = false) -> OperatorImportPlan {
        var entries = [
            OperatorImportPlan.Entry(
                line: 1, kind: .evaluator, name: "Faithfulness", action: .update, id: Samples.uuid(0x1000),
                version: OperatorVersionReference(id: Samples.uuid(0x2007), number: 7),
                changedFields: ["criteria", "models"],
                problems: []),
            OperatorImportPlan.Entry(
                line: 4, kind: .judge, name: "New one", action: .create, id: nil, version: nil, changedFields: [],
                problems: []),
        ]
        if isRefused {
            entries.append(
                OperatorImportPlan.Entry(
                    line: 7, kind: .evaluator, name: nil, action: .refused, id: nil, version: nil, changedFields: [],
                    problems: [OperatorDocumentProblem(line: 8, column: 7, field: "name", message: "A name is needed.")]
                ))
        }
        return OperatorImportPlan(entries: entries, token: isRefused ? nil : token, isDone: isDone)
    }

    /// A file was chosen and read.
    private func story(_ size: Size = Size(columns: 80, rows: 24)) -> Story {
        var story = Story.items(size)
        story.press(.character("I"), .character("f"))
        story.type("~/all.yaml")
        story.press(Key(.enter))
        #expect(story.effects == [.read(path: "~/all.yaml")])
        story.send(.message(.read(.success(text))))
        return story
    }

    @Test func aFileIsPlannedAgreedToByCountAndBroughtIn() throws {
        var story = story()
        #expect(try story.body(OperatorImport.path)?["plan_token"]?.isNull ?? true)
        story.answer(OperatorImport.path, plan())
        #expect(story.shows("1 new, 1 changed: Enter asks before it is done."))
        #expect(story.shows("Changes criteria, models"))
        story.press(Key(.enter))
        #expect(story.shows("Makes a new version of: Faithfulness"))
        story.pass(.seconds(1))
        story.type("2")
        story.press(Key(.enter))
        let body = try #require(try story.body(OperatorImport.path))
        #expect(body["plan_token"] == "frozen" && body["text"] == .string(text))
        story.answer(OperatorImport.path, plan(token: nil, isDone: true))
        #expect(story.shows("Done: 1 made, 1 changed."))
    }

    @Test func problemsAreShownAtTheirDocumentsAndEditedAway() throws {
        var story = story()
        story.answer(OperatorImport.path, plan(isRefused: true))
        #expect(story.shows("Nothing can be brought in"))
        #expect(story.shows("A name is needed."))
        story.press(Key(.enter))
        var opened: String?
        for case .edit(let text, _) in story.effects { opened = text }
        #expect(opened?.contains("#!!   ^ name: A name is needed.") == true)
        story.send(.edited(.success((opened ?? "").replacing("\"\"", with: "Third"))))
        #expect(try story.body(OperatorImport.path)?["text"] == .string(text.replacing("\"\"", with: "Third")))
    }

    @Test func aPlanThatIsOldIsMadeAnew() throws {
        var story = story()
        story.answer(OperatorImport.path, plan())
        story.press(Key(.enter))
        story.pass(.seconds(1))
        story.type("2")
        story.press(Key(.enter))
        story.fail(OperatorImport.path, ServerFailure(.conflict, "Things have changed."))
        #expect(story.shows("Things have changed. This is the plan as it is now."))
        #expect(try story.body(OperatorImport.path)?["plan_token"]?.isNull ?? true)
    }

    @Test func aFileThatCannotBeReadIsTold() {
        var story = Story.items()
        story.press(.character("I"), .character("f"))
        story.type("x")
        story.press(Key(.enter))
        story.send(.message(.read(.failure(FileFailure("x cannot be found")))))
        #expect(story.shows("x cannot be found"))
    }

    @Test func theEditorIsAnotherWayIn() throws {
        var story = Story.items()
        story.press(.character("I"), .character("e"))
        #expect(story.effects.contains { if case .edit = $0 { true } else { false } })
        story.send(.edited(.success(text)))
        #expect(try story.body(OperatorImport.path)?["text"] == .string(text))
    }

    @Test func pictures() throws {
        try Golden.check("evaluator-import-plan") { size in
            var story = story(size)
            story.answer(OperatorImport.path, plan())
            return story
        }
        try Golden.check("evaluator-import-refused") { size in
            var story = story(size)
            story.answer(OperatorImport.path, plan(isRefused: true))
            return story
        }
        try Golden.check("evaluator-import-agree") { size in
            var story = story(size)
            story.answer(OperatorImport.path, plan())
            story.press(Key(.enter))
            return story
        }
    }
}
