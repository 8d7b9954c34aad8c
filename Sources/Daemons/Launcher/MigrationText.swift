internal import JSON
internal import Schema
internal import Settings

/// How much of what is missing a migration is to apply.
package enum MigrationExtent: String, Sendable, CaseIterable {
    /// Everything.
    case all
    /// What the daemons of the release before go on working with: before a roll-out.
    case expand
    /// What is left to remove, too: after it.
    case contract

    var phase: Migration.Phase {
        switch self {
        case .all, .contract: .contract
        case .expand: .expand
        }
    }
}

/// What is printed of migrations.
enum MigrationText {
    /// A migration that is to be applied, as it is printed for programs.
    struct Shape: Encodable {
        let file: String
        let phase: String
        let manner: String
        /// Whether the daemons of the release before work on.
        let keepsOlderDaemons: Bool
        let tables: [Table]

        struct Table: Encodable {
            let name: String
            let lock: String
            let consequence: String
            let actions: [String]
            let rows: Int64
            let bytes: Int64
        }

        init(_ planned: PlannedMigration) {
            file = planned.migration.file
            phase = planned.migration.phase.rawValue
            manner =
                switch planned.migration.manner {
                case .oneTransaction: "one transaction"
                case .stepByStep: "step by step"
                }
            keepsOlderDaemons = planned.migration.phase == .expand
            tables = planned.touches.map { touch in
                Table(
                    name: touch.table, lock: touch.lock.name, consequence: touch.lock.consequence,
                    actions: touch.actions, rows: touch.rows, bytes: touch.bytes)
            }
        }
    }

    static let nothing = "The schema is current.\n"

    static func plan(_ planned: [Shape]) -> String {
        guard !planned.isEmpty else { return nothing }
        return planned.map { migration in
            let older =
                migration.keepsOlderDaemons
                ? "daemons of the release before work on" : "daemons of the release before must be gone"
            let head = "would apply \(migration.file)\t\(migration.phase), \(migration.manner); \(older)\n"
            return head + migration.tables.map(line).joined()
        }.joined()
    }

    private static func line(_ table: Shape.Table) -> String {
        "    \(table.name)\t\(table.actions.joined(separator: ", ")); \(table.consequence) (\(table.lock)); "
            + "about \(table.rows) rows, \(ByteCount(bytes: Int(table.bytes)))\n"
    }

    static func applied(_ applied: [Migration], left: [Shape]) -> String {
        let done = applied.map { "applied \($0.file)\n" }.joined()
        guard !left.isEmpty else { return applied.isEmpty ? nothing : done }
        return done
            + "\(left.count) left for after the roll-out: scorable migrate --phase contract\n"
    }
}
