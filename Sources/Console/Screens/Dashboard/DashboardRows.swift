import FoundationEssentials
import Terminal
import WireAPI

/// Draws the panels of the dashboard that are lists.
struct DashboardRows {
    private let board: OperatorDashboard
    private let scope: Scope

    init(_ board: OperatorDashboard, _ scope: Scope) {
        self.board = board
        self.scope = scope
    }

    /// The row under the cursor is kept in sight.
    func draw(_ panel: DashboardPanel, selected: Int?, into frame: inout Frame, _ area: Area) {
        let count = DashboardItems(board).count(panel)
        guard count > 0 else {
            frame.put(
                nothing(panel), area.rows.lowerBound, area.columns.lowerBound, Style(.quiet), width: area.columns.count)
            return
        }
        let first = max(0, min((selected ?? 0) - area.rows.count + 1, count - area.rows.count))
        for (row, index) in zip(area.rows, first..<count) {
            let ground: Ground = index == selected ? .selection : .page
            if index == selected {
                frame.fill(row, Style(.plain, on: ground), from: area.columns.lowerBound, width: area.columns.count)
            }
            draw(panel, index, row, ground, into: &frame, area)
        }
    }

    private func nothing(_ panel: DashboardPanel) -> String {
        switch panel {
        case .failures: "nothing failed"
        case .notices: "nothing notable"
        case .daemons: "nothing is known yet"
        case .queues, .throughput, .latency, .scores, .cost: "nothing waits"
        }
    }

    private func draw(
        _ panel: DashboardPanel, _ index: Int, _ row: Int, _ ground: Ground, into frame: inout Frame, _ area: Area
    ) {
        switch panel {
        case .failures: drawFailure(board.failures[index], row, ground, into: &frame, area)
        case .notices: drawNotice(board.notices[index], row, ground, into: &frame, area)
        case .daemons: drawDaemon(board.daemons[index], row, ground, into: &frame, area)
        case .queues: if let queue = board.queues?[index] { drawQueue(queue, row, ground, into: &frame, area) }
        case .throughput, .latency, .scores, .cost: break
        }
    }

    private func drawFailure(
        _ failure: OperatorDashboard.FailureReason, _ row: Int, _ ground: Ground, into frame: inout Frame, _ area: Area
    ) {
        let left = area.columns.lowerBound
        let words = OperatorFailure(code: failure.code, message: nil).words
        frame.put(words, row, left, Style(.bad, on: ground), width: 13)
        frame.put(Formats.count(failure.count), row, endingAt: left + 21, Style(.strong, on: ground))
        let largest = board.failures.map(\.count).max() ?? 0
        let room = min(10, area.columns.count - 30)
        if largest > 0, room > 2 {
            let share = Double(failure.count) / Double(largest)
            frame.put(
                ScoreBar.filled(share, width: room, scope.marks), row, left + 22, Style(.bad, on: ground), width: room)
        }
        let rest = left + 22 + max(0, room) + 1
        frame.put(failure.provider ?? "", row, rest, Style(.quiet, on: ground), width: area.columns.upperBound - rest)
    }

    private func drawNotice(
        _ notice: OperatorNotice, _ row: Int, _ ground: Ground, into frame: inout Frame, _ area: Area
    ) {
        let left = area.columns.lowerBound
        frame.put(notice.severity.mark, row, left, Style(notice.severity.ink, on: ground))
        let isToday = scope.date.map { Formats.day($0) == Formats.day(notice.createdAt) } ?? true
        let time = isToday ? Formats.time(notice.createdAt) : Formats.dayAndTime(notice.createdAt)
        let end = frame.put(time, row, left + 3, Style(.quiet, on: ground)) + 1
        frame.put(notice.summary, row, end, Style(.plain, on: ground), width: area.columns.upperBound - end)
    }

    private func drawDaemon(
        _ daemon: OperatorDashboard.Daemon, _ row: Int, _ ground: Ground, into frame: inout Frame, _ area: Area
    ) {
        let left = area.columns.lowerBound
        frame.put(daemon.state.mark, row, left, Style(daemon.state.ink, on: ground))
        frame.put(daemon.name, row, left + 3, Style(.strong, on: ground), width: 11)
        var column = left + 15
        if let reason = daemon.reason, daemon.state != .up {
            frame.put(reason, row, column, Style(daemon.state.ink, on: ground), width: area.columns.upperBound - column)
            return
        }
        let facts: [(String, Int)] = [
            (daemon.probeMilliseconds.map { Formats.latency(milliseconds: $0) } ?? "-", 7),
            (daemon.memoryBytes.map { "\($0 / 1_048_576) MiB" } ?? "", 9),
            (daemon.uptimeSeconds.map { "up \(Formats.span(seconds: Int($0)))" } ?? "", 11),
            (daemon.version ?? "", 8),
        ]
        for (text, width) in facts where column + width <= area.columns.upperBound {
            frame.put(text, row, column, Style(.quiet, on: ground), width: width)
            column += width
        }
    }

    private func drawQueue(
        _ queue: OperatorDashboard.Queue, _ row: Int, _ ground: Ground, into frame: inout Frame, _ area: Area
    ) {
        let left = area.columns.lowerBound
        let numbers =
            "\(Formats.count(queue.waiting)) wait" + (queue.running.map { ", \(Formats.count($0)) run" } ?? "")
        let isFull = queue.limit.map { queue.waiting * 5 >= $0 * 4 && $0 > 0 } ?? false
        frame.put(queue.name, row, left, Style(.plain, on: ground), width: area.columns.count - numbers.columns - 1)
        let ink: Ink = isFull ? .bad : queue.waiting > 0 ? .strong : .quiet
        frame.put(numbers, row, endingAt: area.columns.upperBound, Style(ink, on: ground))
    }
}
