internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Spending
internal import Tenancy
internal import WireAPI

extension ProviderRoutes {
    func addPrices(to routes: inout ProtectedRoutes) {
        let (path, operations) = (OperatorPrice.path, operations)
        routes.on(.get, path, needs: .priceRead) { _, principal in
            .json(try await operations.prices.list(for: principal))
        }
        routes.on(.post, path, needs: .priceUpdate) { context, principal in
            let draft: OperatorPriceDraft = try await context.decode()
            let made = try await operations.making("price.create", by: context.actor(principal)) {
                try await $0.prices.add(draft, for: principal)
            } thing: {
                .price(PriceEntryID(uuid: $0.price.id))
            }
            return .json(made, status: 201)
        }
        routes.on(.put, path + "/{id}", needs: .priceUpdate) { context, principal in
            let id: PriceEntryID = try context.parameter("id")
            let draft: OperatorPriceDraft = try await context.decode()
            return .json(
                try await operations.changing("price.update", .price(id), by: context.actor(principal)) {
                    try await $0.prices.change(id, to: draft, for: principal)
                })
        }
        routes.on(.delete, path + "/{id}", needs: .priceUpdate) { context, principal in
            let (id, revision) = (try context.parameter("id", as: PriceEntryID.self), try context.query.revision())
            try await operations.changing("price.delete", .price(id), by: context.actor(principal)) {
                try await $0.prices.delete(id, at: revision, for: principal)
            }
            return .noContent
        }
    }

    func addBudgets(to routes: inout ProtectedRoutes) {
        let (path, budgets, spending) = (OperatorBudget.path, operations.budgets, operations.spending)
        let operations = operations
        routes.on(.get, path, needs: .budgetRead) { _, principal in .json(try await budgets.list(for: principal)) }
        routes.on(.get, path + "/{id}", needs: .budgetRead) { context, principal in
            .json(try await budgets.find(context.parameter("id"), for: principal))
        }
        routes.on(.post, path, needs: .budgetUpdate) { context, principal in
            let draft: OperatorBudgetDraft = try await context.decode()
            let made = try await operations.making("budget.create", by: context.actor(principal)) {
                try await $0.budgets.add(draft, for: principal)
            } thing: {
                .budget(BudgetID(uuid: $0.id))
            }
            return .json(made, status: 201)
        }
        routes.on(.put, path + "/{id}", needs: .budgetUpdate) { context, principal in
            let id: BudgetID = try context.parameter("id")
            let draft: OperatorBudgetDraft = try await context.decode()
            return .json(
                try await operations.changing("budget.update", .budget(id), by: context.actor(principal)) {
                    try await $0.budgets.change(id, to: draft, for: principal)
                })
        }
        routes.on(.delete, path + "/{id}", needs: .budgetUpdate) { context, principal in
            let (id, revision) = (try context.parameter("id", as: BudgetID.self), try context.query.revision())
            try await operations.changing("budget.delete", .budget(id), by: context.actor(principal)) {
                try await $0.budgets.delete(id, at: revision, for: principal)
            }
            return .noContent
        }
        routes.on(.get, OperatorSpending.path, needs: .budgetRead) { _, principal in
            .json(try await spending.overview(for: principal))
        }
        routes.on(.get, OperatorSpending.path + "/days", needs: .budgetRead) { context, principal in
            let count = try context.query["days"].map { text in
                guard let count = Int(text) else { throw APIProblem.invalid("days", "A number is expected.") }
                return count
            }
            return .json(
                try await spending.days(of: try context.query.uuid("scope_id"), count ?? 31, for: principal))
        }
    }
}
