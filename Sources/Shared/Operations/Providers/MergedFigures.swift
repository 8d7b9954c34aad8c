internal import FoundationEssentials
internal import Records
internal import WireAPI

// Makes one of what several proxies counted.

extension OperatorHealth {
    /// Nobody has met it.
    static let unmet = OperatorHealth(
        condition: .unknown, score: 100, sentence: "No proxy has asked it since it was started.")

    init(_ deployment: ProxyDeployment) {
        self.init(
            condition: Condition(rawValue: deployment.condition) ?? .unknown, score: deployment.score,
            sentence: deployment.sentence)
    }

    /// The worst of several that are known, told with how many are like it; what nobody has asked lately counts only when
    /// all are so.
    static func worst(of found: [(name: String, health: OperatorHealth)], among noun: String) -> OperatorHealth {
        let known = found.filter { $0.health.condition != .unknown }
        guard let worst = (known.isEmpty ? found : known).min(by: { $0.health.score < $1.health.score }) else {
            return .unmet
        }
        guard known.count > 1, worst.health.condition != .healthy else { return worst.health }
        let alike = known.count { $0.health.condition == worst.health.condition }
        return OperatorHealth(
            condition: worst.health.condition, score: worst.health.score,
            sentence: "\(alike) of \(known.count) \(noun) \(alike == 1 ? "is" : "are") "
                + "\(worst.health.condition.rawValue); \(worst.name): \(worst.health.sentence)")
    }
}

extension OperatorLatency {
    init(_ histogram: LatencyHistogram) {
        self.init(
            p50Ms: histogram.percentile(0.5), p95Ms: histogram.percentile(0.95), p99Ms: histogram.percentile(0.99))
    }
}

extension DeploymentSums {
    /// The last minutes of several proxies together.
    init(recent all: [ProxyDeployment.Recent]) {
        self.init()
        for recent in all {
            calls += recent.calls
            abandoned += recent.abandoned
            failures.merge(recent.failures, uniquingKeysWith: +)
            promptTokens += recent.promptTokens
            completionTokens += recent.completionTokens
            costInNanoDollars += recent.costNanodollars
            firstByte.add(recent.firstByte)
            whole.add(recent.whole)
        }
    }
}

extension LatencyHistogram {
    fileprivate mutating func add(_ latency: ProxyDeployment.Latency) {
        for (bin, count) in zip(latency.bins, latency.counts) { add(count, in: bin) }
    }
}

extension OperatorCallSums {
    init(_ sums: DeploymentSums, minutes: Int) {
        self.init(
            minutes: minutes, calls: sums.calls,
            failures: sums.failures.map { OperatorFailureCount(code: $0.key, count: $0.value) }.sorted {
                ($1.count, $0.code) < ($0.count, $1.code)
            }, abandoned: sums.abandoned, promptTokens: sums.promptTokens, completionTokens: sums.completionTokens,
            costNanodollars: sums.costInNanoDollars, firstByte: OperatorLatency(sums.firstByte),
            whole: OperatorLatency(sums.whole))
    }
}

extension OperatorCallFigures {
    /// What the proxies counted of some deployments.
    init(_ deployments: [ProxyDeployment], at moment: Date) {
        self.init(
            recent: OperatorCallSums(
                DeploymentSums(recent: deployments.map(\.recent)), minutes: deployments.map(\.recent.minutes).max() ?? 0
            ),
            hour: OperatorMinuteSeries(deployments.flatMap(\.minutes), at: moment))
    }
}

extension OperatorMinuteSeries {
    init(_ minutes: [ProxyDeployment.Minute], at moment: Date) {
        var calls = [Int](repeating: 0, count: Self.length)
        var (failed, tokens) = (calls, calls)
        var cost = [Int64](repeating: 0, count: Self.length)
        var p50 = [Int?](repeating: nil, count: Self.length)
        var p95 = p50
        for minute in minutes {
            let place = Self.length - 1 - minute.age
            guard calls.indices.contains(place) else { continue }
            calls[place] += minute.calls
            failed[place] += minute.failed
            tokens[place] += minute.tokens
            cost[place] += minute.costNanodollars
            p50[place] = [p50[place], minute.firstByteP50Ms].compactMap { $0 }.max()
            p95[place] = [p95[place], minute.firstByteP95Ms].compactMap { $0 }.max()
        }
        let running = (moment.timeIntervalSince1970 / 60).rounded(.down) * 60
        self.init(
            from: Date(timeIntervalSince1970: running - 60 * Double(Self.length - 1)), calls: calls, failed: failed,
            tokens: tokens, costNanodollars: cost, firstByteP50Ms: p50, firstByteP95Ms: p95)
    }
}

extension OperatorDeployment {
    /// What the proxies that have met a deployment know of it.
    init(
        upstreamModel: String, models: [String], _ found: [(proxy: String, deployment: ProxyDeployment)],
        drain: OperatorDrain?, of proxies: OperatorProxies, showsFigures: Bool
    ) {
        let all = found.map(\.deployment)
        func moment(_ ageMs: Int) -> Date { proxies.askedAt.addingTimeInterval(-Double(ageMs) / 1000) }
        let failure = all.compactMap(\.lastFailure).min { $0.ageMs < $1.ageMs }
        let probe = all.compactMap(\.lastProbe).min { $0.ageMs < $1.ageMs }
        self.init(
            upstreamModel: upstreamModel, models: models,
            health: proxies.answering == 0
                ? nil : .worst(of: found.map { ($0.proxy, OperatorHealth($0.deployment)) }, among: "proxies"),
            replicas: found.map { proxy, deployment in
                Replica(
                    proxy: proxy, health: OperatorHealth(deployment),
                    breaker: Breaker(rawValue: deployment.breaker) ?? .closed,
                    breakerPauseMs: deployment.breakerPauseMs, running: showsFigures ? deployment.running : nil)
            }, drain: drain,
            lastFailure: failure.map {
                Failure(
                    code: $0.code, message: $0.message, providerStatus: $0.providerStatus, at: moment($0.ageMs))
            },
            lastProbe: probe.map {
                Probe(
                    isAnswered: $0.isAnswered, reason: $0.reason, durationMs: $0.durationMs, at: moment($0.ageMs))
            },
            figures: showsFigures && !all.isEmpty ? OperatorCallFigures(all, at: proxies.askedAt) : nil)
    }
}
