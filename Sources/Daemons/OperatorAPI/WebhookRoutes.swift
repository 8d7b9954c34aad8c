internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
package import Operations
internal import Tenancy
internal import Webhooks
internal import WireAPI

/// What the internal API serves of webhooks.
package struct WebhookRoutes: Sendable {
    private let product: WebhookProduct

    package init(_ product: WebhookProduct) { self.product = product }

    func add(to routes: inout ProtectedRoutes) {
        addEndpoints(to: &routes)
        addSteering(to: &routes)
        addDeliveries(to: &routes)
    }

    private func addEndpoints(to routes: inout ProtectedRoutes) {
        let (path, endpoints) = (OperatorWebhook.path, product.endpoints)
        routes.on(.get, path, needs: .webhookRead) { context, principal in
            .json(try await endpoints.list(for: context.actor(principal)))
        }
        routes.on(.post, path, needs: .webhookUpdate) { context, principal in
            let draft = try await context.decode(OperatorWebhookDraft.self)
            let made = try await endpoints.add(draft, to: principal.organizationID, by: context.actor(principal))
            return .json(made, status: 201).secret
        }
        routes.on(.get, path + "/{id}", needs: .webhookRead) { context, principal in
            .json(try await endpoints.find(context.parameter("id"), for: context.actor(principal)))
        }
        routes.on(.put, path + "/{id}", needs: .webhookUpdate) { context, principal in
            let draft = try await context.decode(OperatorWebhookDraft.self)
            return .json(
                try await endpoints.change(context.parameter("id"), to: draft, by: context.actor(principal)))
        }
        routes.on(.delete, path + "/{id}", needs: .webhookUpdate) { context, principal in
            try await endpoints.delete(context.parameter("id"), by: context.actor(principal))
            return .noContent
        }
    }

    /// A test waits for the endpoint.
    private static let testTimeout = RouteOptions(timeout: .seconds(30))

    private func addSteering(to routes: inout ProtectedRoutes) {
        let (path, steering) = (OperatorWebhook.path + "/{id}", product.steering)
        routes.on(.post, path + "/pause", needs: .webhookUpdate) { context, principal in
            .json(try await steering.pause(context.parameter("id"), by: context.actor(principal)))
        }
        routes.on(.post, path + "/resume", needs: .webhookUpdate) { context, principal in
            .json(try await steering.resume(context.parameter("id"), by: context.actor(principal)))
        }
        routes.on(.post, path + "/rotate", needs: .webhookUpdate) { context, principal in
            let rotation = try await context.decode(OperatorWebhookRotation.self)
            let rotated = try await steering.rotate(context.parameter("id"), rotation, by: context.actor(principal))
            return .json(rotated).secret
        }
        routes.on(.post, path + "/test", needs: .webhookUpdate, Self.testTimeout) { context, principal in
            .json(try await steering.test(context.parameter("id"), by: context.actor(principal)))
        }
    }

    private func addDeliveries(to routes: inout ProtectedRoutes) {
        let (path, deliveries) = (OperatorWebhook.path + "/{id}", product.deliveries)
        routes.on(.get, path + "/deliveries", needs: .webhookRead) { context, principal in
            let state = try context.query.choice("state", of: WebhookDelivery.State.self)
            let found = try await deliveries.page(
                of: context.parameter("id"), in: state, try context.pageRequest(), for: context.actor(principal))
            return .json(
                OperatorWebhookDeliveryPage(
                    results: found.items.map { OperatorWebhookDelivery($0) },
                    next: found.nextCursor { Keyset(createdAt: $0.createdAt, id: $0.id.uuid) }))
        }
        routes.on(.get, path + "/deliveries/{delivery}", needs: .webhookRead) { context, principal in
            .json(
                try await deliveries.find(
                    context.parameter("delivery"), to: context.parameter("id"), for: context.actor(principal)))
        }
        routes.on(.post, path + "/redeliver", needs: .webhookUpdate) { context, principal in
            let wish = try await context.decode(OperatorRedelivery.self)
            return .json(
                try await deliveries.redeliver(wish, to: context.parameter("id"), by: context.actor(principal)))
        }
    }
}
