package import FoundationEssentials
internal import Postgres
package import Scoring
package import Tenancy

/// A provider as those see it who look after it.
package struct ProviderOverview: Sendable {
    package let provider: Revised<Provider>
    /// Models that are served there, as their only or as a further place.
    package let modelCount: Int
    /// Keys that are not revoked.
    package let keyCount: Int
}

/// What would be affected if a provider were gone.
package struct ProviderEffects: Sendable, Hashable {
    /// The names of models that have no other place.
    package let modelsLost: [String]
    /// The names of models that go on at their other places.
    package let modelsNarrowed: [String]
    /// Evaluators of the organisation that name a model which would be lost.
    package let evaluatorCount: Int
    package let keyCount: Int
    package let limitCount: Int
}

// What operators ask of providers, and do to them.
extension ProviderStore {
    /// Every provider that the organisation may use, the installation's first.
    package func overviews(usableBy organization: OrganizationID) async throws -> [ProviderOverview] {
        try await overviews("p.organization_id = \(organization) OR p.organization_id IS NULL")
    }

    /// The provider, when the organisation may use it.
    package func overview(_ id: ProviderID, usableBy organization: OrganizationID) async throws -> ProviderOverview? {
        try await overviews(
            "p.id = \(id) AND (p.organization_id = \(organization) OR p.organization_id IS NULL)"
        ).first
    }

    /// Every provider that is switched on, of whichever organisation: for the installation itself, which watches them.
    package func watched() async throws -> [Provider] {
        let rows = try await database.query(
            "SELECT \(fragment: Self.columns) FROM providers p WHERE p.is_enabled ORDER BY p.id LIMIT 5000")
        return try rows.map { try Provider(row: $0) }
    }

    private func overviews(_ condition: SQL) async throws -> [ProviderOverview] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), p.revision, (
                SELECT count(*) FROM models m WHERE m.provider_id = p.id OR EXISTS (
                    SELECT FROM model_places mp WHERE mp.model_id = m.id AND mp.provider_id = p.id)) AS model_count, (
                SELECT count(*) FROM provider_keys k WHERE k.provider_id = p.id AND k.state <> 'revoked')
                + (p.sealed_key IS NOT NULL)::int AS key_count
            FROM providers p WHERE \(fragment: condition)
            ORDER BY p.organization_id NULLS FIRST, p.name
            """)
        return try rows.map { row in
            ProviderOverview(
                provider: Revised(try Provider(row: row), revision: try row.decode("revision")),
                modelCount: try row.decode("model_count"), keyCount: try row.decode("key_count"))
        }
    }

    /// Replaces what a provider is, but its keys; `nil` as the organisation means one of the installation.
    package func update(
        _ provider: Provider, from revision: Int, at moment: Date
    ) async throws -> RevisedChange {
        do {
            let changed = try await database.execute(
                """
                UPDATE providers SET kind = \(provider.kind), name = \(provider.name), base_url = \(provider.baseURL), \
                    settings = \(StoredJSON.text(of: provider.settings))::jsonb, is_enabled = \(provider.isEnabled), \
                    updated_at = \(moment)
                WHERE id = \(provider.id) AND organization_id IS NOT DISTINCT FROM \(provider.organizationID)
                    AND revision = \(Int32(clamping: revision))
                """)
            return RevisedChange(changed: changed, isThere: try await isThere(provider.id, provider.organizationID))
        } catch let error as PostgresError {
            throw error.asConflict()
        }
    }

    /// Deletes a provider with its keys, its limits, and the models that have no other place. A model whose own place it
    /// was, and that has others, goes on with the first of them as its own.
    package func delete(
        _ id: ProviderID, of organization: OrganizationID?, at revision: Int
    ) async throws -> RevisedChange {
        let deleted = try await database.transaction { connection in
            let rows = try await connection.query(
                """
                SELECT FROM providers WHERE id = \(id) AND organization_id IS NOT DISTINCT FROM \(organization)
                    AND revision = \(Int32(clamping: revision)) FOR UPDATE
                """)
            guard !rows.isEmpty else { return 0 }
            try await connection.execute(
                """
                WITH heirs AS (
                    SELECT DISTINCT ON (mp.model_id) mp.* FROM model_places mp JOIN models m ON m.id = mp.model_id
                    WHERE m.provider_id = \(id) AND mp.provider_id <> \(id) ORDER BY mp.model_id, mp.position
                ), moved AS (
                    DELETE FROM model_places mp USING heirs
                    WHERE mp.model_id = heirs.model_id AND mp.position = heirs.position
                )
                UPDATE models m SET provider_id = heirs.provider_id, upstream_model = heirs.upstream_model, \
                    weight = heirs.weight
                FROM heirs WHERE m.id = heirs.model_id
                """)
            return try await connection.execute("DELETE FROM providers WHERE id = \(id)")
        }
        return RevisedChange(changed: deleted, isThere: try await isThere(id, organization))
    }

    /// What would be affected if a provider were gone, as far as the organisation may know of it.
    package func effects(
        ofDeleting id: ProviderID, seenBy organization: OrganizationID
    ) async throws -> ProviderEffects {
        let rows = try await database.query(
            """
            WITH served AS (
                SELECT m.name, m.aliases, m.provider_id = \(id) AND NOT EXISTS (
                    SELECT FROM model_places mp WHERE mp.model_id = m.id AND mp.provider_id <> \(id)) AS is_lost
                FROM models m
                WHERE (m.organization_id = \(organization) OR m.organization_id IS NULL)
                    AND (m.provider_id = \(id) OR EXISTS (
                        SELECT FROM model_places mp WHERE mp.model_id = m.id AND mp.provider_id = \(id)))
            )
            SELECT ARRAY(SELECT name FROM served WHERE is_lost ORDER BY name) AS lost,
                ARRAY(SELECT name FROM served WHERE NOT is_lost ORDER BY name) AS narrowed, (
                SELECT count(*) FROM evaluators e JOIN evaluator_versions v ON v.id = e.current_version_id
                WHERE e.organization_id = \(organization) AND e.deleted_at IS NULL AND v.models && ARRAY(
                    SELECT unnest(aliases || name) FROM served WHERE is_lost)) AS evaluator_count, (
                SELECT count(*) FROM provider_keys WHERE provider_id = \(id)) AS key_count, (
                SELECT count(*) FROM call_limits WHERE provider_id = \(id)) AS limit_count
            """)
        guard let row = rows.first else { preconditionFailure("a statement without FROM has a row") }
        return ProviderEffects(
            modelsLost: try row.decode("lost"), modelsNarrowed: try row.decode("narrowed"),
            evaluatorCount: try row.decode("evaluator_count"), keyCount: try row.decode("key_count"),
            limitCount: try row.decode("limit_count"))
    }

    private func isThere(_ id: ProviderID, _ organization: OrganizationID?) async throws -> Bool {
        let rows = try await database.query(
            "SELECT FROM providers WHERE id = \(id) AND organization_id IS NOT DISTINCT FROM \(organization)")
        return !rows.isEmpty
    }
}
