package import Operations

extension Product {
    /// The internal API of these operations' evaluators, judges and projects.
    package func catalogueRoutes(executionTimeout: Duration) -> CatalogueRoutes {
        CatalogueRoutes(
            items: items, evaluators: evaluators, judges: judges, documents: documents, figures: itemFigures,
            projects: projects, projectOverviews: projectOverviews, executions: executions, logs: logs,
            executionTimeout: executionTimeout)
    }
}
