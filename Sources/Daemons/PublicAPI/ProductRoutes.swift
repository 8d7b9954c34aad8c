package import Operations

extension Product {
    /// The public API of these operations.
    package func publicRoutes(executionTimeout: Duration) -> PublicRoutes {
        PublicRoutes(
            evaluators: evaluators, objectives: objectives, judges: judges, models: models, projects: projects,
            executions: executions, logs: logs, batches: batches, datasets: datasets,
            executionTimeout: executionTimeout)
    }
}
