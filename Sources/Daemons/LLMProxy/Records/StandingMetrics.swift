package import Observability
internal import Scoring
internal import Spending
internal import Tenancy

/// Shows how limits, keys and budgets stand as time series, of those that are in use at the moment: labels name them by
/// their identifiers, since which of them is short is what operators ask. How many are shown is bounded where they are
/// listed.
package struct StandingMetrics: Sendable {
    private let governor: Governor
    private let pools: KeyPools
    private let budgets: Budgets

    package init(governor: Governor, pools: KeyPools, budgets: Budgets) {
        self.governor = governor
        self.pools = pools
        self.budgets = budgets
    }

    /// Adds the series.
    package func expose(in metrics: Metrics) {
        exposeLimits(in: metrics)
        exposeKeys(in: metrics)
        exposeBudgets(in: metrics)
    }

    private func exposeLimits(in metrics: Metrics) {
        func gauges(
            _ name: String, _ help: String, _ value: @escaping @Sendable (GovernorStatus.Place) -> Double
        ) {
            metrics.gauges(name, help) { [governor] in
                governor.status.places.map { LabelledValue(["place": $0.name], value($0)) }
            }
        }
        gauges("scorable_llm_limit_running_calls", "Calls of this proxy at a provider, key or model.") {
            Double($0.running)
        }
        gauges("scorable_llm_limit_waiting_calls", "Calls of this proxy that wait for a provider, key or model.") {
            Double($0.waiting)
        }
        gauges("scorable_llm_limit_blocked_seconds", "How long a provider, key or model takes no calls.") {
            $0.blockedFor?.inSeconds ?? 0
        }
        metrics.gauges(
            "scorable_llm_limit_calls",
            "What a provider, key or model may get: a minute, or at the same time; as set, and as it was learned."
        ) { [governor] in
            governor.status.places.flatMap { place in
                [("set", place.limits), ("learned", place.learned)].flatMap { origin, limits in
                    [
                        ("requests_per_minute", limits.requestsPerMinute),
                        ("tokens_per_minute", limits.tokensPerMinute),
                        ("concurrency", limits.concurrency),
                    ].compactMap { kind, limit in
                        limit.map {
                            LabelledValue(["place": place.name, "kind": kind, "origin": origin], Double($0))
                        }
                    }
                }
            }
        }
    }

    private func exposeKeys(in metrics: Metrics) {
        func gauges(_ name: String, _ help: String, _ value: @escaping @Sendable (KeyStatus) -> Double) {
            metrics.gauges(name, help) { [pools] in
                pools.statuses.map { status in
                    LabelledValue(
                        [
                            "provider_id": status.key.providerID.description, "key_id": status.key.id.description,
                            "state": status.key.state.rawValue,
                        ], value(status))
                }
            }
        }
        gauges("scorable_llm_key_load_ratio", "How much of the limits of a provider's key is in use.") { $0.load }
        gauges(
            "scorable_llm_key_cooling_seconds",
            "How long a provider's key is left alone, because it was refused or throttled."
        ) { $0.coolsFor?.inSeconds ?? 0 }
    }

    private func exposeBudgets(in metrics: Metrics) {
        func gauges(_ name: String, _ help: String, _ value: @escaping @Sendable (BudgetStanding) -> Double) {
            metrics.gauges(name, help) { [budgets] in
                budgets.standings.map { standing in
                    let budget = standing.budget
                    return LabelledValue(
                        [
                            "budget_id": budget.id.description, "organization_id": budget.organizationID.description,
                            "scope": budget.scope.word, "period": budget.period.rawValue,
                        ], value(standing))
                }
            }
        }
        gauges("scorable_llm_budget_limit_nanodollars", "How much may be spent, in billionths of a US dollar.") {
            Double($0.budget.limit.nanoDollars)
        }
        gauges(
            "scorable_llm_budget_spent_nanodollars",
            "What is spent of a budget in its period, as far as this proxy knows, in billionths of a US dollar."
        ) { Double($0.spent.nanoDollars) }
        gauges(
            "scorable_llm_budget_leased_nanodollars",
            "What is set aside of a budget, as far as this proxy knows, in billionths of a US dollar."
        ) { Double($0.leased.nanoDollars) }
    }
}

extension BudgetScope {
    fileprivate var word: String {
        switch self {
        case .organization: "organization"
        case .project: "project"
        case .apiKey: "api_key"
        }
    }
}
