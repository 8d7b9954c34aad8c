import WireAPI

/// The dashboard as a table of names and values.
enum DashboardSheet {
    static func of(_ board: OperatorDashboard) -> Sheet {
        var rows: [[String]] = []
        func add(_ what: String, _ value: String, _ note: String = "") { rows.append([what, value, note]) }
        let totals = board.totals
        let window = "in \(board.window.rawValue)"
        add("executions", Formats.count(totals.ok + totals.failed), window)
        add("executions per second", Formats.rate(board.current.executionsPerSecond), "last minute")
        add("failed", Formats.count(totals.failed), window)
        add("mean score", Formats.score(board.scores.mean), "n \(Formats.count(board.scores.count))")
        add("latency p50", Formats.latency(milliseconds: totals.latency?.p50), window)
        add("latency p95", Formats.latency(milliseconds: totals.latency?.p95), window)
        add("latency p99", Formats.latency(milliseconds: totals.latency?.p99), window)
        add("cost", Formats.cost(nanodollars: totals.costNanodollars), window)
        add("cost per hour", Formats.cost(nanodollars: totals.costNanodollarsPerHour), "average")
        for failure in board.failures {
            add("failed: \(failure.code)", Formats.count(failure.count), failure.provider ?? "")
        }
        for daemon in board.daemons { add(daemon.name, daemon.state.rawValue, daemon.reason ?? daemon.instance ?? "") }
        for queue in board.queues ?? [] { add("queue \(queue.name)", "\(Formats.count(queue.waiting)) waiting") }
        for notice in board.notices {
            add(Formats.dayAndTime(notice.createdAt), notice.severity.rawValue, notice.summary)
        }
        return Sheet(titles: ["WHAT", "VALUE", "NOTE"], rows: rows, json: Sheet.json(board))
    }
}
