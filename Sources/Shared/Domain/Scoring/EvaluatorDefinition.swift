package import Tenancy

/// The content of an evaluator: all that a version fixes.
package struct EvaluatorDefinition: Sendable, Hashable {
    package var name: String
    /// What a model judges by; empty where code does.
    package var criteria: CriteriaTemplate
    /// What is done without a model; `nil` where a model judges by the criteria.
    package var code: CodeEvaluation?
    /// Names of models: the first is used, the others are its fall-backs in order. Empty means the server's default.
    package var models: [String]
    package var behavior: EvaluatorBehavior
    package var objectiveID: ObjectiveID
    /// The objective's version to keep to; `nil` follows the latest.
    package var objectiveVersionID: ObjectiveVersionID?
    package var inputVariables: [InputVariable]
    /// Worked examples that models are shown, of the evaluator's own.
    package var demonstrations: [Demonstration]
    /// The dataset whose items with published annotations are further ones, as they are at the execution.
    package var demonstrationDatasetID: DatasetID?
    package var changeNote: String

    /// Takes the values as they are; whoever takes them from a client calls ``validate()``.
    package init(
        name: String, criteria: CriteriaTemplate, code: CodeEvaluation? = nil, models: [String] = [],
        behavior: EvaluatorBehavior = .balanced, objectiveID: ObjectiveID,
        objectiveVersionID: ObjectiveVersionID? = nil, inputVariables: [InputVariable] = [],
        demonstrations: [Demonstration] = [], demonstrationDatasetID: DatasetID? = nil, changeNote: String = ""
    ) {
        self.name = name
        self.criteria = criteria
        self.code = code
        self.models = models
        self.behavior = behavior
        self.objectiveID = objectiveID
        self.objectiveVersionID = objectiveVersionID
        self.inputVariables = inputVariables
        self.demonstrations = demonstrations
        self.demonstrationDatasetID = demonstrationDatasetID
        self.changeNote = changeNote
    }

    /// What an execution has to bring.
    package var inputs: ExecutionInputs {
        if let code { return ExecutionInputs(code) }
        return ExecutionInputs(template: criteria, declared: inputVariables)
    }

    /// Names what says something to a model only.
    private func refuseWhatCodeHasNot(_ findings: inout InvalidDefinition.Findings) {
        if !criteria.text.isEmpty { findings.add("scoring_criteria", "Give either scoring_criteria or code.") }
        if !models.isEmpty { findings.add("models", "Code asks no model.") }
        if !inputVariables.isEmpty { findings.add("input_variables", "Code has no variables.") }
        if !demonstrations.isEmpty { findings.add("evaluator_demonstrations", "Code learns from no examples.") }
        if demonstrationDatasetID != nil { findings.add("demonstration_dataset_id", "Code learns from no examples.") }
    }

    /// Names every limit that a client's values break.
    package func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            findings.length(of: name, in: 2...1000, field: "name")
            if code == nil {
                findings.length(of: criteria.text, in: 1...CriteriaTemplate.longest, field: "scoring_criteria")
            } else {
                refuseWhatCodeHasNot(&findings)
            }
            if models.contains(where: \.isEmpty) { findings.add("models", "A model's name may not be blank.") }
            Demonstration.check(demonstrations, field: "evaluator_demonstrations", &findings)
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
