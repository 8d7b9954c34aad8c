import FoundationEssentials
import Terminal
import WireAPI

extension OperatorSchedule: Identifiable {}

extension OperatorSchedule {
    /// When it runs next, counted from now.
    func next(_ scope: Scope) -> String {
        if isPaused { return "paused" }
        guard let now = scope.date else { return "-" }
        let seconds = Int(nextRunAt.timeIntervalSince(now).rounded(.up))
        return seconds > 0 ? "in \(Formats.span(seconds: seconds))" : "due"
    }

    /// When it ran last, and what became of it.
    func last(_ scope: Scope) -> String {
        guard let lastRunAt else { return "never" }
        let state = lastState?.rawValue ?? (lastJobID == nil ? "no job" : "forgotten")
        return "\(ItemFigures.age(lastRunAt, scope)) ago, \(state)"
    }
}

extension OperatorSchedule.CatchUp {
    var words: String {
        switch self {
        case .none: "skipped"
        case .one: "once"
        case .all: "each"
        }
    }

    var meaning: String {
        switch self {
        case .none: "Runs that were missed, such as while everything was stopped, are left out."
        case .one: "Runs that were missed are made up by one run for all of them."
        case .all: "Runs that were missed are made up one by one."
        }
    }
}

/// The columns of the list of schedules.
enum ScheduleColumns {
    static let all: [Column<OperatorSchedule>] = [
        Column(
            "name", "SCHEDULE", .flexible(minimum: 14), precedes: ascending { $0.name.lowercased() },
            text: { schedule, _ in schedule.name }),
        Column(
            "next", "NEXT", .fixed(10), precedes: ascending { $0.nextRunAt },
            ink: { schedule, _ in schedule.isPaused ? .caution : .accent },
            text: { schedule, scope in schedule.next(scope) }),
        Column(
            "last", "LAST", .fixed(22), rank: 1, precedes: ascending { $0.lastRunAt },
            ink: { schedule, _ in schedule.lastState?.ink ?? .quiet },
            text: { schedule, scope in schedule.last(scope) }),
        Column(
            "rule", "WHEN (UTC)", .flexible(minimum: 18), rank: 2,
            text: { schedule, _ in RuleWords.text(schedule.rule) }),
        Column(
            "queue", "QUEUE", .fixed(12), rank: 4, precedes: ascending { $0.queue }, ink: { _, _ in .quiet },
            text: { schedule, _ in schedule.queue }),
        Column(
            "kind", "WHAT", .fixed(18), rank: 5, precedes: ascending { $0.kind }, ink: { _, _ in .quiet },
            text: { schedule, _ in schedule.kind }),
        Column(
            "catchup", "MISSED", .fixed(7), rank: 6, ink: { _, _ in .quiet },
            text: { schedule, _ in schedule.catchUp.words }),
        Column(
            "organization", "WHOSE", .fixed(16), rank: 3, precedes: ascending { $0.organization?.label },
            ink: { _, _ in .quiet }, text: { schedule, _ in schedule.organization?.label ?? "installation" }),
    ]

    static let vocabulary = [
        QueryField("paused", .flag, example: "paused", "Those that are paused"),
        QueryField("queue", .text, example: "queue:maintenance", "By a part of the queue's name"),
        QueryField("kind", .text, example: "kind:export", "By a part of what the jobs do"),
        QueryField(
            "last", .choice(OperatorJobState.allCases.map(\.rawValue)), example: "last:dead",
            "By what became of the last run"),
    ]

    static func facts(of schedule: OperatorSchedule) -> Query.Facts {
        Query.Facts(
            words: [schedule.name, schedule.rule, RuleWords.text(schedule.rule)],
            texts: { field in
                switch field {
                case "paused": schedule.isPaused ? ["paused"] : []
                case "queue": [schedule.queue]
                case "kind": [schedule.kind]
                case "last": schedule.lastState.map { [$0.rawValue] } ?? []
                default: []
                }
            })
    }
}
