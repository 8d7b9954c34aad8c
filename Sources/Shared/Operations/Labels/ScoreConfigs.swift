internal import FoundationEssentials
internal import Postgres
package import Records
package import Stores
package import Tenancy

/// What a caller wants a score config to be; what is `nil` was not said.
package struct ScoreConfigDraft: Sendable {
    package var name: String?
    package var kind: ScoreScale.Kind?
    package var minimum: Double?
    package var maximum: Double?
    package var categories: [ScoreScale.Category]?

    package init() {}
}

/// The scales on which people score: an organisation's own, and the read-only ones that everybody has.
package struct ScoreConfigs: Sendable {
    private let store: ScoreConfigStore
    private let identifiers: IdentifierSource
    private let audit: ProductAudit

    package init(store: ScoreConfigStore, identifiers: IdentifierSource, audit: ProductAudit) {
        self.store = store
        self.identifiers = identifiers
        self.audit = audit
    }

    /// One page of what the caller sees.
    package func list(_ page: PageRequest, for principal: Principal) async throws -> Slice<ScoreConfig> {
        try await store.list(readableBy: principal.organizationID, page: page)
    }

    /// The config.
    /// - Throws: `NotFound`.
    package func find(_ id: ScoreConfigID, for principal: Principal) async throws -> ScoreConfig {
        guard let found = try await store.find(id, readableBy: principal.organizationID) else {
            throw NotFound("Score config")
        }
        return found
    }

    /// The config that is meant: of this identifier, or the one that is meant when nothing is said.
    /// - Throws: `InvalidDefinition` naming `field` when there is none.
    func meant(_ id: ScoreConfigID?, field: String, for principal: Principal) async throws -> ScoreConfig {
        let found =
            if let id { try await store.find(id, readableBy: principal.organizationID) } else {
                try await store.standard()
            }
        guard let found else {
            throw InvalidDefinition(problems: [.init(field: field, message: "There is no such score config.")])
        }
        return found
    }

    /// Makes one of the organisation's own. It is a continuous one when nothing else is said.
    /// - Throws: `InvalidDefinition`.
    package func create(_ draft: ScoreConfigDraft, for principal: Principal) async throws -> ScoreConfig {
        let (id, date) = identifiers.nextDated(ScoreConfig.self)
        let config = ScoreConfig(
            id: id, organizationID: principal.organizationID, name: try Self.checked(draft.name),
            scale: try ScoreScale.checked(
                draft.kind ?? .continuous, minimum: draft.minimum, maximum: draft.maximum,
                categories: draft.categories ?? []), isDefault: false, createdAt: date)
        return try await audit.perform("score_config.create", on: "score_config:\(id)", by: principal) { database in
            try await ScoreConfigStore(database: database).create(config)
            return Audit.Change(config, made: ScoreConfigFigures(config))
        }
    }

    /// Changes one of the organisation's own; what the draft does not say stays.
    ///
    /// Labels keep the number they were stored with. A config that labels were made with, or a calibration, may therefore
    /// get another name and further labels between its bounds, but nothing that would give old labels another meaning.
    /// - Throws: `NotFound`; `ReadOnly` for those that everybody has; `InvalidDefinition`.
    package func update(
        _ id: ScoreConfigID, _ draft: ScoreConfigDraft, for principal: Principal
    ) async throws -> ScoreConfig {
        try await requireOwn(id, principal)
        return try await audit.perform("score_config.update", on: "score_config:\(id)", by: principal) { database in
            let store = ScoreConfigStore(database: database)
            let changed = try await store.update(id, of: principal.organizationID) { config, isInUse in
                try Self.changed(config, by: draft, isInUse: isInUse)
            }
            guard let (old, new) = changed else { throw NotFound("Score config") }
            return Audit.Change(new, from: ScoreConfigFigures(old), to: ScoreConfigFigures(new))
        }
    }

    private static func changed(
        _ config: ScoreConfig, by draft: ScoreConfigDraft, isInUse: Bool
    ) throws(InvalidDefinition) -> ScoreConfig {
        let scale = try scale(of: config, changedBy: draft)
        guard !isInUse || scale.keepsMeaning(of: config.scale) else {
            throw InvalidDefinition(problems: [
                .init(
                    field: "non_field_errors",
                    message: "Labels were made with this score config: its type, its bounds and the values of its "
                        + "labels stay. Make another score config for another scale.")
            ])
        }
        return ScoreConfig(
            id: config.id, organizationID: config.organizationID,
            name: try draft.name == nil ? config.name : checked(draft.name), scale: scale,
            isDefault: config.isDefault, createdAt: config.createdAt)
    }

    /// Deletes one of the organisation's own.
    /// - Throws: `NotFound`; `ReadOnly` for those that everybody has; `Conflict` when something was labelled with it.
    package func delete(_ id: ScoreConfigID, for principal: Principal) async throws {
        let config = try await requireOwn(id, principal)
        try await audit.perform("score_config.delete", on: "score_config:\(id)", by: principal) { database in
            guard try await ScoreConfigStore(database: database).delete(id, of: principal.organizationID) else {
                throw NotFound("Score config")
            }
            return Audit.Change((), ending: ScoreConfigFigures(config))
        }
    }

    @discardableResult
    private func requireOwn(_ id: ScoreConfigID, _ principal: Principal) async throws -> ScoreConfig {
        let config = try await find(id, for: principal)
        guard config.organizationID != nil else { throw ReadOnly("Score config") }
        return config
    }

    /// The scale with what the draft says. Another kind of scale begins anew; bounds follow from labels where there are some.
    private static func scale(
        of config: ScoreConfig, changedBy draft: ScoreConfigDraft
    ) throws(InvalidDefinition) -> ScoreScale {
        let known = config.scale
        let kind = draft.kind ?? known.kind
        guard kind == known.kind else {
            return try .checked(
                kind, minimum: draft.minimum, maximum: draft.maximum, categories: draft.categories ?? [])
        }
        switch kind {
        case .continuous:
            return try .checked(
                kind, minimum: draft.minimum ?? known.minimum, maximum: draft.maximum ?? known.maximum,
                categories: draft.categories ?? [])
        case .binary, .categorical:
            return try .checked(
                kind, minimum: nil, maximum: nil, categories: draft.categories ?? known.categories)
        }
    }

    private static func checked(_ name: String?) throws(InvalidDefinition) -> String {
        guard let name else {
            throw InvalidDefinition(problems: [.init(field: "name", message: "This field is required.")])
        }
        try InvalidDefinition.check { $0.length(of: name, in: 1...255, field: "name") }
        return name
    }
}

/// What the audit keeps of a score config.
private struct ScoreConfigFigures: Encodable, Sendable {
    let name: String
    let type: String
    let minimum: Double
    let maximum: Double
    let categories: [Category]

    struct Category: Encodable, Sendable {
        let label: String
        let value: Double
    }

    init(_ config: ScoreConfig) {
        name = config.name
        type = config.scale.kind.rawValue
        minimum = config.scale.minimum
        maximum = config.scale.maximum
        categories = config.scale.categories.map { Category(label: $0.label, value: $0.value) }
    }
}
