internal import Tenancy

/// Who may do what, as the code says it.
package struct PermissionTable: Sendable {
    private let roles: [Role]
    private let form: QueueAdministration.Form

    /// Of all roles, or of one.
    package init(of role: RoleName?, form: QueueAdministration.Form) {
        roles = role.map { [$0.role] } ?? Role.allCases
        self.form = form
    }

    /// The table: a permission on each line, a role in each column; of one role only what it may.
    package var text: String { form.text(of: shape, \.text) }

    private var shape: Shape {
        Shape(
            results: Permission.allCases.map { permission in
                Shape.Row(
                    permission: permission.rawValue,
                    roles: roles.filter { $0.grants(permission) }.map(\.rawValue))
            }.filter { roles.count > 1 || !$0.roles.isEmpty })
    }

    /// As it is printed.
    private struct Shape: Encodable {
        struct Row: Encodable {
            /// `resource:action`.
            let permission: String
            let roles: [String]
        }

        let results: [Row]

        var text: String {
            let roles = Role.allCases.map(\.rawValue).filter { role in results.contains { $0.roles.contains(role) } }
            guard roles.count > 1 else { return results.map { $0.permission + "\n" }.joined() }
            var table = TextTable(["PERMISSION"] + roles.map { $0.uppercased() })
            for row in results {
                table.add([row.permission] + roles.map { row.roles.contains($0) ? "yes" : nil })
            }
            return table.text
        }
    }
}
