import Terminal
import WireAPI

/// The dashboard of a small screen: numbers with sparklines, then lists, the panel that is looked at with the most room.
struct DashboardLines {
    private let board: OperatorDashboard
    private let panel: DashboardPanel
    private let row: Int
    private let scope: Scope

    init(_ board: OperatorDashboard, panel: DashboardPanel, row: Int, _ scope: Scope) {
        self.board = board
        self.panel = panel
        self.row = row
        self.scope = scope
    }

    func draw(into frame: inout Frame, _ area: Area) {
        let numbers: [DashboardPanel] = [.throughput, .latency, .scores, .cost]
        var lists: [DashboardPanel] = [.failures, .notices, .daemons]
        if board.queues?.isEmpty == false { lists.append(.queues) }
        for (row, panel) in zip(area.rows, numbers) { drawNumber(panel, row, into: &frame, area) }
        let rest = area.below(numbers.count)
        var row = rest.rows.lowerBound
        let heights = heights(lists, room: rest.rows.count - lists.count)
        for (list, wanted) in zip(lists, heights) where row < rest.rows.upperBound {
            let isLit = list == panel
            let height = min(wanted, rest.rows.upperBound - row - 1)
            drawTitle(list, row, isLit, into: &frame, area)
            if height > 0 {
                DashboardRows(board, scope).draw(
                    list, selected: isLit ? self.row : nil, into: &frame,
                    Area(
                        rows: row + 1..<row + 1 + height,
                        columns: area.columns.lowerBound + 1..<area.columns.upperBound - 1))
            }
            row += 1 + max(0, height)
        }
    }

    /// A line for each list at least; the one that is looked at gets what it needs, the others in turn what is left.
    private func heights(_ lists: [DashboardPanel], room: Int) -> [Int] {
        var heights = lists.map { _ in 1 }
        var left = room - lists.count
        let needs = lists.map { max(1, DashboardItems(board).count($0)) }
        if let lit = lists.firstIndex(of: panel) {
            let more = max(0, min(left, needs[lit] - 1))
            heights[lit] += more
            left -= more
        }
        while left > 0,
            let next = lists.indices.filter({ heights[$0] < needs[$0] }).min(by: { heights[$0] < heights[$1] })
        {
            heights[next] += 1
            left -= 1
        }
        return heights
    }

    private func drawTitle(_ list: DashboardPanel, _ row: Int, _ isLit: Bool, into frame: inout Frame, _ area: Area) {
        let mark = isLit ? scope.marks.cursor : " "
        let style = Style(isLit ? .accent : .quiet)
        let end = frame.put("\(mark)\(list.title) ", row, area.columns.lowerBound, style)
        frame.rule(scope.marks.rule, row, Style(.faint), from: end, width: area.columns.upperBound - end)
    }

    private func drawNumber(_ number: DashboardPanel, _ row: Int, into frame: inout Frame, _ area: Area) {
        let isLit = number == panel
        let (text, ink, series) =
            number == .throughput ? throughput : number == .latency ? latency : number == .scores ? scores : cost
        frame.put(isLit ? scope.marks.cursor : " ", row, area.columns.lowerBound, Style(.accent))
        let room = max(0, min(30, area.columns.count - 50))
        let textWidth = area.columns.count - 3 - (room > 0 ? room + 2 : 0)
        frame.put(text, row, area.columns.lowerBound + 2, Style(isLit ? .strong : ink), width: textWidth)
        guard room > 4 else { return }
        let line = Sparkline.text(series, width: room, scope.charset)
        frame.put(line, row, area.columns.upperBound - 1 - room, Style(.series1), width: room)
    }

    private typealias Number = (text: String, ink: Ink, series: [Double?])

    private var throughput: Number {
        let all = board.totals.ok + board.totals.failed
        let share = all > 0 ? Double(board.totals.failed) / Double(all) : 0
        let text =
            "\(Formats.rate(board.current.executionsPerSecond))/s  \(Formats.count(all)) in \(board.window.rawValue)  failed \(Formats.percent(share))"
        return (text, FailureShare.ink(share), board.series.map { Double($0.ok + $0.failed) })
    }

    private var latency: Number {
        let latency = board.totals.latency
        let parts = [("p50", latency?.p50), ("p95", latency?.p95), ("p99", latency?.p99)]
        let text = parts.map { "\($0.0) \(Formats.latency(milliseconds: $0.1))" }.joined(separator: "  ")
        return (text, .plain, board.series.map { $0.latency?.p95 })
    }

    private var scores: Number {
        let text = "mean score \(Formats.score(board.scores.mean))  n \(Formats.count(board.scores.count))"
        return (text, .plain, board.scores.bins.map(Double.init))
    }

    private var cost: Number {
        let text =
            "\(Formats.cost(nanodollars: board.totals.costNanodollarsPerHour))/h  \(Formats.cost(nanodollars: board.totals.costNanodollars)) in \(board.window.rawValue)"
        return (text, .plain, board.series.map { Double($0.costNanodollars) })
    }
}
