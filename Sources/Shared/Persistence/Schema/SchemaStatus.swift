/// How the schema of a database compares with the migrations of this program.
package enum SchemaStatus: Sendable, Equatable {
    /// The same.
    case current
    /// These are still to be applied, in this order.
    case behind([Migration])
    /// A newer program has been here. What this one needs is still there, unless a file was applied by which such things
    /// are removed: then it must not write.
    case newer(version: Int, isCompatible: Bool)

    /// Whether the program may work with the schema: nothing that it needs is missing.
    package var isUsable: Bool {
        switch self {
        case .current: true
        // What is only to be removed hurts nobody while it is there.
        case .behind(let pending): pending.allSatisfy { $0.phase == .contract }
        case .newer(_, let isCompatible): isCompatible
        }
    }

    /// Compares what a program knows with what a database says was applied.
    /// - Throws: `SchemaError` when the two contradict each other.
    init(known: [Migration], applied: [AppliedMigration]) throws(SchemaError) {
        let newest = known.last?.version ?? 0
        let steps = Dictionary(uniqueKeysWithValues: known.map { ($0.version, $0) })
        for entry in applied where entry.version <= newest {
            guard let step = steps[entry.version], step.name == entry.name else {
                throw SchemaError(.unknown, entry.file, "was applied, but this program has no such file")
            }
            guard step.checksum == entry.checksum else {
                throw SchemaError(
                    .changed, entry.file, "was changed after it was applied: restore it and add a new file instead")
            }
        }
        let last = applied.map(\.version).max() ?? 0
        let done = Set(applied.map(\.version))
        if let skipped = known.first(where: { $0.version < last && !done.contains($0.version) }) {
            throw SchemaError(.skipped, skipped.file, "comes before an applied migration: give it a higher number")
        }
        guard last <= newest else {
            self = .newer(
                version: last,
                isCompatible: applied.allSatisfy { $0.version <= newest || $0.phase == .expand })
            return
        }
        let pending = known.filter { $0.version > last }
        self = pending.isEmpty ? .current : .behind(pending)
    }
}

/// A row of the table in which a database remembers its migrations.
struct AppliedMigration: Sendable, Equatable {
    let version: Int
    let name: String
    let checksum: String
    var phase = Migration.Phase.expand

    var file: String { Migration.file(version: version, name: name) }
}

/// The schema cannot be brought, or trusted, to be what the program needs.
package struct SchemaError: Error, CustomStringConvertible {
    /// What is wrong.
    package enum Kind: Sendable, Hashable {
        /// A file differs from what was applied.
        case changed
        /// The database has a step that the program's files lack.
        case unknown
        /// A file was numbered below what was applied already.
        case skipped
        /// The database belongs to a newer program.
        case newer
        /// The server refused a file.
        case failed
    }

    package let kind: Kind
    /// The file it is about.
    package let file: String
    /// What failed underneath.
    package let underlying: (any Error)?
    private let message: String

    init(_ kind: Kind, _ file: String, _ message: String, underlying: (any Error)? = nil) {
        self.kind = kind
        self.file = file
        self.message = message
        self.underlying = underlying
    }

    package var description: String {
        underlying.map { "migration \(file) \(message): \($0)" } ?? "migration \(file) \(message)"
    }
}
