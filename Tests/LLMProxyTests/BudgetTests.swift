import ChatModel
import EventLoop
import FoundationEssentials
import Observability
import Postgres
import Scoring
import Spending
import Stores
import Tenancy
import TestSupport
import Testing

@testable import LLMProxy

/// Budgets that several proxies share through a real PostgreSQL.
@Suite struct BudgetTests {
    /// Runs a test with so many proxies.
    private func with(
        _ count: Int, _ settings: BudgetSettings = BudgetSettings(),
        _ body: @escaping @Sendable (BudgetWorld, [PayingProxy]) async throws -> Void
    ) async throws {
        let world = try await BudgetWorld.shared()
        try await RoomLoops.run {
            let proxies = (0..<count).map { _ in PayingProxy(world, settings) }
            try await body(world, proxies)
            for proxy in proxies { await proxy.stop() }
        }
    }

    @Test(arguments: [1, 2])
    func twoHundredCallersNeverSettleAboveTheLimit(proxyCount: Int) async throws {
        try await with(proxyCount) { world, proxies in
            let payer = try await world.payer()
            try await world.budget(100_000, for: payer)
            let passed = Crowd()
            let settled = Note(Int64(0))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        // At most 10,000 each, so that ten may run at a time; they cost a tenth to the whole of that.
                        let cost = Int64(1000 + 9000 * (index % 10) / 9)
                        for _ in 0..<3 {
                            let isThrough = try await proxies[index % proxyCount].call(
                                payer, worst: 10_000, cost: cost, lasting: .milliseconds(Int64(index % 5)))
                            guard isThrough else { return }
                            passed.enter()
                            settled.update { $0 += cost }
                        }
                    }
                }
                try await group.waitForAll()
            }
            for proxy in proxies { await proxy.stop() }
            let spent = try await world.spent(payer.organization.uuid)
            #expect(spent == settled.value)
            #expect(spent <= 100_000, "\(spent) spent by \(passed.total) calls")
            #expect(spent > 60_000, "\(spent) spent by \(passed.total) calls")
            #expect(try await world.leased(payer.organization) == 0)
            for id in [payer.project?.uuid, payer.apiKey?.uuid].compactMap({ $0 }) {
                #expect(try await world.spent(id) == spent)
            }
        }
    }

    @Test func theNarrowestBudgetDecides() async throws {
        try await with(1) { world, proxies in
            let payer = try await world.payer()
            let project = try #require(payer.project)
            let key = try #require(payer.apiKey)
            try await world.budget(1_000_000, for: payer)
            try await world.budget(50_000, for: payer, .project(project), .day)
            let narrow = try await world.budget(3000, for: payer, .apiKey(key), .total)
            #expect(try await proxies[0].call(payer, worst: 3000, cost: 2500))
            let refusal = await #expect(throws: BudgetRefusal.self) {
                try await proxies[0].budgets.reserve(payer, Money(nanoDollars: 1000), until: .after(.seconds(5)))
            }
            #expect(refusal?.kind == .exhausted && refusal?.standing?.budget.id == narrow.id)
            #expect(refusal?.standing?.spent == Money(nanoDollars: 2500) && refusal?.resetsAt == nil)
            #expect(
                refusal?.description == """
                    the budget of API key \(key), $0.000003, has $0.0000025 spent; this call may cost up to $0.000001
                    """)
            // Without that key only the wider ones count.
            let other = Payer(organization: payer.organization, project: project)
            #expect(try await proxies[0].call(other, worst: 40_000, cost: 100))
            let daily = await #expect(throws: BudgetRefusal.self) {
                try await proxies[0].budgets.reserve(other, Money(nanoDollars: 60_000), until: .after(.seconds(5)))
            }
            #expect(daily?.resetsAt.map { $0 > Date() && $0 <= Date() + 86_400 } == true)
        }
    }

    @Test func aCallWithoutBudgetsIsBookedAndNeverHeldUp() async throws {
        try await with(1) { world, proxies in
            let payer = try await world.payer()
            for _ in 0..<1000 { #expect(try await proxies[0].call(payer, worst: 1_000_000, cost: 7)) }
            for _ in 0..<10 {
                let reservation = try await proxies[0].budgets.reserve(
                    payer, Money(nanoDollars: 5), until: .after(.seconds(5)))
                reservation.release()
            }
            #expect(
                try await becomesTrue { try await world.spent(payer.organization.uuid) == 7000 })
            let rows = try await world.database.query(
                """
                SELECT calls, prompt_tokens, completion_tokens FROM spending
                WHERE scope_id = \(payer.organization) ORDER BY day LIMIT 1
                """)
            #expect(try rows.first?.decode("calls") == 1000)
            #expect(try rows.first?.decode("prompt_tokens") == 3000)
            #expect(try rows.first?.decode("completion_tokens") == 4000)
        }
    }

    @Test func whatWasSpentBeforeABudgetWasMadeCounts() async throws {
        try await with(1) { world, proxies in
            let payer = try await world.payer()
            #expect(try await proxies[0].call(payer, worst: 5000, cost: 4000))
            #expect(try await becomesTrue { try await world.spent(payer.organization.uuid) == 4000 })
            try await world.budget(10_000, for: payer)
            proxies[0].budgets.invalidate(payer.organization)
            #expect(
                try await becomesTrue { try await !proxies[0].call(payer, worst: 6001, cost: 0) })
            #expect(try await proxies[0].call(payer, worst: 6000, cost: 6000))
        }
    }

    @Test func moneyThatAnotherProxyDoesNotUseComesOver() async throws {
        try await with(2) { world, proxies in
            let payer = try await world.payer()
            try await world.budget(100_000, for: payer)
            // The first has set aside nine tenths and lets them go again.
            let first = try await proxies[0].budgets.reserve(
                payer, Money(nanoDollars: 90_000), until: .after(.seconds(5)))
            #expect(try await !proxies[1].call(payer, worst: 20_000, cost: 0))
            first.release()
            #expect(
                try await becomesTrue { try await proxies[1].call(payer, worst: 95_000, cost: 1) })
        }
    }

    @Test func aCallWaitsForWhatOthersWillNotNeed() async throws {
        var settings = BudgetSettings()
        settings.patience = .seconds(10)
        settings.databasePatience = .seconds(15)
        try await with(1, settings) { world, proxies in
            let payer = try await world.payer()
            try await world.budget(10_000, for: payer)
            let first = try await proxies[0].budgets.reserve(
                payer, Money(nanoDollars: 9000), until: .after(.seconds(5)))
            let isThrough = try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask { try await proxies[0].call(payer, worst: 5000, cost: 10) }
                // Not even all that is set aside would be enough for this one.
                let refusal = await #expect(throws: BudgetRefusal.self) {
                    try await proxies[0].budgets.reserve(
                        payer, Money(nanoDollars: 10_001), until: .after(.seconds(5)))
                }
                #expect(refusal?.kind == .exhausted && refusal?.isPassing == false)
                first.settle(Money(nanoDollars: 1000), promptTokens: 1, completionTokens: 1)
                return try await group.next() ?? false
            }
            #expect(isThrough)
            #expect(
                try await becomesTrue { try await world.spent(payer.organization.uuid) == 1010 })
        }
    }

    @Test func whoIsOnlyInTheWayOfOthersIsToldToComeBack() async throws {
        try await with(1) { world, proxies in
            let payer = try await world.payer()
            try await world.budget(10_000, for: payer)
            let first = try await proxies[0].budgets.reserve(
                payer, Money(nanoDollars: 9000), until: .after(.seconds(5)))
            let refusal = await #expect(throws: BudgetRefusal.self) {
                try await proxies[0].budgets.reserve(payer, Money(nanoDollars: 5000), until: .after(.seconds(5)))
            }
            let failure = ChatFailure(try #require(refusal), at: Date())
            #expect(failure.isTransient && failure.retryAfter == .seconds(1) && failure.code == .overBudget)
            first.release()
        }
    }

    @Test func aLimitThatIsLoweredHoldsAlsoForWhatIsHeldAlready() {
        let now = Moment.now
        func budget(_ limit: Int64) -> Budget {
            Budget(
                id: BudgetID(uuid: UUID(high: 1, low: 1)), organizationID: OrganizationID(uuid: UUID(high: 1, low: 2)),
                scope: .organization, period: .total, limit: Money(nanoDollars: limit), createdAt: Date())
        }
        let account = BudgetAccount(budget(1000), BudgetPeriod.total.window(around: Date()))
        func lease(_ amount: Int64, left: Int64) -> BudgetLease {
            BudgetLease(
                key: account.key, amount: Money(nanoDollars: amount), spent: .zero, elsewhere: .zero,
                left: Money(nanoDollars: left))
        }
        let ten = Money(nanoDollars: 10)
        _ = account.beginExchange(first: ten, all: ten, at: now)
        account.endExchange(lease(500, left: 500), began: now, lifetime: .seconds(10))
        #expect(account.covers(Money(nanoDollars: 500), at: now))
        account.adopt(BudgetStanding(budget: budget(100), spent: .zero, leased: .zero))
        #expect(!account.covers(ten, at: now), "the ledger is asked first")
        let request = account.beginExchange(first: ten, all: ten, at: now)
        #expect(request.returned.nanoDollars == 490)
        account.endExchange(lease(10, left: -1), began: now, lifetime: .seconds(10))
        #expect(account.covers(Money(nanoDollars: 9), at: now) && !account.covers(ten, at: now))
    }

    @Test func aSoftBudgetWarnsAndLetsThrough() async throws {
        try await with(1) { world, proxies in
            let payer = try await world.payer()
            let soft = try await world.budget(1000, for: payer, warnAt: 500, .soft)
            #expect(try await proxies[0].call(payer, worst: 600, cost: 600))
            let second = try await proxies[0].budgets.reserve(
                payer, Money(nanoDollars: 600), until: .after(.seconds(5)))
            #expect(second.warnings == [BudgetWarning(budget: soft.id, level: .nearlyUsed)])
            second.settle(Money(nanoDollars: 600), promptTokens: 0, completionTokens: 0)
            let third = try await proxies[0].budgets.reserve(
                payer, Money(nanoDollars: 600), until: .after(.seconds(5)))
            #expect(third.warnings.map(\.level) == [.used])
            let text = String(decoding: proxies[0].metrics.exposition(), as: UTF8.self)
            #expect(text.contains(#"scorable_llm_budget_warnings_total{level="nearly_used"} 1"#))
            #expect(text.contains(#"scorable_llm_budget_warnings_total{level="used"} 1"#))
        }
    }

    @Test func aNewDayBeginsWithAFullBudget() async throws {
        let world = try await BudgetWorld.shared()
        try await RoomLoops.run {
            let wall = Note(Date(timeIntervalSince1970: 1_900_000_000))
            let proxy = PayingProxy(world, now: { wall.value })
            let payer = try await world.payer()
            try await world.budget(1000, for: payer, .organization, .day)
            #expect(try await proxy.call(payer, worst: 1000, cost: 1000))
            let refusal = await #expect(throws: BudgetRefusal.self) {
                try await proxy.budgets.reserve(payer, Money(nanoDollars: 1), until: .after(.seconds(5)))
            }
            let resetsAt = try #require(refusal?.resetsAt)
            #expect(resetsAt > wall.value && resetsAt <= wall.value + 86_400)
            wall.value = resetsAt
            #expect(try await proxy.call(payer, worst: 1000, cost: 1))
            // A clock that goes back finds the old day as it was left.
            wall.value = Date(timeIntervalSince1970: 1_900_000_000)
            #expect(try await !proxy.call(payer, worst: 1, cost: 1))
            await proxy.stop()
        }
    }

    @Test func fixedBudgetsNeedNoDatabase() async throws {
        try await RoomLoops.run {
            let payer = Payer(organization: OrganizationID(uuid: UUID()))
            let budget = Budget(
                id: BudgetID(uuid: UUID()), organizationID: payer.organization, scope: .organization, period: .total,
                limit: Money(nanoDollars: 1000), createdAt: Date())
            let book = FixedBudgets([budget])
            let budgets = Budgets(
                source: book.source, loop: RoomLoops.group.next(), settings: BudgetSettings(),
                metrics: Metrics(), logger: silentLogger, now: { Date() })
            budgets.start()
            for expected in [true, true, false] {
                let reservation = try? await budgets.reserve(  // ok: compared
                    payer, Money(nanoDollars: 500), until: .after(.seconds(5)))
                #expect((reservation != nil) == expected)
                reservation?.settle(Money(nanoDollars: 450), promptTokens: 1, completionTokens: 1)
            }
            #expect(budgets.standings(of: payer.organization).map(\.spent) == [Money(nanoDollars: 900)])
            // A larger one of the same identifier goes on where it was.
            let larger = Budget(
                id: budget.id, organizationID: payer.organization, scope: .organization, period: .total,
                limit: Money(nanoDollars: 1400), createdAt: budget.createdAt)
            book.replace(with: [larger])
            budgets.invalidate(nil)
            let isLarger = try await becomesTrue {
                let reservation = try? await budgets.reserve(  // ok: compared
                    payer, Money(nanoDollars: 500), until: .after(.seconds(5)))
                return reservation != nil
            }
            #expect(isLarger)
            await #expect(throws: BudgetRefusal.self) {
                try await budgets.reserve(payer, Money(nanoDollars: 501), until: .after(.seconds(5)))
            }
            await budgets.stop(within: .seconds(1))
        }
    }
}
