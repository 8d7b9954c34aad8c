package import Operations

extension Product {
    /// The public API of these operations.
    package func publicRoutes(executionTimeout: Duration) -> PublicRoutes {
        PublicRoutes(
            evaluators: evaluators, objectives: objectives, judges: judges, models: models, projects: projects,
            executions: executions, logs: logs, tags: tags, batches: batches, datasets: datasets,
            scoreConfigs: scoreConfigs, annotations: annotations, calibrations: calibrations,
            judgeGenerator: judgeGenerator, judgeSamples: judgeSamples, refinements: refinements,
            completions: completions, carriage: carriage,
            executionTimeout: executionTimeout)
    }
}
