package import FoundationEssentials
package import Tenancy

/// Who may see a resource besides its own organisation.
package enum Visibility: String, Sendable, Hashable, CaseIterable {
    case `private`
    case `public`
}

/// How much effort an evaluator spends on a verdict.
package enum EvaluatorBehavior: String, Sendable, Hashable, CaseIterable {
    case fast
    case balanced
    case thorough
}

/// A function from text to a score: a stable identity whose content changes by new versions.
package struct Evaluator: Sendable, Hashable {
    package let id: EvaluatorID
    package let organizationID: OrganizationID
    package let projectID: ProjectID?
    package let owner: UserReference
    package let visibility: Visibility
    /// One of the built-in evaluators: everybody may use and copy it, nobody may change it.
    package let isRoot: Bool
    package let createdAt: Date
    package let updatedAt: Date?
    package let updatedBy: UserReference?
    /// The version that was asked for; the latest one unless said otherwise.
    package let version: EvaluatorVersion
    /// What it measures: the version its evaluator pins, else the latest.
    package let objective: Objective

    package init(
        id: EvaluatorID, organizationID: OrganizationID, projectID: ProjectID?, owner: UserReference,
        visibility: Visibility, isRoot: Bool, createdAt: Date, updatedAt: Date?, updatedBy: UserReference?,
        version: EvaluatorVersion, objective: Objective
    ) {
        self.id = id
        self.organizationID = organizationID
        self.projectID = projectID
        self.owner = owner
        self.visibility = visibility
        self.isRoot = isRoot
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.updatedBy = updatedBy
        self.version = version
        self.objective = objective
    }

    package var name: String { version.definition.name }
    package var inputs: ExecutionInputs { version.definition.inputs }
}

/// One state of an evaluator's content; never changed once made.
package struct EvaluatorVersion: Sendable, Hashable {
    package let id: EvaluatorVersionID
    package let evaluatorID: EvaluatorID
    /// From 1, in the order in which they were made.
    package let number: Int
    package let definition: EvaluatorDefinition
    package let createdAt: Date

    package init(
        id: EvaluatorVersionID, evaluatorID: EvaluatorID, number: Int, definition: EvaluatorDefinition, createdAt: Date
    ) {
        self.id = id
        self.evaluatorID = evaluatorID
        self.number = number
        self.definition = definition
        self.createdAt = createdAt
    }

    /// The identifier under which a declared variable of this version is shown.
    package func id(of variable: InputVariable) -> UUID {
        ContentHash(of: "input-variable", id.description, variable.name).uuid
    }
}

/// A placeholder that the caller fills at execution.
package struct InputVariable: Sendable, Hashable {
    package let name: String

    /// The longest name, in Unicode scalars.
    package static let longestName = 1000

    package init(name: String) { self.name = name }
}
