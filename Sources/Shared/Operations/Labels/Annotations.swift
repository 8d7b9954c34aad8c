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

    package init(store: AnnotationStore, configs: ScoreConfigs, identifiers: IdentifierSource) {
        self.store = store
        self.configs = configs
        self.identifiers = identifiers
    }

    /// Labels a target in the caller's name, on the scale that is meant when none is named. It is published unless the
    /// draft says otherwise.
    /// - Throws: `InvalidDefinition`, also for a target or a scale that is not there.
    package func create(
        _ draft: AnnotationDraft, of target: Annotation.Target, on config: ScoreConfigID?, for principal: Principal
    ) async throws -> Annotation {
        let config = try await configs.meant(config, field: "score_config", for: principal)
        let (id, date) = identifiers.nextDated(Annotation.self)
        let annotation = Annotation(
            id: id, target: target, scoreConfigID: config.id,
            verdict: try Verdict(value: draft.value, category: draft.category, on: config.scale),
            rationale: try Self.checked(draft.rationale ?? ""), status: draft.status ?? .published,
            author: principal.user, createdAt: date, updatedAt: date)
        guard try await store.create(annotation, in: principal.organizationID) else {
            let (field, noun) =
                switch target {
                case .datasetItem: ("dataset_item", "dataset item")
                case .executionLog: ("execution_log", "execution log")
                }
            throw InvalidDefinition(problems: [
                .init(field: field, message: "There is no such \(noun) in your organization.")
            ])
        }
        // By its item's own identifier, the version that is current was labelled: say which.
        return try await find(id, for: principal)
    }

    /// One page of those that match.
    package func list(
        _ filter: AnnotationFilter, _ page: PageRequest, for principal: Principal
    ) async throws -> Slice<Annotation> {
        try await store.list(filter, in: principal.organizationID, page: page)
    }

    /// The published annotations of items, by what is the same in all versions of an item, the newest first.
    package func published(
        of items: [DatasetItem], for principal: Principal
    ) async throws -> [DatasetItemID: [Annotation]] {
        guard !items.isEmpty else { return [:] }
        return try await store.published(of: items.map(\.externalID), in: principal.organizationID)
    }

    /// The annotation.
    /// - Throws: `NotFound`.
    package func find(_ id: AnnotationID, for principal: Principal) async throws -> Annotation {
        guard let found = try await store.find(id, in: principal.organizationID) else { throw NotFound("Annotation") }
        return found
    }

    /// Changes what was found; what the draft does not say stays. The target and the scale stay in any case: when one of
    /// value and label is given, the other follows from it.
    /// - Throws: `NotFound`, `InvalidDefinition`.
    package func update(
        _ id: AnnotationID, _ draft: AnnotationDraft, for principal: Principal
    ) async throws -> Annotation {
        let annotation = try await find(id, for: principal)
        var verdict = annotation.verdict
        if draft.value != nil || draft.category != nil {
            let config = try await configs.find(annotation.scoreConfigID, for: principal)
            verdict = try Verdict(value: draft.value, category: draft.category, on: config.scale)
        }
        let isChanged = try await store.update(
            id, in: principal.organizationID, verdict: verdict,
            rationale: try Self.checked(draft.rationale ?? annotation.rationale),
            status: draft.status ?? annotation.status, at: Date())
        guard isChanged else { throw NotFound("Annotation") }
        return try await find(id, for: principal)
    }

    /// Takes a label back.
    /// - Throws: `NotFound`.
    package func delete(_ id: AnnotationID, for principal: Principal) async throws {
        guard try await store.delete(id, in: principal.organizationID) else { throw NotFound("Annotation") }
    }

    private static func checked(_ rationale: String) throws(InvalidDefinition) -> String {
        try InvalidDefinition.check {
            $0.length(of: rationale, in: 0...Annotation.longestRationale, field: "rationale")
        }
        return rationale
    }
}
