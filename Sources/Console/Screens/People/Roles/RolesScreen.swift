import JSON
import Tenancy
package import Terminal

/// What each role may do: one row for each thing that can be allowed, one column for each role.
package struct RolesScreen: ListingScreen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable { case nextSection, previousSection }

    package static let bindings: [Binding<Command>] =
        PeopleSection.bindings(next: .nextSection, previous: .previousSection)

    /// One thing that can be allowed.
    package struct Row: Sendable, Identifiable {
        let permission: Permission

        package var id: String { permission.rawValue }
        /// The first part of its name: what is acted on.
        var resource: String { String(id.prefix { $0 != ":" }) }
        var action: String { String(id.drop { $0 != ":" }.dropFirst()) }
        var roles: [Role] { Role.allCases.filter { $0.grants(permission) } }
    }

    package var list: Listing<Row>

    package init() {
        list = Listing(
            RoleColumns.all, sorting: Sorting(column: "permission", isDescending: false), facts: RoleQuery.facts)
        list.set(Permission.allCases.map(Row.init))
        list.move(.start)
    }

    package var title: String { PeopleSection.roles.title }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .nextSection: context.step(from: PeopleSection.roles, by: 1)
        case .previousSection: context.step(from: PeopleSection.roles, by: -1)
        }
    }

    package mutating func resize(_ size: Size) { list.resize(visibleRows: size.rows - 1) }
    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        list.point(atVisible: max(0, row - area.rows.lowerBound - 1))
    }

    package var vocabulary: [QueryField] { RoleQuery.vocabulary }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        list.draw(into: &frame, area, scope)
        guard list.shown.isEmpty else { return }
        EmptyList(
            subject: "permissions", isRead: true, failure: nil, failingSince: nil, query: list.queryText
        ).draw(into: &frame, area.below(1), scope)
    }

    package func address(_ scope: Scope) -> [Segment] {
        let filter = list.queryText.isEmpty ? [] : [Segment("/\(list.queryText)", .strong)]
        let count = list.shown.count
        return PeopleSection.roles.segments(scope) + filter + [Segment("\(count) of \(Permission.allCases.count)")]
    }

    package func status(_ scope: Scope) -> Segment? {
        list.selected.map { row in
            let mine = scope.may(row.permission) ? "you may" : "you may not"
            return Segment("\(row.id): \(row.roles.map(\.rawValue).joined(separator: ", ")); \(mine)")
        }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        guard let row = list.selected else { return nil }
        return Explanation(
            row.id,
            definition:
                "One thing that can be allowed. What a role is not given here it may not do; keys carry the same words as scopes, and never do more than their owner may."
        )
        .value("Allowed to \(row.roles.map(\.rawValue).joined(separator: ", ")).")
        .adding(
            "Projects", "A person may be given a role in one project, which adds to what their own role allows there."
        )
        .source("The table in the program itself, as scorable permissions prints it.")
    }

    package func copies(_ scope: Scope) -> [Copy] { list.selected.map { [Copy("n", "name", $0.id)] } ?? [] }

    package func sheet(_ scope: Scope) -> Sheet? {
        let table = list.table(scope)
        return Sheet(
            titles: table.titles, rows: table.rows,
            json: .array(
                list.shown.map { row in
                    .object([
                        "permission": .string(row.id), "roles": .array(row.roles.map { .string($0.rawValue) }),
                    ])
                }))
    }
}

/// The columns of the table of roles.
enum RoleColumns {
    static let all: [Column<RolesScreen.Row>] =
        [
            Column(
                "permission", "PERMISSION", .flexible(minimum: 14), precedes: ascending { $0.id },
                ink: { row, scope in scope.may(row.permission) ? .strong : .plain }, text: { row, _ in row.id })
        ]
        + Role.allCases.map { role in
            Column(
                role.rawValue, title(of: role), .fixed(title(of: role).count), rank: rank(of: role),
                precedes: ascending { row in row.roles.contains(role) ? 1 : 0 },
                ink: { row, _ in row.roles.contains(role) ? .good : .faint },
                text: { row, scope in row.roles.contains(role) ? "yes" : scope.marks.separator })
        }

    /// What goes first where there is not room for all: those who may most things.
    private static func rank(of role: Role) -> Int { (Role.allCases.firstIndex(of: role) ?? 0) + 1 }

    /// Short enough for all of them on the narrowest screen that has room for a table of this kind.
    private static func title(of role: Role) -> String {
        switch role {
        case .viewer: "VIEW"
        case .annotator: "ANNOT"
        case .engineer: "ENGIN"
        case .operator: "OPER"
        case .auditor: "AUDIT"
        case .admin: "ADMIN"
        case .owner: "OWNER"
        }
    }
}

/// What the filter of the table of roles may ask for.
package enum RoleQuery {
    package static let vocabulary = [
        QueryField("role", .choice(Role.allCases.map(\.rawValue)), example: "role:engineer", "What a role may"),
        QueryField("resource", .text, example: "resource:judge", "By a part of what is acted on"),
        QueryField("action", .text, example: "action:update", "By a part of what is done"),
    ]

    static func facts(of row: RolesScreen.Row) -> Query.Facts {
        Query.Facts(
            words: [row.id],
            texts: { field in
                switch field {
                case "role": row.roles.map(\.rawValue)
                case "resource": [row.resource]
                case "action": [row.action]
                default: []
                }
            })
    }
}
