import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

struct ItemRemovalTests {
    private static let plans = OperatorPlanDraft.path

    private func plan(
        _ number: Int, _ action: OperatorPlanAction, count: Int, typing: String, state: OperatorPlan.State = .ready,
        failed: Int = 0
    ) -> OperatorPlan {
        let isDone = state == .finished
        return OperatorPlan(
            id: Samples.uuid(0x8000 + number), action: action, count: count, isCut: false,
            effect: "Deletes \(count).", estimatedCostNanodollars: nil, samples: [],
            confirmation: .init(kind: count == 1 ? .name : .count, text: typing),
            expiresAt: Samples.now.addingTimeInterval(600), state: state,
            progress: .init(
                done: isDone ? count - failed : 0, failed: failed,
                failures: failed > 0
                    ? [.init(reason: "It is gone already.", count: failed, ids: [Samples.uuid(0x1001)])] : []),
            undo: isDone
                ? .init(token: "undo-\(number)", expiresAt: Samples.now.addingTimeInterval(60), effect: "Brings back.")
                : nil)
    }

    private func path(_ number: Int) -> String {
        "\(Self.plans)/\(Samples.uuid(0x8000 + number).uuidString.lowercased())"
    }

    /// Typing is ignored until the panel has settled.
    private func agree(_ story: inout Story, _ text: String) {
        story.pass(.seconds(1))
        story.type(text)
        story.press(Key(.enter))
    }

    @Test func oneIsDeletedByItsNameAndComesBackByZ() throws {
        var story = Story.items()
        story.press(.character("j"), .character("K"))
        #expect(try story.body(Self.plans)?["action"] == "delete_evaluators")
        story.answer(Self.plans, plan(1, .deleteEvaluators, count: 1, typing: "Answer relevance"))
        #expect(story.shows("Deletes 1."))
        #expect(story.shows("Type Answer relevance and Enter"))
        agree(&story, "answer relevance")
        #expect(story.ask(path(1)) == nil)
        for _ in 0..<20 { story.press(Key(.backspace)) }
        agree(&story, "Answer relevance")
        #expect(try story.body(path(1))?["confirm"] == "Answer relevance")
        story.answer(path(1), plan(1, .deleteEvaluators, count: 1, typing: "Answer relevance", state: .finished))
        #expect(story.shows("1 of 1 done   z: Brings back."))
        story.press(.character("z"))
        #expect(try story.body("\(path(1))/undo")?["undo"] == "undo-1")
        story.answer(
            "\(path(1))/undo", plan(1, .deleteEvaluators, count: 1, typing: "Answer relevance", state: .undone))
        #expect(story.shows("Taken back"))
    }

    @Test func markedOnesOfBothKindsGoOneKindAfterTheOtherAndComeBackTogether() throws {
        var story = Story.items()
        story.press(.character("*"), .character("K"))
        #expect(try story.body(Self.plans)?["action"] == "delete_evaluators")
        story.answer(Self.plans, plan(1, .deleteEvaluators, count: 6, typing: "6"))
        #expect(story.shows("After this it asks about 1 judge."))
        agree(&story, "6")
        #expect(try story.body(path(1))?["confirm"] == "6")
        story.answer(path(1), plan(1, .deleteEvaluators, count: 6, typing: "6", state: .finished))
        #expect(try story.body(Self.plans)?["action"] == "delete_judges")
        story.answer(Self.plans, plan(2, .deleteJudges, count: 1, typing: "Support quality"))
        agree(&story, "Support quality")
        story.answer(path(2), plan(2, .deleteJudges, count: 1, typing: "Support quality", state: .finished))
        story.press(.character("z"))
        #expect(try story.body("\(path(1))/undo")?["undo"] == "undo-1")
        #expect(try story.body("\(path(2))/undo")?["undo"] == "undo-2")
    }

    @Test func whatTakesLongOrGoesWrongIsWatched() {
        var story = Story.items()
        story.press(.character(" "), .character(" "), .character("K"))
        story.answer(Self.plans, plan(1, .deleteEvaluators, count: 2, typing: "2"))
        agree(&story, "2")
        story.answer(path(1), plan(1, .deleteEvaluators, count: 2, typing: "2", state: .finished, failed: 1))
        #expect(story.screen(PlanScreen.self) != nil)
        #expect(story.shows("It is gone already."))
    }

    @Test func escapeAndAWrongNumberDeleteNothing() {
        var story = Story.items()
        story.press(.character(" "), .character(" "), .character("K"))
        story.answer(Self.plans, plan(1, .deleteEvaluators, count: 2, typing: "2"))
        agree(&story, "3")
        #expect(story.shows("That is not 2"))
        story.press(Key(.escape))
        #expect(story.ask(path(1)) == nil)
        #expect(story.screen(ItemsScreen.self)?.list.marks.count == 2)
    }

    @Test func aPlanThatCannotBeMadeIsTold() {
        var story = Story.items()
        story.press(.character("K"))
        story.fail(Self.plans, ServerFailure(.forbidden, "You may not do this."))
        #expect(story.shows("No plan: You may not do this."))
    }

    @Test func anOpenOneIsDeletedAndComesBackWhereItWas() throws {
        var story = Story.evaluator()
        story.press(.character("K"))
        story.answer(Self.plans, plan(1, .deleteEvaluators, count: 1, typing: "Faithfulness"))
        agree(&story, "Faithfulness")
        story.answer(path(1), plan(1, .deleteEvaluators, count: 1, typing: "Faithfulness", state: .finished))
        // Esc to the list: z still works there.
        story.press(Key(.escape), .character("z"))
        #expect(try story.body("\(path(1))/undo")?["undo"] == "undo-1")
    }
}
