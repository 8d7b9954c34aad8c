internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension CatalogueRoutes {
    func addProjects(to routes: inout ProtectedRoutes) {
        routes.on(.get, OperatorProject.path, needs: .projectRead, in: .any) { context, principal in
            let found = try await projectOverviews.list(
                containing: context.query["query"], try context.cataloguePage(), for: principal)
            return .json(
                OperatorProjectPage(
                    results: found.items.map(OperatorProject.init),
                    next: found.nextCursor { Keyset(createdAt: $0.project.createdAt, id: $0.project.id.uuid) }))
        }
        routes.on(.get, OperatorProject.path + "/{id}", needs: .projectRead, in: .project("id")) { context, principal in
            .json(OperatorProject(try await projectOverviews.find(context.parameter("id"), for: principal)))
        }
        routes.on(.patch, OperatorProject.path + "/{id}", needs: .projectUpdate, in: .project("id")) {
            context, principal in
            let change = try await context.decode(OperatorProjectChange.self)
            let changed = try await projectOverviews.change(
                context.parameter("id"), name: change.name, description: change.description, for: principal)
            return .json(OperatorProject(changed))
        }
    }
}

extension OperatorProject {
    fileprivate init(_ overview: ProjectOverview) {
        let project = overview.project
        self.init(
            id: project.id.uuid, name: project.name, description: project.description, isDefault: project.isDefault,
            owner: OperatorPerson(overview.owner), createdAt: project.createdAt,
            evaluatorCount: overview.evaluatorCount, judgeCount: overview.judgeCount,
            executions: overview.lastDay.executions, failures: overview.lastDay.failed,
            costNanodollars: overview.lastDay.cost.nanoDollars, meanScore: overview.lastDay.meanScore)
    }
}
