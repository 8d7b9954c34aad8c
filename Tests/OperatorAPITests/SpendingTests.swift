import APIClient
import EventLoop
import FoundationEssentials
import Operations
import Scoring
import Spending
import Stores
import Tenancy
import Testing
import WireAPI

/// Prices, budgets and what was spent, as the console sees and changes them.
@Suite struct SpendingTests {
    private static let day: TimeInterval = 86_400

    private func tariff(_ input: Int64) -> OperatorTariff { OperatorTariff(input: input, output: 2 * input) }

    @Test func aNewPriceEndsTheOneThatHeldUntilFurtherNotice() async throws {
        try await OperatorServer.run { server in
            let viewer = try await server.tenant().viewer(.operator)
            let provider = try await viewer.ask(
                .addProvider(OperatorProviderDraft(kind: "openai", name: "acme", url: "https://acme.example")))
            _ = try await viewer.ask(
                .addModel(OperatorModelDraft(name: "gpt", providerID: provider.id, upstreamModel: "gpt-5-mini")))
            let unpriced = try await viewer.ask(.prices).unpriced.filter { $0.model == "gpt" }
            #expect(unpriced.map(\.upstreamModel) == ["gpt-5-mini"] && unpriced.map(\.isAllowed) == [false])
            let first = try await viewer.ask(
                .addPrice(OperatorPriceDraft(provider: "acme", model: "gpt-*", tariff: tariff(100))))
            #expect(first.ended == nil && first.price.state == .current)
            let next = Date().addingTimeInterval(Self.day)
            let second = try await viewer.ask(
                .addPrice(OperatorPriceDraft(provider: "acme", model: "gpt-*", validFrom: next, tariff: tariff(200))))
            #expect(second.price.state == .future && second.ended?.id == first.price.id)
            let list = try await viewer.ask(.prices)
            #expect(list.unpriced.allSatisfy { $0.model != "gpt" })
            let held = try #require(list.results.first { $0.id == first.price.id })
            #expect(held.models == ["gpt"] && held.validUntil == second.price.validFrom)
            #expect(
                try await viewer.ask(.models).results.first { $0.name == "gpt" }?.places.first?.tariff == tariff(100))
            let overlap = try await viewer.refusal(
                .addPrice(
                    OperatorPriceDraft(
                        provider: "acme", model: "gpt-*", validFrom: Date().addingTimeInterval(-Self.day),
                        validUntil: Date().addingTimeInterval(60), tariff: tariff(1))))
            #expect(overlap?.status == 400 && overlap?.detail.contains("would hold at the same time") == true)
            let backwards = try await viewer.refusal(
                .addPrice(
                    OperatorPriceDraft(
                        provider: "acme", model: "x", validFrom: next, validUntil: Date(), tariff: tariff(-1))))
            #expect(backwards?.detail.contains("ends after it begins") == true)
            #expect(backwards?.detail.contains("not negative") == true)
            let changed = try await viewer.ask(
                .changePrice(
                    second.price.id,
                    to: OperatorPriceDraft(
                        provider: "acme", model: "gpt-*", validFrom: next, tariff: tariff(300), revision: 1)))
            #expect(changed.price.tariff.input == 300 && changed.price.revision == 2)
            #expect(try await viewer.refusal(.deletePrice(second.price.id, revision: 1))?.status == 409)
            _ = try await viewer.ask(.deletePrice(second.price.id, revision: 2))
            let engineer = try await server.tenant().viewer(.engineer)
            #expect(try await engineer.refusal(.deletePrice(first.price.id, revision: 2))?.status == 403)
            let stranger = try await server.tenant().viewer(.operator)
            #expect(try await stranger.refusal(.deletePrice(first.price.id, revision: 2))?.status == 404)
        }
    }

    private func spend(_ tenant: Tenant, _ cost: Int64, of id: UUID) async throws {
        let scope = SpendingScope(organization: tenant.organization, id: id, day: UTCDay(Date()))
        let sum = SpendingSum(cost: Money(nanoDollars: cost), calls: 2, promptTokens: 10, completionTokens: 5)
        _ = try await SpendingLedger(database: tenant.server.database).record(
            SpendingBatch(id: UUID(), scopes: [(scope, sum)], leased: []), of: UUID())
    }

    @Test func aBudgetShowsHowItStands() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.operator)
            let draft = OperatorBudgetDraft(
                scope: .project, scopeID: tenant.project.id.uuid, period: .month, limit: 1000, warnAt: 800)
            let budget = try await viewer.ask(.addBudget(draft))
            #expect(budget.scope.name == "Default" && budget.standing == .ok && budget.remaining == 1000)
            #expect(budget.resetsAt == UTCDay(Date()).startOfNextMonth.start)
            try await spend(tenant, 850, of: tenant.project.id.uuid)
            let warned = try await viewer.ask(.budget(budget.id))
            #expect(warned.spent == 850 && warned.remaining == 150 && warned.standing == .warned)
            let twice = try await viewer.refusal(.addBudget(draft))
            #expect(twice?.status == 400 && twice?.detail.contains("already") == true)
            let raised = try await viewer.ask(
                .changeBudget(
                    budget.id,
                    to: OperatorBudgetDraft(
                        scope: .project, scopeID: tenant.project.id.uuid, period: .month, limit: 800, warnAt: 700,
                        enforcement: .soft, revision: 1)))
            #expect(raised.standing == .exhausted && raised.enforcement == .soft && raised.remaining == 0)
            #expect(try await viewer.refusal(.deleteBudget(budget.id, revision: 1))?.status == 409)
            let stranger = try await server.tenant().viewer(.operator)
            #expect(try await stranger.refusal(.budget(budget.id))?.status == 404)
            #expect(try await stranger.refusal(.deleteBudget(budget.id, revision: 2))?.status == 404)
            let foreign = try await stranger.refusal(.addBudget(draft))
            #expect(foreign?.status == 400 && foreign?.detail.contains("no such project") == true)
            let wrong = try await viewer.refusal(
                .addBudget(OperatorBudgetDraft(scope: .organization, period: .day, limit: 5, warnAt: 6)))
            #expect(wrong?.status == 400 && wrong?.detail.contains("between 0 and the limit") == true)
            _ = try await viewer.ask(.deleteBudget(budget.id, revision: 2))
            #expect(try await viewer.ask(.budgets).results.isEmpty)
        }
    }

    @Test func spendingIsShownByWhomAndByDay() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.operator)
            try await spend(tenant, 500, of: tenant.organization.uuid)
            try await spend(tenant, 300, of: tenant.project.id.uuid)
            let scopes = try await viewer.ask(.spending).scopes
            #expect(scopes.map(\.scope.kind) == [.organization, .project])
            #expect(scopes.map(\.today.cost) == [500, 300] && scopes.first?.month.calls == 2)
            let days = try await viewer.ask(.spendingDays(days: 7)).days
            #expect(days.count == 7 && days.last?.sum.cost == 500 && days.first?.sum.cost == 0)
            let project = try await viewer.ask(.spendingDays(of: tenant.project.id.uuid, days: 1)).days
            #expect(project.map(\.sum.cost) == [300])
            #expect(try await viewer.refusal(.spendingDays(of: UUID()))?.status == 404)
            #expect(try await viewer.refusal(.spendingDays(days: 0))?.status == 400)
        }
    }

    @Test func budgetsAndProvidersMakeNews() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.operator)
            _ = try await viewer.ask(
                .addBudget(
                    OperatorBudgetDraft(scope: .organization, period: .day, limit: 2_000_000_000, warnAt: 1_500_000_000)
                ))
            try await spend(tenant, 1_750_000_000, of: tenant.organization.uuid)
            let provider = try await viewer.ask(
                .addProvider(OperatorProviderDraft(kind: "openai", name: "acme", url: "https://acme.example")))
            server.proxies[0].say([
                .sample(at: provider.id, "acme", "m", condition: "unhealthy", score: 9, sentence: "It is down.")
            ])
            let news = (0..<2).map { _ in
                ProviderNews(
                    watch: server.providers.watch, providers: ProviderStore(database: server.database),
                    budgets: BudgetAlerts(
                        store: BudgetStore(database: server.database), notices: server.product.notices),
                    notices: server.product.notices, redis: server.redis, every: .milliseconds(20),
                    logger: OperatorServer.logger)
            }
            let running = news.map { news in
                server.loops.next().spawn {
                    do { try await news.run() } catch is CancellationError {} catch { Issue.record(error) }
                }
            }
            var told: [OperatorNotice] = []
            let deadline = Deadline.after(.seconds(20))
            while told.count < 2, !deadline.hasPassed {
                try await Loop.current?.sleep(for: .milliseconds(20))
                told = try await viewer.ask(.dashboard(.quarterHour)).notices.filter {
                    $0.subject?.kind == .budget || $0.subject?.id == provider.id.uuidString.lowercased()
                }
            }
            let budget = told.first { $0.subject?.kind == .budget }
            #expect(
                budget?.summary
                    == "The budget of the day of the organization has reached its warning: $1.75 of $2.00 are spent.")
            let health = told.first { $0.subject?.kind == .provider }
            #expect(health?.summary == "The provider “acme” is unhealthy. It is down." && health?.severity == .critical)
            running.forEach { $0.cancel() }
            for task in running { await task.value }
            let again = try await viewer.ask(.dashboard(.quarterHour)).notices
            #expect(again.count { $0.subject?.kind == .budget } == 1, "told once, by one of the servers")
            let other = try await server.tenant().viewer(.operator).ask(.dashboard(.quarterHour)).notices
            #expect(!other.contains { $0.id == budget?.id || $0.id == health?.id })
        }
    }
}
