import Terminal
import WireAPI

/// A span with its place in the tree of its trace.
struct WaterfallRow: Sendable, Hashable, Identifiable {
    let span: OperatorSpan
    /// How many spans contain it.
    let depth: Int
    /// Where it begins and ends in the trace, from 0 to 1.
    let start: Double
    let end: Double
    /// How many spans it contains that are folded away with it.
    let hidden: Int

    var id: String { span.id }
}

/// The spans of a trace as a tree, each below what contains it, in the order in which they began.
enum Waterfall {
    /// The rows that are shown when the insides of some spans are folded away.
    static func rows(_ spans: [OperatorSpan], folded: Set<String> = []) -> [WaterfallRow] {
        let known = Set(spans.map(\.id))
        // A span whose container has not come stands for itself.
        let children = Dictionary(grouping: spans) { span in span.parentID.flatMap { known.contains($0) ? $0 : nil } }
        // Evaluations come when the trace is long over: they would press everything else together.
        let own = spans.filter { $0.evaluation == nil }
        let length = max(1, own.map { $0.startMicroseconds + $0.durationMicroseconds }.max() ?? 1)
        var walk = Walk(children: children, folded: folded, length: Double(length))
        walk.add(children[nil] ?? [], depth: 0)
        // Spans that contain each other in a circle are reached from no root.
        let missing = spans.filter { !walk.seen.contains($0.id) }
        for span in missing where !walk.seen.contains(span.id) { walk.add([span], depth: 0) }
        return walk.rows
    }

    private struct Walk {
        let children: [String?: [OperatorSpan]]
        let folded: Set<String>
        let length: Double
        var rows: [WaterfallRow] = []
        var seen: Set<String> = []

        mutating func add(_ roots: [OperatorSpan], depth: Int) {
            // Not by calls: a trace may be as deep as it has spans.
            var waiting = roots.reversed().map { (span: $0, depth: depth) }
            while let (span, depth) = waiting.popLast() {
                guard seen.insert(span.id).inserted else { continue }
                let inside = (children[span.id] ?? []).filter { !seen.contains($0.id) }
                let isFolded = folded.contains(span.id)
                let hidden = isFolded ? hide(inside) : 0
                rows.append(
                    WaterfallRow(
                        span: span, depth: depth, start: Double(span.startMicroseconds) / length,
                        end: Double(span.startMicroseconds + span.durationMicroseconds) / length, hidden: hidden))
                if !isFolded { waiting += inside.reversed().map { ($0, depth + 1) } }
            }
        }

        private mutating func hide(_ spans: [OperatorSpan]) -> Int {
            var waiting = spans
            var count = 0
            while let span = waiting.popLast() {
                guard seen.insert(span.id).inserted else { continue }
                count += 1
                waiting += children[span.id] ?? []
            }
            return count
        }
    }
}

/// The columns of a waterfall.
enum WaterfallColumns {
    /// `barWidth` is how wide the time line is.
    static func all(barWidth: Int) -> [Column<WaterfallRow>] {
        [
            Column(
                "span", "SPAN", .flexible(minimum: 18), ink: { row, _ in row.ink },
                text: { row, scope in row.label(scope) }),
            Column(
                "service", "SERVICE", .fixed(14), rank: 3, ink: { _, _ in .quiet },
                text: { row, _ in row.span.service.isEmpty ? "-" : row.span.service }),
            Column(
                "state", "", .fixed(4), rank: 1, ink: { row, _ in row.ink },
                text: { row, scope in row.state(scope) }),
            Column(
                "bar", "TIME", .fixed(barWidth), rank: 2, ink: { row, _ in row.ink },
                text: { row, scope in row.span.evaluation == nil ? row.bar(width: barWidth, scope.marks) : row.moment }),
            Column("took", "TOOK", .fixed(6), isNumber: true, text: { row, _ in row.duration }),
        ]
    }
}

extension WaterfallRow {
    var ink: Ink { span.evaluation.map { ScoreBar.ink($0.score) } ?? (span.hasError ? .bad : .plain) }

    var duration: String { Formats.latency(milliseconds: Double(span.durationMicroseconds) / 1000) }

    /// When it began, for what came after the trace.
    fileprivate var moment: String {
        "\(Formats.latency(milliseconds: Double(span.startMicroseconds) / 1000)) after the start"
    }

    fileprivate func label(_ scope: Scope) -> String {
        let margin = String(repeating: "  ", count: min(depth, 20))
        return margin + span.name + (hidden > 0 ? " +\(Formats.count(hidden))" : "")
    }

    /// An error's mark; the score of an evaluation.
    fileprivate func state(_ scope: Scope) -> String {
        if let evaluation = span.evaluation { return Formats.score(evaluation.score) }
        return span.hasError ? scope.marks.failure : ""
    }

    /// Where in the trace's time it lies; at least one mark wide.
    func bar(width: Int, _ marks: Marks) -> String {
        let begin = min(width - 1, max(0, Int(start * Double(width))))
        let finish = min(width, max(begin + 1, Int((end * Double(width)).rounded())))
        return String(repeating: marks.barRest, count: begin) + String(repeating: marks.bar, count: finish - begin)
            + String(repeating: marks.barRest, count: width - finish)
    }
}
