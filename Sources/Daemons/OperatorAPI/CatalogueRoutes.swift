internal import Access
internal import FoundationEssentials
internal import HTTPServing
package import Operations
internal import Scoring
internal import Tenancy
internal import WireAPI

/// What the internal API serves of evaluators, judges and projects.
package struct CatalogueRoutes: Sendable {
    let items: Items
    let evaluators: Evaluators
    let judges: Judges
    let documents: Documents
    let figures: ItemFigures
    let projects: Projects
    let projectOverviews: ProjectOverviews
    let executions: Executions
    let logs: ExecutionLogs
    /// How long a trial may take.
    let executionTimeout: Duration

    package init(
        items: Items, evaluators: Evaluators, judges: Judges, documents: Documents, figures: ItemFigures,
        projects: Projects, projectOverviews: ProjectOverviews, executions: Executions, logs: ExecutionLogs,
        executionTimeout: Duration
    ) {
        self.items = items
        self.evaluators = evaluators
        self.judges = judges
        self.documents = documents
        self.figures = figures
        self.projects = projects
        self.projectOverviews = projectOverviews
        self.executions = executions
        self.logs = logs
        self.executionTimeout = executionTimeout
    }

    func add(to routes: inout ProtectedRoutes) {
        for kind in OperatorItemKind.allCases {
            addItems(kind, to: &routes)
            addItemActions(kind, to: &routes)
            addDocuments(kind, to: &routes)
        }
        addEvaluators(to: &routes)
        addJudges(to: &routes)
        addExchange(to: &routes)
        addProjects(to: &routes)
    }

    /// The longest page of a list here: a terminal holds it all and filters it without asking.
    static let longestPage = 500
}

extension RequestContext {
    /// Which page of a list of evaluators, judges, versions or projects is asked for.
    func cataloguePage() throws -> PageRequest {
        try pageRequest(defaultSize: 100, largestSize: CatalogueRoutes.longestPage)
    }

    /// An identifier among the path's parameters.
    func uuid(_ name: String) throws -> UUID { try parameter(name, as: EntityID<ItemSummary>.self).uuid }
}

extension QueryParameters {
    /// An identifier among the query's parameters.
    func uuid(_ name: String) throws -> UUID? {
        guard let text = self[name] else { return nil }
        guard let id = EntityID<ItemSummary>(text) else { throw APIProblem.invalid(name, "Must be a valid UUID.") }
        return id.uuid
    }
}

extension Slice {
    /// The `cursor` of the page that follows, `nil` at the end.
    func nextCursor(_ keyset: (Item) -> Keyset) -> String? {
        hasNext ? items.last.map { Cursor(.after, keyset($0)).token } : nil
    }
}
