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
        /// `nil` of an answer that nothing was asked for, until its browser has come.
        package let browserHash: [UInt8]?
        /// From where it was made.
        package let origin: SignInOrigin
        package let isForced: Bool
        package let createdAt: Date
        package let expiresAt: Date

        package init(
            id: String, providerID: IdentityProviderID, organizationID: OrganizationID, browserHash: [UInt8]?,
            origin: SignInOrigin, isForced: Bool, createdAt: Date, expiresAt: Date
        ) {
            self.id = id
            self.providerID = providerID
            self.organizationID = organizationID
            self.browserHash = browserHash
            self.origin = origin
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
        /// When the identity provider has asked them who they are.
        package let authenticatedAt: Date
        package let answeredAt: Date

        /// When they have shown who they are, whatever the identity provider's clock says.
        package var provenAt: Date { min(authenticatedAt, answeredAt) }

        package init(userID: UserID, subject: String, sessionEnds: Date?, authenticatedAt: Date, answeredAt: Date) {
            self.userID = userID
            self.subject = subject
            self.sessionEnds = sessionEnds
            self.authenticatedAt = authenticatedAt
            self.answeredAt = answeredAt
        }
    }

    /// Somebody who has signed in with a browser.
    package struct Identified: Sendable {
        package let request: Request
        package let answer: Answer
        package let user: User
    }

    /// Notes a request. When too many of its identity provider are open, the oldest of whoever has the most go.
    /// - Returns: `false` when there is no room even so.
    package func add(_ request: Request, most: Int) async throws -> Bool {
        if try await insert(request, most: most) { return true }
        try await makeRoom(most: most, at: request.providerID, now: request.createdAt)
        return try await insert(request, most: most)
    }

    /// One in a hundred goes at a time, so that not every request has to count the others.
    private func makeRoom(most: Int, at provider: IdentityProviderID, now: Date) async throws {
        try await database.execute(
            """
            WITH open AS (
                SELECT id, origin, created_at FROM saml_requests
                WHERE provider_id = \(provider) AND answered_at IS NULL AND expires_at > \(now)
            ), crowd AS (
                SELECT origin FROM open GROUP BY origin ORDER BY count(*) DESC, min(created_at), origin LIMIT 1
            )
            DELETE FROM saml_requests r USING (
                SELECT id FROM open JOIN crowd USING (origin) ORDER BY created_at, id LIMIT \(max(1, most / 100))
            ) AS old
            WHERE r.id = old.id AND r.answered_at IS NULL
            """)
    }

    private func insert(_ request: Request, most: Int) async throws -> Bool {
        let added = try await database.execute(
            """
            INSERT INTO saml_requests (id, organization_id, provider_id, browser_hash, origin, is_forced, created_at, \
            expires_at)
            SELECT \(request.id), \(request.organizationID), \(request.providerID), \(request.browserHash), \
            \(request.origin.description), \(request.isForced), \(request.createdAt), \(request.expiresAt)
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

    /// Lets the browser that made a request have the answer to it, once, by what the browser was given that brought it. An
    /// answer that nothing was asked for is from then on this browser's.
    /// - Returns: `false` when it is another browser, or too late.
    package func identify(tokenHash: [UInt8], in browser: [UInt8], at moment: Date) async throws -> Bool {
        let changed = try await database.execute(
            """
            UPDATE saml_requests SET identified_at = \(moment), browser_hash = \(browser), token_hash = NULL
            WHERE token_hash = \(tokenHash) AND (browser_hash = \(browser) OR browser_hash IS NULL)
                AND answered_at IS NOT NULL AND used_at IS NULL AND expires_at > \(moment)
            """)
        return changed == 1
    }

    /// Who has signed in last with a browser, has come back with it, and has not used it yet.
    package func identified(in browser: [UInt8], now: Date) async throws -> Identified? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), \(fragment: Self.answerColumns), \(fragment: UserStore.columns)
            FROM saml_requests r JOIN users u ON u.id = r.user_id AND u.organization_id = r.organization_id
            WHERE r.browser_hash = \(browser) AND r.identified_at IS NOT NULL AND r.used_at IS NULL
                AND r.expires_at > \(now)
            ORDER BY r.answered_at DESC LIMIT 1
            """)
        return try rows.first.map { row in
            Identified(request: try Self.request(row), answer: try Self.answer(row), user: try User(row: row))
        }
    }

    /// Removes what is over, of every organisation; how many they were.
    package func deleteExpired(at moment: Date) async throws -> Int {
        let requests = try await database.execute("DELETE FROM saml_requests WHERE expires_at <= \(moment)")
        let assertions = try await database.execute("DELETE FROM saml_assertions WHERE expires_at <= \(moment)")
        return requests + assertions
    }

    // MARK: In the caller's transaction

    /// Takes the answer to a request, once; `false` when there was one already, or it came too late. Whoever has the token
    /// and made the request is then identified.
    package static func answer(
        _ id: String, with answer: Answer, tokenHash: [UInt8], on connection: PostgresConnection
    ) async throws -> Bool {
        let changed = try await connection.execute(
            """
            UPDATE saml_requests SET answered_at = \(answer.answeredAt), user_id = \(answer.userID), \
            subject = \(answer.subject)::jsonb, session_ends = \(answer.sessionEnds), \
            authenticated_at = \(answer.authenticatedAt), token_hash = \(tokenHash)
            WHERE id = \(id) AND answered_at IS NULL AND expires_at > \(answer.answeredAt)
            """)
        return changed == 1
    }

    /// Notes an answer that nothing was asked for. Whoever has the token is then identified.
    package static func add(
        _ request: Request, answered answer: Answer, tokenHash: [UInt8], on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            INSERT INTO saml_requests (id, organization_id, provider_id, browser_hash, origin, is_forced, created_at, \
            expires_at, answered_at, user_id, subject, session_ends, authenticated_at, token_hash)
            VALUES (\(request.id), \(request.organizationID), \(request.providerID), \(request.browserHash), \
            \(request.origin.description), \(request.isForced), \(request.createdAt), \(request.expiresAt), \
            \(answer.answeredAt), \(answer.userID), \(answer.subject)::jsonb, \(answer.sessionEnds), \
            \(answer.authenticatedAt), \(tokenHash))
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
        r.id AS request_id, r.provider_id, r.organization_id AS request_organization_id, r.browser_hash, r.origin, \
        r.is_forced, r.created_at AS request_created_at, r.expires_at AS request_expires_at
        """

    /// Of one that was answered, under the name `r`.
    static let answerColumns: SQL = """
        r.user_id AS answer_user_id, r.subject::text AS subject, r.session_ends, r.authenticated_at, r.answered_at
        """

    /// Reads `answerColumns`.
    static func answer(_ row: PostgresRow) throws -> Answer {
        Answer(
            userID: try row.decode("answer_user_id"), subject: try row.decode("subject"),
            sessionEnds: try row.decode("session_ends"), authenticatedAt: try row.decode("authenticated_at"),
            answeredAt: try row.decode("answered_at"))
    }

    private static func request(_ row: PostgresRow) throws -> Request {
        Request(
            id: try row.decode("request_id"), providerID: try row.decode("provider_id"),
            organizationID: try row.decode("request_organization_id"), browserHash: try row.decode("browser_hash"),
            origin: SignInOrigin(try row.decode("origin")), isForced: try row.decode("is_forced"),
            createdAt: try row.decode("request_created_at"),
            expiresAt: try row.decode("request_expires_at"))
    }
}
