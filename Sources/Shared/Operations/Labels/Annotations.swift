internal import FoundationEssentials
package import Records
package import Stores
package import Tenancy

/// What a caller has found; what is `nil` was not said.
package struct AnnotationDraft: Sendable {
    package var value: Double?
    package var category: String?
    package var rationale: String?
    package var status: Annotation.Status?

    package init() {}
}

/// What people found of items of datasets and of executions.
package struct Annotations: Sendable {
    private let store: AnnotationStore
    private let configs: ScoreConfigs
    private let identifiers: IdentifierSource
    private let audit: ProductAudit

    package init(
        store: AnnotationStore, configs: ScoreConfigs, identifiers: IdentifierSource, audit: ProductAudit
    ) {
        self.audit = audit
        self.store = store
        self.configs = configs
        self.identifiers = identifiers
    }

    /// Labels a target in the caller's name, on the scale that is meant when none is named. It is published unless the
    /// draft says otherwise.
    /// - Throws: `InvalidDefinition`, also for a target or a scale that is not there, and for a target that the caller may
    ///   not see; `PermissionDenied` for one that they may only see.
    package func create(
        _ draft: AnnotationDraft, of target: Annotation.Target, on config: ScoreConfigID?, for principal: Principal
    ) async throws -> Annotation {
        if !principal.may(.annotationCreate) { try await requireLeave(toLabel: target, principal) }
        let config = try await configs.meant(config, field: "score_config", for: principal)
        let (id, date) = identifiers.nextDated(Annotation.self)
        let annotation = Annotation(
            id: id, target: target, scoreConfigID: config.id,
            verdict: try Verdict(value: draft.value, category: draft.category, on: config.scale),
            rationale: try Self.checked(draft.rationale ?? ""), status: draft.status ?? .published,
            author: principal.user, createdAt: date, updatedAt: date)
        return try await audit.perform("annotation.create", on: "annotation:\(id)", by: principal) { database in
            let store = AnnotationStore(database: database)
            // By its item's own identifier, the version that is current is labelled: say which.
            guard try await store.create(annotation, in: principal.organizationID),
                let made = try await store.find(id, in: principal.organizationID)
            else { throw Self.unknown(target) }
            return Audit.Change(made, made: AnnotationFigures(made))
        }
    }

    /// Passes when the caller's role where the target lies lets them label it.
    private func requireLeave(toLabel target: Annotation.Target, _ principal: Principal) async throws {
        guard let project = try await store.project(of: target, in: principal.organizationID),
            principal.may(.annotationRead, in: project) || principal.may(.annotationCreate, in: project)
        else { throw Self.unknown(target) }
        try principal.require(.annotationCreate, in: project)
    }

    private static func unknown(_ target: Annotation.Target) -> InvalidDefinition {
        let (field, noun) =
            switch target {
            case .datasetItem: ("dataset_item", "dataset item")
            case .executionLog: ("execution_log", "execution log")
            }
        return InvalidDefinition(problems: [
            .init(field: field, message: "There is no such \(noun) in your organization.")
        ])
    }

    /// One page of those that match, of what lies where the caller may see it.
    package func list(
        _ filter: AnnotationFilter, _ page: PageRequest, for principal: Principal
    ) async throws -> Slice<Annotation> {
        try await store.list(
            filter, in: principal.organizationID, within: principal.reach(.annotationRead), page: page)
    }

    /// The published annotations of items, by what is the same in all versions of an item, the newest first.
    package func published(
        of items: [DatasetItem], for principal: Principal
    ) async throws -> [DatasetItemID: [Annotation]] {
        guard !items.isEmpty else { return [:] }
        return try await store.published(of: items.map(\.externalID), in: principal.organizationID)
    }

    /// The annotation.
    /// - Throws: `NotFound`, also for one of what lies where the caller may not see it.
    package func find(_ id: AnnotationID, for principal: Principal) async throws -> Annotation {
        try await find(id, to: .annotationRead, for: principal)
    }

    /// The annotation, provided that the caller may do this with it.
    /// - Throws: `NotFound` for what they may not see; `PermissionDenied` for what they may only see.
    private func find(
        _ id: AnnotationID, to permission: Permission, for principal: Principal
    ) async throws -> Annotation {
        let annotation = try await found(id, principal)
        guard !principal.may(permission) else { return annotation }
        let project = try await store.project(of: annotation.target, in: principal.organizationID)
        if let project, principal.may(permission, in: project) { return annotation }
        guard let project, principal.may(.annotationRead, in: project) else { throw NotFound("Annotation") }
        throw PermissionDenied(permission: permission, role: principal.role)
    }

    private func found(_ id: AnnotationID, _ principal: Principal) async throws -> Annotation {
        guard let found = try await store.find(id, in: principal.organizationID) else { throw NotFound("Annotation") }
        return found
    }

    /// Changes what was found; what the draft does not say stays. The target and the scale stay in any case: when one of
    /// value and label is given, the other follows from it.
    /// - Throws: `NotFound`, `InvalidDefinition`, `PermissionDenied`.
    package func update(
        _ id: AnnotationID, _ draft: AnnotationDraft, for principal: Principal
    ) async throws -> Annotation {
        let annotation = try await find(id, to: .annotationUpdate, for: principal)
        var verdict = annotation.verdict
        if draft.value != nil || draft.category != nil {
            let config = try await configs.find(annotation.scoreConfigID, for: principal)
            verdict = try Verdict(value: draft.value, category: draft.category, on: config.scale)
        }
        let rationale = try Self.checked(draft.rationale ?? annotation.rationale)
        return try await audit.perform("annotation.update", on: "annotation:\(id)", by: principal) {
            [verdict] database in
            let store = AnnotationStore(database: database)
            guard
                try await store.update(
                    id, in: principal.organizationID, verdict: verdict, rationale: rationale,
                    status: draft.status ?? annotation.status, at: Date()),
                let changed = try await store.find(id, in: principal.organizationID)
            else { throw NotFound("Annotation") }
            return Audit.Change(changed, from: AnnotationFigures(annotation), to: AnnotationFigures(changed))
        }
    }

    /// Takes a label back.
    /// - Throws: `NotFound`, `PermissionDenied`.
    package func delete(_ id: AnnotationID, for principal: Principal) async throws {
        let annotation = try await find(id, to: .annotationDelete, for: principal)
        try await audit.perform("annotation.delete", on: "annotation:\(id)", by: principal) { database in
            guard try await AnnotationStore(database: database).delete(id, in: principal.organizationID) else {
                throw NotFound("Annotation")
            }
            return Audit.Change((), ending: AnnotationFigures(annotation))
        }
    }

    private static func checked(_ rationale: String) throws(InvalidDefinition) -> String {
        try InvalidDefinition.check {
            $0.length(of: rationale, in: 0...Annotation.longestRationale, field: "rationale")
        }
        return rationale
    }
}

/// What the audit keeps of what somebody found, with a digest of their words in place of them.
private struct AnnotationFigures: Encodable, Sendable {
    let target: String
    let scoreConfig: String
    let value: Double?
    let category: String?
    let status: String
    let rationale: KeptText?

    init(_ annotation: Annotation) {
        target =
            switch annotation.target {
            case .datasetItem(let id): "dataset_item:\(id)"
            case .executionLog(let id): "execution_log:\(id)"
            }
        scoreConfig = annotation.scoreConfigID.description
        value = annotation.verdict.value
        category = annotation.verdict.category
        status = annotation.status.rawValue
        rationale = KeptText(annotation.rationale)
    }
}
