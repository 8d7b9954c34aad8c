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

    package init() {}
}

/// The judges that a caller sees, and the caller's own to change.
package struct Judges: Sendable {
    private let store: JudgeStore
    private let evaluators: EvaluatorStore
    private let projects: Projects
    private let identifiers: IdentifierSource
    private let changes: Changes

    /// How often a change is applied anew when another one came first.
    private static let attempts = 5

    package init(
        store: JudgeStore, evaluators: EvaluatorStore, projects: Projects, identifiers: IdentifierSource,
        changes: Changes
    ) {
        self.store = store
        self.evaluators = evaluators
        self.projects = projects
        self.identifiers = identifiers
        self.changes = changes
    }

    /// One page of what the caller sees.
    package func list(_ filter: JudgeFilter, _ page: PageRequest, for principal: Principal) async throws -> Slice<Judge>
    {
        try await store.list(readableBy: principal.organizationID, filter, page: page)
    }

    /// The judge at its latest version.
    /// - Throws: `NotFound`.
    package func find(_ id: JudgeID, for principal: Principal) async throws -> Judge {
        guard let found = try await store.find(id, readableBy: principal.organizationID) else {
            throw NotFound("Judge")
        }
        return found
    }

    /// Makes a judge.
    /// - Throws: `InvalidDefinition` naming every field that is missing or not acceptable.
    package func create(_ draft: JudgeDraft, for principal: Principal) async throws -> Judge {
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
        await changes.announce(.judges)
        return try await find(id, for: principal)
    }

    /// Gives the judge a new version with what the draft says; the rest stays.
    /// - Throws: `NotFound`, `ReadOnly`, `InvalidDefinition`.
    package func update(_ id: JudgeID, _ draft: JudgeDraft, for principal: Principal) async throws -> Judge {
        var target: ProjectID?
        if let project = draft.projectID { target = try await projects.target(project, for: principal) }
        for _ in 0..<Self.attempts {
            let current = try await own(id, principal)
            var definition = current.version.definition
            try await apply(draft, to: &definition, principal)
            let change = JudgeChange(
                id: id, organizationID: principal.organizationID, replacing: current.version.id,
                versionID: identifiers.next(), definition: definition, visibility: draft.visibility,
                projectID: target, by: principal.user.id, at: Date())
            if try await store.addVersion(change) {
                await changes.announce(.judges)
                return try await find(id, for: principal)
            }
        }
        throw Conflict(.changedMeanwhile)
    }

    /// Takes the judge out of use; logs keep naming it.
    /// - Throws: `NotFound`, `ReadOnly`.
    package func delete(_ id: JudgeID, for principal: Principal) async throws {
        _ = try await own(id, principal)
        guard try await store.delete(id, in: principal.organizationID, at: Date()) else { throw NotFound("Judge") }
        await changes.announce(.judges)
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
        if let references = draft.evaluators {
            try await requireKnown(references, principal)
            definition.evaluators = references
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
        InvalidDefinition(problems: [.init(field: "evaluator_references", message: message)])
    }
}
