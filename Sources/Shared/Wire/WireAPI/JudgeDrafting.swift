package import FoundationEssentials
package import Scoring
package import Tenancy

// What apid and workerd ask of evald beside scores: things that a model writes. Each call carries all that is needed, and
// each answer has either what was written or a failure, and the account of the calls.

/// On whose account models are asked, and which.
package struct DraftingTerms: Codable, Sendable, Hashable {
    /// The organisation whose models and budget are used.
    package let organizationID: UUID
    /// The project that the cost is booked on.
    package let projectID: UUID?
    /// The models to ask, the first that answers decides; the server's own choice when empty.
    package let models: [String]
    /// How thorough: `fast`, `balanced` or `thorough`.
    package let behavior: String
    /// For models that can answer the same way twice.
    package let seed: Int?
    /// How urgent the calls of models are, as the LLM proxy's lanes are named; somebody waits when absent.
    package let lane: String?

    package init(
        organization: OrganizationID, project: ProjectID?, models: [String] = [], behavior: String = "balanced",
        seed: Int? = nil, lane: String? = nil
    ) {
        organizationID = organization.uuid
        projectID = project?.uuid
        self.models = models
        self.behavior = behavior
        self.seed = seed
        self.lane = lane
    }
}

/// What a model wrote, or why it wrote nothing, and what asking took.
package struct DraftingReply<Draft: Codable & Sendable & Hashable>: Codable, Sendable, Hashable {
    package let draft: Draft?
    package let failure: EvaluationReply.Failure?
    package let account: ModelExpense
    /// The question as it was put.
    package let renderedPrompt: String

    package init(
        draft: Draft?, failure: EvaluationReply.Failure?, account: ModelExpense, renderedPrompt: String
    ) {
        self.draft = draft
        self.failure = failure
        self.account = account
        self.renderedPrompt = renderedPrompt
    }
}

extension DraftingReply {
    /// What was written, or why nothing was.
    package var finding: Result<Draft, EvaluationFailure> {
        if let draft { return .success(draft) }
        guard let failure else {
            return .failure(
                EvaluationFailure(code: .internal, message: "the evaluation service answered neither draft nor failure")
            )
        }
        return .failure(
            EvaluationFailure(
                code: EvaluationFailure.Code(rawValue: failure.code) ?? .internal, message: failure.message))
    }
}

/// `POST /judges/draft`: which evaluators a judge with that intent should have.
package struct JudgeDraftCall: Codable, Sendable, Hashable {
    package static let path = "/judges/draft"

    /// An evaluator that exists and may be chosen.
    package struct Candidate: Codable, Sendable, Hashable {
        package let name: String
        package let objective: String
        /// The inputs that it uses.
        package let inputs: [String]

        package init(name: String, objective: String, inputs: [String]) {
            self.name = name
            self.objective = objective
            self.inputs = inputs
        }
    }

    package let terms: DraftingTerms
    package let intent: String
    /// The step of the application that is to be judged; `nil` when the caller has not said which.
    package let stage: String?
    /// What the caller said in addition, by name.
    package let contexts: [String: String]
    package let candidates: [Candidate]
    /// Whether responses come with the sources that they rest on.
    package let hasContexts: Bool
    /// What the judge's evaluators will look at.
    package let files: [EvaluationCall.File]?

    package init(
        terms: DraftingTerms, intent: String, stage: String?, contexts: [String: String], candidates: [Candidate],
        hasContexts: Bool, files: [FileMaterial] = []
    ) {
        self.terms = terms
        self.intent = intent
        self.stage = stage
        self.contexts = contexts
        self.candidates = candidates
        self.hasContexts = hasContexts
        self.files = files.isEmpty ? nil : files.map(EvaluationCall.File.init)
    }
}

/// What a judge should be.
package struct JudgeDraftBody: Codable, Sendable, Hashable {
    /// Something that would have to be known to judge well.
    package struct MissingContext: Codable, Sendable, Hashable {
        package let name: String
        package let description: String

        package init(name: String, description: String) {
            self.name = name
            self.description = description
        }
    }

    /// An evaluator that does not exist yet.
    package struct NewEvaluator: Codable, Sendable, Hashable {
        package let name: String
        package let objective: String
        package let criteria: String

        package init(name: String, objective: String, criteria: String) {
            self.name = name
            self.objective = objective
            self.criteria = criteria
        }
    }

    package let name: String
    /// The steps of the application that would be judged by different criteria; empty when there is only one.
    package let stages: [String]
    package let missingContext: [MissingContext]
    /// Places in the call's candidates, from 0.
    package let chosen: [Int]
    package let new: [NewEvaluator]

    package init(
        name: String, stages: [String], missingContext: [MissingContext], chosen: [Int], new: [NewEvaluator]
    ) {
        self.name = name
        self.stages = stages
        self.missingContext = missingContext
        self.chosen = chosen
        self.new = new
    }
}

/// `POST /responses/improve`: a response that does better by what evaluators found.
package struct ImprovementCall: Codable, Sendable, Hashable {
    package static let path = "/responses/improve"

    /// What an evaluator found about the response.
    package struct Finding: Codable, Sendable, Hashable {
        package let evaluator: String
        package let objective: String
        package let score: Double
        package let justification: String

        package init(evaluator: String, objective: String, score: Double, justification: String) {
            self.evaluator = evaluator
            self.objective = objective
            self.score = score
            self.justification = justification
        }
    }

    package let terms: DraftingTerms
    /// What was asked, with everything that was known; its response is the one to improve.
    package let input: EvaluationCall.Input
    package let findings: [Finding]

    package init(terms: DraftingTerms, input: EvaluationCall.Input, findings: [Finding]) {
        self.terms = terms
        self.input = input
        self.findings = findings
    }
}

/// A response that a model wrote.
package struct ImprovedResponse: Codable, Sendable, Hashable {
    package let response: String

    package init(response: String) { self.response = response }
}

/// `POST /samples/draft`: made-up requests and responses that a judge would find good and bad.
package struct SampleDraftCall: Codable, Sendable, Hashable {
    package static let path = "/samples/draft"

    package let terms: DraftingTerms
    package let judge: String
    package let intent: String
    package let stage: String
    /// What the judge's evaluators measure.
    package let objectives: [String]

    package init(terms: DraftingTerms, judge: String, intent: String, stage: String, objectives: [String]) {
        self.terms = terms
        self.judge = judge
        self.intent = intent
        self.stage = stage
        self.objectives = objectives
    }
}
