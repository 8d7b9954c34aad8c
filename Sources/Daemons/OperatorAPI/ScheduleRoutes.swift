internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Queueing
internal import Tenancy
internal import WireAPI

// What is done again and again.
extension QueueRoutes {
    func addSchedules(to routes: inout ProtectedRoutes) {
        let schedules = product.schedules
        let path = OperatorSchedule.path
        routes.on(.get, path, needs: .queueRead) { context, principal in
            .json(try await schedules.list(for: context.actor(principal)))
        }
        routes.on(.post, path + "/{id}/pause", needs: .queueUpdate) { context, principal in
            .json(
                try await schedules.pause(
                    context.parameter("id", as: ScheduleID.self), by: context.actor(principal)))
        }
        routes.on(.post, path + "/{id}/resume", needs: .queueUpdate) { context, principal in
            .json(
                try await schedules.resume(
                    context.parameter("id", as: ScheduleID.self), by: context.actor(principal)))
        }
        routes.on(.post, path + "/{id}/run", needs: .queueUpdate) { context, principal in
            .json(
                try await schedules.run(
                    context.parameter("id", as: ScheduleID.self), by: context.actor(principal)), status: 201)
        }
    }
}
