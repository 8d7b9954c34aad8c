import Screens
import Terminal
import Testing
import WireAPI

/// Random keys, sizes and answers against the model: whatever happens, what must hold does.
struct InvariantTests {
    private static let keys: [Key] =
        [
            Key(.up), Key(.down), Key(.pageUp), Key(.pageDown), Key(.home), Key(.end), Key(.enter), Key(.escape),
            Key(.tab),
            Key(.left), Key(.right), Key(.backspace), .character("é"), .character("\""), .control("c"), .control("l"),
            .control("z"), .control("t"), .control("r"), .control("p"), Key(.tab, .shift), Key(.function(1)),
        ] + (0x20...0x7E as ClosedRange<UInt8>).map { .character(Unicode.Scalar($0)) }
    private static let sizes = [(1, 1), (2, 1), (39, 7), (40, 8), (41, 9), (80, 24), (104, 15), (120, 40), (250, 60)]

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func whateverHappensTheScreenIsSound(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var story = Story.live()
        var newest = 1
        for step in 0..<400 {
            switch Int.random(in: 0..<100, using: &generator) {
            case ..<55: story.press(Self.keys.randomElement(using: &generator) ?? Key(.up))
            case ..<63:
                let size = Self.sizes.randomElement(using: &generator) ?? (80, 24)
                story.send(.resized(Size(columns: size.0, rows: size.1)))
            case ..<75:
                // Mostly in order, now and then late or known already.
                let isLate = Int.random(in: 0..<10, using: &generator) == 0
                story.arrive(Samples.row(isLate ? Int.random(in: 0..<90, using: &generator) : -newest))
                newest += 1
            case ..<88: answer(&story, &generator)
            case ..<91: story.send(.message(.streamLost(unreachable)))
            case ..<93: story.open()
            case ..<94: story.hear(.gap, id: nil)
            case ..<95: story.send(.message(.streamLost(ServerFailure(.sessionEnded, "ended"))))
            case ..<97: story.send(.input(.paste("q\nfailed\u{1B}")))
            default: story.pass(.milliseconds(Int.random(in: 0..<30_000, using: &generator)))
            }
            if story.model.signIn?.phase == .editing, step % 3 == 0 { story.signIn() }
            check(story, seed, step)
        }
        leavesWithEscapeAndQ(&story)
    }

    /// Answers some question: rightly, with something else, or with a failure.
    private func answer(_ story: inout Story, _ generator: inout SeededGenerator) {
        guard let ask = story.asked.randomElement(using: &generator) else { return }
        let path = ask.request.path
        if Int.random(in: 0..<5, using: &generator) == 0 {
            story.fail(path, ServerFailure(Bool.random(using: &generator) ? .unreachable : .rejected, "no"))
        } else if path == OperatorExecutionPage.path {
            let first = Int.random(in: 0..<300, using: &generator)
            story.answer(path, Samples.page(first..<first + 40, next: "c\(first)"))
        } else if path.hasPrefix(OperatorExecutionPage.path) {
            story.answer(path, Samples.detail(Samples.row(3), evaluators: 4, longPrompt: 300))
        } else {
            story.answer(path, OperatorNothing())
        }
    }

    private func check(_ story: Story, _ seed: UInt64, _ step: Int) {
        let place = Comment(rawValue: "seed \(seed), step \(step), \(story.model.screen.title)")
        let frame = story.picture()
        #expect(frame.text.count == story.model.size.rows, place)
        for row in 0..<frame.size.rows {
            let columns = frame[row: row].reduce(0) { $0 + ($1.glyph.base == 0 ? 0 : Int($1.glyph.width)) }
            #expect(columns == frame.size.columns, place)
        }
        // A tick that comes early must not make the program spin.
        #expect(story.model.wake.map { $0 > story.now - .seconds(1) } ?? true, place)
    }

    /// From anywhere Escapes and two Ctrl-C leave.
    private func leavesWithEscapeAndQ(_ story: inout Story) {
        story.pass(.seconds(5))
        story.press(.control("c"), .control("c"))
        #expect(story.effects.contains(.quit(130)))
    }
}
