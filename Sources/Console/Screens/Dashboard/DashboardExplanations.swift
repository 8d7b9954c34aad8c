import FoundationEssentials
import Terminal
import WireAPI

/// What each number of the dashboard means, over which window, where it comes from, how fresh it is and why it looks as it
/// does.
struct DashboardExplanations {
    private let board: OperatorDashboard
    private let window: OperatorDashboardWindow
    private let scope: Scope

    init(_ board: OperatorDashboard, _ window: OperatorDashboardWindow, _ scope: Scope) {
        self.board = board
        self.window = window
        self.scope = scope
    }

    func explanation(_ panel: DashboardPanel, _ row: Int) -> Explanation {
        switch panel {
        case .throughput: throughput
        case .latency: latency
        case .scores: scores
        case .cost: cost
        case .failures: failure(row)
        case .notices: notice(row)
        case .daemons: daemon(row)
        case .queues: queue(row)
        }
    }

    /// Window, source and freshness are the same for everything that is counted from executions.
    private func counted(_ explanation: Explanation) -> Explanation {
        let summed = board.freshness.summedThrough.map { "sums of each minute up to \(Formats.minute($0)) UTC" }
        let source = [summed, "the execution logs after that"].compactMap { $0 }.joined(separator: ", ")
        var explanation =
            explanation
            .window(
                "The last \(window.words), \(Formats.dayAndTime(board.from)) to \(Formats.dayAndTime(board.to)) UTC"
            )
            .source(source)
        let age = scope.date.map { max(0, Int($0.timeIntervalSince(board.freshness.computedAt))) }
        explanation = explanation.freshness(
            "Counted by the server at \(Formats.time(board.freshness.computedAt)) UTC"
                + (age.map { ", \(Formats.span(seconds: $0)) ago" } ?? ""))
        if let missing = board.freshness.missing { explanation = explanation.why(missing.reason) }
        return explanation
    }

    private var throughput: Explanation {
        let totals = board.totals
        let all = totals.ok + totals.failed
        let rate = Formats.rate(board.current.executionsPerSecond)
        var explanation = Explanation(
            "Executions",
            definition:
                "Evaluations that somebody asked for. A judge counts once; its evaluators are not counted beside it."
        ).value(
            "\(rate)/s over the last minute; \(Formats.count(all)) in the window, \(Formats.count(totals.failed)) failed"
        )
        if all > 0, totals.failed > 0 {
            let share = Double(totals.failed) / Double(all)
            explanation = explanation.why(
                "\(Formats.percent(share)) gave no score: the panel of failures says why.",
                FailureShare.ink(share))
        }
        return counted(explanation)
    }

    private var latency: Explanation {
        let definition =
            "The time spent in calls of language models, added up for each execution that made any: half of the executions took at most p50, 95 of 100 at most p95, 99 of 100 at most p99. Exact to about ten percent."
        var explanation = Explanation("Latency of model calls", definition: definition)
        if let latency = board.totals.latency {
            explanation = explanation.value(Self.words(latency))
        } else {
            explanation = explanation.value("no execution asked a model", .quiet)
        }
        if let before = board.previous?.latency {
            explanation = explanation.adding(
                "Before", "\(Self.words(before)) in the \(window.words) before that", .quiet)
        }
        return counted(explanation)
    }

    private static func words(_ latency: OperatorDashboard.Percentiles) -> String {
        [("p50", latency.p50), ("p95", latency.p95), ("p99", latency.p99)]
            .map { "\($0.0) \(Formats.latency(milliseconds: $0.1))" }.joined(separator: ", ")
    }

    private var scores: Explanation {
        let scores = board.scores
        return counted(
            Explanation(
                "Scores",
                definition:
                    "How many executions gave a score in each tenth from 0 to 1. What failed has no score and is not counted as 0."
            ).value("n \(Formats.count(scores.count)), mean \(Formats.score(scores.mean))"))
    }

    private var cost: Explanation {
        counted(
            Explanation(
                "Cost",
                definition:
                    "What the providers charge for the tokens of the calls, by the prices that are known here; a model without a price costs nothing here."
            ).value(
                "\(Formats.cost(nanodollars: board.totals.costNanodollarsPerHour)) an hour on average, \(Formats.cost(nanodollars: board.current.costNanodollarsPerHour)) an hour as in the last minute"
            ))
    }

