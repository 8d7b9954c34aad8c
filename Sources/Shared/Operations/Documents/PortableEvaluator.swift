internal import Records
internal import Scoring
package import Tenancy
internal import YAML

/// An evaluator as it is carried from one organisation to another: a YAML document without identifiers, with the examples
/// that belong to it.
///
/// The form is that of the published product: `name`, `objective.intent`, `scoring_criteria`, `model`, `demonstrations`
/// and `calibration`; ours beside it are `models`, `behavior` and `code`.
package struct PortableEvaluator: Sendable {
    var name = ""
    var intent = ""
    var criteria: String?
    var code: CodeEvaluation?
    var models: [String] = []
    var behavior = EvaluatorBehavior.balanced
    /// What the evaluator is shown of how to score.
    var demonstrations: [DocumentExample] = []
    /// What its scores can be compared with.
    var calibration: [DocumentExample] = []

    /// The most examples that a document may have of either kind.
    static let mostExamples = 1000

    private static let fields = [
        "name", "objective", "scoring_criteria", "model", "models", "behavior", "code", "demonstrations", "calibration",
    ]

    init() {}

    /// Reads a document.
    /// - Throws: `InvalidDefinition` for `yaml` with the line and column of every mistake.
    package init(reading text: String) throws(InvalidDefinition) {
        let root: YAMLNode
        do {
            root = try YAMLReader.parse(text)
        } catch {
            throw InvalidDefinition(problems: [.init(field: "yaml", message: error.description)])
        }
        var fields = DocumentFields(root, known: Self.fields)
        read(&fields)
        let problems = fields.problems
        try InvalidDefinition.check { findings in
            for problem in problems {
                let place = "line \(problem.line), column \(problem.column)"
                findings.add("yaml", "\(place): \(problem.field.isEmpty ? "" : "\(problem.field): ")\(problem.message)")
            }
        }
    }

    private mutating func read(_ fields: inout DocumentFields) {
        name = fields.requiredText("name") ?? ""
        if let node = fields.mapping("objective") {
            var objective = DocumentFields(node, known: ["intent"], prefix: "objective.")
            intent = objective.requiredText("intent") ?? ""
            fields.add(objective)
        } else if !fields.has("objective") {
            fields.add("objective", "“objective” is missing.")
        }
        code = fields.code("code")
        criteria = fields.has("code") ? fields.text("scoring_criteria") : fields.requiredText("scoring_criteria")
        models = fields.texts("models") ?? fields.text("model").map { [$0] } ?? []
        behavior = fields.choice("behavior") ?? .balanced
        demonstrations = fields.examples("demonstrations", atMost: Self.mostExamples)
        calibration = fields.examples("calibration", atMost: Self.mostExamples)
    }

    /// The document.
    package var text: String {
        var members: [YAMLEntry] = []
        members.add("name", name)
        var objective: [YAMLEntry] = []
        objective.add("intent", intent)
        members.append(YAMLEntry(key: "objective", node: YAMLNode(.mapping(objective))))
        if let criteria { members.add("scoring_criteria", criteria) }
        members.add("code", code)
        if models.count == 1 {
            members.add("model", models[0])
        } else if !models.isEmpty {
            members.add("models", models)
        }
        if code == nil { members.add("behavior", behavior.rawValue) }
        members.add("demonstrations", demonstrations)
        members.add("calibration", calibration)
        return YAMLWriter.text(of: .mapping(members))
    }
}
