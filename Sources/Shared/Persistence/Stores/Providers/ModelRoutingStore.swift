package import FoundationEssentials
internal import Postgres
package import Scoring
package import Tenancy

/// A further place that serves a model, with the provider that it is at.
package struct ModelPlace: Sendable {
    package let provider: Provider
    package let upstreamModel: String
    package let weight: Int
}

// How the calls of models are spread.
extension ModelStore {
    /// Of the table under the name `m`.
    static let routingColumns: SQL = """
        m.choice, m.weight, m.fallbacks, m.is_unpriced_allowed, m.cache_seconds, \
        EXISTS (SELECT FROM model_places mp WHERE mp.model_id = m.id) AS has_places
        """

    /// The further places of a model at providers that are switched on, in order.
    func places(of model: ModelID) async throws -> [ModelPlace] {
        let rows = try await database.query(
            """
            SELECT mp.upstream_model AS place_model, mp.weight AS place_weight, \(fragment: ProviderStore.columns)
            FROM model_places mp JOIN providers p ON p.id = mp.provider_id
            WHERE mp.model_id = \(model) AND p.is_enabled
            ORDER BY mp.position
            """)
        return try rows.map { row in
            ModelPlace(
                provider: try Provider(row: row), upstreamModel: try row.decode("place_model"),
                weight: try row.decode("place_weight"))
        }
    }

    /// How the calls of a model are spread; `nil` when the organisation may use no such model.
    package func routing(of model: ModelID, usableBy organization: OrganizationID) async throws -> ModelRouting? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.routingColumns) FROM models m
            WHERE m.id = \(model) AND (m.organization_id = \(organization) OR m.organization_id IS NULL)
            """)
        guard var routing = try rows.first.map({ try ModelRouting(row: $0) }) else { return nil }
        routing.furtherPlaces = try await database.query(
            """
            SELECT provider_id, upstream_model, weight FROM model_places WHERE model_id = \(model) ORDER BY position
            """
        ).map { row in
            ModelRouting.Place(
                providerID: try row.decode("provider_id"), upstreamModel: try row.decode("upstream_model"),
                weight: try row.decode("weight"))
        }
        return routing
    }

    /// Says how the calls of a model are spread; `nil` as the organisation means one of the installation. `false` when
    /// there is no such model. Places at providers that its owner may not use are left out.
    package func setRouting(
        _ routing: ModelRouting, of model: ModelID, in organization: OrganizationID?, at moment: Date
    ) async throws -> Bool {
        let places = routing.furtherPlaces
        let changed = try await database.execute(
            """
            WITH changed AS (
                UPDATE models SET choice = \(routing.choice.rawValue), weight = \(Int32(clamping: routing.weight)), \
                    fallbacks = \(routing.fallbacks), is_unpriced_allowed = \(routing.isUnpricedAllowed), \
                    cache_seconds = \(routing.answersKeptForSeconds.map { Int32(clamping: $0) }), \
                    updated_at = \(moment)
                WHERE id = \(model) AND organization_id IS NOT DISTINCT FROM \(organization)
                RETURNING id, organization_id
            ), gone AS (
                DELETE FROM model_places WHERE model_id IN (SELECT id FROM changed)
                    AND position >= \(Int32(clamping: places.count))
            )
            INSERT INTO model_places AS known (model_id, position, organization_id, provider_id, upstream_model, weight)
            SELECT c.id, place.position - 1, c.organization_id, p.id, place.model, place.weight
            FROM changed c, unnest(\(places.map(\.providerID)), \(places.map(\.upstreamModel)), \
                \(places.map { Int32(clamping: $0.weight) })) \
                WITH ORDINALITY AS place (provider_id, model, weight, position)
            JOIN providers p ON p.id = place.provider_id
            WHERE p.organization_id IS NULL OR p.organization_id = c.organization_id
            ON CONFLICT (model_id, position) DO UPDATE SET
                provider_id = excluded.provider_id, upstream_model = excluded.upstream_model, weight = excluded.weight
            """)
        guard changed == 0 else { return true }
        // No place was stored, which says nothing of the model.
        let rows = try await database.query(
            "SELECT 1 FROM models WHERE id = \(model) AND organization_id IS NOT DISTINCT FROM \(organization)")
        return !rows.isEmpty
    }
}

extension ModelRouting {
    /// Reads `ModelStore.routingColumns`.
    init(row: PostgresRow) throws {
        self.init(
            choice: Choice(rawValue: try row.decode("choice")) ?? .ordered, weight: try row.decode("weight"),
            fallbacks: try row.decode("fallbacks"), isUnpricedAllowed: try row.decode("is_unpriced_allowed"),
            answersKeptForSeconds: try row.decode("cache_seconds", as: Int?.self))
    }
}
