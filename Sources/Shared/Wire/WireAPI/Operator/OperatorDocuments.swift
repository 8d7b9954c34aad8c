package import FoundationEssentials

/// An item as a document for an editor, `GET …/ID/document`: YAML with the whole definition of one version, comments at
/// its top saying what may be edited.
package struct OperatorDocument: Codable, Sendable, Hashable {
    package let kind: OperatorItemKind
    /// `nil` on the empty form of a new item.
    package let id: UUID?
    /// The version whose definition it is. Sent back as `expectedVersionID`.
    package let version: OperatorVersionReference?
    package let text: String

    package init(kind: OperatorItemKind, id: UUID?, version: OperatorVersionReference?, text: String) {
        self.kind = kind
        self.id = id
        self.version = version
        self.text = text
    }
}

/// A document that comes back from an editor, `POST /internal/evaluators/documents` and `POST /internal/judges/documents`.
package struct OperatorDocumentSubmission: Codable, Sendable, Hashable {
    package let text: String
    /// Whether it is only looked at.
    package let dryRun: Bool
    /// The item that gets a new version, which a text that says its `id` must be of; `nil` makes a new item, whatever
    /// the text says.
    package let id: UUID?
    /// The version the edit began from. When it is not current any more the answer is 409, whose `fields` name
    /// `current_version_id`, `current_number`, `changed_by` and `changed_at`.
    package let expectedVersionID: UUID?
    /// `nil` leaves it to `change_note` of the text.
    package let changeNote: String?

    package init(text: String, dryRun: Bool, id: UUID?, expectedVersionID: UUID?, changeNote: String?) {
        self.text = text
        self.dryRun = dryRun
        self.id = id
        self.expectedVersionID = expectedVersionID
        self.changeNote = changeNote
    }
}

/// What became of a document.
package struct OperatorDocumentReceipt: Codable, Sendable, Hashable {
    /// Every problem that was found, in the order of the text. Nothing was saved when there is one.
    package let problems: [OperatorDocumentProblem]
    /// The fields whose values differ from the version before, all that are given on a new item. Without one nothing was
    /// saved: there is no need of a version that is like the one before.
    package let changedFields: [String]
    /// The item as it was saved; `nil` when nothing was.
    package let saved: OperatorItem?

    package init(problems: [OperatorDocumentProblem], changedFields: [String], saved: OperatorItem?) {
        self.problems = problems
        self.changedFields = changedFields
        self.saved = saved
    }
}

/// What is wrong at one place of a text.
package struct OperatorDocumentProblem: Codable, Sendable, Hashable {
    /// In the text, from 1.
    package let line: Int
    package let column: Int
    /// Such as `criteria` or `evaluators[1].version`; empty where the text is no document at all.
    package let field: String
    /// One sentence for a person.
    package let message: String

    package init(line: Int, column: Int, field: String, message: String) {
        self.line = line
        self.column = column
        self.field = field
        self.message = message
    }
}

/// Which items are written into one text, `POST /internal/documents/export`.
package struct OperatorExport: Codable, Sendable, Hashable {
    package static let path = "/internal/documents/export"

    package let evaluatorIDs: [UUID]
    package let judgeIDs: [UUID]
    /// Whether the organisation's own evaluators of the judges come along.
    package let includesEvaluatorsOfJudges: Bool

    package init(evaluatorIDs: [UUID], judgeIDs: [UUID], includesEvaluatorsOfJudges: Bool) {
        self.evaluatorIDs = evaluatorIDs
        self.judgeIDs = judgeIDs
        self.includesEvaluatorsOfJudges = includesEvaluatorsOfJudges
    }
}

/// Items as one text of several YAML documents.
package struct OperatorExportedDocuments: Codable, Sendable, Hashable {
    package let text: String
    package let items: [OperatorItemReference]

    package init(text: String, items: [OperatorItemReference]) {
        self.text = text
        self.items = items
    }
}

/// A text of one or several documents that is to be brought in, `POST /internal/documents/import`.
package struct OperatorImport: Codable, Sendable, Hashable {
    package static let path = "/internal/documents/import"

    package let text: String
    /// `OperatorImportPlan.token` of the plan that a person agreed to; `nil` only makes a plan. When the plan would be
    /// another one by now the answer is 409.
    package let planToken: String?
    /// Where new items belong that name no project; `nil` is the caller's default.
    package let projectID: UUID?

    package init(text: String, planToken: String?, projectID: UUID? = nil) {
        self.text = text
        self.planToken = planToken
        self.projectID = projectID
    }
}

/// What an import does, or did.
package struct OperatorImportPlan: Codable, Sendable, Hashable {
    /// What becomes of one document.
    package enum Action: String, Codable, Sendable, Hashable, CaseIterable {
        case create
        /// The item of that identifier or name gets a new version.
        case update
        /// It is there like this already.
        case unchanged
        /// It has problems. Nothing of the whole text is brought in.
        case refused
    }

    /// One document of the text.
    package struct Entry: Codable, Sendable, Hashable {
        /// Where the document begins in the text, from 1.
        package let line: Int
        /// `nil` when the document does not say it.
        package let kind: OperatorItemKind?
        package let name: String?
        package let action: Action
        /// The item that it concerns; on one that is created only when it is done.
        package let id: UUID?
        /// The version that is replaced.
        package let version: OperatorVersionReference?
        package let changedFields: [String]
        package let problems: [OperatorDocumentProblem]

        package init(
            line: Int, kind: OperatorItemKind?, name: String?, action: Action, id: UUID?,
            version: OperatorVersionReference?, changedFields: [String], problems: [OperatorDocumentProblem]
        ) {
            self.line = line
            self.kind = kind
            self.name = name
            self.action = action
            self.id = id
            self.version = version
            self.changedFields = changedFields
            self.problems = problems
        }
    }

    /// In the order of the text.
    package let entries: [Entry]
    /// Stands for exactly this plan; `nil` when it cannot be carried out or there is nothing to do.
    package let token: String?
    /// Whether it was carried out.
    package let isDone: Bool

    package init(entries: [Entry], token: String?, isDone: Bool) {
        self.entries = entries
        self.token = token
        self.isDone = isDone
    }
}

extension OperatorRequest where Reply == OperatorDocument {
    /// An item as a document, at its current version or at the given one.
    package static func document(_ kind: OperatorItemKind, _ id: UUID, version: UUID? = nil) -> Self {
        Self(
            .get, kind.path(of: id) + "/document",
            version.map { [Parameter("version_id", $0.uuidString.lowercased())] } ?? [])
    }

    /// The form of a new item, with comments that say what belongs where.
    package static func newDocument(_ kind: OperatorItemKind) -> Self { Self(.get, kind.path + "/document") }
}

extension OperatorRequest where Reply == OperatorDocumentReceipt {
    /// Saves a document, or only looks at it.
    package static func submit(_ kind: OperatorItemKind, _ submission: OperatorDocumentSubmission) -> Self {
        Self(.post, kind.path + "/documents", body: submission)
    }
}

extension OperatorRequest where Reply == OperatorExportedDocuments {
    /// Several items as one text.
    package static func export(_ export: OperatorExport) -> Self { Self(.post, OperatorExport.path, body: export) }
}

extension OperatorRequest where Reply == OperatorImportPlan {
    /// Brings a text of several documents in, or plans to.
    package static func importDocuments(_ wish: OperatorImport) -> Self { Self(.post, OperatorImport.path, body: wish) }
}
