package import Observability
internal import Scoring
internal import Spending
internal import Tenancy

/// Shows how limits, keys and budgets stand as time series, of those that are in use at the moment. Labels name providers,
/// keys and models by their identifiers, since which of them is short is what operators ask; tenants only where that is
/// wished. How many are shown is bounded where they are listed.
package struct StandingMetrics: Sendable {
    /// Whether labels tell whose a budget is.
    package enum Tenants: Sendable {
        /// Budgets of the same scope and period are one series.
        case summedUp
        /// Every budget is a series with its identifier and its organisation's.
        case named
    }

    private let governor: Governor
    private let pools: KeyPools
    private let budgets: Budgets
    private let tenants: Tenants

    package init(governor: Governor, pools: KeyPools, budgets: Budgets, tenants: Tenants) {
        self.tenants = tenants
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
                    limits.kinds.map { kind, limit in
                        LabelledValue(["place": place.name, "kind": kind, "origin": origin], Double(limit))
                    }
                }
            }
        }
        metrics.gauges(
            "scorable_provider_limit_remaining",
            "What may begin at a provider, key or model yet, of the share that this proxy has of its limits."
        ) { [governor] in
            governor.status.places.flatMap { place in
                place.remaining.kinds.map { kind, left in
                    LabelledValue(["place": place.name, "kind": kind], Double(left))
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
        gauges("scorable_budget_limit_usd", "How much may be spent in a period, in US dollars", in: metrics) {
            $0.limit
        }
        gauges(
            "scorable_budget_settled_usd", "What calls of the period that have ended cost, in US dollars", in: metrics
        ) { $0.settled }
        gauges(
            "scorable_budget_reserved_usd", "What is set aside for calls that run or will come, in US dollars",
            in: metrics
        ) { $0.reserved }
        gauges("scorable_budget_remaining_usd", "What is neither spent nor set aside, in US dollars", in: metrics) {
            $0.remaining
        }
        gauges(
            "scorable_budget_used_ratio", "How much of a budget is spent, from 0 to 1: of the fullest one", in: metrics
        ) { $0.used }
    }

    private func gauges(
        _ name: String, _ help: String, in metrics: Metrics, _ value: @escaping @Sendable (BudgetSum) -> Double
    ) {
        let help = help + "; as far as this proxy knows, so that max() and not sum() is over proxies."
        metrics.gauges(name, help) { [budgets, tenants] in
            BudgetSum.sums(of: budgets.standings, tenants).map { LabelledValue($0.key, value($0.value)) }
        }
    }
}

/// What budgets come to that share their labels.
private struct BudgetSum {
    var limit = 0.0
    var settled = 0.0
    var reserved = 0.0
    var remaining = 0.0
    /// Of the one that is used up most.
    var used = 0.0

    mutating func add(_ standing: BudgetStanding) {
        let (most, spent) = (Self.dollars(standing.budget.limit), Self.dollars(standing.spent))
        let leased = Self.dollars(standing.leased)
        limit += most
        settled += spent
        reserved += leased
        remaining += max(0, most - spent - leased)
        used = max(used, most > 0 ? spent / most : 1)
    }

    private static func dollars(_ money: Money) -> Double { Double(money.nanoDollars) / 1e9 }

    static func sums(
        of standings: [BudgetStanding], _ tenants: StandingMetrics.Tenants
    ) -> [Labels: BudgetSum] {
        var sums: [Labels: BudgetSum] = [:]
        for standing in standings { sums[labels(of: standing.budget, tenants), default: BudgetSum()].add(standing) }
        return sums
    }

    private static func labels(of budget: Budget, _ tenants: StandingMetrics.Tenants) -> Labels {
        let labels: Labels = ["scope": budget.scope.word, "period": budget.period.rawValue]
        switch tenants {
        case .summedUp: return labels
        case .named:
            return labels.adding("budget_id", budget.id.description)
                .adding("organization_id", budget.organizationID.description)
        }
    }
}

extension CallLimits {
    /// Those that there are, by the names that labels have for them.
    fileprivate var kinds: [(name: String, limit: Int)] {
        [
            ("requests_per_minute", requestsPerMinute), ("tokens_per_minute", tokensPerMinute),
            ("concurrency", concurrency),
        ].compactMap { name, limit in limit.map { (name, $0) } }
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
