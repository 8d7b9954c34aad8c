package import FoundationEssentials
package import Postgres
package import Spending
package import Tenancy

/// The prices of models: the installation's, and those that organisations have for themselves.
package struct PriceStore: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a price; one of the same owner, provider and model that begins at the same moment is replaced and keeps
    /// its identifier.
    package func put(_ entry: PriceEntry) async throws {
        try await database.execute(
            """
            \(fragment: Self.insertion(of: entry))
            ON CONFLICT (organization_id, provider, model, valid_from) DO UPDATE SET
                valid_until = excluded.valid_until, input = excluded.input, output = excluded.output,
                cached_input = excluded.cached_input, cache_write = excluded.cache_write,
                long_cache_write = excluded.long_cache_write, reasoning = excluded.reasoning,
                audio_input = excluded.audio_input, audio_output = excluded.audio_output, image = excluded.image,
                request = excluded.request
            """)
    }

    /// Deletes a price; `nil` as the organisation means one of the installation. `false` when there is no such price.
    package func delete(_ id: PriceEntryID, of organization: OrganizationID?) async throws -> Bool {
        let deleted = try await database.execute(
            "DELETE FROM model_prices WHERE id = \(id) AND organization_id IS NOT DISTINCT FROM \(organization)")
        return deleted == 1
    }

    /// The prices that hold for an organisation, past and future ones too: its own and the installation's.
    package func list(usableBy organization: OrganizationID) async throws -> [PriceEntry] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM model_prices
            WHERE organization_id = \(organization) OR organization_id IS NULL
            ORDER BY organization_id NULLS LAST, provider, model, valid_from DESC
            """)
        return try rows.map { try PriceEntry(row: $0) }
    }

    /// Every price, of whichever organisation, that holds at `moment` or later: what the LLM proxy works with.
    package func all(from moment: Date) async throws -> [PriceEntry] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM model_prices
            WHERE valid_until IS NULL OR valid_until > \(moment)
            """)
        return try rows.map { try PriceEntry(row: $0) }
    }

    static func insertion(of entry: PriceEntry) -> SQL {
        let tariff = entry.tariff
        return """
            INSERT INTO model_prices (id, organization_id, provider, model, valid_from, valid_until, input, output, \
            cached_input, cache_write, long_cache_write, reasoning, audio_input, audio_output, image, request)
            VALUES (\(entry.id), \(entry.organizationID), \(entry.provider), \(entry.model), \(entry.validFrom), \
            \(entry.validUntil), \(tariff.input), \(tariff.output), \(tariff.cachedInput), \(tariff.cacheWrite), \
            \(tariff.longCacheWrite), \(tariff.reasoning), \(tariff.audioInput), \(tariff.audioOutput), \
            \(tariff.image), \(tariff.request))
            """
    }

    static let columns: SQL = """
        id, organization_id, provider, model, valid_from, valid_until, input, output, cached_input, cache_write, \
        long_cache_write, reasoning, audio_input, audio_output, image, request
        """
}

extension PriceEntry {
    /// Reads `PriceStore.columns`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            provider: try row.decode("provider"), model: try row.decode("model"),
            validFrom: try row.decode("valid_from"), validUntil: try row.decode("valid_until"),
            tariff: Tariff(
                input: try row.decode("input"), output: try row.decode("output"),
                cachedInput: try row.decode("cached_input"), cacheWrite: try row.decode("cache_write"),
                longCacheWrite: try row.decode("long_cache_write"), reasoning: try row.decode("reasoning"),
                audioInput: try row.decode("audio_input"), audioOutput: try row.decode("audio_output"),
                image: try row.decode("image"), request: try row.decode("request")))
    }
}
