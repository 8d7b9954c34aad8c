import FoundationEssentials
import Terminal
import WireAPI

/// What one version did within the window, as a row.
struct HistoryRow: Sendable, Identifiable {
    let version: OperatorItemHistory.Version
    /// The place of its series in the charts, `nil` for versions that are not drawn.
    let series: Int?

    /// Executions that name no version have none.
    var id: UUID? { version.version?.id }
    var total: OperatorItemHistory.Figures { version.total }
    var name: String { version.version.map { "v\($0.number)" } ?? "no version" }

    /// What 1,000 executions cost, in nano-dollars.
    var costOfThousand: Int64? {
        total.executions > 0 ? Int64((Double(total.costNanodollars) / Double(total.executions) * 1000).rounded()) : nil
    }

    var failureShare: Double? {
        total.executions > 0 ? Double(total.failures) / Double(total.executions) : nil
    }
}

/// How an item scored over time, version by version.
struct HistoryTab: Sendable {
    /// The versions that are drawn: more lines than inks cannot be told apart.
    static let mostSeries = 4
    private static let freshness = Duration.seconds(60)

    private let item: OperatorItemReference
    private(set) var window = OperatorItemHistory.Window.week
    private(set) var history = Loadable<OperatorItemHistory>()
    private(set) var list = Listing(
        HistoryColumns.all, sorting: Sorting(column: "version", isDescending: true),
        facts: { (row: HistoryRow) in Query.Facts(words: [row.name]) })

    init(_ item: OperatorItemReference) { self.item = item }

    /// What is held, when it is of the window that was chosen.
    var shown: OperatorItemHistory? { history.value.flatMap { $0.window == window ? $0 : nil } }
    var selected: HistoryRow? { list.selected }

    mutating func load(_ context: inout ScreenContext) {
        history.load(.history(item.kind, item.id, window: window), &context)
    }

    mutating func loadIfOld(_ context: inout ScreenContext) {
        history.loadIfOlder(than: Self.freshness, .history(item.kind, item.id, window: window), &context)
    }

    /// Takes an answer; says whether it was one of its own.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Bool {
        guard history.receive(answer, &context) else { return false }
        guard let shown else { return true }
        list.set(
            shown.versions.enumerated().map { index, version in
                HistoryRow(version: version, series: index < Self.mostSeries ? index : nil)
            })
        return true
    }

    mutating func chooseWindow(_ context: inout ScreenContext) {
        let all = OperatorItemHistory.Window.allCases
        context.present(
            Menu(
                "How far back",
                all.enumerated().map { index, window in
                    Menu.Item(
                        .character(Unicode.Scalar(UInt8(0x31 + index))), window.words,
                        detail: "a point is \(window.stepWords)",
                        ItemCommand.show(window))
                }, cursor: all.firstIndex(of: window) ?? 0))
    }

    mutating func show(_ window: OperatorItemHistory.Window, _ context: inout ScreenContext) {
        guard window != self.window else { return }
        self.window = window
        list.set([])
        load(&context)
    }

    mutating func move(_ move: Move) { list.move(move) }
    mutating func resize(_ size: Size) {
        list.resize(visibleRows: HistoryLayout(size: size, versions: list.rows.count).tableRows - 1)
    }
}

extension OperatorItemHistory.Window {
    var words: String {
        switch self {
        case .day: "last 24 hours"
        case .week: "last 7 days"
        case .month: "last 30 days"
        case .quarter: "last 90 days"
        }
    }

    var stepWords: String {
        switch self {
        case .day, .week: "an hour"
        case .month, .quarter: "a day"
        }
    }
}
