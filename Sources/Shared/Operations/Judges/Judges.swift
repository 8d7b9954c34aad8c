internal import FoundationEssentials
internal import Postgres
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
    private let audit: ProductAudit

    /// How often a change is applied anew when another one came first.
    private static let attempts = 5

    package init(
        store: JudgeStore, evaluators: EvaluatorStore, files: Files, projects: Projects, identifiers: IdentifierSource,
        changes: Changes, audit: ProductAudit
    ) {
        self.store = store
        self.evaluators = evaluators
        self.files = files
        self.projects = projects
        self.identifiers = identifiers
        self.changes = changes
        self.audit = audit
    }

    /// One page of what the caller sees.
    package func list(_ filter: JudgeFilter, _ page: PageRequest, for principal: Principal) async throws -> Slice<Judge>
    {
        try await store.list(
            readableBy: principal.organizationID, within: principal.reach(.judgeRead), filter, page: page)
    }

    /// The judge, provided that the caller may do this with it.
    /// - Throws: `NotFound`.
    package func find(_ id: JudgeID, to permission: Permission, for principal: Principal) async throws -> Judge {
        let found = try await find(id, for: principal)
        guard principal.may(permission, with: found.organizationID, in: found.projectID) else {
            throw NotFound("Judge")
        }
        return found
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
        try await create(draft, copiedFrom: nil, for: principal)
    }

    private func create(
        _ draft: JudgeDraft, copiedFrom original: JudgeID?, for principal: Principal
    ) async throws -> Judge {
        try principal.requireLeave(toShow: nil, as: draft.visibility)
        try InvalidDefinition.check { findings in
            if draft.name == nil { findings.add("name", "This field is required.") }
            if draft.intent == nil { findings.add("intent", "This field is required.") }
        }
        var definition = JudgeDefinition(name: "", intent: "")
        try await apply(draft, to: &definition, keeping: [], principal)
        let id = identifiers.next(Judge.self)
        let new = NewJudge(
            id: id, versionID: identifiers.next(), organizationID: principal.organizationID,
            projectID: try await projects.target(draft.projectID, needing: .judgeCreate, for: principal),
            ownerID: principal.user.id, visibility: draft.visibility ?? .private, definition: definition,
            createdAt: id.uuid.versionSevenDate ?? Date())
        let made = try await audit.perform("judge.create", on: "judge:\(id)", by: principal) { database in
            let store = JudgeStore(database: database)
            try await store.create(new)
            guard let made = try await store.find(id, version: nil, readableBy: principal.organizationID) else {
                throw NotFound("Judge")
            }
            return Audit.Change(made, made: JudgeFigures(made, copiedFrom: original))
        }
        await announce(.created, made, by: principal)
        return made
    }

    /// Gives the judge a new version with what the draft says; the rest stays.
    ///
    /// With `expected` only while that is the current version: then the draft was made for it.
    /// - Throws: `NotFound`, `ReadOnly`, `InvalidDefinition`; `Conflict` of the kind `changedMeanwhile`; `PermissionDenied`
    ///   for one that the caller may not change, or not show to everybody.
    package func update(
        _ id: JudgeID, at expected: JudgeVersionID? = nil, _ draft: JudgeDraft, for principal: Principal
    ) async throws -> Judge {
        var target: ProjectID?
        if let project = draft.projectID {
            target = try await projects.target(project, needing: .judgeUpdate, for: principal)
        }
        for attempt in 1...Self.attempts {
            let current = try await changeable(id, principal)
            if let expected, current.version.id != expected { break }
            try principal.requireLeave(toShow: current, as: draft.visibility)
            var definition = current.version.definition
            // Whoever moves a judge answers for all that it is made of, as they do who make one.
            let isMoved = target != nil && target != current.projectID
            let kept = isMoved ? [] : definition.evaluators
            if isMoved, draft.evaluators == nil { try await requireKnown(definition.evaluators, principal) }
            try await apply(draft, to: &definition, keeping: kept, principal)
            let change = JudgeChange(
                id: id, organizationID: principal.organizationID, replacing: current.version.id,
                versionID: identifiers.next(), definition: definition, visibility: draft.visibility,
                projectID: target, by: principal.user.id, at: Date())
            if let changed = try await add(change, to: current, isLastAttempt: attempt == Self.attempts, principal) {
                await announce(.updated, changed, by: principal)
                return changed
            }
        }
        throw Conflict(.changedMeanwhile)
    }

    /// Gives the judge a new version; `nil` when another change came first, unless this was the last attempt.
    private func add(
        _ change: JudgeChange, to current: Judge, isLastAttempt: Bool, _ principal: Principal
    ) async throws -> Judge? {
        try await audit.perform("judge.update", on: "judge:\(change.id)", by: principal) { database in
            let store = JudgeStore(database: database)
            guard try await store.addVersion(change),
                let changed = try await store.find(change.id, version: nil, readableBy: change.organizationID)
            else {
                if isLastAttempt { throw Conflict(.changedMeanwhile) }
                return Audit.Change<Judge?>.nothing(nil)
            }
            return Audit.Change(changed, from: JudgeFigures(current), to: JudgeFigures(changed))
        }
    }

    /// Copies a judge that the caller sees into a project, by default that of the original.
    /// - Throws: `NotFound`; `InvalidDefinition` for an unknown project, a name that is none, or an evaluator that the
    ///   caller may not use; `PermissionDenied` for a project in which they may make none.
    package func duplicate(
        _ id: JudgeID, to project: ProjectID?, named name: String?, for principal: Principal
    ) async throws -> Judge {
        let original = try await find(id, to: .judgeRead, for: principal)
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
            project, of: original.organizationID, original.projectID, needing: .judgeCreate, for: principal)
        return try await create(draft, copiedFrom: id, for: principal)
    }

    /// Takes the judge out of use; logs keep naming it.
    /// - Throws: `NotFound`, `ReadOnly`.
    package func delete(_ id: JudgeID, for principal: Principal) async throws {
        let judge = try await own(id, principal)
        try await audit.perform("judge.delete", on: "judge:\(id)", by: principal) { database in
            guard try await JudgeStore(database: database).delete(id, in: principal.organizationID, at: Date()) else {
                throw NotFound("Judge")
            }
            return Audit.Change((), ending: JudgeFigures(judge))
        }
        await announce(.deleted, judge, by: principal)
    }

    /// Brings a deleted judge back.
    /// - Throws: `NotFound`.
    package func restore(_ id: JudgeID, for principal: Principal) async throws {
        let judge = try await audit.perform("judge.restore", on: "judge:\(id)", by: principal) { database in
            let store = JudgeStore(database: database)
            guard try await store.restore(id, in: principal.organizationID),
                let judge = try await store.find(id, version: nil, readableBy: principal.organizationID)
            else { throw NotFound("Deleted judge") }
            return Audit.Change(judge, made: JudgeFigures(judge))
        }
        await announce(.restored, judge, by: principal)
    }

    private func announce(_ action: CatalogueChange.Action, _ judge: Judge, by principal: Principal) async {
        await changes.announce(
            CatalogueChange(
                .judge, judge.id.uuid, named: judge.name, action, version: judge.version.number,
                in: judge.projectID),
            by: principal)
    }

    private func own(_ id: JudgeID, _ principal: Principal) async throws -> Judge {
        let judge = try await find(id, for: principal)
        guard judge.organizationID == principal.organizationID else { throw ReadOnly("Judge") }
        return judge
    }

    /// The judge, provided that the caller may change it.
    private func changeable(_ id: JudgeID, _ principal: Principal) async throws -> Judge {
        let judge = try await own(id, principal)
        let (owner, project) = (judge.organizationID, judge.projectID)
        if !principal.may(.judgeUpdate, with: owner, in: project) {
            guard principal.may(.judgeRead, with: owner, in: project) else { throw NotFound("Judge") }
            throw PermissionDenied(permission: .judgeUpdate, role: principal.role)
        }
        return judge
    }

    /// Puts what was said in the place of what was. What the judge `keeping` is made of somebody has answered for already.
    private func apply(
        _ draft: JudgeDraft, to definition: inout JudgeDefinition, keeping kept: [EvaluatorReference],
        _ principal: Principal
    ) async throws {
        if let name = draft.name { definition.name = name }
        if let intent = draft.intent { definition.intent = intent }
        if let stage = draft.stage { definition.stage = stage }
        definition.changeNote = draft.changeNote ?? ""
        if let references = draft.evaluators {
            try await requireKnown(references.filter { !kept.contains($0) }, principal)
            definition.evaluators = references
        }
        switch draft.file {
        case .keep: break
        case .remove: definition.fileID = nil
        case .attach(let id):
            if id != definition.fileID { try await files.requireKnown([id], field: "file_id", for: principal) }
            definition.fileID = id
        }
        try definition.validate()
    }

    /// Names the evaluators, or the versions of them, that the caller may not use.
    private func requireKnown(_ references: [EvaluatorReference], _ principal: Principal) async throws {
        guard !references.isEmpty else { return }
        let found = try await evaluators.find(all: references.map(\.id), readableBy: principal.organizationID)
        let known = Set(found.filter { principal.mayJudge(by: $0) }.map(\.id))
        for reference in references {
            guard known.contains(reference.id) else {
                throw Self.unknown("There is no evaluator \(reference.id) that you may use.")
            }
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
    /// Whether they may make the evaluator a part of a judge: it is executed with that, and seen in it.
    func mayJudge(by evaluator: Evaluator) -> Bool {
        // What is shared with everybody is nobody's to protect.
        guard evaluator.organizationID == organizationID else { return true }
        return [Permission.evaluatorRead, .evaluatorExecute].allSatisfy {
            may($0, with: evaluator.organizationID, in: evaluator.projectID)
        }
    }

    /// Passes when the caller may give a judge, `nil` for a new one, this visibility, `nil` for the one that it has. To
    /// show it to every organisation takes a permission of its own; one that is shown already stays so without.
    func requireLeave(toShow judge: Judge?, as visibility: Visibility?) throws(PermissionDenied) {
        guard visibility == .public, judge?.visibility != .public else { return }
        // It concerns everybody, so that a role in a project is not enough.
        try require(.judgePublish)
    }
}
