package import FoundationEssentials
package import Tenancy

/// Evaluators and judges, where both are treated alike: listed, versioned, copied, deleted and restored.
package enum ItemKind: String, Sendable, Hashable, CaseIterable {
    case evaluator
    case judge

    /// What people call it at the beginning of a sentence.
    package var title: String {
        switch self {
        case .evaluator: "Evaluator"
        case .judge: "Judge"
        }
    }
}

/// Whose an evaluator or a judge is, as an organisation sees it.
package enum ItemOrigin: String, Sendable, Hashable, CaseIterable {
    /// The organisation's own: the only ones it may change.
    case own
    /// Built in.
    case preset
    /// Published by another organisation.
    case published
}

/// An evaluator or a judge by its identifier and its present name.
package struct ItemReference: Sendable, Hashable {
    package let kind: ItemKind
    package let id: UUID
    package let name: String

    package init(kind: ItemKind, id: UUID, name: String) {
        self.kind = kind
        self.id = id
        self.name = name
    }
}

/// An evaluator or a judge as a row of a list.
package struct ItemSummary: Sendable, Hashable {
    package let kind: ItemKind
    package let id: UUID
    package let name: String
    package let organizationID: OrganizationID
    package let isRoot: Bool
    package let projectID: ProjectID?
    /// The current version.
    package let version: VersionSummary
    package let versionCount: Int
    /// What is asked for, on a judge by its evaluators; empty means the server's default.
    package let models: [String]
    /// The kind of code that an evaluator is, on a judge one for each of its evaluators that is code.
    package let codeKinds: [CodeKind]
    /// How many evaluators a judge has; 0 on an evaluator.
    package let evaluatorCount: Int
    /// How many judges of the organisation that asks have this evaluator; 0 on a judge.
    package let judgeCount: Int
    package let owner: UserReference
    package let createdAt: Date
    package let deletedAt: Date?

    package init(
        kind: ItemKind, id: UUID, name: String, organizationID: OrganizationID, isRoot: Bool, projectID: ProjectID?,
        version: VersionSummary, versionCount: Int, models: [String], codeKinds: [CodeKind] = [], evaluatorCount: Int,
        judgeCount: Int, owner: UserReference, createdAt: Date, deletedAt: Date?
    ) {
        self.kind = kind
        self.id = id
        self.name = name
        self.organizationID = organizationID
        self.isRoot = isRoot
        self.projectID = projectID
        self.version = version
        self.versionCount = versionCount
        self.models = models
        self.codeKinds = codeKinds
        self.evaluatorCount = evaluatorCount
        self.judgeCount = judgeCount
        self.owner = owner
        self.createdAt = createdAt
        self.deletedAt = deletedAt
    }

    package var reference: ItemReference { ItemReference(kind: kind, id: id, name: name) }
    package var keyset: Keyset { Keyset(createdAt: createdAt, id: id) }

    /// Whose it is in the eyes of an organisation.
    package func origin(for organization: OrganizationID) -> ItemOrigin {
        if isRoot { return .preset }
        return organizationID == organization ? .own : .published
    }
}

/// One version of an evaluator or a judge without its content.
package struct VersionSummary: Sendable, Hashable {
    package let id: UUID
    /// From 1.
    package let number: Int
    package let createdAt: Date
    package let author: UserReference
    package let changeNote: String

    package init(id: UUID, number: Int, createdAt: Date, author: UserReference, changeNote: String) {
        self.id = id
        self.number = number
        self.createdAt = createdAt
        self.author = author
        self.changeNote = changeNote
    }

    package var keyset: Keyset { Keyset(createdAt: createdAt, id: id) }
}

/// Which evaluators or judges a list shows; everything given must hold.
package struct ItemFilter: Sendable, Hashable {
    /// A part of the name, in any case.
    package var namePart: String?
    /// `nil` is the organisation's own and the built-in ones.
    package var origin: ItemOrigin?
    package var projectID: ProjectID?
    /// The organisation's deleted ones instead of those in use.
    package var isDeleted = false

    package init() {}
}
