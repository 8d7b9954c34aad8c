package import FoundationEssentials
import Tenancy

/// One of the evaluators that every installation has from the start, under an identifier that clients know by heart.
package struct PresetEvaluator: Sendable, Hashable {
    package let id: EvaluatorID
    package let name: String
    /// What it measures, as its objective says it.
    package let intent: String
    package let criteria: CriteriaTemplate
    /// What is done without a model; the criteria are empty then.
    package let code: CodeEvaluation?
    /// Raised when the code measures something else than in an earlier release.
    private let revision: Int
    package let behavior: EvaluatorBehavior
    /// Superseded: still executed for old clients, no longer listed.
    package let isSuperseded: Bool

    /// The criteria are the guide, which says what is measured and what the scores mean, and behind it the material in
    /// the order of `inputs`.
    package init(
        _ id: UUID, _ name: String, intent: String, inputs: [BuiltInInput], behavior: EvaluatorBehavior = .balanced,
        isSuperseded: Bool = false, guide: String
    ) {
        self.id = EvaluatorID(uuid: id)
        self.name = name
        self.intent = intent
        self.behavior = behavior
        self.isSuperseded = isSuperseded
        (code, revision) = (nil, 0)
        criteria = CriteriaTemplate(
            """
            \(guide)

            Use the whole scale: give a value between two anchors when the material lies between them. Judge only \
            what is described here; other virtues and faults do not count.

            \(inputs.map { "\($0.heading):\n{{\($0.rawValue)}}" }.joined(separator: "\n\n"))
            """)
    }

    /// One that needs no model.
    package init(
        _ id: UUID, _ name: String, intent: String, code: CodeEvaluation, revision: Int = 1, isSuperseded: Bool = false
    ) {
        self.id = EvaluatorID(uuid: id)
        self.name = name
        self.intent = intent
        self.code = code
        self.revision = revision
        self.isSuperseded = isSuperseded
        behavior = .fast
        criteria = CriteriaTemplate("")
    }

    /// The identifier of the present wording: it changes with the wording, and only then.
    package var versionID: EvaluatorVersionID {
        EvaluatorVersionID(
            uuid: ContentHash(
                of: "preset-evaluator", id.description, name, content, behavior.rawValue,
                objectiveVersionID.description
            ).uuid)
    }

    private var content: String { code.map { "\($0.rule.kind.rawValue) \(revision)" } ?? criteria.text }

    package var objectiveID: ObjectiveID {
        ObjectiveID(uuid: ContentHash(of: "preset-objective", id.description).uuid)
    }

    package var objectiveVersionID: ObjectiveVersionID {
        ObjectiveVersionID(uuid: ContentHash(of: "preset-objective", id.description, intent).uuid)
    }

    /// The content of the version of the present wording.
    package var definition: EvaluatorDefinition {
        EvaluatorDefinition(name: name, criteria: criteria, code: code, behavior: behavior, objectiveID: objectiveID)
    }
}

extension BuiltInInput {
    /// How the material is titled in the criteria of the presets.
    fileprivate var heading: String {
        switch self {
        case .request: "Request"
        case .systemPrompt: "System prompt"
        case .response: "Response"
        case .contexts: "Contexts"
        case .expectedOutput: "Expected output"
        case .turns: "Conversation"
        case .tools: "Available tools"
        }
    }
}
