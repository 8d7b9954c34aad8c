package import Scoring
package import Tenancy

/// What a caller wants an evaluator to be; what is `nil` was not said.
package struct EvaluatorDraft: Sendable {
    /// What it measures.
    package enum ObjectiveChoice: Sendable {
        /// That objective, at that version or following its latest.
        case existing(ObjectiveID, ObjectiveVersionID?)
        /// The one it measures already, at that version.
        case version(ObjectiveVersionID)
        /// A new one with this intent.
        case new(intent: String)
    }

    package var name: String?
    package var criteria: String?
    /// What is to be done without a model.
    package var code: CodeEvaluation?
    package var models: [String]?
    package var behavior: EvaluatorBehavior?
    package var objective: ObjectiveChoice?
    package var inputVariables: [String]?
    /// Its own worked examples; empty for none any more.
    package var demonstrations: [Demonstration]?
    package var demonstrationDatasetID: DatasetID?
    package var changeNote: String?
    package var projectID: ProjectID?

    package init() {}

    /// Puts what was said in the place of what was. Code takes the place of criteria with all that is said to a model, and
    /// criteria that of code.
    func apply(to definition: inout EvaluatorDefinition) {
        if let name { definition.name = name }
        if let code {
            definition.code = code
            definition.criteria = CriteriaTemplate("")
            (definition.models, definition.inputVariables) = ([], [])
            (definition.demonstrations, definition.demonstrationDatasetID) = ([], nil)
        }
        if let criteria {
            definition.criteria = CriteriaTemplate(criteria)
            if code == nil { definition.code = nil }
        }
        if let models { definition.models = models }
        if let behavior { definition.behavior = behavior }
        if let inputVariables { definition.inputVariables = inputVariables.map(InputVariable.init) }
        if let demonstrations { definition.demonstrations = demonstrations }
        if let demonstrationDatasetID { definition.demonstrationDatasetID = demonstrationDatasetID }
        definition.changeNote = changeNote ?? ""
    }
}
