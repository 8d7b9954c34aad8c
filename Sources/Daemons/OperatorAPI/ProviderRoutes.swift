internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
package import Operations
internal import Scoring
internal import Spending
internal import Tenancy
internal import WireAPI

/// What the internal API serves of providers, models, prices and budgets.
package struct ProviderRoutes: Sendable {
    let operations: ProviderOperations

    /// How long a handler may take that waits for models to answer.
    static let modelsTimeout = RouteOptions(timeout: .seconds(130))

    package init(_ operations: ProviderOperations) { self.operations = operations }

    func add(to routes: inout ProtectedRoutes) {
        addProviders(to: &routes)
        addProviderChanges(to: &routes)
        addKeys(to: &routes)
        addModels(to: &routes)
        addTrials(to: &routes)
        addPrices(to: &routes)
        addBudgets(to: &routes)
    }

    private func addProviders(to routes: inout ProtectedRoutes) {
        let (path, catalogue) = (OperatorProvider.path, operations.catalogue)
        routes.on(.get, path, needs: .providerRead) { _, principal in
            .json(try await catalogue.list(for: principal))
        }
        routes.on(.get, path + "/{id}", needs: .providerRead) { context, principal in
            .json(try await catalogue.find(context.parameter("id"), for: principal))
        }
        routes.on(.get, path + "/{id}/effects", needs: .providerRead) { context, principal in
            .json(try await catalogue.effects(context.parameter("id"), for: principal))
        }
        routes.on(.get, path + "/{id}/history", needs: .providerRead) { context, principal in
            let window = try context.query.choice("window", of: OperatorProviderHistory.Window.self) ?? .day
            return .json(
                try await catalogue.history(
                    context.parameter("id"), window, upstreamModel: context.query["upstream_model"], for: principal))
        }
    }

    private func addProviderChanges(to routes: inout ProtectedRoutes) {
        let (path, operations) = (OperatorProvider.path, operations)
        routes.on(.post, path, needs: .providerCreate) { context, principal in
            let id = try await operations.changes.add(try await context.decode(), for: principal)
            return .json(try await operations.catalogue.row(id, for: principal), status: 201)
        }
        routes.on(.put, path + "/{id}", needs: .providerUpdate) { context, principal in
            let id: ProviderID = try context.parameter("id")
            try await operations.changes.change(id, to: try await context.decode(), for: principal)
            return .json(try await operations.catalogue.row(id, for: principal))
        }
        routes.on(.delete, path + "/{id}", needs: .providerDelete) { context, principal in
            try await operations.changes.delete(
                context.parameter("id"), at: try context.query.revision(), for: principal)
            return .noContent
        }
        routes.on(.put, path + "/{id}/limits", needs: .providerUpdate) { context, principal in
            try await operations.limits.set(
                try await context.decode(), of: context.parameter("id"), for: principal)
            return .noContent
        }
        // What is drained says which permission that needs.
        routes.on(.put, OperatorDrainWish.path, needs: .modelRead) { context, principal in
            try await operations.drains.perform(try await context.decode(), for: principal)
            return .noContent
        }
    }

    private func addKeys(to routes: inout ProtectedRoutes) {
        let (path, keys) = (OperatorProvider.path + "/{id}/keys", operations.keys)
        routes.on(.post, path, needs: .providerUpdate) { context, principal in
            .json(
                try await keys.add(try await context.decode(), to: context.parameter("id"), for: principal),
                status: 201)
        }
        routes.on(.put, path + "/{key}/state", needs: .providerUpdate) { context, principal in
            let change = try await context.decode(OperatorProviderKeyChange.self)
            return .json(
                try await keys.set(
                    context.parameter("key"), of: context.parameter("id"), to: change.state, for: principal))
        }
        routes.on(.delete, path + "/{key}", needs: .providerUpdate) { context, principal in
            try await keys.delete(context.parameter("key"), of: context.parameter("id"), for: principal)
            return .noContent
        }
    }
}

extension QueryParameters {
    /// Which revision a change began from.
    func revision() throws -> Int {
        guard let revision = self["revision"].flatMap({ Int($0) }) else {
            throw APIProblem.invalid("revision", "Say which revision you looked at.")
        }
        return revision
    }
}
