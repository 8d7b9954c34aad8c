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
        let (path, prices) = (OperatorPrice.path, operations.prices)
        routes.on(.get, path, needs: .priceRead) { _, principal in .json(try await prices.list(for: principal)) }
        routes.on(.post, path, needs: .priceUpdate) { context, principal in
            .json(try await prices.add(try await context.decode(), for: principal), status: 201)
        }
        routes.on(.put, path + "/{id}", needs: .priceUpdate) { context, principal in
            .json(
                try await prices.change(context.parameter("id"), to: try await context.decode(), for: principal))
        }
        routes.on(.delete, path + "/{id}", needs: .priceUpdate) { context, principal in
            try await prices.delete(context.parameter("id"), at: try context.query.revision(), for: principal)
            return .noContent
        }
    }

    func addBudgets(to routes: inout ProtectedRoutes) {
        let (path, budgets, spending) = (OperatorBudget.path, operations.budgets, operations.spending)
        routes.on(.get, path, needs: .budgetRead) { _, principal in .json(try await budgets.list(for: principal)) }
        routes.on(.get, path + "/{id}", needs: .budgetRead) { context, principal in
            .json(try await budgets.find(context.parameter("id"), for: principal))
        }
        routes.on(.post, path, needs: .budgetUpdate) { context, principal in
            .json(try await budgets.add(try await context.decode(), for: principal), status: 201)
        }
        routes.on(.put, path + "/{id}", needs: .budgetUpdate) { context, principal in
            .json(
                try await budgets.change(context.parameter("id"), to: try await context.decode(), for: principal))
        }
        routes.on(.delete, path + "/{id}", needs: .budgetUpdate) { context, principal in
            try await budgets.delete(context.parameter("id"), at: try context.query.revision(), for: principal)
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
