package import FoundationEssentials
internal import Scoring
internal import Spending
package import Stores
package import Tenancy
package import WireAPI

/// Where the money of an organisation goes.
package struct SpendingFigures: Sendable {
    private let store: SpendingStore
    private let now: @Sendable () -> Date

    /// How many days back can be asked for.
    private static let longest = 400

    package init(store: SpendingStore, now: @escaping @Sendable () -> Date) {
        self.store = store
        self.now = now
    }

    /// All that can spend, with what it did today and this month.
    package func overview(for principal: Principal) async throws -> OperatorSpending {
        OperatorSpending(
            scopes: try await spenders(principal).map { spender in
                OperatorSpending.Scope(
                    scope: OperatorSpendingScope(spender.scope, spender.name),
                    today: OperatorSpendingSum(spender.today), month: OperatorSpendingSum(spender.month))
            })
    }

    /// What a project or a key of the organisation, or all of it, spent day by day up to today.
    /// - Throws: `NotFound`, `InvalidDefinition`.
    package func days(
        of id: UUID?, _ count: Int, for principal: Principal
    ) async throws -> OperatorSpendingDays {
        guard (1...Self.longest).contains(count) else {
            throw InvalidDefinition(problems: [
                .init(field: "days", message: "Ensure this value is between 1 and \(Self.longest).")
            ])
        }
        var scope = BudgetScope.organization
        if let id, id != principal.organizationID.uuid {
            guard let found = try await names(for: principal).keys.first(where: { $0.id == id }) else {
                throw NotFound("Project or API key")
            }
            scope = found
        }
        let today = UTCDay(now())
        let first = UTCDay(number: today.number - count + 1)
        let known = try await store.days(of: scope, in: principal.organizationID, from: first, through: today)
        return OperatorSpendingDays(
            days: (first.number...today.number).map { number in
                let day = UTCDay(number: number)
                return OperatorSpendingDays.Day(
                    start: day.start, sum: OperatorSpendingSum(known[day] ?? SpendingSum()))
            })
    }

    /// What people call all that can spend.
    func names(for principal: Principal) async throws -> [BudgetScope: String] {
        Dictionary(try await spenders(principal).map { ($0.scope, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    private func spenders(_ principal: Principal) async throws -> [Spender] {
        try await store.spenders(of: principal.organizationID, on: UTCDay(now()))
    }
}

extension BudgetScope {
    /// The project's or the key's; `nil` for all of the organisation.
    fileprivate var id: UUID? {
        switch self {
        case .organization: nil
        case .project(let id): id.uuid
        case .apiKey(let id): id.uuid
        }
    }
}

extension OperatorSpendingScope {
    init(_ scope: BudgetScope, _ name: String) {
        let kind: Kind =
            switch scope {
            case .organization: .organization
            case .project: .project
            case .apiKey: .apiKey
            }
        self.init(kind: kind, id: scope.id, name: name)
    }
}

extension OperatorSpendingSum {
    init(_ sum: SpendingSum) {
        self.init(
            cost: sum.cost.nanoDollars, calls: sum.calls, promptTokens: sum.promptTokens,
            completionTokens: sum.completionTokens)
    }
}
