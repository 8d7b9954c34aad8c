internal import FoundationEssentials
internal import Terminal
internal import WireAPI

/// The columns of the list of how everything is.
enum HealthColumns {
    static let all: [Column<HealthRow>] = [
        Column(
            "state", "STATE", .fixed(7), precedes: ascending { $0.state },
            ink: { row, _ in row.state.ink }, text: { row, _ in "\(row.state.mark) \(row.state.word)" }),
        Column(
            "name", "WHAT", .flexible(minimum: 20), precedes: ascending { $0.name },
            ink: { row, _ in row.state >= .warn ? .strong : .plain }, text: { row, _ in row.name }),
        Column(
            "part", "PART", .fixed(15), rank: 6, ink: { _, _ in .quiet }, text: { row, _ in row.group.title }),
        Column(
            "version", "VERSION", .fixed(8), rank: 2, precedes: ascending { $0.process?.instance.version },
            ink: { _, _ in .quiet }, text: { row, _ in row.process?.instance.version ?? "" }),
        Column(
            "up", "UP", .fixed(6), isNumber: true, rank: 4, precedes: ascending { $0.process?.instance.startedAt },
            ink: { _, _ in .quiet },
            text: { row, scope in row.process.map { ItemFigures.age($0.instance.startedAt, scope) } ?? "" }),
        Column(
            "memory", "MEMORY", .fixed(7), isNumber: true, rank: 3,
            precedes: ascending { $0.process?.instance.condition?.memoryBytes },
            text: { row, _ in row.process.map { MemoryWords.text($0.instance.condition?.memoryBytes) } ?? "" }),
        Column(
            "lag", "LAG", .fixed(6), isNumber: true, rank: 5,
            precedes: ascending { $0.process?.instance.condition?.loopLagSeconds },
            text: { row, _ in row.process.map(lag) ?? "" }),
        Column(
            "detail", "HOW IT IS", .flexible(minimum: 24), ink: { row, _ in row.state.textInk },
            text: { row, _ in row.detail }),
    ]

    /// By how much the loops of a process are late.
    static func lag(_ process: OperatorInstances.Instance) -> String {
        Formats.latency(milliseconds: process.instance.condition?.loopLagSeconds.map { $0 * 1000 })
    }

    static let vocabulary = [
        QueryField(
            "state", .choice(OperatorDiagnosis.State.allCases.map(\.rawValue)), example: "state:fail,warn",
            "By how bad it is"),
        QueryField(
            "part", .choice(OperatorDiagnosis.Group.allCases.map(\.rawValue)), example: "part:database",
            "By what it belongs to"),
        QueryField("daemon", .text, example: "daemon:workerd", "The processes of a daemon"),
        QueryField("host", .text, example: "host:eu-1", "The processes of a host, by a part of its name"),
        QueryField("version", .text, example: "version:0.2", "By a part of the version"),
    ]

    static func facts(of row: HealthRow) -> Query.Facts {
        Query.Facts(
            words: [row.name, row.detail, row.group.title],
            texts: { field in
                switch field {
                case "state": [row.state.rawValue]
                case "part": [row.group.rawValue]
                case "daemon": row.process.map { [$0.instance.daemon] } ?? []
                case "host": row.process.map { [$0.instance.host] } ?? []
                case "version": row.process.map { [$0.instance.version] } ?? []
                default: []
                }
            })
    }
}

extension OperatorDiagnosis.State {
    var ink: Ink {
        switch self {
        case .ok: .good
        case .skipped: .quiet
        case .warn: .caution
        case .fail: .bad
        }
    }

    var textInk: Ink {
        switch self {
        case .ok: .plain
        case .skipped: .quiet
        case .warn: .caution
        case .fail: .bad
        }
    }

    /// What says the same without a colour.
    var mark: String {
        switch self {
        case .ok, .skipped: "  "
        case .warn: "! "
        case .fail: "!!"
        }
    }

    var word: String {
        switch self {
        case .ok: "ok"
        case .skipped: "-"
        case .warn: "warn"
        case .fail: "fail"
        }
    }

    var meaning: String {
        switch self {
        case .ok: "It is well."
        case .skipped: "It could not be looked at from here, or does not apply."
        case .warn: "It works, and will not for ever, or not as well as it could."
        case .fail: "It does not work."
        }
    }
}
