package import Postgres
package import Tenancy

/// The groups of organisations' identity providers.
package struct DirectoryGroupStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// The group; `nil` when the organisation has none of this identifier.
    package func find(_ id: DirectoryGroupID, in organization: OrganizationID) async throws -> DirectoryGroup? {
        let query = DirectoryQuery(filter: .compares(.id, .equal, .text("\(id)")), limit: 1)
        return try await list(query, in: organization).items.first
    }

    /// A part of the groups, and how many there are.
    package func list(
        _ query: DirectoryQuery, in organization: OrganizationID
    ) async throws -> DirectoryPage<DirectoryGroup> {
        let conditions =
            ["g.organization_id = \(organization)"] + [query.filter.map(Self.columns.condition)].compactMap(\.self)
        let counted = try await database.query(
            "SELECT count(*) AS total FROM directory_groups g\(fragment: .matching(all: conditions))")
        let total = try counted.first?.decode("total", as: Int.self) ?? 0
        guard query.limit > 0, query.offset < total else { return DirectoryPage(items: [], total: total) }
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.selection) FROM directory_groups g\(fragment: .matching(all: conditions))
            ORDER BY \(fragment: query.order(in: Self.columns, createdAt: "g.created_at", id: "g.id"))
            LIMIT \(query.limit) OFFSET \(query.offset)
            """)
        return DirectoryPage(items: try rows.map { try DirectoryGroup(row: $0) }, total: total)
    }

    /// Who is in groups; at most so many of all of them together, in the order of the groups. Those groups are left out
    /// whose members would not fit, but for the first one.
    package func members(
        of groups: [DirectoryGroupID], in organization: OrganizationID, atMost limit: Int
    ) async throws -> [DirectoryGroupID: [UserID]] {
        let counts = try await memberCounts(of: groups, in: organization)
        var (wanted, sum): ([DirectoryGroupID], Int) = ([], 0)
        for group in groups {
            sum += counts[group] ?? 0
            guard sum <= limit || wanted.isEmpty else { break }
            wanted.append(group)
        }
        var members = Dictionary(wanted.map { ($0, [UserID]()) }, uniquingKeysWith: { $1 })
        let rows = try await database.query(
            """
            SELECT group_id, user_id FROM directory_group_members
            WHERE organization_id = \(organization) AND group_id = ANY(\(wanted)) ORDER BY user_id
            """)
        for row in rows { members[try row.decode("group_id"), default: []].append(try row.decode("user_id")) }
        return members
    }

    private func memberCounts(
        of groups: [DirectoryGroupID], in organization: OrganizationID
    ) async throws -> [DirectoryGroupID: Int] {
        let rows = try await database.query(
            """
            SELECT group_id, count(*) AS members FROM directory_group_members
            WHERE organization_id = \(organization) AND group_id = ANY(\(groups)) GROUP BY group_id
            """)
        var counts: [DirectoryGroupID: Int] = [:]
        for row in rows { counts[try row.decode("group_id")] = try row.decode("members") }
        return counts
    }

    static let selection: SQL =
        "g.id, g.organization_id, g.display_name, g.external_id, g.revision, g.created_at, g.updated_at"

    private static let columns = DirectoryColumns(
        column: { attribute in
            switch attribute {
            case .id: .identifier("g.id")
            case .externalID: .exactText("g.external_id")
            case .createdAt: .moment("g.created_at")
            case .updatedAt: .moment("g.updated_at")
            case .displayName: .text("g.display_name")
            case .userName, .givenName, .familyName, .formattedName, .isActive, .value, .type, .isPrimary, .display:
                nil
            }
        },
        elements: { collection in
            switch collection {
            case .members:
                DirectoryColumns.Elements(
                    source: """
                        (SELECT user_id FROM directory_group_members
                            WHERE organization_id = g.organization_id AND group_id = g.id) m
                        """,
                    columns: { attribute in
                        switch attribute {
                        case .value: .identifier("m.user_id")
                        case .id, .externalID, .createdAt, .updatedAt, .userName, .displayName, .givenName,
                            .familyName, .formattedName, .isActive, .type, .isPrimary, .display:
                            nil
                        }
                    })
            case .addresses, .groups: nil
            }
        })
}

extension DirectoryGroup {
    /// Reads the columns of `DirectoryGroupStore.selection`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            displayName: try row.decode("display_name"), externalID: try row.decode("external_id"),
            revision: try row.decode("revision"), createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"))
    }
}
