package import FoundationEssentials
internal import Postgres
package import Scoring
package import Tenancy

/// A model as those see it who look after it: with how its calls are spread and what was found out about it.
package struct CataloguedModel: Sendable {
    package let model: Model
    package let routing: ModelRouting
    package let abilities: ModelAbilities?
    package let revision: Int
}

/// What would be affected if a model were gone.
package struct ModelEffects: Sendable, Hashable {
    /// Evaluators of the organisation that name it, in how many of its judges they are, and some of their names.
    package let evaluatorCount: Int
    package let judgeCount: Int
    package let evaluatorNames: [String]
    /// The names of models that fall back to it.
    package let fallbackOf: [String]
}

// What operators ask of models, and do to them.
extension ModelStore {
    /// Every model that the organisation may use, its own first, also those that no list shows.
    package func catalogue(usableBy organization: OrganizationID) async throws -> [CataloguedModel] {
        try await catalogue("m.organization_id = \(organization) OR m.organization_id IS NULL")
    }

    /// The model, when the organisation may use it.
    package func catalogued(_ id: ModelID, usableBy organization: OrganizationID) async throws -> CataloguedModel? {
        try await catalogue("m.id = \(id) AND (m.organization_id = \(organization) OR m.organization_id IS NULL)").first
    }

    private func catalogue(_ condition: SQL) async throws -> [CataloguedModel] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), \(fragment: Self.routingColumns), m.abilities::text AS abilities, \
            m.revision
            FROM models m \(fragment: Self.joins) WHERE \(fragment: condition)
            ORDER BY m.organization_id NULLS LAST, m.name LIMIT \(Self.mostCatalogued)
            """)
        var places: [ModelID: [ModelRouting.Place]] = [:]
        let found = try await database.query(
            """
            SELECT mp.model_id, mp.provider_id, mp.upstream_model, mp.weight
            FROM model_places mp JOIN models m ON m.id = mp.model_id WHERE \(fragment: condition) ORDER BY mp.position
            """)
        for row in found {
            places[try row.decode("model_id"), default: []].append(
                ModelRouting.Place(
                    providerID: try row.decode("provider_id"), upstreamModel: try row.decode("upstream_model"),
                    weight: try row.decode("weight")))
        }
        return try rows.map { row in
            let model = try Model(row: row)
            var routing = try ModelRouting(row: row)
            routing.furtherPlaces = places[model.id] ?? []
            return CataloguedModel(
                model: model, routing: routing, abilities: try StoredJSON.abilities(from: row.decode("abilities")),
                revision: try row.decode("revision"))
        }
    }

    /// Replaces what a model is and how its calls are spread; a key and abilities only when they are given. `nil` as the
    /// organisation means one of the installation.
    package func replace(
        _ id: ModelID, of organization: OrganizationID?, by definition: ModelDefinition, _ routing: ModelRouting,
        sealedKey: [UInt8]?, keepsKey: Bool, abilities: ModelAbilities?, from revision: Int, at moment: Date
    ) async throws -> RevisedChange {
        do {
            let changed = try await database.transaction { connection in
                let changed = try await connection.execute(
                    """
                    UPDATE models SET name = \(definition.name), upstream_model = \(definition.upstreamModel), \
                        provider_id = \(definition.providerID), url = \(definition.url), \
                        server_kind = \(definition.serverKind), \
                        sealed_key = coalesce(\(sealedKey), CASE WHEN \(keepsKey) THEN sealed_key END), \
                        max_output_token_count = \(definition.maximumOutputTokens), \
                        max_token_count = \(definition.maximumTokens), visibility = \(definition.visibility), \
                        aliases = \(definition.aliases), choice = \(routing.choice.rawValue), \
                        weight = \(Int32(clamping: routing.weight)), fallbacks = \(routing.fallbacks), \
                        is_unpriced_allowed = \(routing.isUnpricedAllowed), \
                        cache_seconds = \(routing.answersKeptForSeconds.map { Int32(clamping: $0) }), \
                        abilities = coalesce(\(abilities.map(StoredJSON.text(of:)))::jsonb, abilities), \
                        updated_at = \(moment)
                    WHERE id = \(id) AND organization_id IS NOT DISTINCT FROM \(organization)
                        AND revision = \(Int32(clamping: revision))
                    """)
                guard changed == 1 else { return changed }
                try await connection.execute("DELETE FROM model_places WHERE model_id = \(id)")
                let places = routing.furtherPlaces
                try await connection.execute(
                    """
                    INSERT INTO model_places (model_id, position, organization_id, provider_id, upstream_model, weight)
                    SELECT \(id), place.position - 1, \(organization), p.id, place.model, place.weight
                    FROM unnest(\(places.map(\.providerID)), \(places.map(\.upstreamModel)), \
                        \(places.map { Int32(clamping: $0.weight) })) \
                        WITH ORDINALITY AS place (provider_id, model, weight, position)
                    JOIN providers p ON p.id = place.provider_id
                    WHERE p.organization_id IS NULL OR p.organization_id = \(organization)
                    """)
                return changed
            }
            return RevisedChange(changed: changed, isThere: try await isThere(id, organization))
        } catch let error as PostgresError {
            throw error.asConflict()
        }
    }

    /// Keeps what was found out about a model; `nil` as the organisation means one of the installation.
    package func setAbilities(
        _ abilities: ModelAbilities, serverKind: ProviderKind, of id: ModelID, in organization: OrganizationID?,
        at moment: Date
    ) async throws -> Bool {
        let changed = try await database.execute(
            """
            UPDATE models SET abilities = \(StoredJSON.text(of: abilities))::jsonb, server_kind = \(serverKind), \
                updated_at = \(moment)
            WHERE id = \(id) AND organization_id IS NOT DISTINCT FROM \(organization)
            """)
        return changed == 1
    }

    /// The sealed key of a model's own, for the proxy; `nil` when it has none.
    package func sealedKey(of id: ModelID, usableBy organization: OrganizationID) async throws -> [UInt8]? {
        let rows = try await database.query(
            """
            SELECT sealed_key FROM models
            WHERE id = \(id) AND (organization_id = \(organization) OR organization_id IS NULL)
            """)
        return try rows.first?.decode("sealed_key")
    }

    /// Deletes a model; `nil` as the organisation means one of the installation.
    package func delete(
        _ id: ModelID, of organization: OrganizationID?, at revision: Int
    ) async throws -> RevisedChange {
        let deleted = try await database.execute(
            """
            DELETE FROM models WHERE id = \(id) AND organization_id IS NOT DISTINCT FROM \(organization)
                AND revision = \(Int32(clamping: revision))
            """)
        return RevisedChange(changed: deleted, isThere: try await isThere(id, organization))
    }

    /// What would be affected if a model were gone, as far as the organisation may know of it.
    package func effects(ofDeleting id: ModelID, seenBy organization: OrganizationID) async throws -> ModelEffects {
        let rows = try await database.query(
            """
            WITH names AS (
                SELECT aliases || name AS all_names FROM models
                WHERE id = \(id) AND (organization_id = \(organization) OR organization_id IS NULL)
            ), users AS (
                SELECT e.id, e.name FROM names, evaluators e JOIN evaluator_versions v ON v.id = e.current_version_id
                WHERE e.organization_id = \(organization) AND e.deleted_at IS NULL AND v.models && names.all_names
            )
            SELECT (SELECT count(*) FROM users) AS evaluator_count, (
                SELECT count(DISTINCT j.id) FROM judges j
                JOIN judge_version_evaluators jv ON jv.judge_version_id = j.current_version_id
                JOIN users ON users.id = jv.evaluator_id
                WHERE j.organization_id = \(organization) AND j.deleted_at IS NULL) AS judge_count,
                ARRAY(SELECT name FROM users ORDER BY name LIMIT 20) AS evaluator_names, ARRAY(
                SELECT m.name FROM names, models m WHERE m.fallbacks && names.all_names AND m.id <> \(id)
                    AND (m.organization_id = \(organization) OR m.organization_id IS NULL)
                ORDER BY m.name) AS fallback_of
            """)
        guard let row = rows.first else { preconditionFailure("a statement without FROM has a row") }
        return ModelEffects(
            evaluatorCount: try row.decode("evaluator_count"), judgeCount: try row.decode("judge_count"),
            evaluatorNames: try row.decode("evaluator_names"), fallbackOf: try row.decode("fallback_of"))
    }

    private func isThere(_ id: ModelID, _ organization: OrganizationID?) async throws -> Bool {
        let rows = try await database.query(
            "SELECT FROM models WHERE id = \(id) AND organization_id IS NOT DISTINCT FROM \(organization)")
        return !rows.isEmpty
    }

    /// More than anybody has; a list that a terminal can hold.
    private static let mostCatalogued = 2000
}
