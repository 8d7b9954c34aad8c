package import FoundationEssentials
package import Scoring
package import Stores
package import Tenancy

/// Evaluators and judges where both are treated alike.
package struct Items: Sendable {
    private let store: ItemStore
    private let evaluators: Evaluators
    private let judges: Judges

    package init(store: ItemStore, evaluators: Evaluators, judges: Judges) {
        self.store = store
        self.evaluators = evaluators
        self.judges = judges
    }

    /// One page of what the caller sees.
    package func list(
        _ kind: ItemKind, _ filter: ItemFilter, _ page: PageRequest, for principal: Principal
    ) async throws -> Slice<ItemSummary> {
        try await store.list(
            kind, readableBy: principal.organizationID, within: principal.reach(kind.reading), filter, page: page)
    }

    /// The item, also when the caller's organisation has deleted it.
    /// - Throws: `NotFound`.
    package func find(_ kind: ItemKind, _ id: UUID, for principal: Principal) async throws -> ItemSummary {
        guard let found = try await store.find(kind, id, readableBy: principal.organizationID),
            principal.may(kind.reading, with: found.organizationID, in: found.projectID)
        else { throw NotFound(kind.title) }
        return found
    }

    /// Those of the items that are the organisation's own and in use, in the order in which they are given.
    package func own(_ kind: ItemKind, _ ids: [UUID], for principal: Principal) async throws -> [ItemSummary] {
        let found = try await store.own(kind, ids, in: principal.organizationID)
        let byID = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
        return ids.compactMap { byID[$0] }
    }

    /// One page of the item's versions, the newest first.
    /// - Throws: `NotFound`.
    package func versions(
        of id: UUID, _ kind: ItemKind, _ page: PageRequest, for principal: Principal
    ) async throws -> Slice<VersionSummary> {
        _ = try await find(kind, id, for: principal)
        return try await store.versions(of: id, kind, page: page)
    }

    /// Those of the versions that belong to the item, which the caller has found to be one they may see.
    package func versions(_ versions: [UUID], of item: ItemSummary) async throws -> [VersionSummary] {
        try await store.versions(versions, of: item.id, item.kind)
    }

    /// One version of the item.
    /// - Throws: `NotFound`.
    package func version(_ version: UUID, of item: ItemSummary) async throws -> VersionSummary {
        if version == item.version.id { return item.version }
        guard let found = try await store.versions([version], of: item.id, item.kind).first else {
            throw NotFound("Version")
        }
        return found
    }

    /// The organisation's judges that have one of the evaluators now and that the caller may see, by the evaluator, by name.
    package func judges(
        having evaluators: [EvaluatorID], for principal: Principal
    ) async throws -> [EvaluatorID: [ItemReference]] {
        try await store.judges(
            having: evaluators, in: principal.organizationID, within: principal.reach(.judgeRead))
    }

    /// The evaluators of a judge that the caller sees, as they are now.
    package func members(of judge: Judge, for principal: Principal) async throws -> [EvaluatorID: ItemSummary] {
        let found = try await store.evaluators(judge.evaluators.map(\.id), for: principal.organizationID)
        return Dictionary(found.map { (EvaluatorID(uuid: $0.id), $0) }) { first, _ in first }
    }

    /// Takes the item out of use. Judges go on without a deleted evaluator; logs keep naming what they are of.
    /// - Throws: `NotFound`, `ReadOnly`.
    package func delete(_ kind: ItemKind, _ id: UUID, for principal: Principal) async throws {
        switch kind {
        case .evaluator: try await evaluators.delete(EvaluatorID(uuid: id), for: principal)
        case .judge: try await judges.delete(JudgeID(uuid: id), for: principal)
        }
    }

    /// Brings a deleted item back.
    /// - Throws: `NotFound` when there is none.
    package func restore(_ kind: ItemKind, _ id: UUID, for principal: Principal) async throws -> ItemSummary {
        switch kind {
        case .evaluator: try await evaluators.restore(EvaluatorID(uuid: id), for: principal)
        case .judge: try await judges.restore(JudgeID(uuid: id), for: principal)
        }
        return try await find(kind, id, for: principal)
    }

    /// Copies an item that the caller sees.
    /// - Throws: `NotFound`, `InvalidDefinition`.
    package func duplicate(
        _ kind: ItemKind, _ id: UUID, to project: ProjectID?, named name: String?, for principal: Principal
    ) async throws -> ItemSummary {
        let copy: UUID
        switch kind {
        case .evaluator:
            copy = try await evaluators.duplicate(EvaluatorID(uuid: id), to: project, named: name, for: principal)
                .id.uuid
        case .judge:
            copy = try await judges.duplicate(JudgeID(uuid: id), to: project, named: name, for: principal).id.uuid
        }
        return try await find(kind, copy, for: principal)
    }
}
