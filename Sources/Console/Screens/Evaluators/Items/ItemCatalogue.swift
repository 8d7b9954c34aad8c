import WireAPI

/// Every evaluator and every judge that the organisation can use.
struct ItemCatalogue: Sendable {
    /// Numbers that are older than this are read anew when something was executed.
    private static let freshness = Duration.seconds(60)

    private var lists: [OperatorItemKind: WholeList<OperatorItemPage, OperatorItem>]

    init() {
        lists = Dictionary(
            uniqueKeysWithValues: OperatorItemKind.allCases.map { kind in
                (kind, WholeList({ .items(kind, cursor: $0) }, content: { ($0.results, $0.next) }))
            })
    }

    private var all: [WholeList<OperatorItemPage, OperatorItem>] { OperatorItemKind.allCases.compactMap { lists[$0] } }

    var items: [OperatorItem] { all.flatMap(\.rows) }
    var isSettled: Bool { all.allSatisfy(\.isSettled) }
    var isReading: Bool { all.contains(where: \.isReading) }
    var isCut: Bool { all.contains(where: \.isCut) }
    /// When both lists were read, `nil` before.
    var loadedAt: Duration? {
        let times = all.map(\.loadedAt)
        return times.contains(nil) ? nil : times.compactMap { $0 }.min()
    }
    var failure: ServerFailure? { all.compactMap(\.failure).first }
    var failingSince: Duration? { all.compactMap(\.failingSince).min() }

    mutating func load(_ context: inout ScreenContext) {
        for kind in OperatorItemKind.allCases { lists[kind]?.load(&context) }
    }

    mutating func loadIfOld(_ context: inout ScreenContext) {
        for kind in OperatorItemKind.allCases { lists[kind]?.loadIfOlder(than: Self.freshness, &context) }
    }

    /// Takes an answer; says whether it was one of its own.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Bool {
        var isTaken = false
        for kind in OperatorItemKind.allCases where lists[kind]?.receive(answer, &context) == true { isTaken = true }
        return isTaken
    }

    /// Reads anew what an event has changed. Executions change the numbers only, which may wait.
    mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        switch event {
        case .catalogueChanged(let change):
            switch change.subject.kind {
            case .evaluator:
                // A judge's row tells the models of its evaluators.
                for kind in OperatorItemKind.allCases { lists[kind]?.loadSoon(&context) }
            case .judge: lists[.judge]?.loadSoon(&context)
            case .project: for kind in OperatorItemKind.allCases { lists[kind]?.loadSoon(&context) }
            case .execution, .export, .user, .daemon, .failure, .queue, .job, .batch, .worker, .schedule, .provider,
                .model,
                .price,
                .budget, .webhook:
                break
            }
        case .executionFinished:
            for (kind, list) in lists {
                if let loadedAt = list.loadedAt, context.now - loadedAt > Self.freshness {
                    lists[kind]?.loadSoon(&context)
                }
            }
        case .executionsTagged, .queuesChanged, .noticed, .serverTime, .gap: break
        }
    }
}
