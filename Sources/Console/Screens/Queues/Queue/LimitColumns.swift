import FoundationEssentials
import Terminal
import WireAPI

extension OperatorQueueLimit: Identifiable {
    package var id: String { subject }
}

extension OperatorQueueLimit {
    var label: String { name ?? subject }

    /// How many run of how many that may.
    var usage: String { "\(Formats.count(running)) of \(concurrency.map { Formats.count($0) } ?? "any")" }

    /// For how long nothing of it is begun still.
    func blocked(_ scope: Scope) -> String {
        guard let blockedUntil, let now = scope.date, blockedUntil > now else { return "-" }
        return
            "\(Formats.span(seconds: Int(blockedUntil.timeIntervalSince(now).rounded(.up)))), \(Formats.time(blockedUntil))"
    }

    var ink: Ink {
        if isPaused || blockedUntil != nil { return .caution }
        if perMinute != nil, parked > 0 { return .caution }
        return concurrency.map { running >= $0 } ?? false ? .caution : .plain
    }

    /// In one word how it stands.
    var state: String {
        if isPaused { return "paused" }
        if blockedUntil != nil { return "blocked" }
        guard parked > 0 else { return "open" }
        return concurrency.map { running >= $0 } ?? false || perMinute == nil ? "full" : "paced"
    }

    /// How many start in a minute at most.
    var rate: String { perMinute.map { "\(Formats.count($0))/min" } ?? "-" }

    var target: QueueControlAction.Target {
        .init(
            name: label,
            control: OperatorQueueControl(
                subject: subject, isPaused: isPaused, concurrency: concurrency, weight: 1,
                perMinute: perMinute, updatedAt: nil, updatedBy: nil))
    }

    func explanation(_ scope: Scope) -> Explanation {
        Explanation(
            label, definition: "Bounds how many jobs of its like run at the same time, in all queues (\(subject))."
        )
        .adding(
            "Rate",
            perMinute.map { "At most \(Formats.count($0)) start in a minute; the others wait." } ?? "None is set."
        )
        .value("\(usage) run; \(Formats.count(parked)) tenants' jobs wait for nothing else", ink)
        .adding(
            "Blocked", blockedUntil == nil ? "No." : "Nothing is begun for \(blocked(scope)) UTC. It costs no attempt."
        )
        .why(reason ?? "Its jobs do not wait for it.", reason == nil ? .plain : .caution)
        .source("The queue itself; C changes the limit, R the rate, P pauses what it bounds.")
    }
}

/// The columns of what bounds the jobs of a queue.
enum LimitColumns {
    static let all: [Column<OperatorQueueLimit>] = [
        Column(
            "name", "LIMIT", .flexible(minimum: 14), precedes: ascending { $0.label.lowercased() },
            text: { limit, _ in limit.label }),
        Column(
            "running", "RUN", .fixed(12), isNumber: true, precedes: ascending { $0.running },
            ink: { limit, _ in limit.ink }, text: { limit, _ in limit.usage }),
        Column(
            "state", "STATE", .fixed(8), rank: 3, ink: { limit, _ in limit.ink }, text: { limit, _ in limit.state }),
        Column(
            "rate", "RATE", .fixed(9), isNumber: true, rank: 5, precedes: ascending { $0.perMinute },
            text: { limit, _ in limit.rate }),
        Column(
            "parked", "WAIT", .fixed(6), isNumber: true, rank: 2, precedes: ascending { $0.parked },
            text: { limit, _ in ItemFigures.short(limit.parked) }),
        Column(
            "blocked", "BLOCKED FOR, UNTIL", .fixed(18), rank: 1, precedes: ascending { $0.blockedUntil },
            ink: { limit, _ in limit.ink }, text: { limit, scope in limit.blocked(scope) }),
        Column(
            "reason", "WHY", .flexible(minimum: 16), rank: 4, ink: { _, _ in .quiet },
            text: { limit, _ in limit.reason ?? "" }),
    ]

    static func facts(of limit: OperatorQueueLimit) -> Query.Facts { Query.Facts(words: [limit.label, limit.subject]) }
}
