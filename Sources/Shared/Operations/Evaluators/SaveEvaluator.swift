internal import FoundationEssentials
internal import Records
package import Scoring
internal import Postgres
internal import Stores
package import Tenancy

extension Evaluators {
    /// How often a change is applied anew when another one came first.
    private static let attempts = 5

    /// Makes an evaluator; with `overwrite` a new version of the caller's newest one of that name, if there is one.
    /// - Throws: `InvalidDefinition` naming every field that is missing or not acceptable; `PermissionDenied` when there
    ///   is one to overwrite that the caller may not change.
    package func create(
        _ draft: EvaluatorDraft, overwrite: Bool, for principal: Principal
    ) async throws -> Evaluator {
        if overwrite, let name = draft.name, let existing = try await ownNewest(named: name, principal) {
            try principal.require(.evaluatorUpdate, with: existing.organizationID, in: existing.projectID)
            return try await update(existing, draft, for: principal)
        }
        try draft.requireComplete()
        let project = try await projects.target(draft.projectID, needing: .evaluatorCreate, for: principal)
        var definition = EvaluatorDefinition(
            name: "", criteria: CriteriaTemplate(""), objectiveID: ObjectiveID(uuid: identifiers.uuid()))
        draft.apply(to: &definition)
        try definition.validate()
        try await models.requireKnown(definition.models, for: principal)
        try await requireExamples(of: definition, principal)
        try await setObjective(of: &definition, draft, project: project, principal)
        return try await store(definition, in: project, for: principal)
    }

    /// Copies an evaluator that the caller sees into a project, by default that of the original.
    /// - Throws: `NotFound`; `InvalidDefinition` for an unknown project or a name that is none; `PermissionDenied` for a
    ///   project in which they may make none.
    package func duplicate(
        _ id: EvaluatorID, to project: ProjectID?, named name: String? = nil, for principal: Principal
    ) async throws -> Evaluator {
        let original = try await find(id, to: .evaluatorRead, for: principal)
        var definition = original.version.definition
        definition.name =
            name ?? String("\(definition.name) (copy)".unicodeScalars.prefix(1000).map(Character.init))
        definition.changeNote = ""
        // Neither a dataset of another organisation nor one that the caller may not read goes along.
        if original.organizationID != principal.organizationID {
            definition.demonstrationDatasetID = nil
        } else if try await !mayShow(examplesOf: definition, principal) {
            definition.demonstrationDatasetID = nil
        }
        if name != nil { try definition.validate() }
        let target = try await projects.target(
            project, of: original.organizationID, original.projectID, needing: .evaluatorCreate, for: principal)
        return try await store(definition, in: target, copiedFrom: id, for: principal)
    }

    /// Gives the evaluator a new version with what the draft says; the rest stays.
    /// - Throws: `NotFound`, `ReadOnly`, `InvalidDefinition`, `PermissionDenied`.
    package func update(
        _ id: EvaluatorID, _ draft: EvaluatorDraft, for principal: Principal
    ) async throws -> Evaluator {
        try await update(try await changeable(id, principal), draft, for: principal)
    }

    private func update(
        _ evaluator: Evaluator, _ draft: EvaluatorDraft, for principal: Principal
    ) async throws -> Evaluator {
        var current = evaluator
        var target: ProjectID?
        if let project = draft.projectID {
            target = try await projects.target(project, needing: .evaluatorUpdate, for: principal)
        }
        for attempt in 1...Self.attempts {
            var definition = current.version.definition
            draft.apply(to: &definition)
            try definition.validate()
            if draft.changesWhatIsShown { try await requireExamples(of: definition, draft, principal) }
            if draft.models != nil { try await models.requireKnown(definition.models, for: principal) }
            try await setObjective(
                of: &definition, draft, project: target ?? current.projectID ?? principal.defaultProjectID, principal)
            let change = EvaluatorChange(
                id: current.id, organizationID: principal.organizationID, replacing: current.version.id,
                versionID: identifiers.next(), definition: definition, projectID: target, by: principal.user.id,
                at: Date())
            if let changed = try await add(change, to: current, isLastAttempt: attempt == Self.attempts, principal) {
                return changed
            }
            current = try await own(current.id, principal)
        }
        throw Conflict(.changedMeanwhile)
    }

    /// Gives the evaluator a new version; `nil` when another change came first, unless this was the last attempt.
    func add(
        _ change: EvaluatorChange, to current: Evaluator, isLastAttempt: Bool, _ principal: Principal
    ) async throws -> Evaluator? {
        let changed = try await audit.perform("evaluator.update", on: "evaluator:\(change.id)", by: principal) {
            let store = EvaluatorStore(database: $0)
            guard try await store.addVersion(change),
                let changed = try await store.find(change.id, version: nil, readableBy: change.organizationID)
            else {
                if isLastAttempt { throw Conflict(.changedMeanwhile) }
                return Audit.Change<Evaluator?>.nothing(nil)
            }
            return Audit.Change(changed, from: EvaluatorFigures(current), to: EvaluatorFigures(changed))
        }
        if let changed { await announce(.updated, changed, by: principal) }
        return changed
    }

