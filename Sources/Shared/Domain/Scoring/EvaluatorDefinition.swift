package import Tenancy

/// The content of an evaluator: all that a version fixes.
package struct EvaluatorDefinition: Sendable, Hashable {
    package var name: String
    package var criteria: CriteriaTemplate
    /// Names of models: the first is used, the others are its fall-backs in order. Empty means the server's default.
    package var models: [String]
    package var behavior: EvaluatorBehavior
    package var objectiveID: ObjectiveID
    /// The objective's version to keep to; `nil` follows the latest.
    package var objectiveVersionID: ObjectiveVersionID?
    package var inputVariables: [InputVariable]
    /// The dataset whose published annotations serve as examples.
    package var demonstrationDatasetID: DatasetID?
    package var changeNote: String

    /// Takes the values as they are; whoever takes them from a client calls ``validate()``.
    package init(
        name: String, criteria: CriteriaTemplate, models: [String] = [], behavior: EvaluatorBehavior = .balanced,
        objectiveID: ObjectiveID, objectiveVersionID: ObjectiveVersionID? = nil, inputVariables: [InputVariable] = [],
        demonstrationDatasetID: DatasetID? = nil, changeNote: String = ""
    ) {
        self.name = name
        self.criteria = criteria
        self.models = models
        self.behavior = behavior
        self.objectiveID = objectiveID
        self.objectiveVersionID = objectiveVersionID
        self.inputVariables = inputVariables
        self.demonstrationDatasetID = demonstrationDatasetID
        self.changeNote = changeNote
    }

    /// What an execution has to bring.
    package var inputs: ExecutionInputs { ExecutionInputs(template: criteria, declared: inputVariables) }

    /// Names every limit that a client's values break.
    package func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            findings.length(of: name, in: 2...1000, field: "name")
            findings.length(of: criteria.text, in: 1...CriteriaTemplate.longest, field: "scoring_criteria")
            if models.contains(where: \.isEmpty) { findings.add("models", "A model's name may not be blank.") }
            for variable in inputVariables {
                findings.length(of: variable.name, in: 1...InputVariable.longestName, field: "input_variables")
            }
        }
    }
}

/// The forgiving form of an evaluator's or judge's name, on which a look-up falls back: `Tool_Selection`,
/// `tool-selection` and `Tool Selection` are one.
package enum LenientName {
    /// Case folded; every run of spaces, `_` and `-` becomes one space.
    package static func of(_ name: String) -> String {
        name.lowercased().split { $0 == "_" || $0 == "-" || $0.isWhitespace }.joined(separator: " ")
    }
}
