package import FoundationEssentials
package import Postgres
package import Tenancy

/// Requests that browsers took to identity providers, and who came back with an answer.
package struct SAMLRequestStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// A request, under the identifier that its answer names.
    package struct Request: Sendable, Hashable {
        package let id: String
        package let providerID: IdentityProviderID
        package let organizationID: OrganizationID
        package let browserHash: [UInt8]
        package let isForced: Bool
        package let createdAt: Date
        package let expiresAt: Date

        package init(
            id: String, providerID: IdentityProviderID, organizationID: OrganizationID, browserHash: [UInt8],
            isForced: Bool, createdAt: Date, expiresAt: Date
        ) {
            self.id = id
            self.providerID = providerID
            self.organizationID = organizationID
            self.browserHash = browserHash
            self.isForced = isForced
            self.createdAt = createdAt
            self.expiresAt = expiresAt
        }
    }

    /// Who came back, and what their session at the identity provider is.
    package struct Answer: Sendable, Hashable {
        package let userID: UserID
        /// JSON.
        package let subject: String
        package let sessionEnds: Date?
        package let answeredAt: Date

        package init(userID: UserID, subject: String, sessionEnds: Date?, answeredAt: Date) {
            self.userID = userID
            self.subject = subject
            self.sessionEnds = sessionEnds
            self.answeredAt = answeredAt
        }
    }

    /// Somebody who has signed in with a browser.
    package struct Identified: Sendable {
        package let request: Request
        package let answer: Answer
        package let user: User
    }

    /// Notes a request; `false` when too many of its organisation are open.
    package func add(_ request: Request, most: Int) async throws -> Bool {
        let added = try await database.execute(
            """
            INSERT INTO saml_requests (id, organization_id, provider_id, browser_hash, is_forced, created_at, expires_at)
            SELECT \(request.id), \(request.organizationID), \(request.providerID), \(request.browserHash), \
            \(request.isForced), \(request.createdAt), \(request.expiresAt)
            WHERE (SELECT count(*) FROM (SELECT FROM saml_requests WHERE provider_id = \(request.providerID) \
            AND answered_at IS NULL AND expires_at > \(request.createdAt) LIMIT \(most)) AS open) < \(most)
            """)
        return added == 1
    }

    /// A request that waits for its answer.
    package func waiting(
        _ id: String, at provider: IdentityProviderID, now: Date
    ) async throws -> Request? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM saml_requests r
            WHERE r.id = \(id) AND r.provider_id = \(provider) AND r.answered_at IS NULL AND r.expires_at > \(now)
            """)
        return try rows.first.map(Self.request)
    }

    /// Who has signed in last with a browser, and has not used it yet.
    package func identified(in browser: [UInt8], now: Date) async throws -> Identified? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), r.answered_at, r.subject::text AS subject, r.session_ends, \
            \(fragment: UserStore.columns)
            FROM saml_requests r JOIN users u ON u.id = r.user_id AND u.organization_id = r.organization_id
            WHERE r.browser_hash = \(browser) AND r.used_at IS NULL AND r.expires_at > \(now)
            ORDER BY r.answered_at DESC LIMIT 1
            """)
        return try rows.first.map { row in
            let user = try User(row: row)
            return Identified(
                request: try Self.request(row),
                answer: Answer(
                    userID: user.id, subject: try row.decode("subject"), sessionEnds: try row.decode("session_ends"),
                    answeredAt: try row.decode("answered_at")), user: user)
        }
    }

    /// Removes what is over, of every organisation; how many they were.
    package func deleteExpired(at moment: Date) async throws -> Int {
        let requests = try await database.execute("DELETE FROM saml_requests WHERE expires_at <= \(moment)")
        let assertions = try await database.execute("DELETE FROM saml_assertions WHERE expires_at <= \(moment)")
        return requests + assertions
    }

    // MARK: In the caller's transaction

    /// Takes the answer to a request, once; `false` when there was one already, or it came too late.
    package static func answer(
        _ id: String, with answer: Answer, on connection: PostgresConnection
    ) async throws -> Bool {
        let changed = try await connection.execute(
            """
            UPDATE saml_requests SET answered_at = \(answer.answeredAt), user_id = \(answer.userID), \
            subject = \(answer.subject)::jsonb, session_ends = \(answer.sessionEnds)
            WHERE id = \(id) AND answered_at IS NULL AND expires_at > \(answer.answeredAt)
            """)
        return changed == 1
    }

    /// Notes an answer that nothing was asked for.
    package static func add(
        _ request: Request, answered answer: Answer, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            INSERT INTO saml_requests (id, organization_id, provider_id, browser_hash, is_forced, created_at, \
            expires_at, answered_at, user_id, subject, session_ends)
            VALUES (\(request.id), \(request.organizationID), \(request.providerID), \(request.browserHash), \
            \(request.isForced), \(request.createdAt), \(request.expiresAt), \(answer.answeredAt), \
            \(answer.userID), \(answer.subject)::jsonb, \(answer.sessionEnds))
            """)
    }

    /// Uses an answer, once.
    package static func use(_ id: String, at moment: Date, on connection: PostgresConnection) async throws -> Bool {
        let changed = try await connection.execute(
            "UPDATE saml_requests SET used_at = \(moment) WHERE id = \(id) AND used_at IS NULL")
        return changed == 1
    }

    /// Takes an assertion, once; `false` when it was used before.
    package static func take(
        assertion id: String, of provider: IdentityProvider, until expiry: Date, on connection: PostgresConnection
    ) async throws -> Bool {
        let added = try await connection.execute(
            """
            INSERT INTO saml_assertions (provider_id, id, organization_id, expires_at)
            VALUES (\(provider.id), \(id), \(provider.organizationID), \(expiry)) ON CONFLICT DO NOTHING
            """)
        return added == 1
    }

    /// Of the table under the name `r`.
    static let columns: SQL = """
        r.id AS request_id, r.provider_id, r.organization_id AS request_organization_id, r.browser_hash, r.is_forced, \
        r.created_at AS request_created_at, r.expires_at AS request_expires_at
        """

    private static func request(_ row: PostgresRow) throws -> Request {
        Request(
            id: try row.decode("request_id"), providerID: try row.decode("provider_id"),
            organizationID: try row.decode("request_organization_id"), browserHash: try row.decode("browser_hash"),
            isForced: try row.decode("is_forced"), createdAt: try row.decode("request_created_at"),
            expiresAt: try row.decode("request_expires_at"))
    }
}
