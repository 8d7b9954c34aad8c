package import FoundationEssentials
package import Scoring
internal import Stores
package import Tenancy
internal import YAML

/// A document that comes back from an editor.
package struct DocumentSubmission: Sendable {
    package let kind: ItemKind
    package let text: String
    /// The item that gets a new version; `nil` makes a new item.
    package let id: UUID?
    /// The version that the edit began from; `nil` for whichever is current.
    package let expectedVersionID: UUID?
    /// `nil` leaves it to the text.
    package let changeNote: String?
    /// Whether it is only looked at.
    package let isDryRun: Bool

    package init(
        kind: ItemKind, text: String, id: UUID?, expectedVersionID: UUID?, changeNote: String?, isDryRun: Bool
    ) {
        self.kind = kind
        self.text = text
        self.id = id
        self.expectedVersionID = expectedVersionID
        self.changeNote = changeNote
        self.isDryRun = isDryRun
    }
}

/// What became of a document.
package struct DocumentReceipt: Sendable {
    /// In the order of the text. Nothing was stored when there is one.
    package let problems: [DocumentProblem]
    /// Nothing was stored when there is none.
    package let changedFields: [String]
    /// `nil` when nothing was stored.
    package let saved: ItemSummary?
}

extension Documents {
    /// Stores a document, or only looks at it.
    /// - Throws: `PermissionDenied`, `NotFound`, `ReadOnly`; `NewerVersion` when the edit began from an older one.
    package func submit(_ submission: DocumentSubmission, for principal: Principal) async throws -> DocumentReceipt {
        let kind = submission.kind
        try principal.requireAnywhere(submission.id == nil ? kind.creation : kind.change)
        var target: ItemSummary?
        if let id = submission.id {
            let found = try await ownItem(kind, id, principal)
            if let expected = submission.expectedVersionID, expected != found.version.id {
                throw NewerVersion(kind: kind, current: found.version)
            }
            try principal.require(kind.change, with: found.organizationID, in: found.projectID)
            target = found
        }
        let root: YAMLNode
        do throws(YAMLError) {
            root = try YAMLReader.parse(submission.text, limits: Self.limits)
        } catch {
            return DocumentReceipt(problems: [DocumentProblem(error)], changedFields: [], saved: nil)
        }
        let place = DocumentTarget(item: target, isForeign: target == nil)
        let reviewed =
            switch kind {
            case .evaluator: try await reviewEvaluator(root, for: place, principal)
            case .judge: try await reviewJudge(root, for: place, principal)
            }
        guard !submission.isDryRun, let content = reviewed.content, !reviewed.changedFields.isEmpty else {
            return DocumentReceipt(problems: reviewed.problems, changedFields: reviewed.changedFields, saved: nil)
        }
        let saved = try await store(content, replacing: target, note: submission.changeNote, principal)
        return DocumentReceipt(problems: [], changedFields: reviewed.changedFields, saved: saved)
    }

    /// The item, provided that the caller's organisation may change it.
    func ownItem(_ kind: ItemKind, _ id: UUID, _ principal: Principal) async throws -> ItemSummary {
        let found = try await items.find(kind, id, for: principal)
        guard found.deletedAt == nil else { throw NotFound(kind.title) }
        guard found.origin(for: principal.organizationID) == .own else { throw ReadOnly(kind.title) }
        return found
    }

    /// Stores what was reviewed, as the version that follows the target's.
    /// - Throws: `NewerVersion` when another came first.
    func store(
        _ content: ReviewedDocument.Content, replacing target: ItemSummary?, note: String?, _ principal: Principal
    ) async throws -> ItemSummary {
        do {
            switch content {
            case .evaluator(var whole):
                if let note { whole.definition.changeNote = note }
                let saved =
                    if let target {
                        try await evaluators.replace(
                            EvaluatorID(uuid: target.id), at: EvaluatorVersionID(uuid: target.version.id), by: whole,
                            for: principal)
                    } else {
                        try await evaluators.create(whole, for: principal)
                    }
                return try await items.find(.evaluator, saved.id.uuid, for: principal)
            case .judge(var draft):
                if let note { draft.changeNote = note }
                let saved =
                    if let target {
                        try await judges.update(
                            JudgeID(uuid: target.id), at: JudgeVersionID(uuid: target.version.id), draft,
                            for: principal)
                    } else {
                        try await judges.create(draft, for: principal)
                    }
                return try await items.find(.judge, saved.id.uuid, for: principal)
            }
        } catch let conflict as Conflict where conflict.kind == .changedMeanwhile {
            guard let target else { throw conflict }
            let now = try await items.find(target.kind, target.id, for: principal)
            throw NewerVersion(kind: target.kind, current: now.version)
        }
    }

    /// Notes where the document says that it is of something else than it is handed in for.
    func checkIdentity(_ fields: inout DocumentFields, _ kind: ItemKind, _ target: DocumentTarget) {
        if let said = fields.choice("kind", of: ItemKind.self), said != kind {
            fields.add("kind", "This is the document of a \(said.rawValue), not of a \(kind.rawValue).")
        }
        let id = fields.identifier("id", of: ItemSummary.self)
        _ = fields.number("version")
        if let id, let item = target.item, id.uuid != item.id, !target.isForeign {
            fields.add("id", "This is the document of another \(kind.rawValue) than the one it is saved as.")
        }
    }

    /// The project that a document names, `nil` for none; with a problem noted when there is no such project.
    func project(
        _ name: String?, _ fields: inout DocumentFields, _ principal: Principal
    ) async throws -> ProjectID? {
        guard let name else { return nil }
        if let project = try await projects.find(named: name, for: principal) { return project.id }
        fields.add("project", "There is no project “\(name)”. Leave it out to use the default.")
        return nil
    }
}

extension ItemKind {
    /// What it takes to see one.
    var reading: Permission {
        switch self {
        case .evaluator: .evaluatorRead
        case .judge: .judgeRead
        }
    }

    /// What it takes to make one.
    var creation: Permission {
        switch self {
        case .evaluator: .evaluatorCreate
        case .judge: .judgeCreate
        }
    }

    /// What it takes to change one.
    var change: Permission {
        switch self {
        case .evaluator: .evaluatorUpdate
        case .judge: .judgeUpdate
        }
    }
}
