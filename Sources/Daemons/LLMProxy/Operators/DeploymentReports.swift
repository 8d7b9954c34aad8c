internal import ChatModel
internal import Records
internal import WireAPI

extension ProxyDeployment {
    /// A report as operators get it.
    init(_ report: DeploymentReport) {
        let recent = report.facts.recent
        self.init(
            provider: report.name.provider, model: report.name.model, place: report.name.place,
            condition: report.health.condition.rawValue,
            score: report.health.score, sentence: report.health.sentence, breaker: report.facts.position.rawValue,
            breakerPauseMs: report.facts.pause.map(Self.milliseconds), isDrained: report.facts.isDrained,
            running: report.running,
            lastFailure: report.facts.lastFailure.map { failure in
                Failure(
                    code: failure.code.rawValue, message: failure.message, providerStatus: failure.providerStatus,
                    ageMs: Self.milliseconds(report.sinceLastFailure ?? .zero))
            },
            lastProbe: report.facts.probe.map { Probe($0.outcome, age: report.sinceProbe ?? .zero) },
            recent: Recent(
                minutes: CallHistory.recentMinutes, calls: recent.calls, abandoned: recent.abandoned,
                failures: Dictionary(uniqueKeysWithValues: recent.failures.map { ($0.key.rawValue, $0.value) }),
                promptTokens: recent.promptTokens, completionTokens: recent.completionTokens,
                costNanodollars: recent.costInNanoDollars, firstByte: Latency(recent.firstByte),
                whole: Latency(recent.whole)),
            totals: Totals(report.totals), minutes: report.minutes.map(Minute.init))
    }

    fileprivate static func milliseconds(_ duration: Duration) -> Int { Int(duration.wholeMilliseconds) }
}

extension ProxyDeployment.Probe {
    fileprivate init(_ outcome: ProbeResult.Outcome, age: Duration) {
        let ageMs = ProxyDeployment.milliseconds(age)
        switch outcome {
        case .answered(let time):
            self.init(
                isAnswered: true, reason: nil, durationMs: ProxyDeployment.milliseconds(time), ageMs: ageMs)
        case .failed(let reason): self.init(isAnswered: false, reason: reason, durationMs: nil, ageMs: ageMs)
        }
    }
}

extension ProxyDeployment.Latency {
    fileprivate init(_ histogram: LatencyHistogram) {
        func percentile(_ part: Double) -> Int? { histogram.duration(part).map(ProxyDeployment.milliseconds) }
        let filled = histogram.counts.enumerated().filter { $1 > 0 }
        self.init(
            p50Ms: percentile(0.5), p95Ms: percentile(0.95), p99Ms: percentile(0.99), bins: filled.map(\.offset),
            counts: filled.map(\.element))
    }
}

extension ProxyDeployment.Totals {
    fileprivate init(_ totals: CallTotals) {
        self.init(
            answered: Int(clamping: totals.answered), failed: Int(clamping: totals.failed),
            abandoned: Int(clamping: totals.abandoned), promptTokens: Int(clamping: totals.promptTokens),
            completionTokens: Int(clamping: totals.completionTokens),
            costNanodollars: Int64(clamping: totals.costInNanoDollars))
    }
}

extension ProxyDeployment.Minute {
    fileprivate init(_ minute: CallHistory.Minute) {
        self.init(
            age: minute.age, calls: minute.calls, failed: minute.failed, tokens: minute.tokens,
            costNanodollars: minute.costInNanoDollars,
            firstByteP50Ms: minute.medianFirstByte.map(ProxyDeployment.milliseconds),
            firstByteP95Ms: minute.slowFirstByte.map(ProxyDeployment.milliseconds))
    }
}
