import Terminal
import WireAPI

/// What the numbers of a queue mean, and how the time until it is empty is reckoned.
enum QueueExplanation {
    static func of(_ row: QueueRow, _ scope: Scope) -> Explanation {
        let queue = row.queue
        let oldest = row.oldest(scope).map { ", the oldest for \(Formats.span(seconds: Int($0)))" } ?? ""
        var explanation = Explanation(
            queue.name, definition: queue.summary ?? "A queue that somebody named."
        )
        .value(
            "\(Formats.count(queue.waiting)) wait\(oldest); \(Formats.count(queue.running)) run; "
                + "\(Formats.count(queue.scheduled)) wait for their time."
        )
        .adding("State", row.condition.meaning, row.condition.ink)
        .adding("Empty in", emptying(queue.forecast), row.forecastInk)
        .adding(
            "Rates",
            "\(Formats.rate(queue.enqueuedPerSecond))/s came in and \(Formats.rate(queue.finishedPerSecond))/s were done in the last minute."
        )
        .adding(
            "Wait",
            "p50 \(Formats.latency(milliseconds: queue.wait.p50Ms)), p95 \(Formats.latency(milliseconds: queue.wait.p95Ms)): from when a job could run to its start, 15 minutes, exact to a factor of two."
        )
        .adding(
            "Run",
            "p50 \(Formats.latency(milliseconds: queue.run.p50Ms)), p95 \(Formats.latency(milliseconds: queue.run.p95Ms)): from start to end of an attempt, 15 minutes."
        )
        .adding(
            "Last hour",
            "\(Formats.count(queue.finishedLastHour)) done, \(Formats.count(queue.failedLastHour)) attempts failed, \(Formats.count(queue.deadLastHour)) given up.",
            QueueRow.ink(share: row.failureShare)
        )
        .adding(
            "Dead",
            "\(Formats.count(queue.dead))\(queue.dead < OperatorQueue.mostDead ? "" : " or more") were given up and nobody has dealt with them (d)."
        )
        if let decided = queue.control.sentence(scope) { explanation = explanation.why("\(decided).") }
        return explanation.source("Counted in the queue itself; minutes are kept in the ledger.")
            .freshness("At most a second old while something moves.")
    }

    /// When, and what that was reckoned from.
    static func emptying(_ forecast: OperatorForecast) -> String {
        let rates =
            "\(Formats.count(forecast.remaining)) to do; \(Formats.rate(forecast.inPerSecond))/s in, "
            + "\(Formats.rate(forecast.outPerSecond))/s out over \(Formats.span(seconds: forecast.windowSeconds))"
        let when = forecast.seconds.map { "In about \(Formats.span(seconds: Int(min($0, 1e9)))). " } ?? ""
        return "\(when)\(forecast.basis) (\(rates).)"
    }
}
