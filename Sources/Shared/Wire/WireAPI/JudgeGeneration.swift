package import FoundationEssentials

/// The body of `POST /v1/judges/generate/`; `null` and absent mean "not given".
package struct JudgeGenerationRequest: Decodable, Sendable {
    /// How the model that writes the judge is to work.
    package struct Parameters: Decodable, Sendable {
        package let seed: Int?
        package let reasoningEffort: String?
    }

    package let intent: String?
    package let stage: String?
    package let visibility: String?
    package let extraContexts: [String: String?]?
    package let fileId: UUID?
    package let strict: Bool?
    package let overwrite: Bool?
    package let name: String?
    package let judgeId: UUID?
    package let generatingModelParams: Parameters?
    package let enableContextAwareEvaluators: Bool?
    package let projectId: UUID?
}

/// The answer to it.
package struct JudgeGenerationResult: Codable, Sendable {
    /// Something that a person should be asked for, as a field of a form.
    package struct FormField: Codable, Sendable {
        package let formFieldName: String
        package let formFieldDescription: String

        package init(name: String, description: String) {
            formFieldName = name
            formFieldDescription = description
        }
    }

    /// An evaluator of the judge.
    package struct EvaluatorDetail: Codable, Sendable {
        package let id: UUID
        package let name: String
        package let intent: String

        package init(id: UUID, name: String, intent: String) {
            self.id = id
            self.name = name
            self.intent = intent
        }
    }

    /// Empty when no judge was made: clients expect text.
    package let judgeId: String
    package let judgeVersionId: String
    package let errorCode: String?
    /// With what the judge of a temporary user becomes somebody's.
    package var claimToken: String?
    package let missingContextFromSystemGoal: [FormField]?
    package let stages: [String]?
    package let evaluatorDetails: [EvaluatorDetail]?

    private enum CodingKeys: String, CodingKey {
        case judgeId, judgeVersionId, errorCode, claimToken, missingContextFromSystemGoal, stages, evaluatorDetails
    }

    /// A judge was made.
    package init(
        judge: UUID, version: UUID, missing: [FormField], evaluators: [EvaluatorDetail]
    ) {
        judgeId = judge.uuidString.lowercased()
        judgeVersionId = version.uuidString.lowercased()
        errorCode = nil
        missingContextFromSystemGoal = missing.isEmpty ? nil : missing
        stages = nil
        evaluatorDetails = evaluators
    }

    /// No judge was made: the caller has to say which of the stages is meant.
    package init(severalStages: [String]) {
        judgeId = ""
        judgeVersionId = ""
        errorCode = "multiple_stages"
        missingContextFromSystemGoal = nil
        stages = severalStages
        evaluatorDetails = nil
    }
}

/// The body of `POST /v1/judges/{id}/refine/`: an execution, and when to stop.
package struct RefinementRequest: Decodable, Sendable {
    package let execution: ExecutionRequest
    package let rule: Rule

    /// When the response is good enough, and when to stop trying; the defaults are the rule's own.
    package struct Rule: Decodable, Sendable {
        package let maxIterations: Int?
        package let patience: Int?
        package let minImprovement: Double?
        package let threshold: Double?
        package let stream: Bool?
    }

    package init(from decoder: any Decoder) throws {
        execution = try ExecutionRequest(from: decoder)
        rule = try Rule(from: decoder)
    }
}

/// What came of a refinement.
package struct RefinementResult: Codable, Sendable {
    package let improvedResponse: String
    package let originalResponse: String
    package let evaluatorResults: [JudgeEvaluatorResult]
    package let originalEvaluatorResults: [JudgeEvaluatorResult]
    /// Of the judge's last look at the improved response.
    package let executionLogId: UUID

    package init(
        improvedResponse: String, originalResponse: String, evaluatorResults: [JudgeEvaluatorResult],
        originalEvaluatorResults: [JudgeEvaluatorResult], executionLogId: UUID
    ) {
        self.improvedResponse = improvedResponse
        self.originalResponse = originalResponse
        self.evaluatorResults = evaluatorResults
        self.originalEvaluatorResults = originalEvaluatorResults
        self.executionLogId = executionLogId
    }
}

/// The first event of a streamed refinement: what the judge said of the original.
package struct RefinementStart: Codable, Sendable {
    package let originalResponse: String
    package let originalEvaluatorResults: [JudgeEvaluatorResult]

    package init(originalResponse: String, originalEvaluatorResults: [JudgeEvaluatorResult]) {
        self.originalResponse = originalResponse
        self.originalEvaluatorResults = originalEvaluatorResults
    }
}

/// The answer to `GET /v1/judges/{id}/synthetic-data/`.
package struct SyntheticDataBody: Codable, Sendable {
    /// One made-up request with a response.
    package struct Sample: Codable, Sendable {
        package let quality: String
        package let request: String
        package let response: String

        package init(quality: String, request: String, response: String) {
            self.quality = quality
            self.request = request
            self.response = response
        }
    }

    /// `pending`, `ready` or `not_generated`.
    package let status: String
    package let name: String?
    package let description: String?
    package let samples: [Sample]

    package init(status: String, name: String? = nil, description: String? = nil, samples: [Sample] = []) {
        self.status = status
        self.name = name
        self.description = description
        self.samples = samples
    }
}
