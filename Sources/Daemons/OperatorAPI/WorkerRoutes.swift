internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Tenancy
internal import WireAPI

// Those who run jobs.
extension QueueRoutes {
    func addWorkers(to routes: inout ProtectedRoutes) {
        let workers = product.workers
        routes.on(.get, OperatorWorker.path, needs: .queueRead) { context, principal in
            .json(try await workers.list(for: context.actor(principal)))
        }
    }
}
