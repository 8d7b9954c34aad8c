import FoundationEssentials
import Screens
import Terminal
import Testing
import WireAPI

struct ExecutionListGoldenTests {
    @Test func preview() throws {
        try Golden.check("executions-preview") { size in
            var story = Story.on(3, size)
            story.answerDetail(Samples.full(Samples.row(3), evaluators: 4))
            return story
        }
        try Golden.check("executions-preview-ascii", charset: .ascii) { size in
            var story = Story.on(3, size, charset: .ascii)
            story.answerDetail(Samples.full(Samples.row(3), evaluators: 4))
            return story
        }
        try Golden.check("executions-preview-unreachable") { size in
            var story = Story.on(3, size)
            story.fail("\(OperatorExecutionPage.path)/", ServerFailure(.notFound, "no execution has this identifier"))
            return story
        }
        try Golden.check("executions-preview-hidden") { size in
            var story = Story.on(1, size)
            story.answerDetail(Samples.full(Samples.row(1), hidden: true))
            return story
        }
    }

    @Test func marks() throws {
        try Golden.check("executions-marks") { size in
            var story = Story.live(size)
            story.press(.character("j"), .character(" "), .character(" "), .character("j"), .character(" "))
            story.pass(.seconds(9))
            for number in 1...14 { story.arrive(Samples.row(-number)) }
            return story
        }
        try Golden.check("executions-held") { size in
            var story = Story.live(size)
            story.press(.character("F"))
            for number in 1...3 { story.arrive(Samples.row(-number)) }
            return story
        }
    }

    @Test func orders() throws {
        try Golden.check("executions-sorted") { size in
            var story = Story.live(size)
            story.press(.character("o"), .character("3"))
            let rows = (0..<60).map { Samples.row($0) }.sorted {
                $0.latencyMilliseconds ?? 0 > $1.latencyMilliseconds ?? 0
            }
            story.answerPage(
                OperatorExecutionPage(
                    results: rows, next: nil, eventsThrough: nil,
                    ranking: .init(count: 1000, from: Samples.now.addingTimeInterval(-7200), isCut: true)))
            story.arrive(Samples.row(-1))
            return story
        }
        try Golden.check("executions-searching") { size in
            var story = Story.live(size)
            story.filter("failed model:claude")
            story.answerPage(
                OperatorExecutionPage(
                    results: [], next: "c1", eventsThrough: nil,
                    searchedThrough: Samples.now.addingTimeInterval(-86_400)))
            return story
        }
    }

    @Test func menus() throws {
        try Golden.check("executions-columns") { size in
            var story = Story.live(size)
            story.press(.character("c"), .character("3"), .character("4"))
            return story
        }
        try Golden.check("executions-time") { size in
            var story = Story.live(size)
            story.press(.character("t"))
            return story
        }
    }

    @Test func states() throws {
        try Golden.check("executions-stale") { size in
            var story = Story.live(size)
            story.press(.character("r"))
            story.failPage(unreachable)
            story.pass(.seconds(41))
            return story
        }
        try Golden.check("executions-forbidden") { size in
            var story = Story(size)
            story.signIn(Samples.viewer)
            story.failPage(ServerFailure(.forbidden, "your role may not list executions"))
            return story
        }
        try Golden.check("executions-of-a-session") { size in
            var story = Story.on(3, size)
            story.press(.character("s"))
            story.answerPage(Samples.page(3..<4, next: nil))
            return story
        }
    }

    @Test func foreignTexts() throws {
        for charset in Charset.allCases {
            // Marks on letters are only for those who can show them.
            let texts = charset == .ascii ? Array(Samples.foreign.dropLast()) : Samples.foreign
            try Golden.check("executions-foreign\(charset == .ascii ? "-ascii" : "")", charset: charset) { size in
                var story = Story(size, charset: charset)
                story.signIn()
                story.answerPage(
                    OperatorExecutionPage(
                        results: (0..<30).map { Samples.foreignRow($0, texts: texts) }, next: nil, eventsThrough: "5-0")
                )
                story.press(.character("j"))
                story.answerDetail(Samples.full(Samples.foreignRow(1, texts: texts), texts: texts))
                return story
            }
        }
    }
}

struct ExecutionDetailGoldenTests {
    @Test func everything() throws {
        try Golden.check("execution") { .open(Samples.full(Samples.row(0)), $0) }
        try Golden.check("execution-focus") { size in
            var story = Story.open(Samples.full(Samples.row(0), evaluators: 4), size)
            story.press(Key(.tab), Key(.tab))
            return story
        }
        try Golden.check("execution-related") { size in
            var story = Story.open(Samples.full(Samples.row(0)), size)
            story.press(.character("G"), Key(.tab))
            return story
        }
        try Golden.check("execution-related-ascii", charset: .ascii) { size in
            var story = Story.open(Samples.full(Samples.row(0)), size, charset: .ascii)
            story.press(.character("G"), Key(.tab, .shift))
            return story
        }
        try Golden.check("execution-json") { size in
            var story = Story.open(Samples.full(Samples.row(0)), size)
            story.press(.character("v"))
            return story
        }
    }

