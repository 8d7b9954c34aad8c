import Screens
import Terminal
import Testing
import WireAPI

/// Random keys, sizes and answers against the room of providers.
struct ProviderInvariantTests {
    private static let keys: [Key] =
        [
            Key(.up), Key(.down), Key(.pageUp), Key(.pageDown), Key(.home), Key(.end), Key(.enter), Key(.enter),
            Key(.escape), Key(.tab), Key(.tab), Key(.left), Key(.right), Key(.backspace), Key(.tab, .shift),
            Key(.delete), .character("回"), .control("u"),
        ]
        + (0x20...0x7E as ClosedRange<UInt8>).filter { !"qQ".utf8.contains($0) }.map { .character(Unicode.Scalar($0)) }
    private static let sizes = [(1, 1), (20, 5), (40, 8), (41, 9), (80, 24), (104, 15), (140, 40), (250, 60)]

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func whateverHappensTheScreenIsSound(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var story = Story.providers()
        for step in 0..<300 {
            switch Int.random(in: 0..<100, using: &generator) {
            case ..<62: story.press(Self.keys.randomElement(using: &generator) ?? Key(.up))
            case ..<68:
                let size = Self.sizes.randomElement(using: &generator) ?? (80, 24)
                story.send(.resized(Size(columns: size.0, rows: size.1)))
            case ..<92: answer(&story, &generator)
            case ..<94: story.send(.input(.paste("sk-pasted\nmore")))
            default: story.pass(.milliseconds(Int.random(in: 0..<30_000, using: &generator)))
            }
            if story.model.signIn?.phase == .editing { story.signIn() }
            check(story, seed, step)
        }
    }

    private func answer(_ story: inout Story, _ generator: inout SeededGenerator) {
        guard let ask = story.asked.randomElement(using: &generator) else { return }
        let path = ask.request.path
        if Int.random(in: 0..<8, using: &generator) == 0 {
            let kinds: [ServerFailure.Kind] = [.unreachable, .rejected, .conflict, .notFound, .sessionEnded]
            story.fail(path, ServerFailure(kinds.randomElement(using: &generator) ?? .server, "name: no"))
            return
        }
        switch path {
        case OperatorProvider.path where ask.request.method == "GET": story.answer(path, Samples.providers)
        case OperatorProvider.path: story.answer(path, Samples.azure)
        case OperatorModel.path where ask.request.method == "GET": story.answer(path, Samples.modelList)
        case OperatorModel.path: story.answer(path, Samples.weightedModel)
        case OperatorPrice.path where ask.request.method == "GET": story.answer(path, Samples.prices)
        case OperatorBudget.path where ask.request.method == "GET": story.answer(path, Samples.budgets)
        case OperatorSpending.path: story.answer(path, Samples.spending)
        case OperatorServerProbeWish.path: story.answer(path, Samples.probe)
        case OperatorExecutionPage.path: story.answer(path, Samples.page(0..<9, next: nil))
        case _ where path.hasSuffix("/days"): story.answer(path, Samples.spendingDays)
        case _ where path.hasSuffix("/history"): story.answer(path, Samples.providerHistory)
        case _ where path.hasSuffix("/test-call"): story.answer(path, Samples.failedTest)
        case _ where path.hasSuffix("/effects") && path.hasPrefix(OperatorModel.path):
            story.answer(path, Samples.modelEffects)
        case _ where path.hasSuffix("/effects"): story.answer(path, Samples.providerEffects)
        case _ where ask.request.method == "DELETE": story.answer(path, OperatorNothing())
        case _ where path.hasPrefix(OperatorPrice.path):
            story.answer(path, OperatorPriceOutcome(price: Samples.prices.results[0], ended: nil))
        case _ where path.hasPrefix(OperatorBudget.path): story.answer(path, Samples.budgets.results[0])
        case _ where path.hasPrefix(OperatorModel.path): story.answer(path, Samples.hostedModel)
        case _ where path.contains("/keys"): story.answer(path, Samples.key(1, "2026-11", .active, load: 0.4))
        case _ where path.hasPrefix(OperatorProvider.path) && ask.request.method == "GET":
            story.answer(path, Samples.azureDetail)
        default: story.answer(path, OperatorNothing())
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
        #expect(story.model.wake.map { $0 > story.now - .seconds(1) } ?? true, place)
    }
}
