package import Operations

extension Product {
    /// The public API of these operations.
    package func publicRoutes(temporaryUsers: TemporaryUsers, executionTimeout: Duration) -> PublicRoutes {
        PublicRoutes(
            evaluators: evaluators, objectives: objectives, judges: judges, files: files, models: models,
            projects: projects, projectChanges: projectChanges, executions: executions, logs: logs, tags: tags,
            batches: batches, datasets: datasets, scoreConfigs: scoreConfigs, annotations: annotations,
            calibrations: calibrations, promptTests: promptTests, judgeGenerator: judgeGenerator,
            judgeSamples: judgeSamples, judgeInvitations: judgeInvitations, temporaryUsers: temporaryUsers,
            refinements: refinements, completions: completions, carriage: carriage, executionTimeout: executionTimeout)
    }
}
