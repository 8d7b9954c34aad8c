package import FoundationEssentials

/// What an item of the operator's lists is: evaluators and judges are listed, versioned and edited alike.
package enum OperatorItemKind: String, Codable, Sendable, Hashable, CaseIterable {
    case evaluator
    case judge

    /// Where items of this kind are; one is at `path/ID`.
    package var path: String {
        switch self {
        case .evaluator: "/internal/evaluators"
        case .judge: "/internal/judges"
        }
    }

    /// Where one item is.
    package func path(of id: UUID) -> String { "\(path)/\(id.uuidString.lowercased())" }
}

/// A person beside what they made.
package struct OperatorPerson: Codable, Sendable, Hashable {
    package let id: UUID
    package let email: String
    package let fullName: String

    package init(id: UUID, email: String, fullName: String) {
        self.id = id
        self.email = email
        self.fullName = fullName
    }
}

/// A version by its identifier and by the number that people say, from 1.
package struct OperatorVersionReference: Codable, Sendable, Hashable {
    package let id: UUID
    package let number: Int

    package init(id: UUID, number: Int) {
        self.id = id
        self.number = number
    }
}

/// An evaluator or a judge as a row of its list, `GET /internal/evaluators` and `GET /internal/judges`.
package struct OperatorItem: Codable, Sendable, Hashable {
    /// Whose it is.
    package enum Origin: String, Codable, Sendable, Hashable, CaseIterable {
        /// The organisation's own: the only ones that may be changed.
        case own
        /// Built in: everybody's to use and copy, nobody's to change.
        case preset
        /// Published by another organisation: to use and copy.
        case published
    }

    package let id: UUID
    package let kind: OperatorItemKind
    package let name: String
    package let origin: Origin
    /// `nil` on what is not the organisation's own.
    package let projectID: UUID?
    package let projectName: String?
    /// The current version.
    package let version: OperatorVersionReference
    package let versionCount: Int
    /// What is asked for, the first choice first; on a judge those of its evaluators. Empty is the server's default.
    package let models: [String]
    /// The kind of code that an evaluator is instead, such as `regex`; on a judge one for each of its evaluators that is
    /// code.
    package let code: [String]
    /// How many evaluators a judge has; 0 on an evaluator.
    package let evaluatorCount: Int
    /// How many of the organisation's judges have this evaluator now; 0 on a judge.
    package let judgeCount: Int
    package let owner: OperatorPerson
    package let createdAt: Date
    /// When the current version was made, and by whom.
    package let updatedAt: Date
    package let updatedBy: OperatorPerson
    /// Set on what was deleted and can be restored.
    package let deletedAt: Date?
    package let statistics: OperatorItemStatistics

    package init(
        id: UUID, kind: OperatorItemKind, name: String, origin: Origin, projectID: UUID?, projectName: String?,
        version: OperatorVersionReference, versionCount: Int, models: [String], code: [String] = [],
        evaluatorCount: Int, judgeCount: Int, owner: OperatorPerson, createdAt: Date, updatedAt: Date,
        updatedBy: OperatorPerson, deletedAt: Date?,
        statistics: OperatorItemStatistics
    ) {
        self.id = id
        self.kind = kind
        self.name = name
        self.origin = origin
        self.projectID = projectID
        self.projectName = projectName
        self.version = version
        self.versionCount = versionCount
        self.models = models
        self.code = code
        self.evaluatorCount = evaluatorCount
        self.judgeCount = judgeCount
        self.owner = owner
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.updatedBy = updatedBy
        self.deletedAt = deletedAt
        self.statistics = statistics
    }
}

/// How an item did lately in the organisation.
package struct OperatorItemStatistics: Codable, Sendable, Hashable {
    /// The mean score of the last seven days, from 0 to 1; `nil` when nothing was scored.
    package let meanScore: Double?
    /// The mean score of each of the last seven times 24 hours, the oldest first; `nil` where nothing was scored.
    package let dailyScores: [Double?]
    /// In the last 24 hours.
    package let executions: Int
    /// Those of them that gave no score.
    package let failures: Int
    /// Of an execution in the last seven days; `nil` when there was none.
    package let meanCostNanodollars: Int64?

    package init(
        meanScore: Double?, dailyScores: [Double?], executions: Int, failures: Int, meanCostNanodollars: Int64?
    ) {
        self.meanScore = meanScore
        self.dailyScores = dailyScores
        self.executions = executions
        self.failures = failures
        self.meanCostNanodollars = meanCostNanodollars
    }
}

/// A page of the list, the newest item first: the organisation's own before the presets, which are older.
package struct OperatorItemPage: Codable, Sendable, Hashable {
    package let results: [OperatorItem]
    /// The `cursor` of the page that follows, `nil` at the end.
    package let next: String?

    package init(results: [OperatorItem], next: String?) {
        self.results = results
        self.next = next
    }
}

/// Which items a list shows; everything given must hold.
package struct OperatorItemFilter: Sendable, Hashable {
    /// A part of the name, in any case.
    package var query: String?
    /// `nil` is the organisation's own and the presets.
    package var origin: OperatorItem.Origin?
    package var projectID: UUID?
    /// The deleted ones instead of those in use; only the organisation's own.
    package var isDeleted = false

    package init() {}
}

/// One version of an item in its history.
package struct OperatorVersion: Codable, Sendable, Hashable {
    package let id: UUID
    /// From 1.
    package let number: Int
    package let createdAt: Date
    package let author: OperatorPerson
    /// Empty when nothing was said.
    package let changeNote: String
    package let isCurrent: Bool

    package init(
        id: UUID, number: Int, createdAt: Date, author: OperatorPerson, changeNote: String, isCurrent: Bool
    ) {
        self.id = id
        self.number = number
        self.createdAt = createdAt
        self.author = author
        self.changeNote = changeNote
        self.isCurrent = isCurrent
    }

    package var reference: OperatorVersionReference { OperatorVersionReference(id: id, number: number) }
}

/// A page of an item's versions, `GET …/ID/versions`, the newest first.
package struct OperatorVersionPage: Codable, Sendable, Hashable {
    package let results: [OperatorVersion]
    /// The `cursor` of the page that follows, `nil` at the end.
    package let next: String?

    package init(results: [OperatorVersion], next: String?) {
        self.results = results
        self.next = next
    }
}

/// How a copy is to be made, `POST …/ID/duplicate`.
package struct OperatorDuplication: Codable, Sendable, Hashable {
    /// `nil` is the original's name with “(copy)”.
    package let name: String?
    /// `nil` is the original's project, of what is not the organisation's own the caller's default.
    package let projectID: UUID?

    package init(name: String?, projectID: UUID? = nil) {
        self.name = name
        self.projectID = projectID
    }
}
