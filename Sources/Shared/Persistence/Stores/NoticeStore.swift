package import FoundationEssentials
package import Postgres
package import Records
package import Tenancy

/// What happened that operators should know of.
package struct NoticeStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a notice.
    package func add(_ notice: Notice) async throws { try await database.execute(Self.insertion(of: notice)) }

    /// Stores a notice in the caller's transaction.
    package static func add(_ notice: Notice, on connection: PostgresConnection) async throws {
        try await connection.execute(insertion(of: notice))
    }

    private static func insertion(of notice: Notice) -> SQL {
        """
        INSERT INTO notices (id, organization_id, created_at, severity, summary, subject_kind, subject_id, \
        subject_name, permission)
        VALUES (\(notice.id), \(notice.organizationID), \(notice.createdAt), \(notice.severity), \
        \(notice.summary), \(notice.subject?.kind), \(notice.subject?.id), \(notice.subject?.name), \
        \(notice.permission))
        """
    }

    /// The newest notices of the organisation and of the installation, of those that need one of the permissions or none.
    package func newest(
        in organization: OrganizationID, for permissions: [Permission], limit: Int
    ) async throws -> [Notice] {
        let rows = try await database.query(
            """
            SELECT * FROM (
                (\(fragment: Self.newest("organization_id = \(organization)", permissions, limit))) UNION ALL
                (\(fragment: Self.newest("organization_id IS NULL", permissions, limit)))
            ) AS notices ORDER BY created_at DESC, id DESC LIMIT \(limit)
            """)
        return try rows.map(Notice.init(row:))
    }

    /// Deletes the notices before a moment; how many they were.
    package func delete(before moment: Date) async throws -> Int {
        try await database.execute("DELETE FROM notices WHERE created_at < \(moment)")
    }

    private static func newest(_ condition: SQL, _ permissions: [Permission], _ limit: Int) -> SQL {
        """
        SELECT id, organization_id, created_at, severity, summary, subject_kind, subject_id, subject_name, permission
        FROM notices
        WHERE \(fragment: condition) AND (permission IS NULL OR permission = ANY (\(permissions.map(\.rawValue))))
        ORDER BY created_at DESC, id DESC LIMIT \(limit)
        """
    }
}

extension Notice {
    fileprivate init(row: PostgresRow) throws {
        let kind = try row.decode("subject_kind", as: Subject.Kind?.self)
        let id = try row.decode("subject_id", as: String?.self)
        let name = try row.decode("subject_name", as: String?.self)
        var subject: Subject?
        if let kind, let id { subject = Subject(kind: kind, id: id, name: name) }
        self.init(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            createdAt: try row.decode("created_at"), severity: try row.decode("severity"),
            summary: try row.decode("summary"), subject: subject,
            permission: try row.decode("permission", as: String?.self).flatMap(Permission.init(rawValue:)))
    }
}
