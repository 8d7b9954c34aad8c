import FoundationEssentials
import Terminal
import WireAPI

extension OperatorDeployment: Identifiable {
    package var id: String { upstreamModel }
}

extension OperatorDeployment {
    /// The breaker that lets least through, over all proxies.
    var worstBreaker: Replica? { replicas.min { $0.breaker.rank < $1.breaker.rank } }
}

/// The columns of the models that a provider serves.
enum DeploymentColumns {
    private static let graphWidth = 20

    static let all: [Column<OperatorDeployment>] =
        [
            Column(
                "model", "MODEL THERE", .flexible(minimum: 14), precedes: ascending { $0.upstreamModel.lowercased() },
                ink: { _, _ in .strong }, text: { deployment, _ in deployment.upstreamModel }),
            Column(
                "health", "HEALTH", .fixed(12), precedes: ascending { $0.health.order },
                ink: { deployment, _ in deployment.health.ink }, text: { deployment, _ in deployment.health.words }),
            Column(
                "breaker", "BREAKER", .fixed(13), precedes: ascending { $0.worstBreaker?.breaker.rank },
                ink: { deployment, _ in deployment.worstBreaker?.breaker.ink ?? .quiet },
                text: { deployment, _ in breaker(deployment) }),
            Column(
                "state", "STATE", .fixed(7), rank: 2, precedes: ascending { $0.drain == nil ? 1 : 0 },
                ink: { deployment, _ in deployment.drain == nil ? .quiet : .caution },
                text: { deployment, _ in deployment.drain == nil ? "in use" : "drained" }),
        ] + figures + rest

    private static let figures: [Column<OperatorDeployment>] = [
        Column(
            "calls", "CALLS/M", .fixed(7), isNumber: true, rank: 4,
            precedes: ascending { $0.figures?.recent.callsPerMinute },
            text: { deployment, _ in deployment.figures.map { Formats.rate($0.recent.callsPerMinute) } ?? "-" }),
        Column(
            "errors", "ERROR", .fixed(5), isNumber: true, rank: 1,
            precedes: ascending { $0.figures?.recent.failedShare },
            ink: { deployment, _ in deployment.figures?.recent.failedShare.map(FailureShare.ink) ?? .quiet },
            text: { deployment, _ in deployment.figures?.recent.failedShare.map(Formats.percent) ?? "-" }),
        Column(
            "p50", "P50", .fixed(6), isNumber: true, rank: 6,
            precedes: ascending { $0.figures?.recent.firstByte.p50Ms }, ink: { _, _ in .quiet },
            text: { deployment, _ in Formats.latency(milliseconds: deployment.figures?.recent.firstByte.p50Ms) }),
        Column(
            "p95", "P95", .fixed(6), isNumber: true, rank: 3,
            precedes: ascending { $0.figures?.recent.firstByte.p95Ms },
            text: { deployment, _ in Formats.latency(milliseconds: deployment.figures?.recent.firstByte.p95Ms) }),
        Column(
            "cost", "$/MIN", .fixed(8), isNumber: true, rank: 5,
            precedes: ascending { $0.figures?.recent.costPerMinute },
            text: { deployment, _ in Formats.cost(nanodollars: deployment.figures?.recent.costPerMinute) }),
        Column(
            "running", "RUN", .fixed(4), isNumber: true, rank: 7, precedes: ascending { $0.running },
            text: { deployment, _ in deployment.running.map(Formats.count) ?? "-" }),
    ]

    private static let rest: [Column<OperatorDeployment>] = [
        Column(
            "hour", "CALLS, LAST HOUR", .fixed(graphWidth), rank: 8, ink: { _, _ in .series1 },
            text: { deployment, scope in
                Sparkline.text(
                    deployment.figures?.hour.calls.map(Double.init) ?? [], width: graphWidth, scope.charset)
            }),
        Column(
            "failure", "LAST FAILURE", .fixed(22), rank: 9, precedes: ascending { $0.lastFailure?.at },
            ink: { _, _ in .quiet },
            text: { deployment, scope in
                deployment.lastFailure.map {
                    "\(OperatorFailureCount(code: $0.code, count: 1).words) \(ProviderTimes.age($0.at, scope))"
                } ?? ""
            }),
        Column(
            "asked", "ASKED BY", .fixed(24), rank: 10, precedes: ascending { $0.models.first },
            ink: { _, _ in .quiet }, text: { deployment, _ in deployment.models.joined(separator: ", ") }),
    ]

    /// What the worst breaker does, for how long, and at how many proxies where they differ.
    static func breaker(_ deployment: OperatorDeployment) -> String {
        guard let worst = deployment.worstBreaker else { return "-" }
        let same = deployment.replicas.count { $0.breaker == worst.breaker }
        let pause = worst.breakerPauseMs.map { " \(ProviderTimes.span(milliseconds: $0))" } ?? ""
        let share = same < deployment.replicas.count ? " \(same)/\(deployment.replicas.count)" : ""
        return "\(worst.breaker.words)\(pause)\(share)"
    }

    static func explanation(
        _ deployment: OperatorDeployment, _ proxies: OperatorProxies?, _ scope: Scope
    ) -> Explanation {
        var text = Explanation(
            deployment.upstreamModel,
            definition: deployment.models.isEmpty
                ? "A model at this provider that no model of the catalogue asks any more."
                : "A model at this provider, asked by \(ProviderEffectWords.names(deployment.models))."
        ).value(deployment.health.words, deployment.health.ink)
        if let health = deployment.health { text = text.why(health.sentence, health.condition.ink) }
        if let drain = deployment.drain { text = text.adding("Drained", drain.sentence(scope), .caution) }
        text = text.adding(
            "Breaker",
            "\(breaker(deployment)). Closed: calls go there. Open: too many failed, none goes there for a while. Half open: a few try whether it is over. Each proxy has its own.",
            deployment.worstBreaker?.breaker.ink ?? .quiet)
        return ProviderExplanation.adding(figures: deployment.figures, proxies, to: text)
    }
}
