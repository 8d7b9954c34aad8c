import FoundationEssentials
import Terminal
import WireAPI

/// What somebody spent day by day: read for the row under the cursor, drawn below a list.
struct SpendingDays: Sendable {
    private static let days = 31
    private static let freshness = Duration.seconds(60)

    private var load = Loadable<OperatorSpendingDays>()
    /// Whose days are read, and whose are known.
    private var subject: OperatorSpendingScope?
    private var known: OperatorSpendingScope?

    init() {}

    /// Reads the days of somebody, when that is somebody else than before or they are no longer new.
    mutating func follow(_ scope: OperatorSpendingScope?, _ context: inout ScreenContext) {
        guard let scope else { return }
        subject = scope
        load.loadIfOlder(than: Self.freshness, .spendingDays(of: scope.id, days: Self.days), &context)
    }

    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if load.receive(answer, &context), load.failure == nil { known = subject }
    }

    /// The days as bars, those of `scope` only: others are not shown in its place.
    func draw(of scope: OperatorSpendingScope, into frame: inout Frame, _ area: Area, _ screen: Scope) {
        guard let first = area.rows.first else { return }
        let left = area.columns.lowerBound + 1
        let end = frame.put("\(scope.name), day by day", first, left, Style(.accent), width: area.columns.count / 2) + 1
        frame.rule(screen.marks.rule, first, Style(.faint), from: end, width: area.columns.upperBound - end)
        let inside = area.below(1).right(of: 1).left(area.columns.count - 2)
        guard known == scope, let days = load.value?.days, let from = days.first, let last = days.last
        else {
            let text = load.failure?.message ?? "Reading the days"
            frame.put(
                text, inside.rows.lowerBound, inside.columns.lowerBound, Style(load.failure == nil ? .quiet : .bad),
                width: inside.columns.count)
            return
        }
        TimeChart(
            values: days.map { Double($0.sum.cost) }, ink: .series3, caption: "cost/day, \(days.count) days (UTC)",
            label: { Formats.cost(nanodollars: Int64($0)) }, start: String(Formats.day(from.start).dropFirst(5)),
            end: String(Formats.day(last.start).dropFirst(5))
        ).draw(into: &frame, inside)
    }

    /// How the body is divided between a list and the days.
    static func listRows(_ size: Size, count: Int) -> Int {
        size.rows < 16 ? size.rows : max(4, min(count + 2, size.rows - 9))
    }
}
