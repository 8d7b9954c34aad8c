internal import FoundationEssentials
package import Scoring
package import Stores
package import Tenancy

/// The evaluators that a caller sees, and the caller's own to change.
package struct Evaluators: Sendable {
    let store: EvaluatorStore
    let objectives: Objectives
    let objectiveStore: ObjectiveStore
    let models: Models
    let projects: Projects
    let datasets: DatasetStore
    let identifiers: IdentifierSource
    let changes: Changes
    let audit: ProductAudit

    package init(
        store: EvaluatorStore, objectives: Objectives, objectiveStore: ObjectiveStore, models: Models,
        projects: Projects, datasets: DatasetStore, identifiers: IdentifierSource, changes: Changes, audit: ProductAudit
    ) {
        self.store = store
        self.objectives = objectives
        self.objectiveStore = objectiveStore
        self.models = models
        self.projects = projects
        self.datasets = datasets
        self.identifiers = identifiers
        self.changes = changes
        self.audit = audit
    }

    /// One page of what the caller sees.
    package func list(
        _ filter: EvaluatorFilter, _ page: PageRequest, for principal: Principal
    ) async throws -> Slice<Evaluator> {
        try await store.list(
            readableBy: principal.organizationID, within: principal.reach(.evaluatorRead), filter, page: page)
    }

    /// The evaluator, provided that the caller may do this with it.
    /// - Throws: `NotFound`.
    package func find(
        _ id: EvaluatorID, to permission: Permission, for principal: Principal
    ) async throws -> Evaluator {
        let found = try await find(id, for: principal)
        guard principal.may(permission, with: found.organizationID, in: found.projectID) else {
            throw NotFound("Evaluator")
        }
        return found
    }

    /// The evaluator at its latest or the given version.
    /// - Throws: `NotFound`.
    package func find(
        _ id: EvaluatorID, version: EvaluatorVersionID? = nil, for principal: Principal
    ) async throws -> Evaluator {
        guard let found = try await store.find(id, version: version, readableBy: principal.organizationID) else {
            throw NotFound("Evaluator")
        }
        return found
    }

    /// One page of the evaluator's versions, the newest first.
    /// - Throws: `NotFound`.
    package func versions(
        of id: EvaluatorID, _ page: PageRequest, for principal: Principal
    ) async throws -> Slice<Evaluator> {
        _ = try await find(id, for: principal)
        return try await store.versions(of: id, readableBy: principal.organizationID, page: page)
    }

    /// Takes the evaluator out of use. Judges go on without it; logs keep naming it.
    /// - Throws: `NotFound`, `ReadOnly`.
    package func delete(_ id: EvaluatorID, for principal: Principal) async throws {
        let evaluator = try await own(id, principal)
        try await audit.perform("evaluator.delete", on: "evaluator:\(id)", by: principal) { database in
            let store = EvaluatorStore(database: database)
            guard try await store.delete(id, in: principal.organizationID, at: Date()) else {
                throw NotFound("Evaluator")
            }
            return Audit.Change((), ending: EvaluatorFigures(evaluator))
        }
        await announce(.deleted, evaluator, by: principal)
    }

    /// Brings a deleted evaluator back, also into the judges that had it.
    /// - Throws: `NotFound`.
    package func restore(_ id: EvaluatorID, for principal: Principal) async throws {
        let evaluator = try await audit.perform("evaluator.restore", on: "evaluator:\(id)", by: principal) { database in
            let store = EvaluatorStore(database: database)
            guard try await store.restore(id, in: principal.organizationID),
                let evaluator = try await store.find(id, version: nil, readableBy: principal.organizationID)
            else { throw NotFound("Deleted evaluator") }
            return Audit.Change(evaluator, made: EvaluatorFigures(evaluator))
        }
        await announce(.restored, evaluator, by: principal)
    }

    /// Tells of what the caller did to an evaluator.
    func announce(_ action: CatalogueChange.Action, _ evaluator: Evaluator, by principal: Principal) async {
        await changes.announce(
            CatalogueChange(
                .evaluator, evaluator.id.uuid, named: evaluator.name, action, version: evaluator.version.number,
                in: evaluator.projectID),
            by: principal)
    }

    /// The evaluator, provided that the caller's organisation may change it.
    func own(_ id: EvaluatorID, _ principal: Principal) async throws -> Evaluator {
        let evaluator = try await find(id, for: principal)
        guard evaluator.organizationID == principal.organizationID, !evaluator.isRoot else {
            throw ReadOnly("Evaluator")
        }
        return evaluator
    }

    /// The evaluator, provided that the caller may change it.
    /// - Throws: `NotFound` also for what they may not even see; `PermissionDenied`, `ReadOnly`.
    func changeable(_ id: EvaluatorID, _ principal: Principal) async throws -> Evaluator {
        let evaluator = try await own(id, principal)
        let (owner, project) = (evaluator.organizationID, evaluator.projectID)
        if !principal.may(.evaluatorUpdate, with: owner, in: project) {
            guard principal.may(.evaluatorRead, with: owner, in: project) else { throw NotFound("Evaluator") }
            throw PermissionDenied(permission: .evaluatorUpdate, role: principal.role)
        }
        return evaluator
    }
}