    @Test func states() throws {
        try Golden.check("execution-failed") { .open(Samples.full(Samples.row(5)), $0, related: nil) }
        try Golden.check("execution-hidden") { .open(Samples.full(Samples.row(0), hidden: true), $0) }
        try Golden.check("execution-not-found") { size in
            var story = Story.live(size)
            story.press(.character("#"))
            story.type("see 0193a500-0000-7000-8000-000000000001 there")
            story.press(Key(.enter))
            story.fail("\(OperatorExecutionPage.path)/", ServerFailure(.notFound, "no execution has this identifier"))
            return story
        }
        try Golden.check("execution-running-again") { size in
            var story = Story.open(Samples.full(Samples.row(0)), size)
            story.press(.character("R"))
            story.pass(.seconds(4))
            return story
        }
        try Golden.check("execution-foreign") { size in
            .open(Samples.full(Samples.foreignRow(4), evaluators: 2, texts: Samples.foreign), size)
        }
        try Golden.check("execution-huge") { size in
            let long = String(repeating: "word ", count: 20_000) + String(repeating: "x", count: 5000)
            return .open(Samples.full(Samples.row(0), response: long), size)
        }
    }

    @Test func explanations() throws {
        try Golden.check("execution-explained") { size in
            var story = Story.open(Samples.full(Samples.row(0)), size)
            story.press(.character("e"))
            return story
        }
        try Golden.check("executions-failure-explained") { size in
            var story = Story.on(5, size)
            story.press(.character("e"))
            return story
        }
        try Golden.check("execution-copies") { size in
            var story = Story.open(Samples.full(Samples.row(0)), size)
            story.press(.character("y"))
            return story
        }
    }
}

struct ExecutionActionGoldenTests {
    private func marked(_ size: Size) -> Story {
        var story = Story.live(size)
        for _ in 0..<3 { story.press(.character(" ")) }
        return story
    }

    @Test func questions() throws {
        try Golden.check("executions-tag") { size in
            var story = marked(size)
            story.press(.character("T"))
            story.type("nightly -old")
            story.press(Key(.enter))
            return story
        }
        try Golden.check("executions-run-again") { size in
            var story = marked(size)
            story.press(.character("R"))
            story.answerPlan(Samples.plan())
            story.pass(.seconds(1))
            story.type("2")
            story.press(Key(.enter))
            return story
        }
        try Golden.check("executions-plan-anew") { size in
            var story = marked(size)
            story.press(.character("R"))
            story.answerPlan(Samples.plan())
            story.agree("3")
            story.fail(OperatorPlanDraft.path, ServerFailure(.conflict, "the plan has expired"))
            story.answerPlan(Samples.plan(count: 2, id: 0x901))
            return story
        }
    }

    @Test func progress() throws {
        try Golden.check("execution-plan-running") { size in
            var story = marked(size)
            story.press(.character("R"))
            story.answerPlan(Samples.plan())
            story.agree("3")
            story.answerPlan(Samples.plan(state: .running, done: 1))
            return story
        }
        try Golden.check("execution-plan-failures") { size in
            var story = marked(size)
            story.press(.character("R"))
            story.answerPlan(Samples.plan(count: 12))
            story.agree("12")
            story.answerPlan(Samples.plan(count: 12, state: .finished, done: 9, failures: Samples.planFailures))
            story.press(.character("j"))
            return story
        }
    }
}

struct ExecutionCompareGoldenTests {
    private static let longText = (1...30).map { "Line \($0) of a text that both have." }

    private func compared(_ size: Size, charset: Charset = .unicode, _ keys: Key...) -> Story {
        var story = Story.on(1, size, charset: charset)
        story.press(.character("d"), .character("j"), .character("d"))
        let newer = Samples.full(
            Samples.row(1),
            response: (Self.longText + ["Refunds take 60 days.", "Only in the newer."]).joined(separator: "\n"))
        let older = Samples.full(
            Samples.row(2), response: (Self.longText + ["Refunds take 30 days."]).joined(separator: "\n"))
        // The newest question is the one about the newer.
        story.answerDetail(newer)
        story.answerDetail(older)
        for key in keys { story.press(key) }
        return story
    }

    @Test func compare() throws {
        try Golden.check("execution-compare") { compared($0) }
        try Golden.check("execution-compare-ascii", charset: .ascii) { compared($0, charset: .ascii) }
        try Golden.check("execution-compare-texts") { compared($0, .character("]"), .character("]"), .character("]")) }
        try Golden.check("execution-compare-unfolded") { compared($0, .character("f"), .character("G")) }
        try Golden.check("execution-compare-first") { size in
            var story = Story.on(1, size)
            story.press(.character("d"), .character("j"))
            return story
        }
        try Golden.check("execution-compare-unreachable") { size in
            var story = Story.on(1, size)
            story.press(.character("d"), .character("j"), .character("d"))
            story.fail("\(OperatorExecutionPage.path)/")
            return story
        }
    }
}
