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
        let calls = "Calls of a model at a provider, again ones included: answered, abandoned, or why they failed."
        count("scorable_judge_calls_total", calls, ("outcome", "answered")) { $0.answered }
        count("scorable_judge_calls_total", calls, ("outcome", "abandoned")) { $0.abandoned }
        for code in ChatFailure.Code.allCases {
            count("scorable_judge_calls_total", calls, ("outcome", code.rawValue)) { $0.failures[code] ?? 0 }
        }
        let tokens = "Tokens that a model at a provider was sent (input) and that it answered (output)."
        count("scorable_tokens_total", tokens, ("dir", "input")) { $0.promptTokens }
        count("scorable_tokens_total", tokens, ("dir", "output")) { $0.completionTokens }
        metrics.counter(
            "scorable_cost_usd_total", "What the calls of a model at a provider cost, in US dollars.", labels: labels
        ) { [self] in Double(totals.costInNanoDollars) / 1e9 }
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
            "scorable_breaker_state",
            "The circuit breaker of a model at a provider: 0 closed, 1 half open, 2 open; each proxy has its own.",
            labels: labels
        ) { [self] in
            switch report(at: .now).facts.position {
            case .closed: 0
            case .halfOpen: 1
            case .open: 2
            }
        }
        metrics.gauge(
            "scorable_llm_deployment_drained_ratio", "1 while an operator has a deployment out of service.",
            labels: labels
        ) { [self] in isDrained ? 1 : 0 }
        count(
            in: Latencies(
                firstByte: metrics.histogram(
                    "scorable_judge_first_byte_seconds",
                    "Time until the first byte of a deployment's answers.", labels: labels,
                    bounds: Histogram.modelCallBounds),
                whole: metrics.histogram(
                    "scorable_judge_latency_seconds", "Time until the end of the answers of a model at a provider.",
                    labels: labels, bounds: Histogram.modelCallBounds)))
    }
}
