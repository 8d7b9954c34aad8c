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
    package var models: [String]?
    package var behavior: EvaluatorBehavior?
    package var objective: ObjectiveChoice?
    package var inputVariables: [String]?
    package var demonstrationDatasetID: DatasetID?
    package var changeNote: String?
    package var projectID: ProjectID?

    package init() {}

    /// Puts what was said in the place of what was.
    func apply(to definition: inout EvaluatorDefinition) {
        if let name { definition.name = name }
        if let criteria { definition.criteria = CriteriaTemplate(criteria) }
        if let models { definition.models = models }
        if let behavior { definition.behavior = behavior }
        if let inputVariables { definition.inputVariables = inputVariables.map(InputVariable.init) }
        if let demonstrationDatasetID { definition.demonstrationDatasetID = demonstrationDatasetID }
        definition.changeNote = changeNote ?? ""
    }
}
