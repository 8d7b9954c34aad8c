package import FoundationEssentials
package import Tenancy

/// A named set of evaluators with an intent of its own, run as one.
package struct Judge: Sendable, Hashable {
    package let id: JudgeID
    package let organizationID: OrganizationID
    package let projectID: ProjectID?
    package let owner: UserReference
    package let visibility: Visibility
    package let createdAt: Date
    package let updatedAt: Date?
    /// The version that was asked for; the latest one unless said otherwise.
    package let version: JudgeVersion
    /// The evaluators of that version, resolved in its order; one that was deleted is left out.
    package let evaluators: [Evaluator]
    /// What that version's evaluators always look at.
    package let file: AttachedFile?

    package init(
        id: JudgeID, organizationID: OrganizationID, projectID: ProjectID?, owner: UserReference,
        visibility: Visibility, createdAt: Date, updatedAt: Date?, version: JudgeVersion, evaluators: [Evaluator],
        file: AttachedFile? = nil
    ) {
        self.id = id
        self.organizationID = organizationID
        self.projectID = projectID
        self.owner = owner
        self.visibility = visibility
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.version = version
        self.evaluators = evaluators
        self.file = file
    }

    package var name: String { version.definition.name }
    package var inputs: ExecutionInputs { ExecutionInputs(union: evaluators.map(\.inputs)) }
}

/// One state of a judge's content; never changed once made.
package struct JudgeVersion: Sendable, Hashable {
    package let id: JudgeVersionID
    package let judgeID: JudgeID
    /// From 1, in the order in which they were made.
    package let number: Int
    package let definition: JudgeDefinition
    package let createdAt: Date

    package init(
        id: JudgeVersionID, judgeID: JudgeID, number: Int, definition: JudgeDefinition, createdAt: Date
    ) {
        self.id = id
        self.judgeID = judgeID
        self.number = number
        self.definition = definition
        self.createdAt = createdAt
    }
}

/// An evaluator of a judge: one version of it, or whichever is the latest.
package struct EvaluatorReference: Sendable, Hashable {
    package let id: EvaluatorID
    package let pinned: EvaluatorVersionID?

    package init(id: EvaluatorID, pinned: EvaluatorVersionID?) {
        self.id = id
        self.pinned = pinned
    }
}

/// The content of a judge: all that a version fixes.
package struct JudgeDefinition: Sendable, Hashable {
    package var name: String
    package var intent: String
    package var stage: String
    package var evaluators: [EvaluatorReference]
    /// A file that the evaluators look at where an input brings no contexts of its own.
    package var fileID: FileID?
    package var changeNote: String

    /// Takes the values as they are; whoever takes them from a client calls ``validate()``.
    package init(
        name: String, intent: String, stage: String = "", evaluators: [EvaluatorReference] = [], fileID: FileID? = nil,
        changeNote: String = ""
    ) {
        self.name = name
        self.intent = intent
        self.stage = stage
        self.evaluators = evaluators
        self.fileID = fileID
        self.changeNote = changeNote
    }

    /// Names every limit that a client's values break.
    package func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            findings.length(of: name, in: 3...512, field: "name")
            findings.length(of: intent, in: 1...Int.max, field: "intent")
            findings.length(of: stage, in: 0...255, field: "stage")
        }
    }
}