    func store(
        _ definition: EvaluatorDefinition, in project: ProjectID, copiedFrom original: EvaluatorID? = nil,
        for principal: Principal
    ) async throws -> Evaluator {
        let id = identifiers.next(Evaluator.self)
        let new = NewEvaluator(
            id: id, versionID: identifiers.next(), organizationID: principal.organizationID, projectID: project,
            ownerID: principal.user.id, definition: definition, createdAt: id.uuid.versionSevenDate ?? Date())
        let made = try await audit.perform("evaluator.create", on: "evaluator:\(id)", by: principal) { database in
            let store = EvaluatorStore(database: database)
            try await store.create(new)
            guard let made = try await store.find(id, version: nil, readableBy: principal.organizationID) else {
                throw NotFound("Evaluator")
            }
            return Audit.Change(made, made: EvaluatorFigures(made, copiedFrom: original))
        }
        await announce(.created, made, by: principal)
        return made
    }

    /// The caller's organisation's newest evaluator of exactly that name.
    private func ownNewest(named name: String, _ principal: Principal) async throws -> Evaluator? {
        let found = try await store.find(named: name, readableBy: principal.organizationID)
        guard let found, found.name == name, found.organizationID == principal.organizationID, !found.isRoot else {
            return nil
        }
        return found
    }

    private func setObjective(
        of definition: inout EvaluatorDefinition, _ draft: EvaluatorDraft, project: ProjectID, _ principal: Principal
    ) async throws {
        switch draft.objective {
        case nil:
            return
        case .new(let intent):
            definition.objectiveID = try await objectives.create(
                ObjectiveDefinition(intent: intent), in: project, for: principal)
            definition.objectiveVersionID = nil
        case .existing(let id, let version):
            let found = try await objectiveStore.find(id, readableBy: principal.organizationID)
            guard let found, principal.may(.objectiveRead, with: found.organizationID, in: found.projectID) else {
                throw InvalidDefinition(problems: [.init(field: "objective_id", message: "There is no such objective.")]
                )
            }
            if let version { try await requireVersion(version, of: id) }
            definition.objectiveID = id
            definition.objectiveVersionID = version
        case .version(let version):
            try await requireVersion(version, of: definition.objectiveID)
            definition.objectiveVersionID = version
        }
    }

    /// Refuses a dataset that is not there or that whoever saves the definition may not read.
    func requireExamples(of definition: EvaluatorDefinition, _ principal: Principal) async throws {
        guard let id = definition.demonstrationDatasetID else { return }
        _ = try await datasets.known(id, field: "demonstration_dataset_id", for: principal)
    }

    /// The same of a change: a dataset that the evaluator has already may be gone by now.
    private func requireExamples(
        of definition: EvaluatorDefinition, _ draft: EvaluatorDraft, _ principal: Principal
    ) async throws {
        guard draft.demonstrationDatasetID == nil else { return try await requireExamples(of: definition, principal) }
        guard try await mayShow(examplesOf: definition, principal) else { throw Self.foreignExamples }
    }

    static let foreignExamples = InvalidDefinition(
        "demonstration_dataset_id",
        "The evaluator shows examples of a dataset that you may not read, so how it shows them is not yours to change.")

    /// Whether there is such a dataset that the caller may read.
    func hasDataset(_ id: DatasetID, for principal: Principal) async throws -> Bool {
        let found = try await datasets.find(id, in: principal.organizationID)
        return found.map { principal.may(.datasetRead, with: $0.organizationID, in: $0.projectID) } ?? false
    }

    /// Whether the caller may read the dataset of a definition, if there is one.
    func mayShow(examplesOf definition: EvaluatorDefinition, _ principal: Principal) async throws -> Bool {
        guard let id = definition.demonstrationDatasetID,
            let found = try await datasets.find(id, in: principal.organizationID)
        else { return true }
        return principal.may(.datasetRead, with: found.organizationID, in: found.projectID)
    }

    private func requireVersion(_ version: ObjectiveVersionID, of id: ObjectiveID) async throws {
        guard try await objectiveStore.hasVersion(version, of: id) else {
            throw InvalidDefinition(problems: [
                .init(field: "objective_version_id", message: "The objective has no such version.")
            ])
        }
    }
}

extension EvaluatorDraft {
    /// Whether it decides what is asked about the examples, of which model, or for whom.
    fileprivate var changesWhatIsShown: Bool {
        criteria != nil || code != nil || models != nil || demonstrationDatasetID != nil || projectID != nil
    }

    /// Names what a new evaluator cannot do without.
    fileprivate func requireComplete() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            if name == nil { findings.add("name", "This field is required.") }
            if criteria == nil, code == nil { findings.add("scoring_criteria", "This field is required.") }
            switch objective {
            case nil, .version: findings.add("objective_id", "This field is required.")
            case .existing, .new: break
            }
        }
    }
}
