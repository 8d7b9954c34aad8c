import FoundationEssentials
import Scoring
import Spending
import Stores
import Tenancy
import Testing

/// Prices and budgets as operators enter them, in a real database.
@Suite struct MoneyKeepingTests {
    private static let date = Date(timeIntervalSince1970: 1_900_000_000)

    private func entry(
        _ tenant: Tenant, _ model: String, from days: Double, until end: Double? = nil, input: Int64 = 1
    ) -> PriceEntry {
        PriceEntry(
            id: tenant.world.identifiers.next(), organizationID: tenant.organization, provider: "acme", model: model,
            validFrom: Self.date.addingTimeInterval(days * 86_400),
            validUntil: end.map { Self.date.addingTimeInterval($0 * 86_400) },
            tariff: Tariff(input: Money(nanoDollars: input), output: Money(nanoDollars: 2)))
    }

    @Test func ofAModelOnePriceHoldsAtATime() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = PriceStore(database: world.database)
            let (first, second) = (entry(tenant, "m", from: 0), entry(tenant, "m", from: 10))
            #expect(try await store.store(first, replacing: nil) == .done(ended: nil))
            #expect(try await store.store(second, replacing: nil) == .done(ended: first))
            func listed() async throws -> [Revised<PriceEntry>] {
                try await store.revised(usableBy: tenant.organization).filter { $0.value.organizationID != nil }
            }
            #expect(try await listed().map(\.value.validUntil) == [nil, second.validFrom])
            let within = entry(tenant, "m", from: 3, until: 5)
            guard case .overlaps(let other) = try await store.store(within, replacing: nil) else {
                Issue.record("two prices would hold at the same time")
                return
            }
            #expect(other.id == first.id)
            let before = entry(tenant, "m", from: -5, until: 0)
            #expect(try await store.store(before, replacing: nil) == .done(ended: nil))
            #expect(try await store.store(entry(tenant, "other", from: 3), replacing: nil) == .done(ended: nil))
            // A change is compared with the others as well.
            let moved = PriceEntry(
                id: second.id, organizationID: tenant.organization, provider: "acme", model: "m",
                validFrom: Self.date.addingTimeInterval(5 * 86_400), tariff: second.tariff)
            guard case .overlaps = try await store.store(moved, replacing: 1) else {
                Issue.record("a price was moved over another one")
                return
            }
            let dearer = PriceEntry(
                id: second.id, organizationID: tenant.organization, provider: "acme", model: "m",
                validFrom: second.validFrom, tariff: Tariff(input: Money(nanoDollars: 9), output: .zero))
            #expect(try await store.store(dearer, replacing: 1) == .done(ended: nil))
            #expect(try await store.store(dearer, replacing: 1) == .outdated)
            #expect(try await store.delete(second.id, of: tenant.organization, at: 1) == .outdated)
            #expect(try await store.delete(second.id, of: nil, at: 2) == .missing)
            #expect(try await store.delete(second.id, of: tenant.organization, at: 2) == .done)
        }
    }

    @Test func twoWhoEnterPricesAtOnceDoNotOverlap() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = PriceStore(database: world.database)
            let stored = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<8 {
                    let one = entry(tenant, "m", from: Double(number), until: Double(number) + 4)
                    group.addTask {
                        if case .done = try await store.store(one, replacing: nil) { true } else { false }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            let held = try await store.list(usableBy: tenant.organization).filter { $0.organizationID != nil }
                .sorted { $0.validFrom < $1.validFrom }
            #expect(held.count == stored && stored >= 1)
            for (one, next) in zip(held, held.dropFirst()) {
                #expect(one.validUntil ?? .distantFuture <= next.validFrom)
            }
        }
    }

    private func budget(
        _ tenant: Tenant, _ scope: BudgetScope, limit: Int64, warnAt: Int64? = nil,
        _ enforcement: BudgetEnforcement = .hard
    ) -> Budget {
        Budget(
            id: tenant.world.identifiers.next(), organizationID: tenant.organization, scope: scope, period: .day,
            limit: Money(nanoDollars: limit), warnAt: warnAt.map { Money(nanoDollars: $0) }, enforcement: enforcement,
            createdAt: Self.date)
    }

    private func spend(_ tenant: Tenant, _ cost: Int64, _ id: UUID, at moment: Date = date) async throws {
        let scope = SpendingScope(organization: tenant.organization, id: id, day: UTCDay(moment))
        let sum = SpendingSum(cost: Money(nanoDollars: cost), calls: 1, promptTokens: 3, completionTokens: 2)
        _ = try await SpendingLedger(database: tenant.world.database).record(
            SpendingBatch(id: UUID(), scopes: [(scope, sum)], leased: []), of: UUID())
    }

    @Test func aBudgetIsToldOfOnceAtItsWarningAndOnceAtItsLimit() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = BudgetStore(database: world.database)
            let budget = budget(tenant, .project(tenant.project), limit: 100, warnAt: 60)
            #expect(try await store.add(budget))
            #expect(try await !store.add(self.budget(tenant, .project(tenant.project), limit: 1)))
            func told(at moment: Date = Self.date) async throws -> [BudgetAlert] {
                try await store.takeAlerts(at: moment).filter { $0.standing.budget.id == budget.id }
            }
            try await spend(tenant, 59, tenant.project.uuid)
            #expect(try await told().isEmpty)
            try await spend(tenant, 1, tenant.project.uuid)
            let rounds = try await withThrowingTaskGroup(of: [BudgetAlert].self) { group in
                for _ in 0..<4 { group.addTask { try await told() } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(rounds.map(\.level) == [.warned] && rounds.first?.scopeName == "Default")
            #expect(rounds.first?.standing.spent == Money(nanoDollars: 60))
            try await spend(tenant, 40, tenant.project.uuid)
            #expect(try await told().map(\.level) == [.exhausted])
            #expect(try await told().isEmpty)
            let tomorrow = Self.date.addingTimeInterval(86_400)
            try await spend(tenant, 70, tenant.project.uuid, at: tomorrow)
            #expect(try await told(at: tomorrow).map(\.level) == [.warned])
        }
    }

    @Test func budgetsAreChangedFromTheRevisionThatWasSeen() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let store = BudgetStore(database: world.database)
            let budget = budget(tenant, .organization, limit: 100)
            #expect(try await store.add(budget))
            func change(_ revision: Int, of organization: OrganizationID) async throws -> RevisedChange {
                try await store.change(
                    budget.id, of: organization, limit: Money(nanoDollars: 7), warnAt: nil, .soft, from: revision,
                    at: Self.date)
            }
            #expect(try await change(1, of: other.organization) == .missing)
            #expect(try await change(1, of: tenant.organization) == .done)
            #expect(try await change(1, of: tenant.organization) == .outdated)
            let now = try await store.revisedStandings(of: tenant.organization, at: Self.date)
            #expect(now.map(\.revision) == [2] && now.map(\.value.budget.limit.nanoDollars) == [7])
            #expect(try await store.delete(budget.id, of: tenant.organization, at: 1) == .outdated)
            #expect(try await store.delete(budget.id, of: tenant.organization, at: 2) == .done)
            let strange = self.budget(tenant, .apiKey(world.identifiers.next()), limit: 1)
            #expect(try await !store.add(strange), "a key of nobody's")
        }
    }

    @Test func spendersAreShownWithTheirDayAndTheirMonth() async throws {
        try await World.run { world in
            let tenant = try await world.tenant("Acme")
            let store = SpendingStore(database: world.database)
            let day = UTCDay(Self.date)
            try await spend(tenant, 5, tenant.organization.uuid)
            try await spend(tenant, 7, tenant.organization.uuid, at: day.startOfMonth.start)
            try await spend(tenant, 100, tenant.organization.uuid, at: day.startOfMonth.start.addingTimeInterval(-1))
            let found = try await store.spenders(of: tenant.organization, on: day)
            #expect(found.map(\.name) == ["Acme", "Default"])
            #expect(found.map(\.scope) == [.organization, .project(tenant.project)])
            #expect(found.map(\.today.cost.nanoDollars) == [5, 0] && found.map(\.month.cost.nanoDollars) == [12, 0])
            #expect(found.first?.month.calls == 2 && found.first?.today.promptTokens == 3)
            let days = try await store.days(
                of: .organization, in: tenant.organization, from: day.startOfMonth, through: day)
            #expect(days.mapValues(\.cost.nanoDollars) == [day: 5, day.startOfMonth: 7])
        }
    }
}