    private func failure(_ row: Int) -> Explanation {
        guard board.failures.indices.contains(row) else {
            return counted(
                Explanation("Failures by reason", definition: "Why executions gave no score.").value("none", .good))
        }
        let failure = board.failures[row]
        var explanation = Explanation("Failure: \(failure.code)", definition: failure.summary)
            .value("\(Formats.count(failure.count)) executions, last at \(Formats.time(failure.lastSeen)) UTC", .bad)
        if failure.withinJudges > 0 {
            explanation = explanation.adding(
                "Judges",
                "\(Formats.count(failure.withinJudges)) evaluators of judges failed for it as well; such a judge may have a score."
            )
        }
        if let provider = failure.provider { explanation = explanation.adding("Provider", provider) }
        return counted(explanation.adding("Next", "Enter lists the executions that failed.", .accent))
    }

    private func notice(_ row: Int) -> Explanation {
        guard board.notices.indices.contains(row) else {
            return Explanation(
                "What happened",
                definition:
                    "The last notable events: failures that pile up, daemons that come and go, versions that were published."
            ).value("nothing", .quiet)
        }
        let notice = board.notices[row]
        return Explanation("What happened", definition: notice.summary)
            .adding("When", "\(Formats.full(notice.createdAt))")
            .adding("Weight", notice.severity.rawValue, notice.severity.ink)
    }

    private func daemon(_ row: Int) -> Explanation {
        guard board.daemons.indices.contains(row) else {
            return Explanation("Health", definition: "The parts of the installation, as the API server sees them.")
        }
        let daemon = board.daemons[row]
        var explanation = Explanation(
            daemon.name,
            definition: "The API server asks it every few seconds whether it is ready; this is the last answer."
        )
        .value(daemon.state.rawValue, daemon.state.ink)
        if let reason = daemon.reason { explanation = explanation.why(reason) }
        if let since = daemon.since { explanation = explanation.adding("Since", Formats.full(since)) }
        if let instance = daemon.instance { explanation = explanation.source(instance) }
        if let time = daemon.checkedAt { explanation = explanation.freshness("Asked at \(Formats.time(time)) UTC") }
        if let probe = daemon.probeMilliseconds {
            explanation = explanation.adding("Answer", "took \(Formats.latency(milliseconds: probe))")
        }
        return explanation
    }

    private func queue(_ row: Int) -> Explanation {
        guard let queues = board.queues, queues.indices.contains(row) else {
            return Explanation("Queues", definition: "What waits for its turn at this moment.")
        }
        let queue = queues[row]
        var explanation = Explanation(queue.name, definition: queue.summary)
            .value("\(Formats.count(queue.waiting)) wait")
        if let running = queue.running { explanation = explanation.adding("Running", Formats.count(running)) }
        if let limit = queue.limit {
            explanation = explanation.adding("Limit", "\(Formats.count(limit)) may wait; what comes beyond is refused")
        }
        if let oldest = queue.oldestSeconds {
            explanation = explanation.adding("Oldest", "waits for \(Formats.span(seconds: Int(oldest)))")
        }
        return explanation.freshness("Counted at \(Formats.time(board.freshness.computedAt)) UTC")
    }
}

/// What a share of failures is worth a colour of; the number always stands beside it.
enum FailureShare {
    static func ink(_ share: Double) -> Ink {
        switch share {
        case 0.05...: .bad
        case 0.01...: .caution
        default: .plain
        }
    }
}

extension OperatorNotice.Severity {
    /// How it looks.
    var ink: Ink {
        switch self {
        case .info: .quiet
        case .warning: .caution
        case .critical: .bad
        }
    }

    /// Its mark, in two columns.
    var mark: String {
        switch self {
        case .info: "i"
        case .warning: "!"
        case .critical: "!!"
        }
    }
}

extension OperatorDashboard.Daemon.State {
    /// How it looks.
    var ink: Ink {
        switch self {
        case .up: .good
        case .degraded: .caution
        case .down: .bad
        case .unknown: .quiet
        }
    }

    /// Its mark, in two columns.
    var mark: String {
        switch self {
        case .up: "ok"
        case .degraded: "!"
        case .down: "!!"
        case .unknown: "?"
        }
    }
}
