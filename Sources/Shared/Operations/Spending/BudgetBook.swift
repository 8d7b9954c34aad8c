package import FoundationEssentials
internal import Scoring
package import Spending
package import Stores
package import Tenancy
package import WireAPI

/// The budgets of organisations, as operators see and make them.
package struct BudgetBook: Sendable {
    private let store: BudgetStore
    private let spending: SpendingFigures
    private let identifiers: IdentifierSource
    private let changes: Changes
    private let now: @Sendable () -> Date

    package init(
        store: BudgetStore, spending: SpendingFigures, identifiers: IdentifierSource, changes: Changes,
        now: @escaping @Sendable () -> Date
    ) {
        self.store = store
        self.spending = spending
        self.identifiers = identifiers
        self.changes = changes
        self.now = now
    }

    /// Every budget of the caller's organisation.
    package func list(for principal: Principal) async throws -> OperatorBudgetList {
        let moment = now()
        let known = try await store.revisedStandings(of: principal.organizationID, at: moment)
        let names = try await spending.names(for: principal)
        return OperatorBudgetList(
            results: known.map { OperatorBudget($0, names[$0.value.budget.scope] ?? "", at: moment) })
    }

    /// One budget.
    /// - Throws: `NotFound`.
    package func find(_ id: BudgetID, for principal: Principal) async throws -> OperatorBudget {
        guard let found = try await list(for: principal).results.first(where: { $0.id == id.uuid }) else {
            throw NotFound("Budget")
        }
        return found
    }

    /// Adds a budget. What was spent before counts.
    /// - Throws: `InvalidDefinition`, also when there is one of the same scope and period.
    package func add(_ draft: OperatorBudgetDraft, for principal: Principal) async throws -> OperatorBudget {
        let (id, moment) = identifiers.nextDated(Budget.self)
        let scope = try await scope(of: draft, principal)
        let budget = Budget(
            id: id, organizationID: principal.organizationID, scope: scope, period: BudgetPeriod(draft.period),
            limit: Money(nanoDollars: draft.limit), warnAt: draft.warnAt.map { Money(nanoDollars: $0) },
            enforcement: BudgetEnforcement(draft.enforcement), createdAt: moment)
        try budget.validate()
        guard try await store.add(budget) else {
            throw InvalidDefinition(problems: [
                .init(field: "scope", message: "There is a budget of this scope and period already. Change that one.")
            ])
        }
        await announce(id, scope, .created, principal)
        return try await find(id, for: principal)
    }

    /// Changes a budget's amounts and what happens at the limit; its scope and period stay.
    /// - Throws: `NotFound`, `InvalidDefinition`, `ChangedMeanwhile`.
    package func change(
        _ id: BudgetID, to draft: OperatorBudgetDraft, for principal: Principal
    ) async throws -> OperatorBudget {
        let current = try await known(id, principal)
        guard let revision = draft.revision else { throw ProviderChanges.noRevision }
        let changed = Budget(
            id: id, organizationID: current.organizationID, scope: current.scope, period: current.period,
            limit: Money(nanoDollars: draft.limit), warnAt: draft.warnAt.map { Money(nanoDollars: $0) },
            enforcement: BudgetEnforcement(draft.enforcement), createdAt: current.createdAt)
        try changed.validate()
        try await store.change(
            id, of: principal.organizationID, limit: changed.limit, warnAt: changed.warnAt, changed.enforcement,
            from: revision, at: now()
        ).require("Budget")
        await announce(id, current.scope, .updated, principal)
        return try await find(id, for: principal)
    }

    /// Lifts a budget.
    /// - Throws: `NotFound`, `ChangedMeanwhile`.
    package func delete(_ id: BudgetID, at revision: Int, for principal: Principal) async throws {
        let current = try await known(id, principal)
        try await store.delete(id, of: principal.organizationID, at: revision).require("Budget")
        await announce(id, current.scope, .deleted, principal)
    }

    private func known(_ id: BudgetID, _ principal: Principal) async throws -> Budget {
        let standings = try await store.standings(of: principal.organizationID, at: now())
        guard let found = standings.first(where: { $0.budget.id == id }) else { throw NotFound("Budget") }
        return found.budget
    }

    private func scope(of draft: OperatorBudgetDraft, _ principal: Principal) async throws -> BudgetScope {
        let scope: BudgetScope? =
            switch (draft.scope, draft.scopeID) {
            case (.organization, nil): .organization
            case (.project, let id?): .project(ProjectID(uuid: id))
            case (.apiKey, let id?): .apiKey(APIKeyID(uuid: id))
            case (.organization, _?), (.project, nil), (.apiKey, nil): nil
            }
        guard let scope, try await spending.names(for: principal)[scope] != nil else {
            throw InvalidDefinition(problems: [
                .init(field: "scope_id", message: "There is no such project or API key in your organization.")
            ])
        }
        return scope
    }

    private func announce(
        _ id: BudgetID, _ scope: BudgetScope, _ action: CatalogueChange.Action, _ principal: Principal
    ) async {
        let name = try? await spending.names(for: principal)[scope]  // ok: what was done is done, also without its name
        await changes.announce(
            CatalogueChange(.budget, id.uuid, named: name ?? "", action), by: principal)
    }
}

extension BudgetPeriod {
    fileprivate init(_ period: OperatorBudget.Period) {
        switch period {
        case .total: self = .total
        case .day: self = .day
        case .month: self = .month
        }
    }
}

extension BudgetEnforcement {
    fileprivate init(_ enforcement: OperatorBudget.Enforcement) {
        switch enforcement {
        case .hard: self = .hard
        case .soft: self = .soft
        }
    }
}

extension OperatorBudget {
    init(_ known: Revised<BudgetStanding>, _ name: String, at moment: Date) {
        let (standing, budget) = (known.value, known.value.budget)
        let period: Period =
            switch budget.period {
            case .total: .total
            case .day: .day
            case .month: .month
            }
        let state: Standing =
            if standing.spent >= budget.limit {
                .exhausted
            } else if let warnAt = budget.warnAt, standing.spent >= warnAt {
                .warned
            } else {
                .ok
            }
        let left = budget.limit.nanoDollars - standing.spent.nanoDollars - standing.leased.nanoDollars
        self.init(
            id: budget.id.uuid, scope: OperatorSpendingScope(budget.scope, name), period: period,
            limit: budget.limit.nanoDollars, warnAt: budget.warnAt?.nanoDollars,
            enforcement: budget.enforcement == .hard ? .hard : .soft, revision: known.revision,
            createdAt: budget.createdAt, spent: standing.spent.nanoDollars, leased: standing.leased.nanoDollars,
            remaining: max(0, left), resetsAt: budget.period.window(around: moment).next?.start, standing: state)
    }
}
