internal import FoundationEssentials
internal import Queueing
internal import Records
internal import Scoring
internal import Tenancy

/// An evaluator that is not saved, to be seen at work before it is.
struct DraftEvaluator: Sendable {
    let name: String
    let intent: String
    let criteria: String
    let models: [String]
    let behavior: EvaluatorBehavior
    var inputVariables: [String] = []
    var demonstrationDatasetID: DatasetID?

    /// What a run keeps of it.
    init(_ definition: CalibrationDefinition) {
        name = "Draft"
        intent = ""
        criteria = definition.scoringCriteria
        models = [definition.model]
        behavior = definition.behavior.flatMap(EvaluatorBehavior.init) ?? .balanced
        demonstrationDatasetID = definition.demonstrationDatasetID.map(DatasetID.init(uuid:))
    }

    init(
        name: String, intent: String, criteria: String, models: [String], behavior: EvaluatorBehavior,
        inputVariables: [String]
    ) {
        self.name = name
        self.intent = intent
        self.criteria = criteria
        self.models = models
        self.behavior = behavior
        self.inputVariables = inputVariables
    }

    /// The evaluator that it would be: with identifiers that nothing has, of `principal`.
    func evaluator(_ identifiers: IdentifierSource, of principal: Principal, in project: ProjectID, at moment: Date)
        -> Evaluator
    {
        let id = identifiers.next(Evaluator.self)
        let objective = Objective(
            id: identifiers.next(), organizationID: principal.organizationID, projectID: project,
            owner: principal.user, createdAt: moment,
            version: ObjectiveVersion(
                id: identifiers.next(), intent: intent, testDatasetID: nil, createdAt: moment))
        let definition = EvaluatorDefinition(
            name: name, criteria: CriteriaTemplate(criteria), models: models, behavior: behavior,
            objectiveID: objective.id, inputVariables: inputVariables.map(InputVariable.init),
            demonstrationDatasetID: demonstrationDatasetID)
        return Evaluator(
            id: id, organizationID: principal.organizationID, projectID: project, owner: principal.user,
            visibility: .private, isRoot: false, createdAt: moment, updatedAt: nil, updatedBy: nil,
            version: EvaluatorVersion(
                id: identifiers.next(), evaluatorID: id, number: 1, definition: definition, createdAt: moment),
            objective: objective)
    }
}

/// What is calibrated: an evaluator that is stored, or one that is not.
struct CalibrationSubject: Sendable {
    let evaluator: Evaluator
    let isStored: Bool
}

extension Executions {
    /// Executes what is calibrated on one example, and leaves recording the log, which is of type `test`, to the caller.
    func test(
        _ subject: CalibrationSubject, on input: EvaluationInput, in project: ProjectID, batch: BatchID? = nil,
        as principal: Principal, _ context: CallContext
    ) async throws -> FinishedExecution {
        let evaluator = subject.evaluator
        let order = ExecutionOrder(
            input: input, labels: ExecutionLabels(), projectID: project, batchID: batch)
        var outcome = try await outcomes(
            of: [evaluator], order, lookingInto: .none, project: project, principal, context)[0].outcome
        if !subject.isStored { outcome.scoringCriteria = evaluator.version.definition.criteria.text }
        let (id, moment) = newLogID()
        return FinishedExecution(
            log: ExecutionLog(
                id: id, organizationID: principal.organizationID, projectID: project, type: .test,
                item: ExecutedItem(
                    id: subject.isStored ? evaluator.id.uuid : nil,
                    versionID: subject.isStored ? evaluator.version.id.uuid : nil, name: evaluator.name),
                ownerID: principal.user.id, batchID: batch, input: input, labels: order.labels, outcome: outcome,
                requestID: context.requestID, createdAt: moment))
    }
}
