package import FoundationEssentials
package import Postgres
package import Spending
package import Tenancy

/// People who try the product without an account: each has an organisation of their own for a while.
package struct TemporaryUserStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a temporary user with all that belongs to one, unless there are too many already; `false` then.
    package func create(
        _ user: NewTemporaryUser, keyHash: [UInt8], atMost most: Int, inLastHour hourly: Int
    ) async throws -> Bool {
        let organization = user.organization
        return try await database.transaction { connection in
            // One at a time, or more than there may be would see that there is room.
            try await connection.execute("LOCK TABLE temporary_users IN SHARE ROW EXCLUSIVE MODE")
            let rows = try await connection.query(
                """
                SELECT count(*) AS total, count(*) FILTER (
                    WHERE created_at > \(organization.createdAt.addingTimeInterval(-3600))) AS recent
                FROM temporary_users
                """)
            guard let row = rows.first, try row.decode("total", as: Int.self) < most,
                try row.decode("recent", as: Int.self) < hourly
            else { return false }
            try await connection.execute(
                """
                INSERT INTO organizations (id, name, created_at)
                VALUES (\(organization.id), \(organization.name), \(organization.createdAt))
                """)
            try await connection.execute(UserStore.insertion(of: user.user, passwordHash: nil))
            try await connection.execute(ProjectStore.insertion(of: user.project))
            try await connection.execute(APIKeyStore.insertion(of: user.key, keyHash: keyHash))
            try await connection.execute(BudgetStore.insertion(of: user.budget))
            try await connection.execute(
                """
                INSERT INTO temporary_users (organization_id, user_id, created_at, expires_at)
                VALUES (\(organization.id), \(user.user.id), \(organization.createdAt), \(user.key.expiresAt))
                """)
            return true
        }
    }

    /// Whether an organisation is that of a temporary user.
    package func isTemporary(_ organization: OrganizationID) async throws -> Bool {
        let rows = try await database.query(
            "SELECT FROM temporary_users WHERE organization_id = \(organization)")
        return !rows.isEmpty
    }

    /// Whose time was over at `moment`, those first who have waited longest.
    package func expired(at moment: Date, limit: Int) async throws -> [OrganizationID] {
        let rows = try await database.query(
            """
            SELECT organization_id FROM temporary_users WHERE expires_at <= \(moment)
            ORDER BY expires_at LIMIT \(limit)
            """)
        return try rows.map { try $0.decode("organization_id") }
    }

    /// Deletes a temporary user with everything that is theirs; judges that somebody has claimed are not theirs any more.
    /// Does nothing for an organisation that is not temporary.
    package func delete(_ organization: OrganizationID) async throws {
        guard try await isTemporary(organization) else { return }
        for table in ["execution_logs", "trace_spans"] { try await clear(table, of: organization) }
        try await database.transaction { connection in
            // What is claimed now goes first, and is not theirs any more.
            try await connection.execute(
                "SELECT FROM temporary_users WHERE organization_id = \(organization) FOR UPDATE")
            // Judges of others go on without an evaluator that is deleted.
            try await connection.execute(
                """
                DELETE FROM judge_version_evaluators r USING evaluators e
                WHERE e.id = r.evaluator_id AND e.organization_id = \(organization)
                """)
            // In this order, because what refers to a person or a project does not go with it.
            for table in [
                "trace_candidates", "traces", "trace_filters", "exports", "calibration_runs", "prompt_tests", "batches",
                "jobs", "annotations", "score_configs", "datasets", "judge_claims", "judge_invitations", "judges",
                "evaluators", "objectives", "models", "budgets", "executed_items", "tagged_hours", "temporary_users",
            ] {
                try await connection.execute(
                    "DELETE FROM \(identifier: table) WHERE organization_id = \(organization)")
            }
            try await connection.execute("DELETE FROM organizations WHERE id = \(organization)")
        }
    }

    /// Deletes a partitioned table's rows piece by piece: there may be many of them.
    private func clear(_ table: String, of organization: OrganizationID) async throws {
        var deleted = Self.piece
        while deleted >= Self.piece {
            deleted = try await database.execute(
                """
                DELETE FROM \(identifier: table) WHERE organization_id = \(organization) AND ctid IN (
                    SELECT ctid FROM \(identifier: table) WHERE organization_id = \(organization) LIMIT \(Self.piece))
                """)
        }
    }

    private static let piece = 10_000
}

/// A temporary user that is to be stored.
package struct NewTemporaryUser: Sendable {
    package let organization: Organization
    package let user: User
    package let project: Project
    /// It expires with the user.
    package let key: APIKey
    package let budget: Budget

    package init(organization: Organization, user: User, project: Project, key: APIKey, budget: Budget) {
        self.organization = organization
        self.user = user
        self.project = project
        self.key = key
        self.budget = budget
    }
}
