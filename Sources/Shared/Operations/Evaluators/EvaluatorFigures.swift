internal import CodeScoring
internal import JSON
internal import Scoring
internal import Tenancy

/// What the audit keeps of an evaluator, with a digest of its texts in place of them.
struct EvaluatorFigures: Encodable, Sendable {
    let name: String
    let version: Int
    let project: String?
    let objective: String
    let objectiveVersion: String?
    let criteria: KeptText?
    let code: KeptText?
    let models: [String]
    let behavior: String
    let inputs: [String]
    let examples: KeptText?
    let exampleDataset: String?
    let changeNote: String
    /// What it was copied from.
    let copiedFrom: String?

    init(_ evaluator: Evaluator, copiedFrom original: EvaluatorID? = nil) {
        let definition = evaluator.version.definition
        name = definition.name
        version = evaluator.version.number
        project = evaluator.projectID?.description
        objective = definition.objectiveID.description
        objectiveVersion = definition.objectiveVersionID?.description
        criteria = KeptText(definition.criteria.text)
        code = definition.code.flatMap { KeptText($0.json.description) }
        models = definition.models
        behavior = definition.behavior.rawValue
        inputs = definition.inputVariables.map(\.name)
        let examples = definition.demonstrations.map(Example.init)
        self.examples =
            examples.isEmpty ? nil : KeptText(String(decoding: JSONCodec.encode(examples), as: UTF8.self))
        exampleDataset = definition.demonstrationDatasetID?.description
        changeNote = definition.changeNote
        copiedFrom = original?.description
    }

    private struct Example: Encodable {
        let request: String
        let response: String
        let score: Double
        let justification: String

        init(_ demonstration: Demonstration) {
            request = demonstration.request
            response = demonstration.response
            score = demonstration.score.value
            justification = demonstration.justification
        }
    }
}
