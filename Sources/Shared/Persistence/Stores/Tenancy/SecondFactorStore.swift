package import FoundationEssentials
package import Postgres
package import Tenancy

/// The second factors of people, and their recovery codes. Secrets come sealed and codes as hashes: neither is known here.
package struct SecondFactorStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// That of a person, also when it was never confirmed.
    package func find(of user: UserID, in organization: OrganizationID) async throws -> StoredSecondFactor? {
        let rows = try await database.query(
            """
            SELECT f.sealed_secret, f.created_at, f.confirmed_at, f.last_step, (
                SELECT count(*) FROM recovery_codes c
                WHERE c.organization_id = f.organization_id AND c.user_id = f.user_id AND c.used_at IS NULL
            ) AS recovery_codes
            FROM second_factors f WHERE f.user_id = \(user) AND f.organization_id = \(organization)
            """)
        return try rows.first.map { row in
            StoredSecondFactor(
                factor: SecondFactor(
                    createdAt: try row.decode("created_at"), confirmedAt: try row.decode("confirmed_at"),
                    recoveryCodes: try row.decode("recovery_codes")),
                sealedSecret: try row.decode("sealed_secret"), lastStep: try row.decode("last_step"))
        }
    }

    /// Stores a secret that is to be confirmed, in place of one that never was; `false` when one is in use.
    package func begin(
        sealedSecret: [UInt8], of user: UserID, in organization: OrganizationID, at moment: Date
    ) async throws -> Bool {
        let changed = try await database.execute(
            """
            INSERT INTO second_factors (organization_id, user_id, sealed_secret, created_at)
            VALUES (\(organization), \(user), \(sealedSecret), \(moment))
            ON CONFLICT (organization_id, user_id) DO UPDATE
                SET sealed_secret = excluded.sealed_secret, created_at = excluded.created_at
                WHERE second_factors.confirmed_at IS NULL
            """)
        return changed == 1
    }

    /// Puts a secret to use whose first code was of that step, with its recovery codes; `false` when it was not there any
    /// more, or in use already.
    package func confirm(
        _ stored: StoredSecondFactor, of user: UserID, in organization: OrganizationID, step: Int64,
        recoveryCodes: [[UInt8]], at moment: Date, on connection: PostgresConnection
    ) async throws -> Bool {
        let changed = try await connection.execute(
            """
            UPDATE second_factors SET confirmed_at = \(moment), last_step = \(step)
            WHERE user_id = \(user) AND organization_id = \(organization) AND confirmed_at IS NULL
                AND sealed_secret = \(stored.sealedSecret)
            """)
        guard changed == 1 else { return false }
        try await replaceRecoveryCodes(of: user, in: organization, by: recoveryCodes, on: connection)
        return true
    }

    /// Gives a person other recovery codes.
    package func replaceRecoveryCodes(
        of user: UserID, in organization: OrganizationID, by hashes: [[UInt8]], on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            "DELETE FROM recovery_codes WHERE user_id = \(user) AND organization_id = \(organization)")
        for hash in hashes {
            try await connection.execute(
                """
                INSERT INTO recovery_codes (organization_id, user_id, code_hash)
                VALUES (\(organization), \(user), \(hash))
                """)
        }
    }

    /// Takes the code of a step, which is then never taken again, nor is one of an earlier step; `false` when it was taken
    /// already. Of attempts made side by side one gets it.
    package func take(step: Int64, of user: UserID, in organization: OrganizationID) async throws -> Bool {
        let changed = try await database.execute(
            """
            UPDATE second_factors SET last_step = \(step)
            WHERE user_id = \(user) AND organization_id = \(organization) AND confirmed_at IS NOT NULL
                AND (last_step IS NULL OR last_step < \(step))
            """)
        return changed == 1
    }

    /// Takes a recovery code, which is then never taken again; `false` when the person has none of that hash left.
    package func take(
        recoveryCode hash: [UInt8], of user: UserID, in organization: OrganizationID, at moment: Date
    ) async throws -> Bool {
        let changed = try await database.execute(
            """
            UPDATE recovery_codes c SET used_at = \(moment)
            FROM second_factors f
            WHERE c.code_hash = \(hash) AND c.user_id = \(user) AND c.organization_id = \(organization)
                AND c.used_at IS NULL AND f.organization_id = c.organization_id AND f.user_id = c.user_id
                AND f.confirmed_at IS NOT NULL
            """)
        return changed == 1
    }

    /// Removes a person's second factor; `false` when there was none.
    package func remove(
        of user: UserID, in organization: OrganizationID, on connection: PostgresConnection
    ) async throws -> Bool {
        try await connection.execute(
            "DELETE FROM recovery_codes WHERE user_id = \(user) AND organization_id = \(organization)")
        let removed = try await connection.execute(
            "DELETE FROM second_factors WHERE user_id = \(user) AND organization_id = \(organization)")
        return removed == 1
    }
}

/// A person's second factor with its sealed secret.
package struct StoredSecondFactor: Sendable {
    package let factor: SecondFactor
    package let sealedSecret: [UInt8]
    /// The step of the last code that was taken.
    package let lastStep: Int64?
}
