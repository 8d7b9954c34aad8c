package import Access
package import HTTPServing
package import Operations

/// What the public API serves.
package struct PublicRoutes: Sendable {
    package let evaluators: Evaluators
    package let objectives: Objectives
    package let judges: Judges
    package let models: Models
    package let projects: Projects
    package let executions: Executions
    package let logs: ExecutionLogs
    package let batches: Batches
    package let datasets: Datasets
    /// How long an execution may take when the caller does not say.
    package let executionTimeout: Duration

    package init(
        evaluators: Evaluators, objectives: Objectives, judges: Judges, models: Models, projects: Projects,
        executions: Executions, logs: ExecutionLogs, batches: Batches, datasets: Datasets, executionTimeout: Duration
    ) {
        self.evaluators = evaluators
        self.objectives = objectives
        self.judges = judges
        self.models = models
        self.projects = projects
        self.executions = executions
        self.logs = logs
        self.batches = batches
        self.datasets = datasets
        self.executionTimeout = executionTimeout
    }

    /// Every route of `/v1`; also reachable without the version and under `/beta`, as older clients call them.
    package func router(authenticator: Authenticator) -> Router {
        var routes = ProtectedRoutes(
            authenticator: authenticator, aliases: PathAliases(of: "v1", alternatives: ["beta"]))
        addEvaluators(to: &routes)
        addEvaluatorExecutions(to: &routes)
        addObjectives(to: &routes)
        addJudges(to: &routes)
        addJudgeExecutions(to: &routes)
        addBatches(to: &routes)
        addDatasets(to: &routes)
        addModels(to: &routes)
        addProjects(to: &routes)
        addExecutionLogs(to: &routes)
        return routes.router
    }

    /// The name under which clients see the server's default model.
    static let defaultModel = Models.defaultNames[0]
}
