internal import Access
internal import HTTPMessages
internal import HTTPServing
package import Operations
internal import Tenancy
internal import WireAPI

/// What the internal API serves of background work.
package struct QueueRoutes: Sendable {
    let product: QueueProduct
    let feed: EventFeed

    package init(product: QueueProduct, feed: EventFeed) {
        self.product = product
        self.feed = feed
    }

    func add(to routes: inout ProtectedRoutes) {
        addQueues(to: &routes)
        addJobs(to: &routes)
        addBatches(to: &routes)
        addWorkers(to: &routes)
        addSchedules(to: &routes)
    }

    private func addQueues(to routes: inout ProtectedRoutes) {
        let (queues, controls, feed) = (product.queues, product.controls, feed)
        routes.on(.get, OperatorQueue.path, needs: .queueRead) { context, principal in
            // Asked for before the queues are read: a stream opened after it misses nothing.
            let position = feed.position
            return .json(
                try await queues.list(for: context.actor(principal), eventsThrough: position?.description))
        }
        routes.on(.get, OperatorQueue.path + "/{name}", needs: .queueRead) { context, principal in
            let window = try context.query.choice("window", of: OperatorDashboardWindow.self) ?? .hour
            return .json(
                try await queues.find(
                    context.pathParameters["name"], window: window, for: context.actor(principal)))
        }
        routes.on(.get, OperatorQueueLimits.path, needs: .queueRead) { context, principal in
            .json(try await queues.limits(for: context.actor(principal)))
        }
        routes.on(.get, OperatorQueueControlChange.path, needs: .queueRead) { context, principal in
            .json(try await controls.list(for: context.actor(principal)))
        }
        routes.on(.put, OperatorQueueControlChange.path, needs: .queueUpdate) {
            context, principal in
            let change = try await context.decode(OperatorQueueControlChange.self)
            return .json(try await controls.change(change, by: context.actor(principal)))
        }
    }
}

extension RequestContext {
    /// The caller, as the audit keeps them.
    func actor(_ principal: Principal) -> AuditActor {
        AuditActor(principal, from: remoteAddress, requestID: requestID)
    }
}
