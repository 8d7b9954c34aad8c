import FoundationEssentials
import Postgres
import Scoring
import Spending
import Tenancy
import Testing

@testable import Stores

/// Prices, limits, keys and budgets in a real database.
@Suite struct SpendingStoreTests {
    private static let date = Date(timeIntervalSince1970: 1_900_000_000)

    private func provider(_ tenant: Tenant, installed: Bool = false, key: [UInt8]? = nil) async throws -> Provider {
        let provider = Provider(
            id: tenant.world.identifiers.next(), organizationID: installed ? nil : tenant.organization,
            kind: .openAICompatible, name: "provider \(UUID())", baseURL: "https://acme.example/v1",
            hasKey: key != nil, isEnabled: true, createdAt: Self.date)
        try await ProviderStore(database: tenant.world.database).create(provider, sealedKey: key)
        return provider
    }

    private func key(
        of provider: Provider, _ tenant: Tenant, _ name: String, _ state: ProviderKeyState = .active
    ) -> StoredProviderKey {
        StoredProviderKey(
            id: tenant.world.identifiers.next(), providerID: provider.id, name: name, weight: 2, state: state,
            createdAt: Self.date)
    }

    // MARK: Prices

    @Test func pricesComeBackAsTheyWereAndReplaceThoseOfTheSameMoment() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let store = PriceStore(database: world.database)
            func entry(_ input: Int64, of organization: OrganizationID?, until: Date? = nil) -> PriceEntry {
                PriceEntry(
                    id: world.identifiers.next(), organizationID: organization, provider: "acme",
                    model: "model-\(tenant.organization)", validFrom: Self.date, validUntil: until,
                    tariff: Tariff(
                        input: Money(nanoDollars: input), output: Money(nanoDollars: 2),
                        cachedInput: Money(nanoDollars: 3), cacheWrite: Money(nanoDollars: 4),
                        longCacheWrite: Money(nanoDollars: 5), reasoning: Money(nanoDollars: 6),
                        audioInput: Money(nanoDollars: 7), audioOutput: Money(nanoDollars: 8),
                        image: Money(nanoDollars: 9), request: Money(nanoDollars: 10)))
            }
            let own = entry(1, of: tenant.organization, until: Self.date + 100)
            let installed = entry(20, of: nil)
            try await store.put(own)
            try await store.put(installed)
            func listed(_ organization: OrganizationID) async throws -> [PriceEntry] {
                try await store.list(usableBy: organization).filter { $0.model == own.model }
            }
            #expect(try await listed(tenant.organization) == [own, installed])
            #expect(try await listed(other.organization) == [installed])
            try await store.put(entry(30, of: nil))
            #expect(try await listed(other.organization).map(\.tariff.input.nanoDollars) == [30])
            #expect(try await listed(other.organization).map(\.id) == [installed.id])
            #expect(try await store.all(from: Self.date + 100).filter { $0.model == own.model }.count == 1)
            #expect(try await !store.delete(own.id, of: other.organization))
            #expect(try await !store.delete(installed.id, of: tenant.organization))
            #expect(try await store.delete(own.id, of: tenant.organization))
            #expect(try await store.delete(installed.id, of: nil))
        }
    }

    // MARK: Keys and limits

    @Test func keysAreGivenOutSealedToTheProxyAlone() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let provider = try await provider(tenant, key: [9])
            let store = ProviderKeyStore(database: world.database)
            let (first, second) = (key(of: provider, tenant, "first"), key(of: provider, tenant, "second"))
            #expect(try await store.add(first, sealed: [1], of: tenant.organization))
            #expect(try await store.add(second, sealed: [2], of: tenant.organization))
            #expect(
                try await !store.add(key(of: provider, tenant, "third"), sealed: [3], of: other.organization))
            await #expect(throws: Conflict.self) {
                try await store.add(key(of: provider, tenant, "first"), sealed: [3], of: tenant.organization)
            }
            let listed = try await store.list(of: provider.id, usableBy: tenant.organization)
            #expect(listed.filter { $0.id.uuid != provider.id.uuid } == [first, second])
            #expect(listed.first { $0.id.uuid == provider.id.uuid }?.state == .draining, "the key in its own row")
            #expect(try await store.list(of: provider.id, usableBy: other.organization).isEmpty)

            let own = try await store.sealedKeys(of: [provider.id])
            #expect(Set(own.map(\.box)) == [[1], [2], [9]])
            #expect(own.first { $0.box == [9] }?.key.state == .draining)
            #expect(try await store.setState(.revoked, first.id, of: tenant.organization, at: Self.date))
            #expect(try await !store.setState(.active, first.id, of: tenant.organization, at: Self.date))
            #expect(try await !store.setState(.draining, second.id, of: other.organization, at: Self.date))
            #expect(Set(try await store.sealedKeys(of: [provider.id]).map(\.box)) == [[2], [9]])
            #expect(try await store.delete(second.id, of: tenant.organization))
            #expect(try await store.sealedKeys(of: [provider.id]).map(\.box) == [[9]])
        }
    }

    @Test func limitsBelongToTheirProvider() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let (provider, foreign) = (try await provider(tenant), try await provider(other))
            let keys = ProviderKeyStore(database: world.database)
            let (key, foreignKey) = (key(of: provider, tenant, "key"), key(of: foreign, other, "key"))
            #expect(try await keys.add(key, sealed: [1], of: tenant.organization))
            #expect(try await keys.add(foreignKey, sealed: [1], of: other.organization))
            let store = CallLimitStore(database: world.database)
            func rule(_ subject: CallLimitSubject, _ limits: CallLimits) -> CallLimitRule {
                CallLimitRule(
                    id: world.identifiers.next(), providerID: provider.id, subject: subject, limits: limits)
            }
            let all = [
                rule(.provider, CallLimits(requestsPerMinute: 60, tokensPerMinute: 5_000_000_000, concurrency: 3)),
                rule(.key(key.id), CallLimits(concurrency: 1)), rule(.model("m"), CallLimits(tokensPerMinute: 7)),
            ]
            for rule in all { #expect(try await store.put(rule, of: tenant.organization)) }
            #expect(Set(try await store.list(at: provider.id, usableBy: tenant.organization)) == Set(all))
            #expect(try await store.list(at: provider.id, usableBy: other.organization).isEmpty)
            #expect(
                try await !store.put(rule(.key(foreignKey.id), CallLimits(concurrency: 1)), of: tenant.organization))
            #expect(try await !store.put(rule(.provider, CallLimits(concurrency: 1)), of: other.organization))
            #expect(try await store.put(rule(.provider, CallLimits(concurrency: 9)), of: tenant.organization))
            let ofProvider = try await store.all().first { $0.providerID == provider.id && $0.subject == .provider }
            #expect(ofProvider?.limits == CallLimits(concurrency: 9) && ofProvider?.id == all[0].id)
            #expect(try await store.delete(all[2].id, of: tenant.organization))
            #expect(try await keys.delete(key.id, of: tenant.organization))
            #expect(try await store.list(at: provider.id, usableBy: tenant.organization).count == 1)
        }
    }

    // MARK: Budgets

    @Test func aBudgetShowsWhatWasSpentInItsPeriodAndScope() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let (budgets, ledger) = (BudgetStore(database: world.database), SpendingLedger(database: world.database))
            func budget(_ scope: BudgetScope, _ period: BudgetPeriod, _ limit: Int64) -> Budget {
                Budget(
                    id: world.identifiers.next(), organizationID: tenant.organization, scope: scope, period: period,
                    limit: Money(nanoDollars: limit), warnAt: Money(nanoDollars: 1), enforcement: .soft,
                    createdAt: Self.date)
            }
            let all = [
                budget(.organization, .day, 100), budget(.organization, .month, 200),
                budget(.organization, .total, 300), budget(.project(tenant.project), .month, 50),
            ]
            for budget in all { try await budgets.put(budget) }
            let today = UTCDay(Self.date)
            func spend(_ cost: Int64, _ id: UUID, _ day: UTCDay) async throws {
                let scope = SpendingScope(organization: tenant.organization, id: id, day: day)
                let sum = SpendingSum(cost: Money(nanoDollars: cost), calls: 1)
                _ = try await ledger.record(
                    SpendingBatch(id: UUID(), scopes: [(scope, sum)], leased: []), of: UUID())
            }
            try await spend(1, tenant.organization.uuid, today)
            try await spend(10, tenant.organization.uuid, today.startOfMonth)
            try await spend(100, tenant.organization.uuid, UTCDay(number: today.startOfMonth.number - 1))
            try await spend(7, tenant.project.uuid, today)
            let standings = try await budgets.standings(of: tenant.organization, at: Self.date)
            #expect(Set(standings.map(\.budget)) == Set(all))
            func spent(_ budget: Budget) -> Int64? {
                standings.first { $0.budget.id == budget.id }?.spent.nanoDollars
            }
            #expect(today.number > today.startOfMonth.number)
            #expect(all.map(spent) == [1, 11, 111, 7])
            try await budgets.put(budget(.organization, .day, 5))
            let replaced = try await budgets.standings(of: tenant.organization, at: Self.date)
            #expect(replaced.first { $0.budget.id == all[0].id }?.budget.limit == Money(nanoDollars: 5))
            let strange = budget(.project(world.identifiers.next()), .day, 5)
            await #expect(throws: Conflict.self) { try await budgets.put(strange) }
            #expect(try await budgets.delete(all[0].id, of: tenant.organization))
        }
    }

    @Test func leasesAndSpendingTogetherStayWithinTheLimit() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let (budgets, ledger) = (BudgetStore(database: world.database), SpendingLedger(database: world.database))
            let budget = Budget(
                id: world.identifiers.next(), organizationID: tenant.organization, scope: .organization,
                period: .month, limit: Money(nanoDollars: 1000), createdAt: Self.date)
            try await budgets.put(budget)
            let key = BudgetWindowKey(budget: budget.id, firstDay: BudgetPeriod.month.window(around: Self.date).first)
            func take(
                _ holder: UUID, wish: Int64, minimum: Int64 = 0, returned: Int64 = 0, lifetime: Duration = .seconds(60)
            ) async throws -> BudgetLease {
                let request = LeaseRequest(
                    key: key, returned: Money(nanoDollars: returned), minimum: Money(nanoDollars: minimum),
                    wish: Money(nanoDollars: wish))
                return try #require(
                    try await ledger.exchange([request], of: holder, lifetime: lifetime).first)
            }
            let (one, other, third) = (UUID(), UUID(), UUID())
            #expect(try await take(one, wish: 600, minimum: 600).amount.nanoDollars == 600)
            let second = try await take(other, wish: 1000, minimum: 100)
            #expect(second.amount.nanoDollars == 200, "half of what is left")
            #expect(second.elsewhere.nanoDollars == 600 && second.left.nanoDollars == 200)
            #expect(try await take(third, wish: 500, minimum: 300).amount == .zero)
            // What one of them spends is said to be wanted by another.
            let scope = SpendingScope(
                organization: tenant.organization, id: tenant.organization.uuid, day: UTCDay(Self.date))
            let wanted = try await ledger.record(
                SpendingBatch(
                    id: UUID(), scopes: [(scope, SpendingSum(cost: Money(nanoDollars: 150), calls: 1))],
                    leased: [(key, Money(nanoDollars: 150))]), of: one)
            #expect(wanted == [key])
            let renewed = try await take(one, wish: 0, returned: 400)
            #expect(renewed.amount.nanoDollars == 50 && renewed.spent.nanoDollars == 150)
            #expect(renewed.left.nanoDollars == 600)
            #expect(
                try await take(third, wish: 500, minimum: 300, lifetime: .milliseconds(1)).amount.nanoDollars == 300)
            // The third one's lease has ended: nobody knows what became of it.
            try await world.database.execute(
                "UPDATE budget_leases SET expires_at = now() - interval '1 second' WHERE holder = \(third)")
            let left = try await take(other, wish: 300, minimum: 300)
            #expect(left.amount.nanoDollars == 500 && left.left == .zero)
            #expect(left.spent.nanoDollars == 450 && left.elsewhere.nanoDollars == 50)
            let standing = try await budgets.standings(of: tenant.organization, at: Self.date).first
            #expect(standing?.spent.nanoDollars == 450 && standing?.leased.nanoDollars == 550)
            // It is back, and has needed little.
            let back = try await take(third, wish: 0, returned: 280)
            #expect(back.amount.nanoDollars == 20 && back.spent.nanoDollars == 150 && back.left.nanoDollars == 280)
            #expect(try await take(other, wish: 280, minimum: 280).amount.nanoDollars == 780)
            #expect(try await take(one, wish: 1, minimum: 1).left == .zero)
            // What the dead had is forgotten with its period.
            try await world.database.execute("UPDATE budget_leases SET expires_at = \(Self.date)")
            let nextMonth = UTCDay(Self.date).startOfNextMonth.start
            for (moment, count) in [(nextMonth - 1, 3), (nextMonth + 1, 0)] {
                try await ledger.forget(before: moment)
                let leases = try await world.database.query(
                    "SELECT FROM budget_leases WHERE budget_id = \(budget.id)")
                #expect(leases.count == count)
            }
            #expect(try await budgets.delete(budget.id, of: tenant.organization))
            #expect(try await ledger.exchange([], of: one, lifetime: .seconds(1)).isEmpty)
        }
    }

    @Test func nobodySeesAnotherOrganisationsMoneyOrAnyKey() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let provider = try await provider(tenant)
            _ = try await ProviderKeyStore(database: world.database).add(
                key(of: provider, tenant, "key"), sealed: [1], of: tenant.organization)
            let installed = try await self.provider(tenant, installed: true)
            _ = try await ProviderKeyStore(database: world.database).add(
                key(of: installed, tenant, "key"), sealed: [1], of: nil)
            try await BudgetStore(database: world.database).put(
                Budget(
                    id: world.identifiers.next(), organizationID: tenant.organization, scope: .organization,
                    period: .day, limit: .zero, createdAt: Self.date))
            try await world.database.withConnection { connection in
                defer { connection.discard() }
                try await connection.run(
                    script: """
                        DO $$ BEGIN
                            PERFORM pg_advisory_xact_lock(1);
                            IF to_regrole('wall_reader') IS NULL THEN CREATE ROLE wall_reader; END IF;
                            GRANT SELECT ON ALL TABLES IN SCHEMA public TO wall_reader;
                        END $$;
                        SET ROLE wall_reader
                        """)
                try await connection.execute(
                    "SELECT set_config('scorable.organization_id', \(other.organization.description), false)")
                for table in ["provider_keys", "budgets", "spending", "budget_leases", "spending_batches"] {
                    let rows = try await connection.query("SELECT count(*) AS total FROM \(identifier: table)")
                    #expect(try rows.first?.decode("total") == 0, "\(table)")
                }
            }
        }
    }
}
