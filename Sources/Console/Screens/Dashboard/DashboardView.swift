import FoundationEssentials
import Terminal
import WireAPI

/// Draws the dashboard: panels where there is room, else lines.
struct DashboardView {
    private let screen: DashboardScreen
    private let scope: Scope

    init(_ screen: DashboardScreen, _ scope: Scope) {
        self.screen = screen
        self.scope = scope
    }

    func draw(into frame: inout Frame, _ area: Area) {
        guard let board = screen.board.value else {
            drawState(into: &frame, area)
            return
        }
        if DashboardDivision.isWide(area.size) {
            let hasQueues = board.queues?.isEmpty == false
            for place in DashboardDivision(size: area.size).wide(area, hasQueues: hasQueues) {
                draw(place.panel, board, into: &frame, place.area)
            }
        } else {
            DashboardLines(board, panel: screen.panel, row: screen.row, scope).draw(into: &frame, area)
        }
    }

    private func drawState(into frame: inout Frame, _ area: Area) {
        let row = area.rows.lowerBound + max(0, area.rows.count / 2 - 1)
        func centre(_ text: String, _ row: Int, _ ink: Ink) {
            frame.put(text, row, max(1, (area.columns.count - text.columns) / 2), Style(ink))
        }
        guard let failure = screen.board.failure, let since = screen.board.failingSince else {
            return centre("Counting", row, .quiet)
        }
        centre(failure.message, row, .bad)
        let age = Formats.span(seconds: (scope.now - since).wholeSeconds)
        centre("Failing for \(age); trying again by itself. r tries now.", row + 1, .quiet)
    }

    private func draw(_ panel: DashboardPanel, _ board: OperatorDashboard, into frame: inout Frame, _ area: Area) {
        let isLit = screen.panel == panel
        let pane = Pane(panel.title, note: note(panel, board), isLit: isLit, in: area)
        pane.draw(into: &frame)
        let row = isLit ? screen.row : nil
        switch panel {
        case .throughput: drawThroughput(board, into: &frame, pane.inside)
        case .latency: drawLatency(board, into: &frame, pane.inside)
        case .scores: drawScores(board, into: &frame, pane.inside)
        case .cost: drawCost(board, into: &frame, pane.inside)
        case .failures, .notices, .daemons, .queues:
            DashboardRows(board, scope).draw(panel, selected: row, into: &frame, pane.inside)
        }
    }

    /// What a panel is counted over, and in which unit.
    private func note(_ panel: DashboardPanel, _ board: OperatorDashboard) -> String {
        switch panel {
        case .throughput: "per \(Self.span(board.bucketSeconds)), \(board.window.rawValue)"
        case .latency, .scores, .failures: board.window.rawValue
        case .cost: "per \(Self.span(board.bucketSeconds)), \(board.window.rawValue)"
        case .notices, .daemons, .queues: ""
        }
    }

    private static func span(_ seconds: Int) -> String {
        switch seconds {
        case 60: "minute"
        case 3600: "hour"
        default: "\(seconds / 60) min"
        }
    }

    private func times(_ board: OperatorDashboard) -> (String, String) {
        board.window.duration > .seconds(86_400)
            ? (Formats.dayAndTime(board.from), Formats.dayAndTime(board.to))
            : (Formats.minute(board.from), Formats.minute(board.to))
    }

    // MARK: Charts

    private func drawThroughput(_ board: OperatorDashboard, into frame: inout Frame, _ area: Area) {
        let times = times(board)
        TimeChart(
            values: board.series.map { Double($0.ok + $0.failed) }, part: board.series.map { Double($0.failed) },
            label: { Formats.compact($0) }, start: times.0, end: times.1
        ).draw(into: &frame, area.top(area.rows.count - 1))
        guard let row = area.rows.last else { return }
        let totals = board.totals
        let all = totals.ok + totals.failed
        let share = all > 0 ? Double(totals.failed) / Double(all) : 0
        var column = area.columns.lowerBound
        func put(_ text: String, _ ink: Ink) {
            column = frame.put(text, row, column, Style(ink), width: max(0, area.columns.upperBound - column)) + 2
        }
        put("now \(Formats.rate(board.current.executionsPerSecond))/s", .strong)
        put("\(Formats.count(all)) in all", .plain)
        put("\(Formats.count(totals.failed)) failed (\(Formats.percent(share)))", FailureShare.ink(share))
        if let before = board.previous {
            let text = Self.change(all, from: before.ok + before.failed)
            put("\(text) than the \(board.window.words) before", .quiet)
        }
    }

    /// `12% more`, `3 times as many`.
    private static func change(_ now: Int, from before: Int) -> String {
        guard before > 0 else { return now > 0 ? "more" : "no more" }
        let ratio = Double(now) / Double(before)
        switch ratio {
        case 2...: return "\(Formats.decimal(ratio, places: 1)) times more"
        case 1...: return "\(Formats.percent(ratio - 1)) more"
        default: return "\(Formats.percent(1 - ratio)) fewer"
        }
    }

    private func drawLatency(_ board: OperatorDashboard, into frame: inout Frame, _ area: Area) {
        let times = times(board)
        TimeChart(
            values: board.series.map { $0.latency?.p95 }, part: board.series.map { $0.latency?.p50 }, ink: .series2,
            partInk: .series1, label: { $0 == 0 ? "0" : Formats.latency(milliseconds: $0) }, start: times.0,
            end: times.1
        ).draw(into: &frame, area.top(area.rows.count - 1))
        guard let row = area.rows.last else { return }
        let latency = board.totals.latency
        var column = area.columns.lowerBound
        for (name, value, ink) in [
            ("p50", latency?.p50, Ink.series1), ("p95", latency?.p95, .series2), ("p99", latency?.p99, .plain),
        ] {
            column = frame.put("\(name) ", row, column, Style(ink))
            column = frame.put(Formats.latency(milliseconds: value), row, column, Style(.strong)) + 2
        }
        frame.put("drawn: p95, p50 below", row, column, Style(.quiet), width: max(0, area.columns.upperBound - column))
    }

    private func drawScores(_ board: OperatorDashboard, into frame: inout Frame, _ area: Area) {
        guard board.scores.count > 0 else {
            frame.put("no score in this window", area.rows.lowerBound, area.columns.lowerBound, Style(.quiet))
            return
        }
        ScoreHistogram(bins: board.scores.bins).draw(into: &frame, area.top(area.rows.count - 1))
        guard let row = area.rows.last else { return }
        let text = "mean \(Formats.score(board.scores.mean))  n \(Formats.count(board.scores.count))"
        frame.put(text, row, area.columns.lowerBound, Style(.strong), width: area.columns.count)
    }

    private func drawCost(_ board: OperatorDashboard, into frame: inout Frame, _ area: Area) {
        let times = times(board)
        TimeChart(
            values: board.series.map { Double($0.costNanodollars) }, ink: .series4,
            label: { Formats.cost(nanodollars: Int64($0)) }, start: times.0, end: times.1
        ).draw(into: &frame, area.top(area.rows.count - 1))
        guard let row = area.rows.last else { return }
        let now = Formats.cost(nanodollars: board.current.costNanodollarsPerHour)
        let average = Formats.cost(nanodollars: board.totals.costNanodollarsPerHour)
        frame.put(
            "now \(now)/h  average \(average)/h", row, area.columns.lowerBound, Style(.strong),
            width: area.columns.count)
    }
}
