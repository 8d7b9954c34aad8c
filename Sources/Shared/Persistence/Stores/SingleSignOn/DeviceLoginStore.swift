package import FoundationEssentials
package import Postgres
package import Tenancy

/// Terminals that wait for somebody to sign in by a browser. Codes are never stored, only hashes of them.
package struct DeviceLoginStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// How many may wait, in all and from one origin.
    package struct Room: Sendable, Hashable {
        package let inAll: Int
        package let ofOrigin: Int

        package init(inAll: Int, ofOrigin: Int) {
            self.inAll = inAll
            self.ofOrigin = ofOrigin
        }
    }

    /// A device login as its terminal finds it.
    package struct Polled: Sendable {
        package let login: DeviceLogin
        /// When it was asked before.
        package let polledAt: Date?
        /// Who has allowed it.
        package let decision: Decision?
    }

    /// Who has allowed a device login, and by which sign-in they were known.
    package struct Decision: Sendable, Hashable {
        package let userID: UserID
        package let organizationID: OrganizationID
        package let requestID: String

        package init(userID: UserID, organizationID: OrganizationID, requestID: String) {
            self.userID = userID
            self.organizationID = organizationID
            self.requestID = requestID
        }
    }

    /// Begins one. When too many wait in all, the oldest of whoever has the most go.
    /// - Returns: `false` when too many of its origin wait, or there is no room even so.
    package func add(
        _ login: DeviceLogin, deviceCodeHash: [UInt8], userCodeHash: [UInt8], room: Room
    ) async throws -> Bool {
        if try await insert(login, deviceCodeHash, userCodeHash, room) { return true }
        try await makeRoom(room, for: login)
        return try await insert(login, deviceCodeHash, userCodeHash, room)
    }

    /// Nothing goes when it is the origin's own room that is full.
    private func makeRoom(_ room: Room, for login: DeviceLogin) async throws {
        try await database.execute(
            """
            WITH open AS (
                SELECT id, origin, created_at FROM device_logins
                WHERE state = 'pending' AND expires_at > \(login.createdAt)
            ), crowd AS (
                SELECT origin FROM open GROUP BY origin ORDER BY count(*) DESC, min(created_at), origin LIMIT 1
            )
            DELETE FROM device_logins l USING (
                SELECT id FROM open JOIN crowd USING (origin) ORDER BY created_at, id LIMIT \(max(1, room.inAll / 100))
            ) AS old
            WHERE l.id = old.id AND l.state = 'pending' AND (SELECT count(*) FROM open) >= \(room.inAll)
                AND (SELECT count(*) FROM open WHERE origin = \(Self.origin(of: login))) < \(room.ofOrigin)
            """)
    }

    private static func origin(of login: DeviceLogin) -> String { SignInOrigin(login.address).description }

    private func insert(
        _ login: DeviceLogin, _ deviceCodeHash: [UInt8], _ userCodeHash: [UInt8], _ room: Room
    ) async throws -> Bool {
        let added = try await database.execute(
            """
            INSERT INTO device_logins (id, device_code_hash, user_code_hash, client, host, address, origin, session_id, \
            state, created_at, expires_at)
            SELECT \(login.id), \(deviceCodeHash), \(userCodeHash), \(login.client), \(login.host), \
            \(login.address), \(Self.origin(of: login)), \(login.sessionID), \(login.state), \(login.createdAt), \
            \(login.expiresAt)
            WHERE (SELECT count(*) FROM device_logins WHERE state = 'pending' AND expires_at > \(login.createdAt)) \
            < \(room.inAll)
            AND (SELECT count(*) FROM device_logins WHERE state = 'pending' AND expires_at > \(login.createdAt) \
            AND origin = \(Self.origin(of: login))) < \(room.ofOrigin)
            """)
        return added == 1
    }

    /// What has become of one, noting that its terminal has asked.
    package func poll(deviceCodeHash: [UInt8], at moment: Date) async throws -> Polled? {
        let rows = try await database.query(
            """
            WITH old AS (
                SELECT id, polled_at FROM device_logins WHERE device_code_hash = \(deviceCodeHash) FOR UPDATE
            )
            UPDATE device_logins l SET polled_at = \(moment) FROM old WHERE l.id = old.id
            RETURNING \(fragment: Self.columns), old.polled_at AS polled_before, l.user_id, l.organization_id, \
            l.request_id
            """)
        return try rows.first.map { row in
            var decision: Decision?
            if let user = try row.decode("user_id", as: UserID?.self),
                let organization = try row.decode("organization_id", as: OrganizationID?.self),
                let request = try row.decode("request_id", as: String?.self)
            {
                decision = Decision(userID: user, organizationID: organization, requestID: request)
            }
            return Polled(
                login: try DeviceLogin(row: row), polledAt: try row.decode("polled_before"), decision: decision)
        }
    }

    /// The one that waits under a code, which is from now on decided in this browser; `nil` also when another one has it.
    package func bind(userCodeHash: [UInt8], to browser: [UInt8], at moment: Date) async throws -> DeviceLogin? {
        let rows = try await database.query(
            """
            UPDATE device_logins l SET browser_hash = \(browser), bound_at = \(moment)
            WHERE l.user_code_hash = \(userCodeHash) AND l.state = 'pending' AND l.expires_at > \(moment)
                AND (l.browser_hash IS NULL OR l.browser_hash = \(browser))
            RETURNING \(fragment: Self.columns)
            """)
        return try rows.first.map(DeviceLogin.init(row:))
    }

    /// The one whose code was entered last in this browser, and that waits; or a certain one of this browser, if it does.
    package func waiting(
        in browser: [UInt8], _ id: DeviceLoginID? = nil, at moment: Date
    ) async throws -> DeviceLogin? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM device_logins l
            WHERE l.browser_hash = \(browser) AND l.state = 'pending' AND l.expires_at > \(moment)
                AND (\(id)::uuid IS NULL OR l.id = \(id))
            ORDER BY l.bound_at DESC, l.id DESC LIMIT 1
            """)
        return try rows.first.map(DeviceLogin.init(row:))
    }

    /// Removes what is over; how many they were. Some time later: who asks after the end is told so.
    package func deleteExpired(at moment: Date) async throws -> Int {
        try await database.execute("DELETE FROM device_logins WHERE expires_at <= \(moment)")
    }

    // MARK: In the caller's transaction

    /// Decides about one that waits; `false` when it does not any more.
    package static func decide(
        _ id: DeviceLoginID, _ state: DeviceLogin.State, by decision: Decision, at moment: Date,
        on connection: PostgresConnection
    ) async throws -> Bool {
        let changed = try await connection.execute(
            """
            UPDATE device_logins SET state = \(state), user_id = \(decision.userID), \
            organization_id = \(decision.organizationID), request_id = \(decision.requestID)
            WHERE id = \(id) AND state = 'pending' AND expires_at > \(moment)
            """)
        return changed == 1
    }

    /// Uses one that was allowed, once.
    package static func use(_ id: DeviceLoginID, on connection: PostgresConnection) async throws -> Bool {
        let changed = try await connection.execute(
            "UPDATE device_logins SET state = 'used' WHERE id = \(id) AND state = 'allowed'")
        return changed == 1
    }

    /// The sign-in by which somebody was known who has allowed one.
    package static func answer(
        of request: String, on connection: PostgresConnection
    ) async throws -> (provider: IdentityProviderID, answer: SAMLRequestStore.Answer)? {
        let rows = try await connection.query(
            """
            SELECT r.provider_id, \(fragment: SAMLRequestStore.answerColumns) FROM saml_requests r
            WHERE r.id = \(request) AND r.answered_at IS NOT NULL
            """)
        return try rows.first.map { (try $0.decode("provider_id"), try SAMLRequestStore.answer($0)) }
    }

    /// Of the table under the name `l`.
    static let columns: SQL = """
        l.id AS login_id, l.client, l.host, l.address, l.session_id, l.state, l.created_at, l.expires_at
        """
}

extension DeviceLogin.State: PostgresBindable, PostgresDecodable {}

extension DeviceLogin {
    /// Reads `DeviceLoginStore.columns`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("login_id"), client: try row.decode("client"), host: try row.decode("host"),
            address: try row.decode("address"), sessionID: try row.decode("session_id"),
            state: try row.decode("state"), createdAt: try row.decode("created_at"),
            expiresAt: try row.decode("expires_at"))
    }
}
