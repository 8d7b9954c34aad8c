package import FoundationEssentials
package import Postgres
package import Scoring
package import Tenancy

/// The models by name: an organisation's own and those of the installation.
package struct ModelStore: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a model, with a sealed key of its own when it has one.
    package func create(
        _ definition: ModelDefinition, id: ModelID, of organization: OrganizationID?, owner: UserID,
        sealedKey: [UInt8]?, abilities: ModelAbilities? = nil, at moment: Date
    ) async throws {
        do {
            try await database.execute(
                """
                INSERT INTO models (id, organization_id, owner_id, name, upstream_model, provider_id, url, server_kind, \
                sealed_key, max_output_token_count, max_token_count, visibility, aliases, is_unpriced_allowed, \
                abilities, created_at, updated_at)
                VALUES (\(id), \(organization), \(owner), \(definition.name), \(definition.upstreamModel), \
                \(definition.providerID), \(definition.url), \(definition.serverKind), \(sealedKey), \
                \(definition.maximumOutputTokens), \(definition.maximumTokens), \(definition.visibility), \
                \(definition.aliases), \(ModelRouting().isUnpricedAllowed), \
                \(abilities.map(StoredJSON.text(of:)))::jsonb, \(moment), \(moment))
                """)
        } catch {
            throw error.asConflict()
        }
    }

    /// Replaces a model's content, and its key when one is given; `false` when there is no such model. `nil` as the
    /// organisation means one of the installation.
    package func update(
        _ id: ModelID, of organization: OrganizationID?, to definition: ModelDefinition, sealedKey: [UInt8]?,
        at moment: Date
    ) async throws -> Bool {
        do {
            let changed = try await database.execute(
                """
                UPDATE models SET name = \(definition.name), upstream_model = \(definition.upstreamModel), \
                    provider_id = \(definition.providerID), url = \(definition.url), \
                    server_kind = \(definition.serverKind), \
                    sealed_key = coalesce(\(sealedKey), sealed_key), \
                    max_output_token_count = \(definition.maximumOutputTokens), \
                    max_token_count = \(definition.maximumTokens), visibility = \(definition.visibility), \
                    aliases = \(definition.aliases), updated_at = \(moment)
                WHERE id = \(id) AND organization_id IS NOT DISTINCT FROM \(organization)
                """)
            return changed == 1
        } catch {
            throw error.asConflict()
        }
    }

    /// Deletes a model; `false` when there is no such model. `nil` as the organisation means one of the installation.
    package func delete(_ id: ModelID, of organization: OrganizationID?) async throws -> Bool {
        let deleted = try await database.execute(
            "DELETE FROM models WHERE id = \(id) AND organization_id IS NOT DISTINCT FROM \(organization)")
        return deleted == 1
    }

    /// The model, when the organisation may use it.
    package func find(_ id: ModelID, usableBy organization: OrganizationID) async throws -> Model? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM models m \(fragment: Self.joins)
            WHERE m.id = \(id) AND (m.organization_id = \(organization) OR m.organization_id IS NULL)
            """)
        return try rows.first.map { try Model(row: $0) }
    }

    /// The models the organisation is offered; what is unlisted is found by name only.
    package func list(usableBy organization: OrganizationID, page: PageRequest) async throws -> Slice<Model> {
        let keyset = KeysetQuery(page, createdAt: "m.created_at", id: "m.id")
        let conditions =
            [
                "(m.organization_id = \(organization) OR m.organization_id IS NULL AND m.visibility = 'PUBLIC')",
                keyset.condition,
            ] as [SQL?]
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM models m \(fragment: Self.joins)\
            \(fragment: .matching(all: conditions.compactMap { $0 }))\(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows) { try Model(row: $0) }
    }

    /// Those of the given names that mean no model the organisation may use.
    package func unknownNames(
        among names: [String], usableBy organization: OrganizationID
    ) async throws -> [String] {
        let rows = try await database.query(
            """
            SELECT wanted.name FROM unnest(\(names)) AS wanted (name)
            WHERE NOT EXISTS (
                SELECT FROM models m
                WHERE (m.organization_id = \(organization) OR m.organization_id IS NULL)
                    AND (m.name = wanted.name OR wanted.name = ANY (m.aliases)))
            """)
        return try rows.map { try $0.decode("name") }
    }

    /// How the proxy reaches the model that a name means: the organisation's own before the installation's, a name
    /// before an alias. `nil` when nothing of that name is usable, also when its provider is switched off.
    package func route(to name: String, for organization: OrganizationID) async throws -> ModelRoute? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), m.sealed_key, p.sealed_key AS provider_sealed_key, \
            \(fragment: Self.routingColumns), \
            \(fragment: ProviderStore.columns)
            FROM models m \(fragment: Self.joins)
            WHERE (m.organization_id = \(organization) OR m.organization_id IS NULL)
                AND (m.name = \(name) OR \(name) = ANY (m.aliases))
                AND (m.provider_id IS NULL OR p.is_enabled)
            ORDER BY m.organization_id IS NULL, m.name = \(name) DESC, m.created_at DESC, m.id DESC
            LIMIT 1
            """)
        guard let row = rows.first else { return nil }
        let model = try Model(row: row)
        let hasPlaces = try row.decode("has_places", as: Bool.self)
        return ModelRoute(
            model: model, sealedKey: try row.decode("sealed_key"),
            provider: model.provider == nil ? nil : try Provider(row: row),
            providerSealedKey: try row.decode("provider_sealed_key"), routing: try ModelRouting(row: row),
            furtherPlaces: hasPlaces ? try await places(of: model.id) : [])
    }

    /// Of the table under the name `m`, its owner `mo` and its provider `p`.
    static let columns: SQL = """
        m.id, m.organization_id, mo.id AS owner_id, mo.email AS owner_email, mo.full_name AS owner_full_name, \
        m.name, m.upstream_model, m.provider_id AS served_by, p.kind AS served_by_kind, p.name AS served_by_name, \
        m.url, m.server_kind, m.sealed_key IS NOT NULL AS has_key, m.max_output_token_count, m.max_token_count, m.visibility, \
        m.aliases, m.created_at
        """

    static let joins: SQL = """
        JOIN users mo ON mo.id = m.owner_id LEFT JOIN providers p ON p.id = m.provider_id
        """
}

/// All that the proxy needs to call a model. The keys are sealed; only the proxy can open them.
package struct ModelRoute: Sendable {
    package let model: Model
    package let sealedKey: [UInt8]?
    package let provider: Provider?
    package let providerSealedKey: [UInt8]?
    /// Without the further places.
    package let routing: ModelRouting
    /// Those whose provider is switched on.
    package let furtherPlaces: [ModelPlace]
}

extension Model {
    /// Reads `ModelStore.columns`.
    init(row: PostgresRow) throws {
        let providerID = try row.decode("served_by", as: ProviderID?.self)
        self.init(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            owner: try UserReference(row: row, prefix: "owner"),
            definition: ModelDefinition(
                name: try row.decode("name"), upstreamModel: try row.decode("upstream_model"), providerID: providerID,
                url: try row.decode("url"), serverKind: try row.decode("server_kind", as: ProviderKind?.self),
                maximumOutputTokens: try row.decode("max_output_token_count"),
                maximumTokens: try row.decode("max_token_count"), visibility: try row.decode("visibility"),
                aliases: try row.decode("aliases")),
            provider: try providerID.map { id in
                ProviderReference(
                    id: id, kind: try row.decode("served_by_kind"), name: try row.decode("served_by_name"))
            },
            hasKey: try row.decode("has_key"), createdAt: try row.decode("created_at"))
    }
}
