internal import FoundationEssentials
package import Scoring
package import Stores
package import Tenancy

/// What a caller wants a judge to be; what is `nil` was not said.
package struct JudgeDraft: Sendable {
    package var name: String?
    package var intent: String?
    package var stage: String?
    package var evaluators: [EvaluatorReference]?
    package var visibility: Visibility?
    package var projectID: ProjectID?
    package var file = FileChange.keep
    /// Why the version is made.
    package var changeNote: String?

    package init() {}

    /// What is to become of the file that its evaluators look at.
    package enum FileChange: Sendable, Hashable {
        case keep
        case remove
        case attach(FileID)
    }
}

/// The judges that a caller sees, and the caller's own to change.
package struct Judges: Sendable {
    let store: JudgeStore
    private let evaluators: EvaluatorStore
    private let files: Files
    private let projects: Projects
    private let identifiers: IdentifierSource
    private let changes: Changes

    /// How often a change is applied anew when another one came first.
    private static let attempts = 5

    package init(
        store: JudgeStore, evaluators: EvaluatorStore, files: Files, projects: Projects, identifiers: IdentifierSource,
        changes: Changes
    ) {
        self.store = store
        self.evaluators = evaluators
        self.files = files
        self.projects = projects
        self.identifiers = identifiers
        self.changes = changes
    }

    /// One page of what the caller sees.
    package func list(_ filter: JudgeFilter, _ page: PageRequest, for principal: Principal) async throws -> Slice<Judge>
    {
        try await store.list(readableBy: principal.organizationID, filter, page: page)
    }

    /// The judge at its latest or the given version.
    /// - Throws: `NotFound`.
    package func find(
        _ id: JudgeID, version: JudgeVersionID? = nil, for principal: Principal
    ) async throws -> Judge {
        guard let found = try await store.find(id, version: version, readableBy: principal.organizationID) else {
            throw NotFound("Judge")
        }
        return found
    }

    /// Makes a judge.
    /// - Throws: `InvalidDefinition` naming every field that is missing or not acceptable; `PermissionDenied` for one that
    ///   the caller may not show to everybody.
    package func create(_ draft: JudgeDraft, for principal: Principal) async throws -> Judge {
        try principal.requireLeave(toShow: nil, as: draft.visibility)
        try InvalidDefinition.check { findings in
            if draft.name == nil { findings.add("name", "This field is required.") }
            if draft.intent == nil { findings.add("intent", "This field is required.") }
        }
        var definition = JudgeDefinition(name: "", intent: "")
        try await apply(draft, to: &definition, principal)
        let id = identifiers.next(Judge.self)
        try await store.create(
            NewJudge(
                id: id, versionID: identifiers.next(), organizationID: principal.organizationID,
                projectID: try await projects.target(draft.projectID, for: principal), ownerID: principal.user.id,
                visibility: draft.visibility ?? .private, definition: definition,
                createdAt: id.uuid.versionSevenDate ?? Date()))
        let made = try await find(id, for: principal)
        await announce(.created, made, by: principal)
        return made
    }

    /// Gives the judge a new version with what the draft says; the rest stays.
    ///
    /// With `expected` only while that is the current version: then the draft was made for it.
    /// - Throws: `NotFound`, `ReadOnly`, `InvalidDefinition`; `Conflict` of the kind `changedMeanwhile`; `PermissionDenied`
    ///   for one that the caller may not show to everybody.
    package func update(
        _ id: JudgeID, at expected: JudgeVersionID? = nil, _ draft: JudgeDraft, for principal: Principal
    ) async throws -> Judge {
        var target: ProjectID?
        if let project = draft.projectID { target = try await projects.target(project, for: principal) }
        for _ in 0..<Self.attempts {
            let current = try await own(id, principal)
            if let expected, current.version.id != expected { break }
            try principal.requireLeave(toShow: current, as: draft.visibility)
            var definition = current.version.definition
            try await apply(draft, to: &definition, principal)
            let change = JudgeChange(
                id: id, organizationID: principal.organizationID, replacing: current.version.id,
                versionID: identifiers.next(), definition: definition, visibility: draft.visibility,
                projectID: target, by: principal.user.id, at: Date())
            if try await store.addVersion(change) {
                let changed = try await find(id, for: principal)
                await announce(.updated, changed, by: principal)
                return changed
            }
        }
        throw Conflict(.changedMeanwhile)
    }

    /// Copies a judge that the caller sees into a project, by default that of the original.
    /// - Throws: `NotFound`; `InvalidDefinition` for an unknown project, a name that is none, or an evaluator that the
    ///   caller does not see.
    package func duplicate(
        _ id: JudgeID, to project: ProjectID?, named name: String?, for principal: Principal
    ) async throws -> Judge {
        let original = try await find(id, for: principal)
        let definition = original.version.definition
        var draft = JudgeDraft()
        draft.name = name ?? String("\(definition.name) (copy)".unicodeScalars.prefix(512).map(Character.init))
        draft.intent = definition.intent
        draft.stage = definition.stage
        draft.evaluators = definition.evaluators
        // A file of another organisation stays there.
        if original.organizationID == principal.organizationID, let file = original.file {
            draft.file = .attach(file.id)
        }
        draft.projectID = try await projects.target(
            project, of: original.organizationID, original.projectID, for: principal)
        return try await create(draft, for: principal)
    }

    /// Takes the judge out of use; logs keep naming it.
    /// - Throws: `NotFound`, `ReadOnly`.
    package func delete(_ id: JudgeID, for principal: Principal) async throws {
        let judge = try await own(id, principal)
        guard try await store.delete(id, in: principal.organizationID, at: Date()) else { throw NotFound("Judge") }
        await announce(.deleted, judge, by: principal)
    }

    /// Brings a deleted judge back.
    /// - Throws: `NotFound`.
    package func restore(_ id: JudgeID, for principal: Principal) async throws {
        guard try await store.restore(id, in: principal.organizationID) else { throw NotFound("Deleted judge") }
        await announce(.restored, try await find(id, for: principal), by: principal)
    }

    private func announce(_ action: CatalogueChange.Action, _ judge: Judge, by principal: Principal) async {
        await changes.announce(
            CatalogueChange(.judge, judge.id.uuid, named: judge.name, action, version: judge.version.number),
            by: principal)
    }

    private func own(_ id: JudgeID, _ principal: Principal) async throws -> Judge {
        let judge = try await find(id, for: principal)
        guard judge.organizationID == principal.organizationID else { throw ReadOnly("Judge") }
        return judge
    }

    private func apply(_ draft: JudgeDraft, to definition: inout JudgeDefinition, _ principal: Principal) async throws {
        if let name = draft.name { definition.name = name }
        if let intent = draft.intent { definition.intent = intent }
        if let stage = draft.stage { definition.stage = stage }
        definition.changeNote = draft.changeNote ?? ""
        if let references = draft.evaluators {
            try await requireKnown(references, principal)
            definition.evaluators = references
        }
        switch draft.file {
        case .keep: break
        case .remove: definition.fileID = nil
        case .attach(let id):
            try await files.requireKnown([id], field: "file_id", of: principal.organizationID)
            definition.fileID = id
        }
        try definition.validate()
    }

    /// Names the evaluators, or the versions of them, that the caller does not see.
    private func requireKnown(_ references: [EvaluatorReference], _ principal: Principal) async throws {
        let known = Set(
            try await evaluators.find(all: references.map(\.id), readableBy: principal.organizationID).map(\.id))
        for reference in references {
            guard known.contains(reference.id) else { throw Self.unknown("There is no evaluator \(reference.id).") }
            guard let version = reference.pinned else { continue }
            let found = try await evaluators.find(
                reference.id, version: version, readableBy: principal.organizationID)
            guard found != nil else { throw Self.unknown("Evaluator \(reference.id) has no version \(version).") }
        }
    }

    private static func unknown(_ message: String) -> InvalidDefinition {
        InvalidDefinition("evaluator_references", message)
    }
}

extension Principal {
    /// Passes when the caller may give a judge, `nil` for a new one, this visibility, `nil` for the one that it has. To
    /// show it to every organisation takes a permission of its own; one that is shown already stays so without.
    func requireLeave(toShow judge: Judge?, as visibility: Visibility?) throws(PermissionDenied) {
        guard visibility == .public, judge?.visibility != .public else { return }
        try require(.judgePublish)
    }
}
