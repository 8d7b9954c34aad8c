package import FoundationEssentials
package import Postgres
package import Tenancy

/// A call that its caller can repeat without its being done twice.
package struct IdempotentCall: Sendable, Hashable {
    package let organizationID: OrganizationID
    package let userID: UserID
    /// As the caller chose it.
    package let key: String
    /// SHA-256 of what is called and with which body.
    package let fingerprint: [UInt8]

    package init(organizationID: OrganizationID, userID: UserID, key: String, fingerprint: [UInt8]) {
        self.organizationID = organizationID
        self.userID = userID
        self.key = key
        self.fingerprint = fingerprint
    }
}

/// What an idempotent call was answered.
package struct KeptAnswer: Sendable, Hashable {
    package let status: Int
    package let contentType: String?
    /// `nil` for an answer that was too long to be kept, or that carried a secret.
    package let body: [UInt8]?

    package init(status: Int, contentType: String?, body: [UInt8]?) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }
}

/// How a call stands that somebody wants to make.
package enum CallStanding: Sendable, Hashable {
    /// It is the caller's to make: nobody has made it. What it is known by, also when it is made again.
    case claimed(UUID)
    /// It is being made.
    case running
    /// Whoever makes it has not said so for a while: they are gone, or were kept from it.
    case silent
    /// Whoever made it has given it up, and nobody knows how far it got.
    case abandoned
    /// It was made.
    case answered(KeptAnswer)
    /// The key stands for another call.
    case different
}

/// Calls that carry an idempotency key, and what they were answered. All times are the database's own, which the processes
/// share.
package struct IdempotentCallStore: Sendable {
    private let database: PostgresClient
    /// How long an answer is kept.
    package static let lifetime = Duration.seconds(24 * 3600)

    package init(database: PostgresClient) { self.database = database }

    /// Claims a call for somebody new, who is taken to be alive for `lease`, and after whom it is called from then on; or says
    /// how the call stands.
    package func claim(
        _ call: IdempotentCall, for holder: UUID, lease: Duration
    ) async throws -> CallStanding {
        while true {
            let claimed = try await database.query(
                """
                INSERT INTO idempotent_calls AS c (organization_id, user_id, key, fingerprint, holder, held_until, \
                claimed_at, id)
                VALUES (\(call.organizationID), \(call.userID), \(call.key), \(call.fingerprint), \(holder), \
                now() + \(lease)::interval, now(), \(holder))
                ON CONFLICT (organization_id, user_id, key) DO UPDATE SET
                    fingerprint = excluded.fingerprint, holder = excluded.holder, held_until = excluded.held_until, \
                    claimed_at = excluded.claimed_at, id = excluded.id, status = NULL, content_type = NULL, body = NULL
                WHERE c.claimed_at < now() - \(Self.lifetime)::interval
                RETURNING id
                """)
            if let row = claimed.first { return .claimed(try row.decode("id")) }
            // Gone again: whoever made it has failed and given it back.
            if let standing = try await standing(of: call) { return standing }
        }
    }

    /// Claims a call whose maker is gone, to make it again; `nil` when somebody else does.
    package func resume(_ call: IdempotentCall, for holder: UUID, lease: Duration) async throws -> UUID? {
        let rows = try await database.query(
            """
            UPDATE idempotent_calls SET holder = \(holder), held_until = now() + \(lease)::interval
            WHERE organization_id = \(call.organizationID) AND user_id = \(call.userID) AND key = \(call.key)
                AND fingerprint = \(call.fingerprint) AND status IS NULL AND held_until <= now()
            RETURNING id
            """)
        return try rows.first?.decode("id")
    }

    private func standing(of call: IdempotentCall) async throws -> CallStanding? {
        let rows = try await database.query(
            """
            SELECT fingerprint, status, content_type, body, held_until > now() AS is_held, \
            held_until = '-infinity' AS is_given_up FROM idempotent_calls
            WHERE organization_id = \(call.organizationID) AND user_id = \(call.userID) AND key = \(call.key)
            """)
        return try rows.first.map { row in
            guard try row.decode("fingerprint", as: [UInt8].self) == call.fingerprint else { return .different }
            guard let status = try row.decode("status", as: Int?.self) else {
                if try row.decode("is_held") { return .running }
                return try row.decode("is_given_up") ? .abandoned : .silent
            }
            return .answered(
                KeptAnswer(
                    status: status, contentType: try row.decode("content_type"), body: try row.decode("body")))
        }
    }

    /// Keeps the answer of a call, by whoever has made it.
    package func keep(_ answer: KeptAnswer, of call: IdempotentCall, by holder: UUID) async throws {
        try await database.execute(
            """
            UPDATE idempotent_calls SET status = \(answer.status), content_type = \(answer.contentType), \
            body = \(answer.body)
            WHERE organization_id = \(call.organizationID) AND user_id = \(call.userID) AND key = \(call.key)
                AND holder = \(holder) AND status IS NULL
            """)
    }

    /// Gives a call back that came to nothing: it can be made again.
    package func release(_ call: IdempotentCall, by holder: UUID) async throws {
        try await database.execute(
            """
            DELETE FROM idempotent_calls
            WHERE organization_id = \(call.organizationID) AND user_id = \(call.userID) AND key = \(call.key)
                AND holder = \(holder) AND status IS NULL
            """)
    }

    /// Leaves a call whose outcome nobody knows, as if its holder were gone.
    package func abandon(_ call: IdempotentCall, by holder: UUID) async throws {
        try await database.execute(
            """
            UPDATE idempotent_calls SET held_until = '-infinity'
            WHERE organization_id = \(call.organizationID) AND user_id = \(call.userID) AND key = \(call.key)
                AND holder = \(holder) AND status IS NULL
            """)
    }

    /// Says that the call is still being made. Nobody waits for the disk: should that be forgotten, it is said again soon.
    package func prolong(_ call: IdempotentCall, by holder: UUID, lease: Duration) async throws {
        try await database.execute(
            """
            UPDATE idempotent_calls SET held_until = now() + \(lease)::interval
            FROM (SELECT set_config('synchronous_commit', 'off', true) AS setting) AS quick
            WHERE organization_id = \(call.organizationID) AND user_id = \(call.userID) AND key = \(call.key)
                AND holder = \(holder) AND status IS NULL AND quick.setting = 'off'
            """)
    }

    /// Deletes calls of before a moment; how many there were.
    package func delete(before moment: Date, limit: Int) async throws -> Int {
        try await database.execute(
            """
            DELETE FROM idempotent_calls WHERE (organization_id, user_id, key) IN (
                SELECT organization_id, user_id, key FROM idempotent_calls WHERE claimed_at < \(moment)
                LIMIT \(limit))
            """)
    }
}
