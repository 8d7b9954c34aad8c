import Screens
import Terminal
import Testing
import WireAPI

/// Random keys, sizes and answers against the model: whatever happens, what must hold does.
struct InvariantTests {
    private static let keys: [Key] = [
        Key(.up), Key(.down), Key(.pageUp), Key(.pageDown), Key(.home), Key(.end), Key(.enter), Key(.escape), Key(.tab),
        Key(.left), Key(.right), Key(.backspace), .character("j"), .character("k"), .character("g"), .character("G"),
        .character("/"), .character("?"), .character("r"), .character("a"), .character("n"), .character("p"),
        .character("f"), .character("1"), .character("3"), .character("x"), .character("é"), .character("\""),
        .character(":"), .character("<"), .control("c"), .control("l"), .control("z"), Key(.tab, .shift),
    ]
    private static let sizes = [(1, 1), (2, 1), (39, 7), (40, 8), (41, 9), (80, 24), (104, 15), (120, 40), (250, 60)]

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func whateverHappensTheScreenIsSound(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var story = Story.live()
        var pending: [Effect] = []
        var newest = 1
        for step in 0..<400 {
            switch Int.random(in: 0..<100, using: &generator) {
            case ..<50: story.press(Self.keys.randomElement(using: &generator) ?? Key(.up))
            case ..<60:
                let size = Self.sizes.randomElement(using: &generator) ?? (80, 24)
                story.send(.resized(Size(columns: size.0, rows: size.1)))
            case ..<75:
                // Mostly in order, now and then late or known already.
                let number =
                    Int.random(in: 0..<10, using: &generator) == 0 ? Int.random(in: 0..<90, using: &generator) : -newest
                newest += 1
                story.arrive(Samples.row(number))
            case ..<90: answer(&pending, &story, &generator)
            case ..<93: story.send(.message(.streamLost(unreachable)))
            case ..<95: story.send(.message(.streamOpened))
            case ..<96: story.send(.message(.event(id: nil, .gap)))
            case ..<97: story.send(.message(.streamLost(ServerFailure(.sessionEnded, "ended"))))
            case ..<98: story.send(.input(.paste("q\nfailed\u{1B}")))
            default: story.pass(.milliseconds(Int.random(in: 0..<30_000, using: &generator)))
            }
            pending += story.effects
            if story.model.context == .signIn, story.model.signIn?.phase == .editing, step % 3 == 0 { story.signIn() }
            pending += story.effects
            check(story, seed, step)
            if step % 20 == 0 { checkRows(story.model.executions, seed, step) }
        }
        leavesWithEscapeAndQ(&story)
    }

    private func answer(_ pending: inout [Effect], _ story: inout Story, _ generator: inout SeededGenerator) {
        guard let index = pending.indices.randomElement(using: &generator) else { return }
        let fails = Int.random(in: 0..<5, using: &generator) == 0
        switch pending.remove(at: index) {
        case .loadPage(let request, _):
            let first = request.cursor == nil ? 0 : Int.random(in: 50..<300, using: &generator)
            let rows = (first..<first + 40).map { Samples.row($0) }.filter(request.filter.matches)
            let page = OperatorExecutionPage(results: rows, next: rows.isEmpty ? nil : "c\(first)", eventsThrough: nil)
            story.send(.message(.page(request, fails ? .failure(unreachable) : .success(page))))
        case .loadDetail(let id):
            let detail = Samples.detail(Samples.row(3), evaluators: 4, longPrompt: 300)
            story.send(.message(.detail(id, fails ? .failure(unreachable) : .success(detail))))
        case .signIn, .openStream, .closeStream, .redraw, .suspend, .quit: story.send(.tick)
        }
    }

    private func check(_ story: Story, _ seed: UInt64, _ step: Int) {
        let list = story.model.executions
        let place = Comment(rawValue: "seed \(seed), step \(step)")
        #expect((list.cursor == nil) == list.rows.isEmpty, place)
        #expect(list.cursor.map(list.rows.contains) ?? true, place)
        #expect(list.top >= 0 && list.top < max(1, list.rows.count), place)
        #expect(list.unseen >= 0 && list.unseen <= list.top, place)
        if list.isFollowing { #expect(list.cursorIndex ?? 0 == 0, place) }
        for detail in story.model.details { #expect(detail.top >= 0, place) }
        let frame = story.picture(story.model.size)
        #expect(frame.text.count == story.model.size.rows, place)
        if list.rows.count > 0, story.model.context == .executions, story.model.size.columns >= 40,
            story.model.size.rows >= 8
        {
            #expect(frame.text.contains { $0.hasPrefix("▸") }, place)
        }
    }

    /// The order holds, nothing is there twice, and only what the filter shows.
    private func checkRows(_ list: Executions, _ seed: UInt64, _ step: Int) {
        let place = Comment(rawValue: "seed \(seed), step \(step)")
        for index in 1..<max(1, list.rows.count) {
            let newer = list.rows[index - 1]
            let older = list.rows[index]
            #expect(
                newer.createdAt > older.createdAt || newer.createdAt == older.createdAt && newer.id > older.id, place)
        }
        #expect(list.rows.isEmpty || (0..<list.rows.count).allSatisfy { list.filter.matches(list.rows[$0]) }, place)
    }

    /// From anywhere a few Escapes and a q leave.
    private func leavesWithEscapeAndQ(_ story: inout Story) {
        if story.model.context == .signIn {
            story.press(.control("q"))
        } else {
            for _ in 0..<60 where story.model.context != .executions { story.press(Key(.escape)) }
            story.press(.character("q"))
        }
        #expect(story.effects == [.quit(0)])
    }
}
