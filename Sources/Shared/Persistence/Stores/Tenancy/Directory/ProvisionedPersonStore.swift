import FoundationEssentials
import JSON
package import Postgres
package import Tenancy

/// The people of organisations as identity providers see and keep them. Service accounts are none of their business.
package struct ProvisionedPersonStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// The person; `nil` for somebody who is not there, or not any more.
    package func find(_ id: UserID, in organization: OrganizationID) async throws -> ProvisionedPerson? {
        let query = DirectoryQuery(filter: .compares(.id, .equal, .text("\(id)")), limit: 1)
        return try await list(query, in: organization).items.first
    }

    /// A part of the people, and how many there are.
    package func list(
        _ query: DirectoryQuery, in organization: OrganizationID
    ) async throws -> DirectoryPage<ProvisionedPerson> {
        let conditions = Self.presence(in: organization) + [query.filter.map(Self.columns.condition)].compactMap(\.self)
        let counted = try await database.query(
            "SELECT count(*) AS total FROM \(fragment: Self.people)\(fragment: .matching(all: conditions))")
        let total = try counted.first?.decode("total", as: Int.self) ?? 0
        guard query.limit > 0, query.offset < total else { return DirectoryPage(items: [], total: total) }
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.selection) FROM \(fragment: Self.people)\(fragment: .matching(all: conditions))
            ORDER BY \(fragment: query.order(in: Self.columns, createdAt: "u.created_at", id: "u.id"))
            LIMIT \(query.limit) OFFSET \(query.offset)
            """)
        var people = try rows.map { try ProvisionedPerson(row: $0) }
        let groups = try await groups(of: people.map(\.user.id), in: organization)
        for index in people.indices { people[index].groups = groups[people[index].user.id] ?? [] }
        return DirectoryPage(items: people, total: total)
    }

    /// The groups that people are in, by name.
    package func groups(
        of people: [UserID], in organization: OrganizationID
    ) async throws -> [UserID: [DirectoryGroup.Reference]] {
        guard !people.isEmpty else { return [:] }
        let rows = try await database.query(
            """
            SELECT m.user_id, g.id, g.display_name FROM directory_group_members m
            JOIN directory_groups g ON g.organization_id = m.organization_id AND g.id = m.group_id
            WHERE m.organization_id = \(organization) AND m.user_id = ANY(\(people))
            ORDER BY lower(g.display_name), g.id
            """)
        var groups: [UserID: [DirectoryGroup.Reference]] = [:]
        for row in rows {
            groups[try row.decode("user_id"), default: []].append(
                DirectoryGroup.Reference(id: try row.decode("id"), displayName: try row.decode("display_name")))
        }
        return groups
    }

    // MARK: What stands where

    /// Of whom identity providers see anything.
    private static func presence(in organization: OrganizationID) -> [SQL] {
        [
            "u.organization_id = \(organization)", "u.kind = \(User.Kind.person)",
            "(p.removed_at IS NULL OR u.disabled_at IS NULL)",
        ]
    }

    static let people: SQL = """
        users u LEFT JOIN provisioned_people p ON p.organization_id = u.organization_id AND p.user_id = u.id
        """

    static let selection: SQL = """
        \(fragment: UserStore.columns), p.user_name, p.external_id, p.given_name, p.family_name, p.formatted_name, \
        p.has_display_name, p.emails, p.revision, \
        greatest(u.created_at, u.updated_at, p.updated_at) AS provisioned_at
        """

    private static let columns = DirectoryColumns(
        column: { attribute in
            switch attribute {
            case .id: .identifier("u.id")
            case .externalID: .exactText("p.external_id")
            case .createdAt: .moment("u.created_at")
            case .updatedAt: .moment("greatest(u.created_at, u.updated_at, p.updated_at)")
            case .userName: .text("coalesce(p.user_name, u.email)")
            case .displayName:
                .text("CASE WHEN coalesce(p.has_display_name, true) THEN u.full_name END")
            case .givenName: .text("p.given_name")
            case .familyName: .text("p.family_name")
            case .formattedName: .text("p.formatted_name")
            case .isActive: .flag("(u.disabled_at IS NULL)")
            case .value, .type, .isPrimary, .display: nil
            }
        },
        elements: { collection in
            switch collection {
            case .addresses:
                DirectoryColumns.Elements(
                    source: """
                        jsonb_to_recordset(coalesce(p.emails, jsonb_build_array(jsonb_build_object(
                            'value', u.email, 'type', 'work', 'primary', true))))
                        AS e ("value" text, "type" text, "primary" boolean)
                        """,
                    columns: { attribute in
                        switch attribute {
                        case .value: .text("e.\"value\"")
                        case .type: .text("e.\"type\"")
                        case .isPrimary: .flag("coalesce(e.\"primary\", false)")
                        case .id, .externalID, .createdAt, .updatedAt, .userName, .displayName, .givenName,
                            .familyName, .formattedName, .isActive, .display:
                            nil
                        }
                    })
            case .groups:
                DirectoryColumns.Elements(
                    source: """
                        directory_group_members m JOIN directory_groups g
                            ON g.organization_id = m.organization_id AND g.id = m.group_id
                            AND m.organization_id = u.organization_id AND m.user_id = u.id
                        """,
                    columns: { attribute in
                        switch attribute {
                        case .value: .identifier("g.id")
                        case .display: .text("g.display_name")
                        case .id, .externalID, .createdAt, .updatedAt, .userName, .displayName, .givenName,
                            .familyName, .formattedName, .isActive, .type, .isPrimary:
                            nil
                        }
                    })
            case .members: nil
            }
        })
}

extension DirectoryQuery {
    /// What follows `ORDER BY`; always an order of all, so that pages fit together.
    func order(in columns: DirectoryColumns, createdAt: SQL, id: SQL) -> SQL {
        let otherwise: SQL = "\(fragment: createdAt), \(fragment: id)"
        guard let sorting, let column = columns.column(sorting.attribute)?.order else { return otherwise }
        return sorting.descends
            ? "\(fragment: column) DESC NULLS FIRST, \(fragment: otherwise)"
            : "\(fragment: column) NULLS LAST, \(fragment: otherwise)"
    }
}

extension ProvisionedPerson {
    /// Reads the columns of `ProvisionedPersonStore.selection`.
    init(row: PostgresRow) throws {
        let user = try User(row: row)
        let revision = try row.decode("revision", as: Int?.self)
        let hasDisplayName = try row.decode("has_display_name", as: Bool?.self) ?? true
        let emails = try row.decode("emails", as: JSONText?.self)
        let profile = DirectoryProfile(
            userName: try row.decode("user_name", as: String?.self) ?? user.email,
            externalID: try row.decode("external_id"), givenName: try row.decode("given_name"),
            familyName: try row.decode("family_name"), formattedName: try row.decode("formatted_name"),
            displayName: hasDisplayName ? user.fullName : nil,
            addresses: try emails.map { try DirectoryAddress.list($0) }
                ?? [DirectoryAddress(value: user.email, type: "work", isPrimary: true)],
            isActive: !user.isDisabled)
        self.init(
            user: user, profile: profile, revision: revision ?? 0, updatedAt: try row.decode("provisioned_at"))
    }
}

/// An address as it is stored.
private struct StoredAddress: Codable {
    let value: String
    let type: String?
    let primary: Bool?
}

extension DirectoryAddress {
    fileprivate static func list(_ stored: JSONText) throws -> [DirectoryAddress] {
        try JSONCodec.decode([StoredAddress].self, from: stored.bytes).map {
            DirectoryAddress(value: $0.value, type: $0.type, isPrimary: $0.primary)
        }
    }

    /// The addresses as they are stored.
    static func stored(_ addresses: [DirectoryAddress]) -> JSONText {
        JSONText(
            JSONCodec.encode(
                addresses.map { StoredAddress(value: $0.value, type: $0.type, primary: $0.isPrimary) }, absent: .omitted
            ))
    }
}
