import FoundationEssentials
import Screens
import Terminal
import Testing
import WireAPI

struct GoldenTests {
    @Test func signIn() throws {
        try Golden.check("sign-in") { Story($0, email: "") }
        try Golden.check("sign-in-wrong-password") { size in
            var story = Story(size)
            story.type("wrong")
            story.press(Key(.enter))
            story.send(.message(.signedIn(.failure(ServerFailure(.wrongCredentials, "Email or password is wrong.")))))
            story.type("secre")
            return story
        }
        try Golden.check("sign-in-unreachable") { size in
            var story = Story(size)
            story.type("secret")
            story.press(Key(.enter))
            story.send(.message(.signedIn(.failure(unreachable))))
            return story
        }
        try Golden.check("sign-in-waiting") { size in
            var story = Story(size)
            story.type("secret")
            story.press(Key(.enter))
            story.pass(.seconds(4))
            return story
        }
    }

    @Test func executions() throws {
        try Golden.check("executions") { .live($0) }
        try Golden.check("executions-ascii", charset: .ascii) { .live($0, charset: .ascii) }
        try Golden.check("executions-loading") { size in
            var story = Story(size)
            story.signIn()
            return story
        }
        try Golden.check("executions-empty") { .live($0, rows: 0) }
        try Golden.check("executions-failing") { size in
            var story = Story(size)
            story.signIn()
            story.failPage(unreachable)
            story.pass(.seconds(3))
            return story
        }
        try Golden.check("executions-selected") { size in
            var story = Story.live(size)
            story.press(.character("j"), .character("j"), Key(.down), Key(.down), Key(.down))
            for number in 1...14 { story.arrive(Samples.row(-number)) }
            return story
        }
        try Golden.check("executions-several-days") { size in
            var story = Story(size)
            story.signIn()
            let rows = (0..<30).map { Samples.row($0, at: Samples.now.addingTimeInterval(Double($0) * -9000)) }
            let page = OperatorExecutionPage(results: rows, next: nil, eventsThrough: "1-0")
            story.answerPage(page)
            story.open()
            story.answerPage(page)
            return story
        }
    }

    @Test func filters() throws {
        try Golden.check("filter-typing") { size in
            var story = Story.live(size)
            story.press(.character("/"))
            story.type("failed judge:\"Support quality\"")
            return story
        }
        try Golden.check("filter-problem") { size in
            var story = Story.live(size)
            story.press(.character("/"))
            story.type("score<2")
            return story
        }
        try Golden.check("filter-applied") { size in
            var story = Story.live(size)
            story.press(.character("/"))
            story.type("failed")
            story.press(Key(.enter))
            story.answerPage(
                OperatorExecutionPage(
                    results: (0..<200).map { Samples.row($0) }.filter { $0.failure != nil }, next: nil,
                    eventsThrough: nil))
            story.press(.character("j"))
            return story
        }
        try Golden.check("filter-nothing-found") { size in
            var story = Story.live(size)
            story.press(.character("/"))
            story.type("tag:nothing")
            story.press(Key(.enter))
            story.answerPage(OperatorExecutionPage(results: [], next: nil, eventsThrough: nil))
            return story
        }
    }

    @Test func liveness() throws {
        try Golden.check("stream-down") { size in
            var story = Story.live(size)
            story.pass(.seconds(2))
            story.send(.message(.streamLost(unreachable)))
            story.pass(.seconds(39))
            story.send(.message(.streamLost(unreachable)))
            return story
        }
        try Golden.check("stream-silent") { size in
            var story = Story.live(size)
            story.pass(.seconds(42))
            return story
        }
        try Golden.check("session-ended") { size in
            var story = Story.live(size)
            story.send(
                .message(
                    .streamLost(
                        ServerFailure(.sessionEnded, "Your session has ended. Sign in to go on where you were."))))
            return story
        }
        try Golden.check("suspend-impossible") { size in
            var story = Story.live(size)
            story.send(.cannotSuspend)
            return story
        }
    }

    @Test func details() throws {
        try Golden.check("detail-evaluator") { size in
            var story = Story.live(size)
            story.press(.character("j"), Key(.enter))
            story.answerDetail(Samples.detail(Samples.row(1)))
            return story
        }
        try Golden.check("detail-judge") { size in
            var story = Story.live(size)
            story.press(.character("j"), .character("j"), .character("j"), Key(.enter))
            story.answerDetail(Samples.detail(Samples.row(3), evaluators: 4))
            return story
        }
        try Golden.check("detail-judge-ascii", charset: .ascii) { size in
            var story = Story.live(size, charset: .ascii)
            story.press(.character("j"), .character("j"), .character("j"), Key(.enter))
            story.answerDetail(Samples.detail(Samples.row(3), evaluators: 4))
            return story
        }
        try Golden.check("detail-failed") { size in
            var story = Story.live(size)
            for _ in 0..<5 { story.press(.character("j")) }
            story.press(Key(.enter))
            story.answerDetail(Samples.detail(Samples.row(5)))
            return story
        }
        try Golden.check("detail-long-scrolled") { size in
            var story = Story.live(size)
            story.press(Key(.enter))
            story.answerDetail(Samples.detail(Samples.row(0), longPrompt: 400))
            story.press(.character("G"))
            return story
        }
        try Golden.check("detail-hidden") { size in
            var story = Story.live(size)
            story.press(Key(.enter))
            story.answerDetail(Samples.detail(Samples.row(0), hidden: true))
            return story
        }
        try Golden.check("detail-loading") { size in
            var story = Story.live(size)
            story.press(Key(.enter))
            return story
        }
        try Golden.check("detail-unreachable") { size in
            var story = Story.live(size)
            story.press(Key(.enter))
            story.fail("\(OperatorExecutionPage.path)/")
            return story
        }
    }

    @Test func help() throws {
        try Golden.check("help-executions") { size in
            var story = Story.live(size)
            story.press(.character("?"))
            return story
        }
        try Golden.check("help-detail") { size in
            var story = Story.live(size)
            story.press(Key(.enter))
            story.answerDetail(Samples.detail(Samples.row(0)))
            story.press(.character("?"), Key(.pageDown))
            return story
        }
    }

    @Test func absurdSizes() throws {
        let sizes = [(1, 1), (5, 2), (20, 5), (39, 30), (300, 7)].map { Size(columns: $0.0, rows: $0.1) }
        try Golden.check("too-small", sizes: sizes) { .live($0) }
    }
}
