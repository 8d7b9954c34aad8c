package import FoundationEssentials
package import Queueing
package import Scoring
package import Tenancy

/// One prompt, filled with one input after another, on one model, and what evaluators say of the answers. It is carried out
/// as the batch of the same identifier.
package struct PromptTest: Sendable, Hashable {
    package let id: BatchID
    package let organizationID: OrganizationID
    package let projectID: ProjectID
    package let ownerID: UserID
    /// With `{{name}}` where a value of the input goes.
    package let prompt: CriteriaTemplate
    package let model: String
    /// What the answers have to look like, as a JSON schema.
    package let responseSchema: OpaqueJSON?
    /// In the versions that were current when the test was accepted.
    package let evaluators: [BatchDefinition.Item]
    package let createdAt: Date

    package init(
        id: BatchID, organizationID: OrganizationID, projectID: ProjectID, ownerID: UserID, prompt: CriteriaTemplate,
        model: String, responseSchema: OpaqueJSON?, evaluators: [BatchDefinition.Item], createdAt: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.projectID = projectID
        self.ownerID = ownerID
        self.prompt = prompt
        self.model = model
        self.responseSchema = responseSchema
        self.evaluators = evaluators
        self.createdAt = createdAt
    }
}

/// What one task of a prompt test fills in.
package struct PromptTestInput: Sendable, Hashable {
    /// A JSON object with a member for each name of the prompt.
    package let variables: OpaqueJSON
    /// For the evaluators alone.
    package let contexts: [String]
    package let expectedOutput: String?

    package init(variables: OpaqueJSON, contexts: [String] = [], expectedOutput: String? = nil) {
        self.variables = variables
        self.contexts = contexts
        self.expectedOutput = expectedOutput
    }
}

/// What came of a task of a prompt test.
package struct PromptTestOutcome: Sendable, Hashable {
    /// The model's answer; `nil` without one.
    package let output: String?
    /// Of the call that answered, without the evaluators'.
    package let cost: Money?
    package let callDuration: Duration?
    /// One for each evaluator.
    package let results: [BatchItemResult]
    package let executionLogID: ExecutionLogID?
    /// Why there is no answer; empty with one.
    package let errorMessage: String

    package init(
        output: String? = nil, cost: Money? = nil, callDuration: Duration? = nil, results: [BatchItemResult] = [],
        executionLogID: ExecutionLogID? = nil, errorMessage: String = ""
    ) {
        self.output = output
        self.cost = cost
        self.callDuration = callDuration
        self.results = results
        self.executionLogID = executionLogID
        self.errorMessage = errorMessage
    }
}

/// One task of a prompt test: an input, how far it is, and what came of it.
package struct PromptTestTask: Sendable, Hashable {
    package let id: JobID
    package let variables: OpaqueJSON
    package let state: JobState
    package let outcome: PromptTestOutcome

    package init(id: JobID, variables: OpaqueJSON, state: JobState, outcome: PromptTestOutcome) {
        self.id = id
        self.variables = variables
        self.state = state
        self.outcome = outcome
    }
}
