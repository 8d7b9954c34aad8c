package import FoundationEssentials
package import JSON
package import Records
internal import Queueing
internal import Scoring
internal import Tenancy

/// The body of `POST /prompt-tests/`.
package struct PromptTestRequest: Decodable, Sendable {
    /// An evaluator by its identifier or by its name.
    package struct Evaluator: Decodable, Sendable {
        package let id: UUID?
        package let name: String?
        package let versionId: UUID?
    }

    package let prompt: String
    package let model: String
    /// Each an object with a member for each name of the prompt.
    package let inputs: [JSONValue]?
    package let evaluators: [Evaluator]?
    package let responseSchema: JSONValue?
    package let datasetId: UUID?
    package let projectId: UUID?
}

/// A prompt test with its tasks. Amounts are texts such as `$0.001`, as the published clients print them.
package struct PromptTestBody: Codable, Sendable {
    /// An evaluator of the test.
    package struct Evaluator: Codable, Sendable {
        package let id: UUID
        package let name: String
        package let versionId: UUID
    }

    /// What an evaluator said of an answer.
    package struct Result: Codable, Sendable {
        package let id: UUID
        package let name: String
        package let score: Double?
        package let justification: String?
        package let executionLogId: UUID?

        fileprivate init(_ result: BatchItemResult) {
            id = result.evaluatorID
            name = result.evaluatorName
            score = result.score
            justification = result.justification
            executionLogId = result.executionLogID
        }
    }

    /// The prompt with one input.
    package struct Task: Codable, Sendable {
        package let id: UUID
        /// `pending`, `running`, `completed` or `failed`.
        package let status: String
        package let cost: String?
        package let llmOutput: String?
        /// In seconds.
        package let modelCallDuration: Double?
        /// Of the evaluators that gave a score: clients compare these numbers without looking whether there is one.
        package let evaluationResults: [Result]
        /// Ours: the evaluators that gave none, with the reason.
        package let failedEvaluations: [Result]
        package let variables: JSONValue
        /// Ours: why there is no answer; empty with one.
        package let errorMessage: String
        /// Ours: the execution with everything that is known of it.
        package let executionLogId: UUID?
    }

    package let id: UUID
    package let model: String
    package let prompt: String
    package let tasks: [Task]
    /// Means over the tasks that have an answer.
    package let avgCost: String?
    package let avgModelCallDuration: Double?
    package let evaluators: [Evaluator]
    package let responseSchema: JSONValue?
    package let projectId: UUID
    package let createdAt: Date

    /// - Throws: `JSONParsingError` for stored values that are no JSON.
    package init(_ test: PromptTest, _ tasks: [PromptTestTask]) throws {
        id = test.id.uuid
        model = test.model
        prompt = test.prompt.text
        self.tasks = try tasks.map(Task.init)
        let costs = tasks.compactMap(\.outcome.cost)
        avgCost = costs.isEmpty ? nil : costs.reduce(.zero, +).shared(by: costs.count).dollarText
        let durations = tasks.compactMap(\.outcome.callDuration)
        avgModelCallDuration =
            durations.isEmpty ? nil : durations.reduce(.zero, +) / .seconds(1) / Double(durations.count)
        evaluators = test.evaluators.map { Evaluator(id: $0.id, name: $0.name, versionId: $0.versionID) }
        responseSchema = try test.responseSchema.map { try JSONParser.parse($0.text) }
        projectId = test.projectID.uuid
        createdAt = test.createdAt
    }
}

extension PromptTestBody.Task {
    fileprivate init(_ task: PromptTestTask) throws {
        let outcome = task.outcome
        id = task.id.uuid
        status =
            switch task.state {
            case .waiting: "pending"
            case .running: "running"
            case .finished: "completed"
            case .dead, .cancelled: "failed"
            }
        cost = outcome.cost?.dollarText
        llmOutput = outcome.output
        modelCallDuration = outcome.callDuration.map { $0 / .seconds(1) }
        let results = outcome.results.map(PromptTestBody.Result.init)
        evaluationResults = results.filter { $0.score != nil }
        failedEvaluations = results.filter { $0.score == nil }
        variables = try JSONParser.parse(task.variables.text)
        errorMessage = outcome.errorMessage
        executionLogId = outcome.executionLogID?.uuid
    }
}

extension Money {
    /// The amount as people read it, to the last digit that is not 0: `$0.001`.
    fileprivate var dollarText: String {
        let (whole, fraction) = nanoDollars.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        var digits = String(fraction)
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.count > 2, digits.last == "0" { digits.removeLast() }
        return "\(nanoDollars < 0 ? "-" : "")$\(whole).\(digits)"
    }

    fileprivate func shared(by count: Int) -> Money { Money(nanoDollars: nanoDollars / Int64(count)) }
}
