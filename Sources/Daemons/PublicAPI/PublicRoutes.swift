internal import Access
package import Operations

/// What the public API serves.
package struct PublicRoutes: Sendable {
    package let evaluators: Evaluators
    package let objectives: Objectives
    package let judges: Judges
    package let files: Files
    package let models: Models
    package let projects: Projects
    package let projectChanges: ProjectChanges
    package let executions: Executions
    package let logs: ExecutionLogs
    package let tags: ExecutionTags
    package let batches: Batches
    package let datasets: Datasets
    package let scoreConfigs: ScoreConfigs
    package let annotations: Annotations
    package let calibrations: Calibrations
    package let promptTests: PromptTests
    package let judgeGenerator: JudgeGenerator
    package let judgeSamples: JudgeSamples
    package let judgeInvitations: JudgeInvitations
    package let temporaryUsers: TemporaryUsers
    package let refinements: Refinements
    package let completions: JudgedCompletions
    package let carriage: EvaluatorCarriage
    /// How long an execution may take when the caller does not say.
    package let executionTimeout: Duration

    package init(
        evaluators: Evaluators, objectives: Objectives, judges: Judges, files: Files, models: Models,
        projects: Projects,
        projectChanges: ProjectChanges,
        executions: Executions, logs: ExecutionLogs, tags: ExecutionTags, batches: Batches, datasets: Datasets,
        scoreConfigs: ScoreConfigs, annotations: Annotations, calibrations: Calibrations,
        promptTests: PromptTests,
        judgeGenerator: JudgeGenerator, judgeSamples: JudgeSamples, judgeInvitations: JudgeInvitations,
        temporaryUsers: TemporaryUsers, refinements: Refinements,
        completions: JudgedCompletions, carriage: EvaluatorCarriage, executionTimeout: Duration
    ) {
        self.evaluators = evaluators
        self.objectives = objectives
        self.judges = judges
        self.files = files
        self.models = models
        self.projects = projects
        self.projectChanges = projectChanges
        self.executions = executions
        self.logs = logs
        self.tags = tags
        self.batches = batches
        self.datasets = datasets
        self.scoreConfigs = scoreConfigs
        self.annotations = annotations
        self.calibrations = calibrations
        self.promptTests = promptTests
        self.judgeGenerator = judgeGenerator
        self.judgeSamples = judgeSamples
        self.judgeInvitations = judgeInvitations
        self.temporaryUsers = temporaryUsers
        self.refinements = refinements
        self.completions = completions
        self.carriage = carriage
        self.executionTimeout = executionTimeout
    }

    /// Every route of `/v1`. `release` is what clients that ask are told of this server.
    func add(to routes: inout ProtectedRoutes, release: String) {
        addDescription(to: &routes, release: release)
        addEvaluators(to: &routes)
        addEvaluatorExecutions(to: &routes)
        addEvaluatorCarriage(to: &routes)
        addObjectives(to: &routes)
        addJudges(to: &routes)
        addFiles(to: &routes)
        addJudgeExecutions(to: &routes)
        addJudgeGeneration(to: &routes)
        addJudgeInvitations(to: &routes)
        addTemporaryUsers(to: &routes)
        addRefinements(to: &routes)
        addCompletions(to: &routes)
        addModelContextProtocol(to: &routes, release: release)
        addBatches(to: &routes)
        addDatasets(to: &routes)
        addScoreConfigs(to: &routes)
        addAnnotations(to: &routes)
        addCalibrations(to: &routes)
        addPromptTests(to: &routes)
        addModels(to: &routes)
        addProjects(to: &routes)
        addExecutionLogs(to: &routes)
    }

    /// The name under which clients see the server's default model.
    static let defaultModel = Models.defaultNames[0]
}
