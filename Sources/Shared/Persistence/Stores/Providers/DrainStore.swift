package import FoundationEssentials
package import Postgres
package import Scoring
package import Tenancy

/// What is taken out of service.
package enum DrainSubject: Sendable, Hashable {
    /// All of a provider.
    case provider(ProviderID)
    /// One model there, by the name it has there.
    case deployment(ProviderID, upstreamModel: String)
    /// A model with an address of its own.
    case model(ModelID)
}

/// Something that gets no new calls, because somebody wants it so.
package struct Drain: Sendable {
    package let subject: DrainSubject
    /// Why.
    package let reason: String
    /// Who wanted it; `nil` when that person is gone.
    package let by: UserReference?
    package let since: Date
}

/// What is out of service.
package struct DrainStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Takes something out of service; what is out already keeps its reason. `nil` as the organisation means what is the
    /// installation's. `false` when there is no such provider or model.
    package func add(
        _ subject: DrainSubject, id: UUID, reason: String, by user: UserID, of organization: OrganizationID?,
        at moment: Date
    ) async throws -> Bool {
        let (provider, upstream, model) = subject.columns
        let rows = try await database.query(
            """
            WITH owner AS (
                SELECT organization_id FROM providers WHERE id = \(provider)
                UNION ALL SELECT organization_id FROM models WHERE id = \(model)
            ), added AS (
                INSERT INTO drains (id, organization_id, provider_id, upstream_model, model_id, reason, user_id, created_at)
                SELECT \(id), organization_id, \(provider), \(upstream), \(model), \(reason), \(user), \(moment) FROM owner
                WHERE organization_id IS NOT DISTINCT FROM \(organization)
                ON CONFLICT (provider_id, upstream_model, model_id) DO NOTHING
            )
            SELECT FROM owner WHERE organization_id IS NOT DISTINCT FROM \(organization)
            """)
        return !rows.isEmpty
    }

    /// Puts something back into service; `false` when it was not out of it.
    package func remove(_ subject: DrainSubject, of organization: OrganizationID?) async throws -> Bool {
        let (provider, upstream, model) = subject.columns
        let removed = try await database.execute(
            """
            DELETE FROM drains WHERE provider_id IS NOT DISTINCT FROM \(provider)
                AND upstream_model IS NOT DISTINCT FROM \(upstream) AND model_id IS NOT DISTINCT FROM \(model)
                AND organization_id IS NOT DISTINCT FROM \(organization)
            """)
        return removed == 1
    }

    /// What is out of service of what the organisation may use.
    package func list(usableBy organization: OrganizationID) async throws -> [Drain] {
        let rows = try await database.query(
            """
            SELECT d.provider_id, d.upstream_model, d.model_id, d.reason, d.created_at, u.id AS user_id, \
            u.email AS user_email, u.full_name AS user_full_name
            FROM drains d LEFT JOIN users u ON u.id = d.user_id AND u.organization_id = \(organization)
            WHERE d.organization_id = \(organization) OR d.organization_id IS NULL
            """)
        return try rows.compactMap { row in
            guard let subject = try DrainSubject(row: row) else { return nil }
            let hasPerson = try row.decode("user_id", as: UserID?.self) != nil
            return Drain(
                subject: subject, reason: try row.decode("reason"),
                by: hasPerson ? try UserReference(row: row, prefix: "user") : nil, since: try row.decode("created_at"))
        }
    }

    /// All that is out of service, of whichever organisation: what the LLM proxy works with.
    package func all() async throws -> [DrainSubject] {
        let rows = try await database.query("SELECT provider_id, upstream_model, model_id FROM drains")
        return try rows.compactMap { try DrainSubject(row: $0) }
    }
}

extension DrainSubject {
    fileprivate var columns: (provider: ProviderID?, upstreamModel: String?, model: ModelID?) {
        switch self {
        case .provider(let id): (id, nil, nil)
        case .deployment(let id, let model): (id, model, nil)
        case .model(let id): (nil, nil, id)
        }
    }

    fileprivate init?(row: PostgresRow) throws {
        let upstream = try row.decode("upstream_model", as: String?.self)
        if let provider = try row.decode("provider_id", as: ProviderID?.self) {
            self = upstream.map { .deployment(provider, upstreamModel: $0) } ?? .provider(provider)
        } else if let model = try row.decode("model_id", as: ModelID?.self) {
            self = .model(model)
        } else {
            return nil
        }
    }
}
