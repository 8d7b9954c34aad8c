import FoundationEssentials
import Screens
import Terminal
import Testing
import WireAPI

/// Random keys, sizes, answers and texts from the editor against the rooms of evaluators and projects.
struct ItemInvariantTests {
    private static let keys: [Key] =
        [
            Key(.up), Key(.down), Key(.pageUp), Key(.pageDown), Key(.home), Key(.end), Key(.enter), Key(.escape),
            Key(.tab),
            Key(.left), Key(.right), Key(.backspace), Key(.enter, .alt), .character("é"), .character("回"),
            .control("e"),
            .control("o"), .control("w"), .control("k"), Key(.tab, .shift), Key(.delete),
        ]
        + (0x20...0x7E as ClosedRange<UInt8>).filter { !"qQ".utf8.contains($0) }.map { .character(Unicode.Scalar($0)) }
    private static let sizes = [(1, 1), (20, 5), (40, 8), (41, 9), (80, 24), (104, 15), (140, 40), (250, 60)]

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func whateverHappensTheScreenIsSound(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var story = Story.items()
        for step in 0..<300 {
            switch Int.random(in: 0..<100, using: &generator) {
            case ..<60: story.press(Self.keys.randomElement(using: &generator) ?? Key(.up))
            case ..<66:
                let size = Self.sizes.randomElement(using: &generator) ?? (80, 24)
                story.send(.resized(Size(columns: size.0, rows: size.1)))
            case ..<92: answer(&story, &generator)
            case ..<94: story.send(.input(.paste("q\nuser: 回答\u{1B}\n---\n" + String(repeating: "long ", count: 40))))
            case ..<96:
                let subject = OperatorSubject(
                    kind: .evaluator, id: Samples.uuid(0x1000).uuidString.lowercased(), name: nil)
                story.hear(.catalogueChanged(.init(subject: subject, action: .updated, userEmail: nil)))
            default: story.pass(.milliseconds(Int.random(in: 0..<90_000, using: &generator)))
            }
            for effect in story.effects { answer(effect, &story, &generator) }
            if story.model.signIn?.phase == .editing { story.signIn() }
            check(story, seed, step)
        }
    }

    /// The editor, and the disk.
    private func answer(_ effect: Effect, _ story: inout Story, _ generator: inout SeededGenerator) {
        if case .read = effect { story.send(.message(.read(.success("kind: evaluator\n")))) }
        guard case .edit(let text, _) = effect else { return }
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: story.send(.edited(.success(text)))
        case 1: story.send(.edited(.failure(.noEditor)))
        default: story.send(.edited(.success(text + "more: \(Int.random(in: 0..<9, using: &generator))\n")))
        }
    }

    /// Answers some question: rightly, or with a failure.
    private func answer(_ story: inout Story, _ generator: inout SeededGenerator) {
        guard let ask = story.asked.randomElement(using: &generator) else { return }
        let path = ask.request.path
        if Int.random(in: 0..<8, using: &generator) == 0 {
            let kinds: [ServerFailure.Kind] = [.unreachable, .rejected, .conflict, .notFound, .sessionEnded]
            story.fail(path, ServerFailure(kinds.randomElement(using: &generator) ?? .server, "response: no"))
            return
        }
        let isFine = Bool.random(using: &generator)
        switch path {
        case OperatorItemKind.evaluator.path: story.answer(path, Samples.evaluatorPage)
        case OperatorItemKind.judge.path: story.answer(path, Samples.judgePage)
        case OperatorProject.path: story.answer(path, Samples.projectPage)
        case OperatorExecutionPage.path: story.answer(path, Samples.page(0..<9, next: nil))
        case OperatorImport.path:
            story.answer(path, OperatorImportPlan(entries: [], token: isFine ? "t" : nil, isDone: isFine))
        case OperatorExport.path: story.answer(path, OperatorExportedDocuments(text: "", items: []))
        case _ where path.hasSuffix("/versions"): story.answer(path, Samples.versionPage)
        case _ where path.hasSuffix("/history"): story.answer(path, Samples.history)
        case _ where path.hasSuffix("/document"): story.answer(path, Samples.document(isFine ? 7 : 6))
        case _ where path.hasSuffix("/documents"): story.answer(path, receipt(isFine, &generator))
        case _ where path.hasSuffix("/try"): story.answer(path, Samples.trial(1, failed: !isFine))
        case _ where path.hasSuffix("/duplicate"): story.answer(path, Samples.evaluator(2))
        case _ where path.hasPrefix(OperatorItemKind.judge.path): story.answer(path, Samples.judgeDetail)
        case _ where path.hasPrefix(OperatorItemKind.evaluator.path): story.answer(path, Samples.evaluatorDetail)
        case _ where path.hasPrefix(OperatorExecutionPage.path): story.answer(path, Samples.detail(Samples.row(3)))
        default: story.answer(path, OperatorNothing())
        }
    }

    private func receipt(_ isFine: Bool, _ generator: inout SeededGenerator) -> OperatorDocumentReceipt {
        let problem = OperatorDocumentProblem(
            line: Int.random(in: -1..<60, using: &generator), column: Int.random(in: -1..<300, using: &generator),
            field: "criteria", message: "no")
        let saved = Bool.random(using: &generator) ? Samples.evaluator(0) : nil
        return OperatorDocumentReceipt(
            problems: isFine ? [] : [problem], changedFields: ["criteria"], saved: isFine ? saved : nil)
    }

    private func check(_ story: Story, _ seed: UInt64, _ step: Int) {
        let place = Comment(rawValue: "seed \(seed), step \(step), \(story.model.screen.title)")
        let frame = story.picture()
        #expect(frame.text.count == story.model.size.rows, place)
        for row in 0..<frame.size.rows {
            let columns = frame[row: row].reduce(0) { $0 + ($1.glyph.base == 0 ? 0 : Int($1.glyph.width)) }
            #expect(columns == frame.size.columns, place)
        }
        #expect(story.model.wake.map { $0 > story.now - .seconds(1) } ?? true, place)
    }
}
