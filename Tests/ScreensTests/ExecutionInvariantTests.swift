import FoundationEssentials
import Screens
import Terminal
import Testing
import WireAPI

/// Random keys, events, answers and sizes against the screens of executions.
struct ExecutionInvariantTests {
    private static let keys: [Key] =
        [
            Key(.up), Key(.down), Key(.pageUp), Key(.pageDown), Key(.home), Key(.end), Key(.enter), Key(.escape),
            Key(.tab),
            Key(.tab, .shift), Key(.left), Key(.right), .control("t"), .control("r"),
        ] + "jjkkG gg<>!tpcFd#suibRCTKvfnxy*_z[]e?/aoXwm'123hl".unicodeScalars.map { .character($0) }
    private static let texts = [
        "failed", "tag:rag", "-tag:rag", "nightly", "-nightly", "since:1h", "3", "2", "score<0.5 ok",
        "0193a500-0000-7000-8000-000000000001",
    ]
    private static let sizes = [(40, 8), (41, 9), (80, 24), (99, 30), (104, 15), (120, 40), (200, 60)]

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func whateverHappensTheScreensAreSound(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var story = Story.live(session: seed % 3 == 0 ? Samples.viewer : Samples.session)
        var newest = 1
        for step in 0..<500 {
            switch Int.random(in: 0..<100, using: &generator) {
            case ..<45: story.press(Self.keys.randomElement(using: &generator) ?? Key(.up))
            case ..<50:
                story.type(Self.texts.randomElement(using: &generator) ?? "")
                story.press(Key(.enter))
            case ..<54:
                let size = Self.sizes.randomElement(using: &generator) ?? (80, 24)
                story.send(.resized(Size(columns: size.0, rows: size.1)))
            case ..<66:
                let isLate = Int.random(in: 0..<10, using: &generator) == 0
                story.arrive(Samples.row(isLate ? Int.random(in: 0..<90, using: &generator) : -newest))
                newest += 1
            case ..<88: answer(&story, &generator)
            case ..<90: story.hear(.gap, id: nil)
            case ..<92: story.hear(.serverTime(Samples.now.addingTimeInterval(Double(step))))
            case ..<94:
                let ids = (0..<9).map { Samples.row($0 * 3).id }
                story.hear(.executionsTagged(OperatorTagging(ids: ids, added: ["t\(step % 3)"], removed: ["rag"])))
            default: story.pass(.milliseconds(Int.random(in: 0..<6000, using: &generator)))
            }
            // Leaving the program is not what is looked at here.
            if story.model.room != .executions { story.press(Key(.escape), Key(.escape), .character("2")) }
            check(story, seed, step)
        }
        #expect(
            seed % 3 != 0 || story.asked.allSatisfy { $0.request.method == "GET" || isExport($0.request.body) },
            "a viewer only looks, and takes with it what may be seen")
    }

    /// Whether a body asks for an export.
    private func isExport(_ body: [UInt8]?) -> Bool {
        String(decoding: body ?? [], as: UTF8.self).contains("export_executions")
    }

    /// Answers some question as the server would, or with a failure.
    private func answer(_ story: inout Story, _ generator: inout SeededGenerator) {
        guard let ask = story.asked.randomElement(using: &generator) else { return }
        let path = ask.request.path
        let kinds: [ServerFailure.Kind] = [.unreachable, .rejected, .notFound, .conflict, .forbidden, .timedOut]
        if Int.random(in: 0..<6, using: &generator) == 0 {
            story.fail(path, ServerFailure(kinds.randomElement(using: &generator) ?? .server, "no"))
        } else if path == OperatorExecutionPage.path {
            story.answer(path, page(ask, &generator))
        } else if path.hasPrefix(OperatorPlanDraft.path) {
            let states = OperatorPlan.State.allCases
            story.answer(
                path,
                Samples.plan(
                    state: path.hasSuffix("plans") ? .ready : states.randomElement(using: &generator) ?? .finished,
                    failures: Bool.random(using: &generator) ? Samples.planFailures : [], undo: Samples.undo))
        } else if path.hasSuffix("/related") {
            story.answer(path, Samples.related)
        } else if path.hasSuffix("/tags") {
            story.answer(path, OperatorTags(tags: ["nightly"]))
        } else if path.hasSuffix("/run-again") {
            story.answer(path, OperatorRunAgainResult(executionID: Samples.uuid(900), score: 0.5, failure: nil))
        } else if path.hasPrefix(OperatorExecutionPage.path) {
            story.answer(path, Samples.full(Samples.row(Int.random(in: 0..<60, using: &generator)), evaluators: 3))
        } else {
            story.fail(path)
        }
    }

    private func page(_ ask: Ask, _ generator: inout SeededGenerator) -> OperatorExecutionPage {
        let isFollowing = ask.request.parameters.contains { $0.name == "cursor" }
        let first = isFollowing ? Int.random(in: 50..<300, using: &generator) : 0
        var filter = OperatorExecutionFilter()
        do {
            filter = try OperatorExecutionFilter(parameters: ask.request.parameters.map { ($0.name, $0.value) })
        } catch {
            Issue.record("the console asked for \(ask.request.parameters)")
        }
        let rows = (first..<first + 40).map { Samples.row($0) }.filter(filter.matches)
        let isSearch = Bool.random(using: &generator)
        return OperatorExecutionPage(
            results: rows, next: isSearch ? "c\(first)" : nil, eventsThrough: nil,
            searchedThrough: isSearch ? Samples.now : nil)
    }

    private func check(_ story: Story, _ seed: UInt64, _ step: Int) {
        let place = Comment(rawValue: "seed \(seed), step \(step), \(story.model.screen.title)")
        let frame = story.picture()
        for row in 0..<frame.size.rows {
            let columns = frame[row: row].reduce(0) { $0 + ($1.glyph.base == 0 ? 0 : Int($1.glyph.width)) }
            #expect(columns == frame.size.columns, place)
        }
        guard let screen = story.screen(ExecutionsScreen.self) else { return }
        let list = screen.list
        #expect((list.cursor == nil) == list.rows.isEmpty, place)
        #expect(list.cursor.map(list.rows.contains) ?? true, place)
        #expect(list.top >= 0 && list.top < max(1, list.rows.count), place)
        #expect(list.unseen >= 0, place)
        if list.isFollowing { #expect(list.cursorIndex ?? 0 == 0, place) }
        #expect(list.targets.count == max(list.marks.count, list.rows.isEmpty ? 0 : 1), place)
        if step % 25 == 0 { checkRows(list, place) }
    }

    /// The order holds, nothing is there twice, and the sums are those of the rows.
    private func checkRows(_ list: ExecutionList, _ place: Comment) {
        let rows = list.rows.inOrder
        #expect(Set(rows.map(\.id)).count == rows.count, place)
        if list.pages.order == .newest {
            for (newer, older) in zip(rows, rows.dropFirst()) {
                #expect(ExecutionPosition(older) < ExecutionPosition(newer), place)
            }
        }
        var sum = ExecutionSummary()
        for row in rows { sum.add(row) }
        #expect(list.rows.summary == sum, place)
    }
}
