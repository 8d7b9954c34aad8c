import Screens
import Terminal
import Testing
import WireAPI

struct EvaluatorGoldenTests {
    private static let evaluators = OperatorItemKind.evaluator.path

    @Test func theList() throws {
        try Golden.check("evaluators") { .items($0) }
        try Golden.check("evaluators-ascii", charset: .ascii) { .items($0, charset: .ascii) }
        try Golden.check("evaluators-loading") { .entering(.evaluators, $0) }
        try Golden.check("evaluators-failing") { size in
            var story = Story.entering(.evaluators, size)
            story.fail(Self.evaluators)
            story.pass(.seconds(3))
            return story
        }
        try Golden.check("evaluators-empty") { size in
            var story = Story.entering(.evaluators, size)
            story.answer(Self.evaluators, OperatorItemPage(results: [], next: nil))
            story.answer(OperatorItemKind.judge.path, OperatorItemPage(results: [], next: nil))
            return story
        }
        try Golden.check("evaluators-filtered") { size in
            var story = Story.items(size)
            story.press(.character("/"))
            story.type("own mean<0.6")
            story.press(Key(.enter), .character(" "))
            story.pass(.seconds(130))
            return story
        }
        try Golden.check("evaluators-explained") { size in
            var story = Story.items(size)
            story.press(.character("j"), .character("j"), .character("e"))
            return story
        }
        try Golden.check("evaluators-actions") { size in
            var story = Story.items(size)
            story.press(.character("x"))
            return story
        }
        try Golden.check("evaluators-viewer-help") { size in
            var story = Story.items(size, session: Samples.viewer)
            story.press(.character("?"))
            return story
        }
        try Golden.check("evaluators-export") { size in
            var story = Story.items(size)
            story.press(.character("*"), .character("X"))
            return story
        }
    }

    @Test func anEvaluator() throws {
        try Golden.check("evaluator") { .evaluator($0) }
        try Golden.check("evaluator-ascii", charset: .ascii) { .evaluator($0, charset: .ascii) }
        try Golden.check("evaluator-loading") { size in
            var story = Story.items(size)
            story.press(Key(.enter))
            return story
        }
        try Golden.check("evaluator-judge") { size in
            var story = Story.items(size)
            story.press(.character("/"))
            story.type("kind:judge")
            story.press(Key(.enter), Key(.enter))
            story.answer(OperatorItemKind.judge.path, Samples.judgeDetail)
            return story
        }
        try Golden.check("evaluator-versions") { size in
            var story = Story.evaluator(size)
            story.press(Key(.tab))
            story.answer(Story.evaluatorPath, Samples.versionPage)
            story.press(.character("j"), .character(" "))
            return story
        }
        try Golden.check("evaluator-version") { size in
            var story = Story.evaluator(size)
            story.press(Key(.tab))
            story.answer(Story.evaluatorPath, Samples.versionPage)
            story.press(Key(.enter))
            story.answer(Story.evaluatorPath, Samples.document(7))
            return story
        }
    }

    @Test func history() throws {
        func story(_ size: Size, charset: Charset = .unicode) -> Story {
            var story = Story.evaluator(size, charset: charset)
            story.press(Key(.tab), Key(.tab))
            story.answer(Story.evaluatorPath + "/history", Samples.history)
            return story
        }
        try Golden.check("evaluator-history") { story($0) }
        try Golden.check("evaluator-history-ascii", charset: .ascii) { story($0, charset: .ascii) }
        try Golden.check("evaluator-history-older") { size in
            var story = story(size)
            story.press(.character("j"), .character("e"))
            return story
        }
        try Golden.check("evaluator-history-window") { size in
            var story = story(size)
            story.press(.character("t"))
            return story
        }
        try Golden.check("evaluator-history-empty") { size in
            var story = Story.evaluator(size)
            story.press(Key(.tab), Key(.tab))
            let history = Samples.history
            story.answer(
                Story.evaluatorPath + "/history",
                OperatorItemHistory(
                    window: .week, from: history.from, to: history.to, stepSeconds: 3600, versions: []))
            return story
        }
    }

    @Test func diff() throws {
        func story(_ size: Size, charset: Charset = .unicode) -> Story {
            var story = Story.evaluator(size, charset: charset)
            story.press(Key(.tab))
            story.answer(Story.evaluatorPath, Samples.versionPage)
            story.press(.character("d"))
            story.answer(Story.evaluatorPath, Samples.document(7))
            story.answer(Story.evaluatorPath, Samples.document(6))
            return story
        }
        try Golden.check("evaluator-diff") { story($0) }
        try Golden.check("evaluator-diff-ascii", charset: .ascii) { story($0, charset: .ascii) }
        try Golden.check("evaluator-diff-unfolded") { size in
            var story = story(size)
            story.press(.character("f"))
            return story
        }
    }

    @Test func trial() throws {
        func story(_ size: Size, charset: Charset = .unicode) -> Story {
            var story = Story.evaluator(size, charset: charset)
            story.press(.character("T"))
            return story
        }
        func filled(_ size: Size, charset: Charset = .unicode) -> Story {
            var story = story(size, charset: charset)
            story.send(.input(.paste("Annual plans can be refunded within 60 days of purchase.\n\nSee the policy.")))
            story.press(Key(.tab))
            story.send(.input(.paste("policy.md: within 30 days\n---\nfaq.md: 30 days")))
            return story
        }
        try Golden.check("evaluator-try") { story($0) }
        try Golden.check("evaluator-try-filled") { filled($0) }
        try Golden.check("evaluator-try-running") { size in
            var story = filled(size)
            story.press(Key(.enter))
            story.pass(.seconds(4))
            return story
        }
        try Golden.check("evaluator-try-result") { size in
            var story = filled(size)
            for number in 0..<3 {
                story.press(Key(.enter))
                story.answer(Story.evaluatorPath + "/try", Samples.trial(number, failed: number == 1))
            }
            return story
        }
        try Golden.check("evaluator-try-result-ascii", charset: .ascii) { size in
            var story = filled(size, charset: .ascii)
            story.press(Key(.enter))
            story.answer(Story.evaluatorPath + "/try", Samples.trial(0))
            story.press(Key(.escape))
            return story
        }
        try Golden.check("evaluator-try-explained") { size in
            var story = filled(size)
            story.press(Key(.enter))
            story.answer(Story.evaluatorPath + "/try", Samples.trial(0))
            story.press(Key(.escape), .character("e"))
            return story
        }
        try Golden.check("evaluator-try-failed") { size in
            var story = filled(size)
            story.press(Key(.enter))
            story.fail(
                Story.evaluatorPath + "/try", ServerFailure(.rejected, "locale: The criteria need this variable."))
            return story
        }
    }
}
