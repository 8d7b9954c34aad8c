internal import FoundationEssentials
internal import Postgres
package import Spending
package import Tenancy

/// What became of a price that was to be stored.
package enum PriceStored: Sendable, Hashable {
    /// It holds. The other one held until further notice, and ends now where this one begins.
    case done(ended: PriceEntry?)
    /// Another one of the same provider and model holds at the same time.
    case overlaps(PriceEntry)
    /// There is no price to change, or it is not the one's who asks.
    case missing
    /// Somebody else has changed it meanwhile.
    case outdated
}

// Prices as operators enter them: of one provider and model, one holds at a time.
extension PriceStore {
    /// The prices that hold for an organisation, past and future ones too: its own and the installation's.
    package func revised(usableBy organization: OrganizationID) async throws -> [Revised<PriceEntry>] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), revision FROM model_prices
            WHERE organization_id = \(organization) OR organization_id IS NULL
            ORDER BY organization_id NULLS LAST, provider, model, valid_from DESC
            """)
        return try rows.map { Revised(try PriceEntry(row: $0), revision: try $0.decode("revision")) }
    }

    /// Stores a new price, or, with the `revision` that is known of it, replaces one.
    package func store(_ entry: PriceEntry, replacing revision: Int?) async throws -> PriceStored {
        try await database.transaction { connection in
            // One at a time for each owner: what is there must not change between the look and the change.
            try await connection.execute(
                """
                SELECT pg_advisory_xact_lock(hashtextextended(\
                'model_prices' || coalesce(\(entry.organizationID)::text, ''), 0))
                """)
            if let revision {
                let rows = try await connection.query(
                    """
                    SELECT revision FROM model_prices
                    WHERE id = \(entry.id) AND organization_id IS NOT DISTINCT FROM \(entry.organizationID)
                    """)
                guard let known = try rows.first?.decode("revision", as: Int.self) else { return .missing }
                guard known == revision else { return .outdated }
            }
            let neighbours = try await connection.query(Self.neighbours(of: entry)).map { try PriceEntry(row: $0) }
            let ending = neighbours.first { $0.validUntil == nil && $0.validFrom < entry.validFrom && revision == nil }
            if let other = neighbours.first(where: { $0.id != ending?.id }) { return .overlaps(other) }
            if let ending {
                try await connection.execute(
                    "UPDATE model_prices SET valid_until = \(entry.validFrom) WHERE id = \(ending.id)")
            }
            try await connection.execute(revision == nil ? Self.insertion(of: entry) : Self.replacement(by: entry))
            return .done(ended: ending)
        }
    }

    /// Deletes a price; `nil` as the organisation means one of the installation.
    package func delete(
        _ id: PriceEntryID, of organization: OrganizationID?, at revision: Int
    ) async throws -> RevisedChange {
        let deleted = try await database.execute(
            """
            DELETE FROM model_prices WHERE id = \(id) AND organization_id IS NOT DISTINCT FROM \(organization)
                AND revision = \(Int32(clamping: revision))
            """)
        let rows = try await database.query(
            "SELECT FROM model_prices WHERE id = \(id) AND organization_id IS NOT DISTINCT FROM \(organization)")
        return RevisedChange(changed: deleted, isThere: !rows.isEmpty)
    }

    /// The other prices of the same owner, provider and model that hold at some moment at which this one does.
    private static func neighbours(of entry: PriceEntry) -> SQL {
        """
        SELECT \(fragment: columns) FROM model_prices
        WHERE organization_id IS NOT DISTINCT FROM \(entry.organizationID) AND provider = \(entry.provider)
            AND model = \(entry.model) AND id <> \(entry.id)
            AND (valid_until IS NULL OR valid_until > \(entry.validFrom))
            AND (\(entry.validUntil)::timestamptz IS NULL OR valid_from < \(entry.validUntil))
        ORDER BY valid_from
        """
    }

    private static func replacement(by entry: PriceEntry) -> SQL {
        let tariff = entry.tariff
        return """
            UPDATE model_prices SET provider = \(entry.provider), model = \(entry.model), \
                valid_from = \(entry.validFrom), valid_until = \(entry.validUntil), input = \(tariff.input), \
                output = \(tariff.output), cached_input = \(tariff.cachedInput), cache_write = \(tariff.cacheWrite), \
                long_cache_write = \(tariff.longCacheWrite), reasoning = \(tariff.reasoning), \
                audio_input = \(tariff.audioInput), audio_output = \(tariff.audioOutput), image = \(tariff.image), \
                request = \(tariff.request)
            WHERE id = \(entry.id)
            """
    }
}
