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

    /// Providers, their keys, limits, prices and budgets are the organisation's, and every project uses them: a role in one is
    /// not enough to change what costs and fails in the others.
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
            let draft: OperatorProviderDraft = try await context.decode()
            let id = try await operations.making("provider.create", by: context.actor(principal)) {
                try await $0.changes.add(draft, for: principal)
            } thing: {
                .provider($0)
            }
            return .json(try await operations.catalogue.row(id, for: principal), status: 201)
        }
        routes.on(.put, path + "/{id}", needs: .providerUpdate) { context, principal in
            let id: ProviderID = try context.parameter("id")
            let draft: OperatorProviderDraft = try await context.decode()
            try await operations.changing("provider.update", .provider(id), by: context.actor(principal)) {
                try await $0.changes.change(id, to: draft, for: principal)
            }
            return .json(try await operations.catalogue.row(id, for: principal))
        }
        routes.on(.delete, path + "/{id}", needs: .providerDelete) { context, principal in
            let (id, revision) = (try context.parameter("id", as: ProviderID.self), try context.query.revision())
            try await operations.changing("provider.delete", .provider(id), by: context.actor(principal)) {
                try await $0.changes.delete(id, at: revision, for: principal)
            }
            return .noContent
        }
        routes.on(.put, path + "/{id}/limits", needs: .providerUpdate) { context, principal in
            let id: ProviderID = try context.parameter("id")
            let draft: OperatorCallLimitDraft = try await context.decode()
            try await operations.changing("provider.limit", .provider(id), by: context.actor(principal)) {
                try await $0.limits.set(draft, of: id, for: principal)
            }
            return .noContent
        }
        // What is drained says which permission that needs.
        routes.on(.put, OperatorDrainWish.path, needs: .modelUpdate) { context, principal in
            let wish: OperatorDrainWish = try await context.decode()
            guard let thing = wish.thing else {
                try await operations.drains.perform(wish, for: principal)
                return .noContent
            }
            let action = wish.isDrained ? "drain" : "undrain"
            try await operations.changing(action, thing, by: context.actor(principal)) {
                try await $0.drains.perform(wish, for: principal)
            }
            return .noContent
        }
    }

    private func addKeys(to routes: inout ProtectedRoutes) {
        let (path, operations) = (OperatorProvider.path + "/{id}/keys", operations)
        routes.on(.post, path, needs: .providerUpdate) { context, principal in
            let id: ProviderID = try context.parameter("id")
            let draft: OperatorProviderKeyDraft = try await context.decode()
            let key = try await operations.changing("provider.add_key", .provider(id), by: context.actor(principal)) {
                try await $0.keys.add(draft, to: id, for: principal)
            }
            return .json(key, status: 201)
        }
        routes.on(.put, path + "/{key}/state", needs: .providerUpdate) { context, principal in
            let (id, key): (ProviderID, ProviderKeyID) = (try context.parameter("id"), try context.parameter("key"))
            let change = try await context.decode(OperatorProviderKeyChange.self)
            return .json(
                try await operations.changing("provider.set_key", .provider(id), by: context.actor(principal)) {
                    try await $0.keys.set(key, of: id, to: change.state, for: principal)
                })
        }
        routes.on(.delete, path + "/{key}", needs: .providerUpdate) { context, principal in
            let (id, key): (ProviderID, ProviderKeyID) = (try context.parameter("id"), try context.parameter("key"))
            try await operations.changing("provider.delete_key", .provider(id), by: context.actor(principal)) {
                try await $0.keys.delete(key, of: id, for: principal)
            }
            return .noContent
        }
    }
}

extension OperatorDrainWish {
    /// What is taken out of service or put back; `nil` where the wish does not name one thing.
    fileprivate var thing: ProviderOperations.Thing? {
        switch (providerID, modelID) {
        case (let id?, nil): .provider(ProviderID(uuid: id))
        case (nil, let id?): .model(ModelID(uuid: id))
        case (nil, nil), (_?, _?): nil
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
