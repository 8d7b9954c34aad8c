import Terminal
import WireAPI

/// The columns of the list of traces.
enum TraceColumns {
    static let all: [Column<OperatorTraceRow>] = [
        Column(
            "age", "AGE", .fixed(7), isNumber: true, ink: { _, _ in .quiet },
            text: { trace, scope in ItemFigures.age(trace.startedAt, scope) }),
        Column("name", "TRACE", .flexible(minimum: 16), text: { trace, _ in trace.label }),
        Column(
            "service", "SERVICE", .fixed(16), rank: 3, ink: { _, _ in .quiet },
            text: { trace, _ in trace.service.isEmpty ? "-" : trace.service }),
        Column(
            "errors", "", .fixed(2), rank: 1, ink: { _, _ in .bad },
            text: { trace, scope in trace.errorCount > 0 ? scope.marks.failure : "" }),
        Column(
            "spans", "SPANS", .fixed(6), isNumber: true, rank: 2,
            text: { trace, _ in ItemFigures.short(trace.spanCount) }),
        Column("duration", "TOOK", .fixed(6), isNumber: true, text: { trace, _ in trace.duration }),
        Column(
            "input", "INPUT", .flexible(minimum: 20), rank: 4, ink: { _, _ in .quiet },
            text: { trace, _ in SpokenText.of(trace.inputPreview).oneLine }),
        Column(
            "output", "OUTPUT", .flexible(minimum: 20), rank: 5, ink: { _, _ in .quiet },
            text: { trace, _ in SpokenText.of(trace.outputPreview).oneLine }),
    ]
}

extension OperatorTraceRow {
    /// What it is called before its root has come.
    var label: String { name.isEmpty ? "(no root yet)" : name }

    var duration: String { Formats.latency(milliseconds: Double(durationMicroseconds) / 1000) }

    func explanation(_ scope: Scope) -> Explanation {
        Explanation(
            label, definition: "A trace: what an application did for one request, as spans that contain each other."
        )
        .value(
            "\(Formats.count(spanCount)) spans, \(duration)"
                + (errorCount > 0 ? ", \(Formats.count(errorCount)) of them with an error" : ""),
            errorCount > 0 ? .bad : .plain
        )
        .adding("Begun", Formats.full(startedAt))
        .adding("Duration", "From the begin of the first span to the end of the last, by the application's clocks.")
        .adding("Input, output", "What the root was given and gave back; else the first and the last that spans have.")
        .source("Kept with every span that comes, in whatever order.")
    }
}

extension String {
    /// The text without line breaks, for a row.
    fileprivate var oneLine: String { String(map { $0.isNewline || $0 == "\t" ? " " : $0 }) }
}
