internal import ChatModel
internal import EventLoop
internal import Observability

/// By what the series of a deployment are told apart.
enum MetricNaming: Sendable {
    /// By the names of provider and model.
    case names
    /// By what identifies the provider as well, because another one has the same name.
    case place
}

extension DeploymentState {
    /// Shows what is known as time series. The names of providers and models are labels here, because which of them is
    /// unwell is what operators ask; how many there can be is bounded where the states are kept.
    func expose(in metrics: Metrics, naming: MetricNaming) {
        var labels: Labels = ["provider": name.provider, "model": name.model]
        if naming == .place { labels = labels.adding("place", name.place) }
        func count(
            _ name: String, _ help: String, _ label: (String, String)?,
            _ read: @escaping @Sendable (CallTotals) -> UInt64
        ) {
            let labels = label.map { labels.adding($0.0, $0.1) } ?? labels
            metrics.counter(name, help, labels: labels) { [self] in Double(read(totals)) }
        }
        let calls = "Calls of a deployment by how they ended."
        count("scorable_llm_deployment_calls_total", calls, ("ending", "answered")) { $0.answered }
        count("scorable_llm_deployment_calls_total", calls, ("ending", "failed")) { $0.failed }
        count("scorable_llm_deployment_calls_total", calls, ("ending", "abandoned")) { $0.abandoned }
        for code in ChatFailure.Code.allCases {
            count(
                "scorable_llm_deployment_failures_total", "Calls of a deployment that failed, by reason.",
                ("code", code.rawValue)
            ) { $0.failures[code] ?? 0 }
        }
        let tokens = "Tokens that a deployment was sent and that it answered."
        count("scorable_llm_deployment_tokens_total", tokens, ("kind", "prompt")) { $0.promptTokens }
        count("scorable_llm_deployment_tokens_total", tokens, ("kind", "completion")) { $0.completionTokens }
        count(
            "scorable_llm_deployment_cost_nanodollars_total",
            "What the calls of a deployment cost, in billionths of a US dollar.", nil
        ) { $0.costInNanoDollars }
        show(in: metrics, labels)
    }

    private func show(in metrics: Metrics, _ labels: Labels) {
        metrics.gauge("scorable_llm_deployment_calls_running", "Calls of a deployment at this moment.", labels: labels)
        {
            [self] in Double(running)
        }
        metrics.gauge(
            "scorable_llm_deployment_health_ratio", "How well a deployment does, from 0 to 1.", labels: labels
        ) { [self] in Double(report(at: .now).health.score) / 100 }
        metrics.gauge(
            "scorable_llm_deployment_breaker_open_ratio",
            "1 while a deployment is not asked, 0.5 while it is tried again, else 0.", labels: labels
        ) { [self] in
            switch report(at: .now).facts.position {
            case .closed: 0
            case .halfOpen: 0.5
            case .open: 1
            }
        }
        metrics.gauge(
            "scorable_llm_deployment_drained_ratio", "1 while an operator has a deployment out of service.",
            labels: labels
        ) { [self] in isDrained ? 1 : 0 }
        count(
            in: Latencies(
                firstByte: metrics.histogram(
                    "scorable_llm_deployment_first_byte_seconds",
                    "Time until the first byte of a deployment's answers.", labels: labels),
                whole: metrics.histogram(
                    "scorable_llm_deployment_duration_seconds", "Time until the end of a deployment's answers.",
                    labels: labels)))
    }
}
