import EventLoop
import FoundationEssentials
import Observability
import Scoring
import Spending
import Tenancy
import Testing

@testable import LLMProxy

/// How limits and budgets stand, as monitoring sees it.
@Suite struct StandingMetricsTests {
    private static let organization = OrganizationID(uuid: UUID(high: 1, low: 1))

    @Test func whatIsInUseIsShownAndNoTenantIsNamed() async throws {
        try await TestLoops.group.loops[0].run {
            let metrics = Metrics()
            let loop = TestLoops.group.loops[0]
            let governor = Governor.test(on: loop, metrics)
            _ = governor.place("provider:1", CallLimits(requestsPerMinute: 60, concurrency: 3))
            let budget = Budget(
                id: .named("budget"), organizationID: Self.organization, scope: .organization, period: .total,
                limit: Money(nanoDollars: 500), createdAt: Date())
            let budgets = Budgets(
                source: FixedBudgets([budget]).source, loop: loop, settings: BudgetSettings(), metrics: metrics,
                logger: silent, now: { Date() })
            budgets.start()
            let payer = Payer(organization: Self.organization)
            let reservation = try await budgets.reserve(payer, Money(nanoDollars: 100), until: .after(.seconds(10)))
            StandingMetrics(governor: governor, pools: .test(governor), budgets: budgets, tenants: .summedUp)
                .expose(in: metrics)
            let text = String(decoding: metrics.exposition(), as: UTF8.self)
            for line in [
                #"scorable_llm_limit_running_calls{place="provider:1"} 0"#,
                #"scorable_llm_limit_calls{place="provider:1",kind="concurrency",origin="set"} 3"#,
                #"scorable_llm_limit_calls{place="provider:1",kind="requests_per_minute",origin="set"} 60"#,
                #"scorable_budget_limit_usd{scope="organization",period="total"} 5e-07"#,
                #"scorable_budget_settled_usd{scope="organization",period="total"} 0"#,
            ] {
                #expect(text.contains(line), "\(line)")
            }
            #expect(text.contains("scorable_provider_limit_remaining{place=\"provider:1\",kind=\"concurrency\"}"))
            #expect(!text.contains(Self.organization.description))
            let named = Metrics()
            StandingMetrics(governor: governor, pools: .test(governor), budgets: budgets, tenants: .named)
                .expose(in: named)
            let told = String(decoding: named.exposition(), as: UTF8.self)
            #expect(told.contains("organization_id=\"\(Self.organization.description)\""))
            reservation.release()
            await budgets.stop(within: .seconds(5))
        }
    }
}
