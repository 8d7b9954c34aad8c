internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Queueing
internal import Tenancy
internal import WireAPI

// Jobs and batches. Many jobs at once are steered by plans.
extension QueueRoutes {
    /// How many rows a page has without being asked, and at most.
    private static let pageSize = 50
    private static let largestPage = 200

    func addJobs(to routes: inout ProtectedRoutes) {
        let (jobs, details, actions, feed) = (product.jobs, product.details, product.actions, feed)
        let path = OperatorJobPage.path
        routes.on(.get, path, needs: .queueRead) { context, principal in
            let position = feed.position
            let order = try context.query.choice("order", of: OperatorJobOrder.self) ?? .newest
            let limit =
                try context.query.int("page_size", clampedTo: 1...Self.largestPage) ?? Self.pageSize
            let filter = try context.jobFilter()
            let place = try context.place().map(JobID.init(uuid:))
            let page = try await jobs.page(
                filter, order, behind: place, limit: limit, for: context.actor(principal))
            return .json(
                OperatorJobPage(
                    results: page.rows, next: page.next.flatMap { Cursor(behind: $0) }?.token,
                    eventsThrough: position?.description, searchedThrough: page.searchedThrough))
        }
        routes.on(.get, OperatorJobCounts.path, needs: .queueRead) { context, principal in
            let filter = try context.jobFilter()
            return .json(try await jobs.counts(filter, for: context.actor(principal)))
        }
        routes.on(.get, OperatorDeadLetters.path, needs: .queueRead) { context, principal in
            let batch = try context.query.uuid("batch_id").map(BatchID.init(uuid:))
            return .json(
                try await jobs.deadLetters(
                    in: context.query["queue"], of: batch, for: context.actor(principal)))
        }
        routes.on(.get, path + "/{id}", needs: .queueRead) { context, principal in
            .json(
                try await details.find(
                    context.parameter("id", as: JobID.self), for: context.actor(principal)))
        }
        routes.on(.post, path + "/{id}/actions", needs: .queueUpdate) { context, principal in
            let order = try await context.decode(OperatorJobOrderDraft.self)
            try await actions.act(
                order, on: context.parameter("id", as: JobID.self), by: context.actor(principal))
            return .noContent
        }
    }

    func addBatches(to routes: inout ProtectedRoutes) {
        let batches = product.batches
        let path = OperatorBatch.path
        routes.on(.get, path, needs: .queueRead) { context, principal in
            let limit =
                try context.query.int("page_size", clampedTo: 1...Self.largestPage) ?? Self.pageSize
            let page = try await batches.page(
                try context.batchStates(), behind: context.place().map(BatchID.init(uuid:)), limit: limit,
                for: context.actor(principal))
            return .json(
                OperatorBatchPage(results: page.rows, next: page.next.flatMap { Cursor(behind: $0) }?.token)
            )
        }
        routes.on(.get, path + "/{id}", needs: .queueRead) { context, principal in
            .json(
                try await batches.find(
                    context.parameter("id", as: BatchID.self), for: context.actor(principal)))
        }
        routes.on(.post, path + "/{id}/cancel", needs: .queueUpdate) { context, principal in
            .json(
                try await batches.cancel(
                    context.parameter("id", as: BatchID.self), by: context.actor(principal)))
        }
        routes.on(.post, path + "/{id}/retry", needs: .queueUpdate) { context, principal in
            .json(
                try await batches.retry(
                    context.parameter("id", as: BatchID.self), by: context.actor(principal)))
        }
    }
}

extension Cursor {
    /// The place behind something in the order of identifiers, which is that of their creation; `nil` for an identifier
    /// without a time in it.
    fileprivate init?<Entity>(behind id: EntityID<Entity>) {
        guard let date = id.uuid.versionSevenDate else { return nil }
        self.init(.after, Keyset(createdAt: date, id: id.uuid))
    }
}

extension RequestContext {
    /// Behind which identifier the page begins; `nil` at the beginning.
    fileprivate func place() throws -> UUID? {
        try query["cursor"].map { text in
            guard let cursor = Cursor(text), cursor.direction == .after else {
                throw APIProblem.invalid("cursor", "Not the cursor of a page of this list.")
            }
            return cursor.keyset.id
        }
    }

    /// Which jobs the query means.
    fileprivate func jobFilter() throws(OperatorInvalidParameter) -> OperatorJobFilter {
        try OperatorJobFilter(parameters: query.pairs.map { ($0.name, $0.value) })
    }

    fileprivate func batchStates() throws -> [OperatorBatch.State] {
        try query.list("state").map { text in
            guard let state = OperatorBatch.State(rawValue: text) else {
                let known = OperatorBatch.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw APIProblem.invalid("state", "“\(text)” is not a valid choice. Use one of: \(known).")
            }
            return state
        }
    }
}
