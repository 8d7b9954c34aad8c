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
    /// An input with the score that people gave it.
    struct Example: Sendable, Hashable {
        var request = ""
        var response = ""
        var score = 0.0
        var justification = ""
    }

    var name = ""
    var intent = ""
    var criteria: String?
    var code: CodeEvaluation?
    var models: [String] = []
    var behavior = EvaluatorBehavior.balanced
    /// What the evaluator is shown of how to score.
    var demonstrations: [Example] = []
    /// What its scores can be compared with.
    var calibration: [Example] = []

    /// The most examples that a document may have of either kind.
    private static let mostExamples = 1000

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
        demonstrations = examples("demonstrations", &fields)
        calibration = examples("calibration", &fields)
    }

    private func examples(_ field: String, _ fields: inout DocumentFields) -> [Example] {
        guard let nodes = fields.nodes(field) else { return [] }
        guard nodes.count <= Self.mostExamples else {
            fields.add(field, "Give at most \(Self.mostExamples).")
            return []
        }
        return nodes.enumerated().map { index, node in
            var part = DocumentFields(
                node, known: ["request", "response", "score", "justification"], prefix: "\(field)[\(index)].")
            let example = Example(
                request: part.text("request") ?? "", response: part.requiredText("response") ?? "",
                score: part.score("score"), justification: part.text("justification") ?? "")
            fields.add(part)
            return example
        }
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
        for (key, examples) in [("demonstrations", demonstrations), ("calibration", calibration)]
        where !examples.isEmpty {
            members.append(YAMLEntry(key: key, node: YAMLNode(.sequence(examples.map(\.node)))))
        }
        return YAMLWriter.text(of: .mapping(members))
    }
}

extension PortableEvaluator.Example {
    fileprivate var node: YAMLNode {
        var members: [YAMLEntry] = []
        if !request.isEmpty { members.add("request", request) }
        members.add("response", response)
        members.append(YAMLEntry(key: "score", node: YAMLNode(.number(score))))
        if !justification.isEmpty { members.add("justification", justification) }
        return YAMLNode(.mapping(members))
    }

    /// The example as an item of a dataset, labelled with its score.
    var item: NewDatasetItem {
        NewDatasetItem(
            DatasetItemContent(request: request, response: response),
            label: ItemLabel(value: score, rationale: justification))
    }
}
