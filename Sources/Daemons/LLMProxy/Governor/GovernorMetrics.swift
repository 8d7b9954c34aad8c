internal import Observability

/// What the governor counts. Places are no labels: they are made by users and have no end.
struct GovernorMetrics: Sendable {
    let refusals: CounterSet<GovernorRefusal.Kind>
    let waiting: Gauge
    let turns: Counter
    let turnFailures: Counter
    let reports: Counter
    let isSharing: Gauge

    init(_ metrics: Metrics) {
        refusals = metrics.counters(
            "scorable_llm_governor_refusals_total", "Calls that were not let through, by reason.", by: "reason",
            of: GovernorRefusal.Kind.self)
        waiting = metrics.gauge(
            "scorable_llm_governor_waiting_calls", "Calls that wait for a place at a provider, key or model.")
        turns = metrics.counter(
            "scorable_llm_governor_turns_total", "Exchanges of shares of limits with the other proxies.")
        turnFailures = metrics.counter(
            "scorable_llm_governor_turn_failures_total", "Exchanges of shares that failed, because Redis was away.")
        reports = metrics.counter(
            "scorable_llm_governor_reports_total",
            "Answers in which a provider said that one of its limits is nearly reached, or refused a call for it.")
        isSharing = metrics.gauge(
            "scorable_llm_governor_sharing",
            "1 while limits are shared with the other proxies, 0 while this one keeps to a part of them by itself.")
    }
}
