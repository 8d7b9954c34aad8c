import Terminal
import WireAPI

/// The columns of the list of queues.
enum QueueColumns {
    static let all: [Column<QueueRow>] = counts + rates + times

    private static let counts: [Column<QueueRow>] = [
        Column(
            "name", "QUEUE", .flexible(minimum: 12), precedes: ascending { $0.queue.name },
            text: { row, _ in row.queue.name }),
        Column(
            "state", "STATE", .fixed(8), rank: 3, ink: { row, _ in row.condition.ink },
            text: { row, _ in row.condition.word }),
        Column(
            "waiting", "WAITING", .fixed(9), isNumber: true, precedes: ascending { $0.queue.waiting },
            ink: { row, _ in row.queue.waiting > 0 ? .strong : .quiet },
            text: { row, _ in Formats.count(row.queue.waiting) }),
        Column(
            "running", "RUN", .fixed(6), isNumber: true, precedes: ascending { $0.queue.running },
            text: { row, _ in ItemFigures.short(row.queue.running) }),
        Column(
            "oldest", "OLDEST", .fixed(7), isNumber: true, rank: 1, precedes: ascending { $0.queue.oldestSeconds },
            text: { row, scope in row.oldest(scope).map { Formats.span(seconds: Int($0)) } ?? "-" }),
        Column(
            "dead", "DEAD", .fixed(5), isNumber: true, rank: 2, precedes: ascending { $0.queue.dead },
            ink: { row, _ in row.queue.dead > 0 ? .bad : .quiet },
            text: { row, _ in ItemFigures.short(row.queue.dead) }),
    ]

    private static let rates: [Column<QueueRow>] = [
        Column(
            "in", "IN/S", .fixed(6), isNumber: true, rank: 5, precedes: ascending { $0.queue.enqueuedPerSecond },
            text: { row, _ in Formats.rate(row.queue.enqueuedPerSecond) }),
        Column(
            "out", "OUT/S", .fixed(6), isNumber: true, rank: 4, precedes: ascending { $0.queue.finishedPerSecond },
            text: { row, _ in Formats.rate(row.queue.finishedPerSecond) }),
        Column(
            "empty", "EMPTY IN", .fixed(8), isNumber: true, rank: 4, precedes: ascending { $0.queue.forecast.seconds },
            ink: { row, _ in row.forecastInk }, text: { row, _ in row.forecast }),
        Column(
            "failures", "FAIL 1H", .fixed(7), isNumber: true, rank: 6, precedes: ascending { $0.queue.failedLastHour },
            ink: { row, _ in QueueRow.ink(share: row.failureShare) },
            text: { row, _ in ItemFigures.short(row.queue.failedLastHour) }),
        Column(
            "depth", "WAITING 60 MIN", .fixed(20), rank: 7, ink: { _, _ in .series1 },
            text: { row, scope in
                Sparkline.text(row.queue.hour.depth.map { $0.map(Double.init) }, width: 20, scope.charset)
            }),
    ]

    private static let times: [Column<QueueRow>] = [
        Column(
            "wait50", "WAIT P50", .fixed(8), isNumber: true, rank: 10, precedes: ascending { $0.queue.wait.p50Ms },
            ink: { _, _ in .quiet }, text: { row, _ in Formats.latency(milliseconds: row.queue.wait.p50Ms) }),
        Column(
            "wait", "WAIT P95", .fixed(8), isNumber: true, rank: 8, precedes: ascending { $0.queue.wait.p95Ms },
            text: { row, _ in Formats.latency(milliseconds: row.queue.wait.p95Ms) }),
        Column(
            "run50", "RUN P50", .fixed(7), isNumber: true, rank: 11, precedes: ascending { $0.queue.run.p50Ms },
            ink: { _, _ in .quiet }, text: { row, _ in Formats.latency(milliseconds: row.queue.run.p50Ms) }),
        Column(
            "run", "RUN P95", .fixed(7), isNumber: true, rank: 9, precedes: ascending { $0.queue.run.p95Ms },
            text: { row, _ in Formats.latency(milliseconds: row.queue.run.p95Ms) }),
        Column(
            "scheduled", "LATER", .fixed(8), isNumber: true, rank: 12, precedes: ascending { $0.queue.scheduled },
            ink: { _, _ in .quiet }, text: { row, _ in Formats.count(row.queue.scheduled) }),
        Column(
            "limit", "LIMIT", .fixed(6), isNumber: true, rank: 13, precedes: ascending { $0.queue.control.concurrency },
            ink: { _, _ in .quiet }, text: { row, _ in row.queue.control.concurrency.map { Formats.count($0) } ?? "-" }),
        Column(
            "weight", "WEIGHT", .fixed(6), isNumber: true, rank: 14, precedes: ascending { $0.queue.control.weight },
            ink: { _, _ in .quiet }, text: { row, _ in "\(row.queue.control.weight)" }),
    ]

    static let vocabulary = [
        QueryField("paused", .flag, example: "paused", "Those of which nothing is begun"),
        QueryField("limited", .flag, example: "limited", "Those with a limit of their own"),
        QueryField("waiting", .number, example: "waiting>100", "By how many jobs wait"),
        QueryField("running", .number, example: "running>0", "By how many jobs run"),
        QueryField("dead", .number, example: "dead>0", "By how many were given up"),
        QueryField("failures", .number, example: "failures>0", "By the attempts that failed in the last hour"),
        QueryField("oldest", .duration, example: "oldest>5m", "By how long the oldest job waits"),
    ]

    static func facts(of row: QueueRow) -> Query.Facts {
        Query.Facts(
            words: [row.queue.name, row.queue.summary ?? ""],
            texts: { field in
                switch field {
                case "paused": row.queue.control.isPaused ? ["paused"] : []
                case "limited": row.queue.control.concurrency == nil ? [] : ["limited"]
                default: []
                }
            },
            number: { field in
                switch field {
                case "waiting": Double(row.queue.waiting)
                case "running": Double(row.queue.running)
                case "dead": Double(row.queue.dead)
                case "failures": Double(row.queue.failedLastHour)
                case "oldest": row.queue.oldestSeconds.map { $0 * 1000 }
                default: nil
                }
            })
    }
}
