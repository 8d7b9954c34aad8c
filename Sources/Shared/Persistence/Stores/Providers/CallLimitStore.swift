package import Postgres
package import Scoring
package import Spending
package import Tenancy

/// How many calls providers, their keys and their models get.
package struct CallLimitStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Sets the limits of one subject, in place of those it had. `nil` as the organisation means a provider of the
    /// installation. `false` when there is no such provider, or no such key of it.
    package func put(_ rule: CallLimitRule, of organization: OrganizationID?) async throws -> Bool {
        let (key, model) = rule.subject.columns
        let limits = rule.limits
        let changed = try await database.execute(
            """
            INSERT INTO call_limits (id, provider_id, organization_id, key_id, model, requests_per_minute, \
            tokens_per_minute, concurrency)
            SELECT \(rule.id), p.id, p.organization_id, \(key), \(model), \(limits.requestsPerMinute), \
            \(limits.tokensPerMinute), \(limits.concurrency)
            FROM providers p
            WHERE p.id = \(rule.providerID) AND p.organization_id IS NOT DISTINCT FROM \(organization)
                AND (\(key) IS NULL OR EXISTS (
                    SELECT FROM provider_keys k WHERE k.id = \(key) AND k.provider_id = p.id))
            ON CONFLICT (provider_id, key_id, model) DO UPDATE SET
                requests_per_minute = excluded.requests_per_minute,
                tokens_per_minute = excluded.tokens_per_minute, concurrency = excluded.concurrency
            """)
        return changed == 1
    }

    /// Lifts limits; `nil` as the organisation means those of a provider of the installation. `false` when there are no
    /// such limits.
    package func delete(_ id: CallLimitRuleID, of organization: OrganizationID?) async throws -> Bool {
        let deleted = try await database.execute(
            "DELETE FROM call_limits WHERE id = \(id) AND organization_id IS NOT DISTINCT FROM \(organization)")
        return deleted == 1
    }

    /// Lifts the limits of one subject; `false` when it had none.
    package func lift(
        _ subject: CallLimitSubject, at provider: ProviderID, of organization: OrganizationID?
    ) async throws -> Bool {
        let (key, model) = subject.columns
        let deleted = try await database.execute(
            """
            DELETE FROM call_limits WHERE provider_id = \(provider) AND key_id IS NOT DISTINCT FROM \(key)
                AND model IS NOT DISTINCT FROM \(model) AND organization_id IS NOT DISTINCT FROM \(organization)
            """)
        return deleted == 1
    }

    /// The limits at one provider that the organisation may use.
    package func list(at provider: ProviderID, usableBy organization: OrganizationID) async throws -> [CallLimitRule] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM call_limits
            WHERE provider_id = \(provider) AND (organization_id = \(organization) OR organization_id IS NULL)
            ORDER BY model NULLS FIRST, key_id NULLS FIRST
            """)
        return try rows.map { try CallLimitRule(row: $0) }
    }

    /// All limits, of whichever organisation's providers: what the LLM proxy works with.
    package func all() async throws -> [CallLimitRule] {
        let rows = try await database.query("SELECT \(fragment: Self.columns) FROM call_limits")
        return try rows.map { try CallLimitRule(row: $0) }
    }

    private static let columns: SQL =
        "id, provider_id, key_id, model, requests_per_minute, tokens_per_minute, concurrency"
}

extension CallLimitSubject {
    fileprivate var columns: (key: ProviderKeyID?, model: String?) {
        switch self {
        case .provider: (nil, nil)
        case .key(let id): (id, nil)
        case .model(let name): (nil, name)
        }
    }
}

extension CallLimitRule {
    /// Reads `CallLimitStore.columns`.
    fileprivate init(row: PostgresRow) throws {
        let key = try row.decode("key_id", as: ProviderKeyID?.self)
        let model = try row.decode("model", as: String?.self)
        let subject = key.map(CallLimitSubject.key) ?? model.map(CallLimitSubject.model)
        self.init(
            id: try row.decode("id"), providerID: try row.decode("provider_id"), subject: subject ?? .provider,
            limits: CallLimits(
                requestsPerMinute: try row.decode("requests_per_minute"),
                tokensPerMinute: try row.decode("tokens_per_minute"), concurrency: try row.decode("concurrency")))
    }
}
