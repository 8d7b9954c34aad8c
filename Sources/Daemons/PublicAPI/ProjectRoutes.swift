internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    func addProjects(to routes: inout ProtectedRoutes) {
        routes.on(.get, "/v1/projects/", needs: .projectRead, in: .any) { context, principal in
            let page = try context.pageRequest()
            return context.page(try await projects.list(page, for: principal), at: \.keyset, as: ProjectBody.init)
        }
        routes.on(.get, "/v1/projects/{id}/", needs: .projectRead, in: .project("id")) { context, principal in
            .json(ProjectBody(try await projects.find(context.parameter("id"), for: principal)))
        }
        // What there is not yet is nowhere where one could have a role: projects are the organisation's to make.
        routes.on(.post, "/v1/projects/", needs: .projectCreate) { context, principal in
            let draft = ProjectDraft(try await context.decode(ProjectRequest.self))
            return .json(ProjectBody(try await projectChanges.create(draft, for: principal)), status: 201)
        }
        routes.on(.patch, "/v1/projects/{id}/", needs: .projectUpdate, in: .project("id")) { context, principal in
            let draft = ProjectDraft(try await context.decode(ProjectRequest.self))
            return .json(
                ProjectBody(try await projectChanges.change(context.parameter("id"), draft, for: principal)))
        }
        routes.on(.delete, "/v1/projects/{id}/", needs: .projectDelete, in: .project("id")) { context, principal in
            try await projectChanges.delete(context.parameter("id"), for: principal)
            return .noContent
        }
    }
}

extension ProjectDraft {
    fileprivate init(_ body: ProjectRequest) {
        self.init()
        name = body.name
        description = body.description
        isDefault = body.isDefault
    }
}

extension Project {
    /// Its place in a list of projects.
    fileprivate var keyset: Keyset { Keyset(createdAt: createdAt, id: id.uuid) }
}
