internal import FoundationEssentials
internal import Postgres
package import Scoring
package import Stores
package import Tenancy

/// What is to be measured, in words, with all its wordings.
package struct Objectives: Sendable {
    private let store: ObjectiveStore
    private let datasets: DatasetStore
    private let projects: Projects
    private let identifiers: IdentifierSource
    private let changes: Changes
    private let audit: ProductAudit

    package init(
        store: ObjectiveStore, datasets: DatasetStore, projects: Projects, identifiers: IdentifierSource,
        changes: Changes, audit: ProductAudit
    ) {
        self.store = store
        self.datasets = datasets
        self.projects = projects
        self.identifiers = identifiers
        self.changes = changes
        self.audit = audit
    }

    /// One page of what the caller sees.
    package func list(
        _ filter: ObjectiveFilter, _ page: PageRequest, for principal: Principal
    ) async throws -> Slice<Objective> {
        try await store.list(
            readableBy: principal.organizationID, within: principal.reach(.objectiveRead), filter, page: page)
    }

    /// The objective at its latest wording.
    /// - Throws: `NotFound`.
    package func find(_ id: ObjectiveID, for principal: Principal) async throws -> Objective {
        guard let found = try await store.find(id, readableBy: principal.organizationID) else {
            throw NotFound("Objective")
        }
        return found
    }

    /// One page of the objective's wordings, the newest first.
    /// - Throws: `NotFound`.
    package func versions(
        of id: ObjectiveID, _ page: PageRequest, for principal: Principal
    ) async throws -> Slice<Objective> {
        let objective = try await find(id, for: principal)
        guard principal.may(.objectiveRead, with: objective.organizationID, in: objective.projectID) else {
            throw NotFound("Objective")
        }
        return try await store.versions(of: id, readableBy: principal.organizationID, page: page)
    }

    /// Makes an objective.
    /// - Throws: `InvalidDefinition`.
    package func create(
        _ definition: ObjectiveDefinition, in project: ProjectID?, for principal: Principal
    ) async throws -> ObjectiveID {
        try definition.validate()
        try await requireDataset(definition.testDatasetID, principal)
        let id = identifiers.next(Objective.self)
        let target = try await projects.target(project, for: principal)
        let new = NewObjective(
            id: id, versionID: identifiers.next(), organizationID: principal.organizationID, projectID: target,
            ownerID: principal.user.id, definition: definition, createdAt: id.uuid.versionSevenDate ?? Date())
        return try await audit.perform("objective.create", on: "objective:\(id)", by: principal) { database in
            try await ObjectiveStore(database: database).create(new)
            return Audit.Change(id, made: ObjectiveFigures(definition, in: target))
        }
    }

    /// Gives the objective a new wording; what is `nil` stays.
    /// - Throws: `NotFound`, `ReadOnly`, `InvalidDefinition`.
    package func update(
        _ id: ObjectiveID, intent: String?, testDataset: DatasetID?, movedTo project: ProjectID?,
        for principal: Principal
    ) async throws -> Objective {
        let current = try await own(id, principal)
        var definition = ObjectiveDefinition(
            intent: current.version.intent, testDatasetID: current.version.testDatasetID)
        if let intent { definition.intent = intent }
        if let testDataset { definition.testDatasetID = testDataset }
        try definition.validate()
        try await requireDataset(testDataset, principal)
        var target: ProjectID?
        if let project { target = try await projects.target(project, for: principal) }
        let changed = try await audit.perform("objective.update", on: "objective:\(id)", by: principal) {
            [definition, target] database in
            let store = ObjectiveStore(database: database)
            let old = try await store.find(id, readableBy: principal.organizationID) ?? current
            let changed = try await store.addVersion(
                identifiers.next(), of: id, in: principal.organizationID, definition: definition, movedTo: target,
                by: principal.user.id, at: Date())
            guard let changed else { throw NotFound("Objective") }
            return Audit.Change(changed, from: ObjectiveFigures(old), to: ObjectiveFigures(changed))
        }
        await changes.announce(.evaluators)
        return changed
    }

    /// Takes the objective out of use.
    /// - Throws: `NotFound`, `ReadOnly`.
    package func delete(_ id: ObjectiveID, for principal: Principal) async throws {
        let objective = try await own(id, principal)
        try await audit.perform("objective.delete", on: "objective:\(id)", by: principal) { database in
            let store = ObjectiveStore(database: database)
            guard try await store.delete(id, in: principal.organizationID, at: Date()) else {
                throw NotFound("Objective")
            }
            return Audit.Change((), ending: ObjectiveFigures(objective))
        }
    }

    private func requireDataset(_ id: DatasetID?, _ principal: Principal) async throws {
        guard let id else { return }
        _ = try await datasets.known(id, field: "test_dataset_id", for: principal)
    }

    private func own(_ id: ObjectiveID, _ principal: Principal) async throws -> Objective {
        let objective = try await find(id, for: principal)
        guard objective.organizationID == principal.organizationID else { throw ReadOnly("Objective") }
        return objective
    }
}

/// What the audit keeps of an objective, with a digest of its words in place of them.
private struct ObjectiveFigures: Encodable, Sendable {
    let project: String?
    let intent: KeptText?
    let testDataset: String?

    init(_ definition: ObjectiveDefinition, in project: ProjectID?) {
        self.project = project?.description
        intent = KeptText(definition.intent)
        testDataset = definition.testDatasetID?.description
    }

    init(_ objective: Objective) {
        let version = objective.version
        self.init(
            ObjectiveDefinition(intent: version.intent, testDatasetID: version.testDatasetID), in: objective.projectID)
    }
}
