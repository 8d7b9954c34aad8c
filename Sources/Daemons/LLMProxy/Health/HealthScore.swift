internal import ChatModel
internal import EventLoop
internal import Observability
internal import Records

/// How well a deployment does, from 0 (it does not answer) to 100, and why: every point that is missing is in the
/// sentence.
struct HealthScore: Sendable, Hashable {
    /// The score in one word.
    enum Condition: String, Sendable, Hashable, CaseIterable {
        case healthy
        case degraded
        case unhealthy
        /// Nobody has asked it lately.
        case unknown
    }

    let score: Int
    let condition: Condition
    let sentence: String

    /// What is known of a deployment.
    struct Facts: Sendable {
        var recent = CallTally()
        var position = CircuitBreaker.Position.closed
        /// How long it is not asked yet.
        var pause: Duration?
        /// How long the provider wants to be left alone.
        var cooling: Duration?
        /// The last failure that was the deployment's own.
        var lastFailure: ChatFailure?
        var probe: ProbeResult?
        /// Whether a call was answered after that: it knows better.
        var hasAnsweredSinceProbe = false
        /// What the first byte usually takes, over the hour.
        var usualFirstByte: Duration?
        var isDrained = false
    }

    /// A loss of points with its reason.
    private struct Finding {
        let points: Int
        let reason: String
    }

    init(_ facts: Facts) {
        let findings = Self.findings(facts)
        let score = max(0, 100 - findings.reduce(0) { $0 + $1.points })
        self.score = score
        let isKnown = facts.recent.calls > 0 || facts.probe != nil || facts.position != .closed
        condition =
            switch score {
            case _ where !isKnown: .unknown
            case 80...: .healthy
            case 40..<80: .degraded
            default: .unhealthy
            }
        var reasons = findings.map(\.reason)
        if reasons.isEmpty { reasons = [Self.praise(facts)] }
        if facts.isDrained { reasons.append("an operator has drained it, so it gets no new calls") }
        let text = reasons.joined(separator: "; ")
        sentence = text.prefix(1).uppercased() + text.dropFirst() + "."
    }

    private static func findings(_ facts: Facts) -> [Finding] {
        [breaker(facts), failures(facts), silence(facts), probe(facts), cooling(facts), slowness(facts)].compactMap {
            $0
        }
    }

    private static func breaker(_ facts: Facts) -> Finding? {
        let last = facts.lastFailure.map { ", the last time: \($0.message)" } ?? ""
        switch facts.position {
        case .closed: return nil
        case .open:
            let time = facts.pause.map { " for another \(text($0))" } ?? ""
            return Finding(points: 90, reason: "it is not asked\(time) because it failed too often\(last)")
        case .halfOpen:
            return Finding(points: 50, reason: "it failed too often and is being tried again\(last)")
        }
    }

    private static func failures(_ facts: Facts) -> Finding? {
        let (calls, failures) = (facts.recent.calls, facts.recent.ownFailures)
        let failed = failures.values.reduce(0, +)
        // Of two that are equally frequent always the same one.
        let frequent = failures.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
        guard let code = frequent?.key else { return nil }
        let mix = failed == failures[code] ? "with" : "mostly with"
        return Finding(
            points: points(failed, of: calls),
            reason: "\(failed) of \(calls) calls of the last \(CallHistory.recentMinutes) minutes failed, "
                + "\(mix) \(code.rawValue)")
    }

    private static func silence(_ facts: Facts) -> Finding? {
        let (calls, silent) = (facts.recent.calls, facts.recent.silent)
        guard silent > 0 else { return nil }
        return Finding(
            points: points(silent, of: calls),
            reason: "\(silent) of \(calls) callers of the last \(CallHistory.recentMinutes) minutes left after "
                + "\(text(CallOutcome.silenceBorne)) or more without an answer")
    }

    /// Of a handful of calls one failure says little.
    private static func points(_ failed: Int, of calls: Int) -> Int {
        Int((100 * Double(failed) / Double(max(1, calls)) * min(1, Double(calls) / 5)).rounded(.up))
    }

    private static func probe(_ facts: Facts) -> Finding? {
        guard !facts.hasAnsweredSinceProbe, case .failed(let reason) = facts.probe?.outcome else { return nil }
        return Finding(points: 30, reason: "the last probe failed: \(reason)")
    }

    private static func cooling(_ facts: Facts) -> Finding? {
        facts.cooling.map { Finding(points: 20, reason: "the provider takes no more calls for \(text($0))") }
    }

    private static func slowness(_ facts: Facts) -> Finding? {
        guard facts.recent.firstByte.total >= 10, let usual = facts.usualFirstByte,
            let now = facts.recent.firstByte.duration(0.5), now > usual * 3, now > .seconds(1)
        else { return nil }
        return Finding(
            points: 15,
            reason: "it is slow: half of its answers begin after more than \(text(now)), usually \(text(usual))"
        )
    }

    private static func praise(_ facts: Facts) -> String {
        let recent = facts.recent
        let span = "of the last \(CallHistory.recentMinutes) minutes"
        if recent.calls > recent.abandoned + recent.failed {
            let time = recent.firstByte.duration(0.95).map { ", 95 % within \(text($0))" } ?? ""
            let all =
                recent.failed > 0 ? "every call \(span) that can be was answered" : "every call \(span) was answered"
            return all + time
        }
        if recent.failed > 0 { return "it answered every call \(span), but those were such as cannot be served" }
        if recent.calls > 0 { return "the callers \(span) left before an answer was there" }
        if case .answered(let time) = facts.probe?.outcome { return "the last probe was answered after \(text(time))" }
        return "nobody has asked it in the last \(CallHistory.recentMinutes) minutes"
    }

    /// A duration as people say it.
    private static func text(_ duration: Duration) -> String {
        let seconds = duration.inSeconds
        if seconds < 1 { return "\(Int((seconds * 1000).rounded(.up))) ms" }
        let tenths = Int((seconds * 10).rounded())
        if tenths < 100, tenths % 10 != 0 { return "\(tenths / 10).\(tenths % 10) s" }
        return "\(Int(seconds.rounded(.up))) s"
    }
}

/// What came of asking a deployment for something cheap.
struct ProbeResult: Sendable, Hashable {
    enum Outcome: Sendable, Hashable {
        case answered(after: Duration)
        case failed(String)
    }

    let outcome: Outcome
    let moment: Moment
}
