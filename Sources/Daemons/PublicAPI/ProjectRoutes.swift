internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    func addProjects(to routes: inout ProtectedRoutes) {
        routes.on(.get, "/v1/projects/", needs: .projectRead) { context, principal in
            let page = try context.pageRequest()
            return context.page(try await projects.list(page, for: principal), at: \.keyset, as: ProjectBody.init)
        }
        routes.on(.get, "/v1/projects/{id}/", needs: .projectRead) { context, principal in
            .json(ProjectBody(try await projects.find(context.parameter("id"), for: principal)))
        }
    }
}

extension Project {
    /// Its place in a list of projects.
    fileprivate var keyset: Keyset { Keyset(createdAt: createdAt, id: id.uuid) }
}
