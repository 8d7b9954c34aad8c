import Terminal
import WireAPI

/// The columns of the list of filters: what each asks for, and what has become of the traces that came under it.
enum TraceFilterColumns {
    static let all: [Column<OperatorTraceFilter>] = [
        Column(
            "name", "FILTER", .flexible(minimum: 14), precedes: ascending { $0.name },
            text: { filter, _ in filter.name }),
        Column(
            "target", "EVALUATED BY", .flexible(minimum: 14), rank: 3, ink: { _, _ in .quiet },
            text: { filter, _ in filter.targetName.isEmpty ? "(deleted \(filter.targetKind))" : filter.targetName }),
        Column(
            "active", "STATE", .fixed(6), rank: 1, precedes: ascending { $0.isActive ? 1 : 0 },
            ink: { filter, _ in filter.isActive ? .good : .quiet },
            text: { filter, _ in filter.isActive ? "on" : "off" }),
        Column(
            "rate", "SAMPLE", .fixed(6), isNumber: true, rank: 4, precedes: ascending { $0.samplingRate },
            text: { filter, _ in Formats.percent(filter.samplingRate) }),
        number("open", "OPEN", rank: 5) { $0.count("settling") + $0.count("queued") },
        number("scored", "SCORED", rank: 2, ink: .good) { $0.count("scored") },
        number("sampled", "LEFT OUT", rank: 6) { $0.count("sampled_out") },
        number("filtered", "FILTERED", rank: 7) { $0.count("filtered_out") },
        number("failed", "FAILED", rank: 2, ink: .bad) { $0.count("failed") },
        number("superseded", "DROPPED", rank: 8) { $0.count("superseded") },
        number("total", "TRACES") { $0.total },
    ]

    private static func number(
        _ id: String, _ title: String, rank: Int = 0, ink: Ink = .plain,
        _ value: @escaping @Sendable (OperatorTraceFilter) -> Int
    ) -> Column<OperatorTraceFilter> {
        Column(
            id, title, .fixed(max(6, title.columns)), isNumber: true, rank: rank, precedes: ascending(value),
            ink: { filter, _ in value(filter) > 0 ? ink : .quiet },
            text: { filter, _ in ItemFigures.short(value(filter)) })
    }

    static let vocabulary = [
        QueryField("off", .flag, example: "off", "Those that are switched off; -off those that are not"),
        QueryField("failed", .flag, example: "failed", "Under which some trace could not be evaluated"),
    ]

    static func facts(_ filter: OperatorTraceFilter) -> Query.Facts {
        Query.Facts(words: [filter.name, filter.targetName]) { field in
            switch field {
            case "off": filter.isActive ? [] : ["off"]
            case "failed": filter.count("failed") > 0 ? ["failed"] : []
            default: []
            }
        }
    }
}

extension OperatorTraceFilter {
    func count(_ state: String) -> Int { counts[state] ?? 0 }

    var total: Int { counts.values.reduce(0, +) }

    /// The states as a sum that can be checked.
    var sum: String {
        "\(Formats.count(total)) = \(Formats.count(count("scored"))) scored + "
            + "\(Formats.count(count("sampled_out"))) left out by the sample + "
            + "\(Formats.count(count("filtered_out"))) not asked for + \(Formats.count(count("failed"))) failed + "
            + "\(Formats.count(count("superseded"))) dropped + "
            + "\(Formats.count(count("settling") + count("queued"))) open"
    }
}
