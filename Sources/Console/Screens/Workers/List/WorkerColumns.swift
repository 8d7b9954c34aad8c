import Terminal
import WireAPI

/// The columns of the list of workers.
enum WorkerColumns {
    static let all: [Column<WorkerRow>] = [
        Column(
            "name", "WORKER", .flexible(minimum: 14), precedes: ascending { $0.worker.id },
            text: { row, _ in row.worker.id }),
        Column(
            "state", "STATE", .fixed(11), precedes: ascending { $0.worker.condition.rawValue },
            ink: { row, _ in row.worker.condition.ink },
            text: { row, _ in "\(row.worker.condition.mark) \(row.worker.condition.rawValue)" }),
        Column(
            "slots", "BUSY", .fixed(18), rank: 2, precedes: ascending { $0.worker.busy },
            text: { row, scope in
                let share = row.worker.slots > 0 ? Double(row.worker.busy) / Double(row.worker.slots) : 0
                let filled = ScoreBar.filled(share, width: 10, scope.marks)
                let rest = String(repeating: scope.marks.barRest, count: max(0, 10 - filled.columns))
                return "\(filled)\(rest) \(row.worker.busy)/\(row.worker.slots)"
            }),
        Column(
            "beat", "BEAT", .fixed(6), isNumber: true, rank: 1, precedes: ascending { $0.worker.heartbeatSeconds },
            ink: { row, _ in row.worker.condition == .lost ? .bad : .quiet },
            text: { row, scope in Formats.span(seconds: Int(row.heartbeat(scope))) }),
        Column(
            "progress", "PROGRESS", .fixed(8), isNumber: true, rank: 1,
            precedes: ascending { $0.worker.progressSeconds },
            ink: { row, _ in row.worker.condition == .stuck ? .bad : .plain },
            text: { row, scope in row.progress(scope).map { Formats.span(seconds: Int($0)) } ?? "none" }),
        Column(
            "memory", "MEMORY", .fixed(7), isNumber: true, rank: 3, precedes: ascending { $0.worker.memoryBytes },
            text: { row, _ in MemoryWords.text(row.worker.memoryBytes) }),
        Column(
            "finished", "DONE", .fixed(7), isNumber: true, rank: 4, precedes: ascending { $0.worker.finished },
            text: { row, _ in ItemFigures.short(row.worker.finished) }),
        Column(
            "failed", "FAILED", .fixed(6), isNumber: true, rank: 5, precedes: ascending { $0.worker.failed },
            ink: { row, _ in row.worker.failed > 0 ? .caution : .quiet },
            text: { row, _ in ItemFigures.short(row.worker.failed) }),
        Column(
            "up", "UP", .fixed(6), isNumber: true, rank: 6, precedes: ascending { $0.worker.startedAt },
            ink: { _, _ in .quiet }, text: { row, scope in ItemFigures.age(row.worker.startedAt, scope) }),
        Column(
            "version", "VERSION", .fixed(10), rank: 7, precedes: ascending { $0.worker.version },
            ink: { _, _ in .quiet }, text: { row, _ in row.worker.version }),
        Column(
            "queues", "TAKES FROM", .flexible(minimum: 20), rank: 8, ink: { _, _ in .quiet },
            text: { row, _ in row.worker.queues.joined(separator: " ") }),
        Column(
            "host", "HOST", .fixed(16), rank: 9, precedes: ascending { $0.worker.host }, ink: { _, _ in .quiet },
            text: { row, _ in row.worker.host }),
        Column(
            "pid", "PROCESS", .fixed(8), isNumber: true, rank: 10, ink: { _, _ in .quiet },
            text: { row, _ in "\(row.worker.pid)" }),
    ]

    static let vocabulary = [
        QueryField(
            "state", .choice(OperatorWorker.Condition.allCases.map(\.rawValue)), example: "state:stuck", "By how it is"),
        QueryField("queue", .text, example: "queue:evaluations", "Those that take from a queue, by a part of its name"),
        QueryField("host", .text, example: "host:eu-1", "By a part of the host's name"),
        QueryField("version", .text, example: "version:0.2", "By a part of the version"),
        QueryField("busy", .number, example: "busy>10", "By how many slots are taken"),
        QueryField("progress", .duration, example: "progress>5m", "By how long ago it got something done"),
    ]

    static func facts(of row: WorkerRow) -> Query.Facts {
        Query.Facts(
            words: [row.worker.id, row.worker.host, row.worker.summary],
            texts: { field in
                switch field {
                case "state": [row.worker.condition.rawValue]
                case "queue": row.worker.queues
                case "host": [row.worker.host]
                case "version": [row.worker.version]
                default: []
                }
            },
            number: { field in
                switch field {
                case "busy": Double(row.worker.busy)
                case "progress": row.worker.progressSeconds.map { $0 * 1000 }
                default: nil
                }
            })
    }
}

/// What a worker runs in one of its slots, with what the ages need.
struct SlotRow: Sendable, Identifiable {
    let running: OperatorWorker.Running
    let row: WorkerRow

    var id: [String] { [running.job.lowercase, "\(running.attempt)"] }

    func seconds(_ scope: Scope) -> Double { row.seconds(of: running, scope) }

    /// The share of the time that it may take.
    func share(_ scope: Scope) -> Double {
        running.timeoutSeconds > 0 ? seconds(scope) / Double(running.timeoutSeconds) : 0
    }
}

/// The columns of what a worker runs.
enum SlotColumns {
    static let all: [Column<SlotRow>] = [
        Column("kind", "RUNS NOW", .flexible(minimum: 14), text: { slot, _ in slot.running.kind }),
        Column(
            "seconds", "FOR", .fixed(7), isNumber: true, precedes: ascending { $0.running.seconds },
            ink: { slot, scope in slot.share(scope) > 0.8 ? .caution : .plain },
            text: { slot, scope in Formats.span(seconds: Int(slot.seconds(scope))) }),
        Column(
            "limit", "OF AT MOST", .fixed(10), isNumber: true, rank: 3, ink: { _, _ in .quiet },
            text: { slot, _ in Formats.span(seconds: slot.running.timeoutSeconds) }),
        Column(
            "queue", "QUEUE", .fixed(12), rank: 2, ink: { _, _ in .quiet }, text: { slot, _ in slot.running.queue }),
        Column(
            "organization", "WHOSE", .fixed(18), rank: 1,
            text: { slot, _ in slot.running.organization?.label ?? "installation" }),
        Column(
            "attempt", "ATTEMPT", .fixed(7), isNumber: true, rank: 4,
            ink: { slot, _ in slot.running.attempt > 1 ? .caution : .quiet },
            text: { slot, _ in "\(slot.running.attempt)" }),
        Column(
            "batch", "BATCH", .fixed(8), rank: 6, ink: { _, _ in .quiet },
            text: { slot, _ in slot.running.batchID.map(JobWords.short) ?? "-" }),
        Column(
            "job", "JOB", .fixed(8), rank: 5, ink: { _, _ in .faint },
            text: { slot, _ in JobWords.short(slot.running.job) }),
    ]
}
