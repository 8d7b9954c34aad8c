package import FoundationEssentials
package import JSON

/// One evaluator in full at one of its versions, `GET /internal/evaluators/ID` and `…/ID/versions/VERSION`.
package struct OperatorEvaluator: Codable, Sendable, Hashable {
    /// The evaluator as the list shows it.
    package let item: OperatorItem
    /// The version whose definition this is.
    package let version: OperatorVersion
    /// The name at this version.
    package let name: String
    /// A raw value of `Visibility`.
    package let visibility: String
    /// The criteria with their `{{placeholders}}`.
    package let criteria: String
    /// What is done without a model, as the interface writes it; `nil` where a model judges by the criteria.
    package let code: JSONValue?
    package let inputs: [OperatorInput]
    /// The first choice first; empty is the server's default.
    package let models: [String]
    /// A raw value of `EvaluatorBehavior`.
    package let behavior: String
    package let objective: Objective
    /// How many worked examples of its own the version has.
    package let demonstrationCount: Int
    /// The dataset whose published annotations serve as examples.
    package let demonstrationDatasetID: UUID?
    /// The organisation's judges that have this evaluator now.
    package let judges: [OperatorItemReference]

    /// What is measured.
    package struct Objective: Codable, Sendable, Hashable {
        package let id: UUID
        package let versionID: UUID
        package let intent: String
        /// Whether the evaluator keeps to this wording, whatever the objective's latest is.
        package let isPinned: Bool

        package init(id: UUID, versionID: UUID, intent: String, isPinned: Bool) {
            self.id = id
            self.versionID = versionID
            self.intent = intent
            self.isPinned = isPinned
        }
    }

    package init(
        item: OperatorItem, version: OperatorVersion, name: String, visibility: String, criteria: String,
        code: JSONValue? = nil, inputs: [OperatorInput], models: [String], behavior: String, objective: Objective,
        demonstrationCount: Int = 0, demonstrationDatasetID: UUID?, judges: [OperatorItemReference]
    ) {
        self.item = item
        self.version = version
        self.name = name
        self.visibility = visibility
        self.criteria = criteria
        self.code = code
        self.inputs = inputs
        self.models = models
        self.behavior = behavior
        self.objective = objective
        self.demonstrationCount = demonstrationCount
        self.demonstrationDatasetID = demonstrationDatasetID
        self.judges = judges
    }
}

/// What an execution has to bring.
package struct OperatorInput: Codable, Sendable, Hashable {
    /// What the value is.
    package enum Shape: String, Codable, Sendable, Hashable {
        case text
        case texts
        case objects
    }

    /// The placeholder's name.
    package let name: String
    package let shape: Shape
    /// Whether it is one of the execution's own fields, such as `response`, and not a variable of the criteria.
    package let isBuiltIn: Bool

    package init(name: String, shape: Shape, isBuiltIn: Bool) {
        self.name = name
        self.shape = shape
        self.isBuiltIn = isBuiltIn
    }
}

/// An evaluator or a judge by its identifier and its present name.
package struct OperatorItemReference: Codable, Sendable, Hashable {
    package let kind: OperatorItemKind
    package let id: UUID
    package let name: String

    package init(kind: OperatorItemKind, id: UUID, name: String) {
        self.kind = kind
        self.id = id
        self.name = name
    }
}

extension OperatorRequest where Reply == OperatorEvaluator {
    /// One evaluator in full at its current version, or at the given one.
    package static func evaluator(_ id: UUID, version: UUID? = nil) -> Self {
        let path = OperatorItemKind.evaluator.path(of: id)
        return Self(.get, version.map { "\(path)/versions/\($0.uuidString.lowercased())" } ?? path)
    }
}
