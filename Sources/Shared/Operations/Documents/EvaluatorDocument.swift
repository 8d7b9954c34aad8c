internal import FoundationEssentials
internal import Scoring
internal import Tenancy
internal import YAML

/// An evaluator as a document says it.
struct EvaluatorDocument {
    var name = ""
    var projectName: String?
    var intent: String?
    var objectiveID: ObjectiveID?
    var objectiveVersionID: ObjectiveVersionID?
    var criteria = ""
    /// What is done without a model; the criteria are empty then.
    var code: CodeEvaluation?
    var variables: [String] = []
    var models: [String] = []
    var behavior = EvaluatorBehavior.balanced
    var demonstrations: [DocumentExample] = []
    var demonstrationDatasetID: DatasetID?
    var changeNote = ""

    /// The fields in the order in which they are written.
    static let fields = [
        "kind", "id", "version", "name", "project", "intent", "objective_id", "objective_version_id", "criteria",
        "code", "variables", "models", "behavior", "demonstrations", "demonstration_dataset_id", "change_note",
    ]

    /// What a version says; `projectName` is where the evaluator is.
    init(_ evaluator: Evaluator, projectName: String?) {
        let definition = evaluator.version.definition
        name = definition.name
        self.projectName = projectName
        intent = evaluator.objective.version.intent
        objectiveID = definition.objectiveID
        objectiveVersionID = definition.objectiveVersionID
        criteria = definition.criteria.text
        code = definition.code
        variables = definition.inputVariables.map(\.name)
        models = definition.models
        behavior = definition.behavior
        demonstrations = definition.demonstrations.map(DocumentExample.init)
        demonstrationDatasetID = definition.demonstrationDatasetID
    }

    /// Reads what is there and notes in `fields` what is wrong by itself.
    init(reading fields: inout DocumentFields) {
        name = fields.requiredText("name") ?? ""
        projectName = fields.text("project")
        intent = fields.text("intent")
        objectiveID = fields.identifier("objective_id")
        objectiveVersionID = fields.identifier("objective_version_id")
        code = fields.code("code")
        criteria = (fields.has("code") ? fields.text("criteria") : fields.requiredText("criteria")) ?? ""
        variables = fields.texts("variables") ?? []
        models = fields.texts("models") ?? []
        behavior = fields.choice("behavior") ?? .balanced
        demonstrations = fields.examples("demonstrations", atMost: Demonstration.mostInDefinition)
        demonstrationDatasetID = fields.identifier("demonstration_dataset_id")
        changeNote = fields.text("change_note") ?? ""
        checkLimits(&fields)
    }

    /// The definition under an objective.
    func definition(objectiveID: ObjectiveID, pinned: ObjectiveVersionID?) -> EvaluatorDefinition {
        EvaluatorDefinition(
            name: name, criteria: CriteriaTemplate(criteria), code: code, models: models, behavior: behavior,
            objectiveID: objectiveID, objectiveVersionID: pinned, inputVariables: variables.map(InputVariable.init),
            demonstrations: demonstrations.compactMap(\.demonstration),
            demonstrationDatasetID: demonstrationDatasetID, changeNote: changeNote)
    }

    /// The document's members from `name` on. `isComplete` writes also what is empty, to be filled in.
    func members(isComplete: Bool) -> [YAMLEntry] {
        var members: [YAMLEntry] = []
        members.add("name", name)
        members.add("project", projectName)
        members.add("intent", intent)
        members.add("objective_id", objectiveID?.description)
        members.add("objective_version_id", objectiveVersionID?.description)
        members.add("code", code)
        if code == nil { addModelMembers(to: &members, isComplete: isComplete) }
        members.add("demonstrations", demonstrations)
        members.add("demonstration_dataset_id", demonstrationDatasetID?.description)
        if isComplete { members.add("change_note", changeNote) }
        return members
    }

    /// What says something to a model only.
    private func addModelMembers(to members: inout [YAMLEntry], isComplete: Bool) {
        members.add("criteria", criteria)
        if isComplete || !variables.isEmpty { members.add("variables", variables) }
        if isComplete || !models.isEmpty { members.add("models", models) }
        members.add("behavior", behavior.rawValue)
    }

    /// The fields in which another document of the same evaluator differs. What makes an objective a new one is its
    /// words.
    func fieldsDiffering(from other: EvaluatorDocument) -> [String] {
        var fields: [String] = []
        func compare<Value: Equatable>(_ field: String, _ value: KeyPath<EvaluatorDocument, Value>) {
            if self[keyPath: value] != other[keyPath: value] { fields.append(field) }
        }
        compare("name", \.name)
        compare("project", \.projectName)
        compare("intent", \.intent)
        compare("objective_id", \.objectiveID)
        compare("objective_version_id", \.objectiveVersionID)
        compare("criteria", \.criteria)
        compare("code", \.code)
        compare("variables", \.variables)
        compare("models", \.models)
        compare("behavior", \.behavior)
        compare("demonstrations", \.demonstrations)
        compare("demonstration_dataset_id", \.demonstrationDatasetID)
        return fields
    }

    /// The objective before it is looked up.
    private static let undecided = ObjectiveID(uuid: UUID(high: 0, low: 0))

    /// Notes the limits of the domain that are broken, under the names of the document's fields.
    private func checkLimits(_ fields: inout DocumentFields) {
        do throws(InvalidDefinition) {
            try definition(objectiveID: Self.undecided, pinned: nil).validate()
        } catch {
            for problem in error.problems {
                switch problem.field {
                case "scoring_criteria": fields.addIfPresent("criteria", problem.message)
                case "input_variables": fields.add("variables", problem.message)
                case "evaluator_demonstrations": fields.add("demonstrations", problem.message)
                case let field: fields.addIfPresent(field, problem.message)
                }
            }
        }
        do throws(InvalidDefinition) {
            if let intent { try ObjectiveDefinition(intent: intent).validate() }
        } catch {
            for problem in error.problems { fields.add("intent", problem.message) }
        }
    }
}

extension [YAMLEntry] {
    /// Adds a text; nothing for `nil`.
    mutating func add(_ key: String, _ text: String?) {
        if let text { append(YAMLEntry(key: key, node: YAMLNode(.string(text)))) }
    }

    /// Adds a list of texts.
    mutating func add(_ key: String, _ texts: [String]) {
        append(YAMLEntry(key: key, node: YAMLNode(.sequence(texts.map { YAMLNode(.string($0)) }))))
    }

    /// Adds a number.
    mutating func add(_ key: String, _ number: Int) {
        append(YAMLEntry(key: key, node: YAMLNode(.integer(number))))
    }
}
