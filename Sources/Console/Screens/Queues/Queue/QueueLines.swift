import Terminal
import WireAPI

/// A queue in a few lines: a label and numbers with their units.
struct QueueLines {
    /// One of them.
    struct Line: Sendable, Hashable {
        let label: String
        let text: String
        var ink = Ink.plain

        func draw(into frame: inout Frame, _ row: Int, _ columns: Range<Int>) {
            let column = frame.put(label, row, columns.lowerBound, Style(.quiet), width: min(10, columns.count))
            let start = max(column + 1, columns.lowerBound + 10)
            frame.put(text, row, start, Style(ink), width: max(0, columns.upperBound - start))
        }
    }

    let lines: [Line]

    init(_ row: QueueRow, _ scope: Scope) {
        let queue = row.queue
        let oldest = row.oldest(scope).map { ", oldest \(Formats.span(seconds: Int($0)))" } ?? ""
        let decided = queue.control.sentence(scope) ?? "as usual: not paused, no limit of its own, weight 1"
        lines = [
            Line(
                label: "jobs",
                text:
                    "\(Formats.count(queue.waiting)) wait\(oldest), \(Formats.count(queue.running)) run, \(Formats.count(queue.scheduled)) later, \(Formats.count(queue.dead)) dead",
                ink: .strong),
            Line(
                label: "rates",
                text:
                    "in \(Formats.rate(queue.enqueuedPerSecond))/s, out \(Formats.rate(queue.finishedPerSecond))/s in the last minute"
            ),
            Line(
                label: "empty in",
                text: "\(row.forecast == "-" ? "it is empty" : row.forecast)  \(queue.forecast.basis)",
                ink: row.forecastInk),
            Line(
                label: "times",
                text:
                    "wait p50 \(Formats.latency(milliseconds: queue.wait.p50Ms)) p95 \(Formats.latency(milliseconds: queue.wait.p95Ms)), run p50 \(Formats.latency(milliseconds: queue.run.p50Ms)) p95 \(Formats.latency(milliseconds: queue.run.p95Ms)) (15 min)"
            ),
            Line(
                label: "last hour",
                text:
                    "\(Formats.count(queue.finishedLastHour)) done, \(Formats.count(queue.failedLastHour)) failed\(row.failureShare.map { " (\(Formats.percent($0)))" } ?? ""), \(Formats.count(queue.deadLastHour)) given up",
                ink: queue.failedLastHour > 0 ? QueueRow.ink(share: row.failureShare) : .plain),
            Line(label: "decided", text: decided, ink: queue.control.words.isEmpty ? .quiet : .caution),
        ]
    }
}
