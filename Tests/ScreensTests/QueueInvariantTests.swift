import FoundationEssentials
import Screens
import Terminal
import Testing
import WireAPI

/// Random keys, sizes and answers in the rooms of background work: whatever happens, what must hold does.
struct QueueInvariantTests {
    private static let keys: [Key] =
        [
            Key(.up), Key(.down), Key(.pageUp), Key(.pageDown), Key(.home), Key(.end), Key(.enter), Key(.escape),
            Key(.tab), Key(.left), Key(.right), Key(.tab, .shift),
        ] + "jkGsdbit!*_ v/<>oeyxPCWRKDMNnp#45".unicodeScalars.map { .character($0) }
    private static let sizes = [(1, 1), (40, 8), (41, 9), (80, 24), (104, 15), (120, 40), (250, 60)]

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func whateverHappensTheScreenIsSound(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var story = seed.isMultiple(of: 2) ? Story.queues() : Story.workers()
        for step in 0..<300 {
            switch Int.random(in: 0..<100, using: &generator) {
            case ..<55: story.press(Self.keys.randomElement(using: &generator) ?? Key(.up))
            case ..<62:
                let size = Self.sizes.randomElement(using: &generator) ?? (80, 24)
                story.send(.resized(Size(columns: size.0, rows: size.1)))
            case ..<90: answer(&story, &generator)
            case ..<93: story.hear(.gap, id: nil)
            default: story.pass(.milliseconds(Int.random(in: 0..<9_000, using: &generator)))
            }
            check(story, seed, step)
        }
    }

    private func answer(_ story: inout Story, _ generator: inout SeededGenerator) {
        guard let ask = story.asked.randomElement(using: &generator) else { return }
        let path = ask.request.path
        if Int.random(in: 0..<6, using: &generator) == 0 {
            story.fail(path, ServerFailure(Bool.random(using: &generator) ? .unreachable : .rejected, "no"))
            return
        }
        let first = Int.random(in: 0..<300, using: &generator)
        switch path {
        case OperatorQueue.path: story.answer(path, Samples.queues(evaluations: first))
        case OperatorJobCounts.path: story.answer(path, Samples.jobCounts(waiting: first))
        case OperatorJobPage.path:
            story.answer(path, Samples.jobs(first..<first + first % 100, next: first % 7 == 0 ? nil : "c\(first)"))
        case OperatorDeadLetters.path: story.answer(path, Samples.deadLetters)
        case OperatorWorker.path: story.answer(path, Samples.workers)
        case OperatorSchedule.path: story.answer(path, Samples.schedules)
        case OperatorBatch.path: story.answer(path, Samples.batches)
        case _ where path.hasPrefix(OperatorQueue.path): story.answer(path, Samples.queueDetail)
        case _ where path.hasPrefix(OperatorBatch.path): story.answer(path, Samples.batch(first % 3))
        case _ where path.hasPrefix(OperatorJobPage.path):
            story.answer(path, Samples.jobDetail(Samples.job(first)))
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
        if let list = story.screen(JobsScreen.self)?.list {
            #expect(list.rows.isEmpty || list.selected != nil, place)
            #expect(Set(list.rows.map(\.id)).count <= list.rows.count, place)
        }
    }
}
