/// The locks of PostgreSQL that a change of the schema takes, the weakest first.
package enum TableLock: Int, Sendable, CaseIterable, Comparable {
    /// `ROW EXCLUSIVE`: as every write takes.
    case rowExclusive
    /// `SHARE UPDATE EXCLUSIVE`: others read and write on.
    case shareUpdateExclusive
    /// `SHARE`: writers wait.
    case share
    /// `SHARE ROW EXCLUSIVE`: writers wait.
    case shareRowExclusive
    /// `ACCESS EXCLUSIVE`: readers and writers wait.
    case accessExclusive

    package static func < (left: TableLock, right: TableLock) -> Bool { left.rawValue < right.rawValue }

    /// The server's name of it.
    package var name: String {
        switch self {
        case .rowExclusive: "ROW EXCLUSIVE"
        case .shareUpdateExclusive: "SHARE UPDATE EXCLUSIVE"
        case .share: "SHARE"
        case .shareRowExclusive: "SHARE ROW EXCLUSIVE"
        case .accessExclusive: "ACCESS EXCLUSIVE"
        }
    }

    /// Who waits for it to end.
    package var consequence: String {
        switch self {
        case .rowExclusive, .shareUpdateExclusive: "nobody waits"
        case .share, .shareRowExclusive: "writers wait"
        case .accessExclusive: "readers and writers wait"
        }
    }
}

/// What a statement does to a table, as far as that can be told from its first words.
struct StatementEffect: Equatable {
    enum Target: Equatable {
        case table(String)
        /// The table that this index is of.
        case tableOfIndex(String)
    }

    let target: Target
    let lock: TableLock
    /// In a few words, such as "builds an index".
    let action: String

    /// The effects of a statement; none for what makes something new.
    static func all(of statement: String) -> [StatementEffect] {
        let words = SQLStatements.words(statement)
        let upper = words.map { $0.uppercased() }
        guard let verb = upper.first else { return [] }
        let scanner = Scanner(words: words, upper: upper)
        switch verb {
        case "ALTER": return scanner.alteration
        case "CREATE": return scanner.creation
        case "DROP": return scanner.removal
        case "INSERT": return scanner.effect(behind: "INTO", .rowExclusive, "adds rows")
        case "UPDATE": return scanner.effect(behind: "UPDATE", .rowExclusive, "changes rows")
        case "DELETE": return scanner.effect(behind: "FROM", .rowExclusive, "deletes rows")
        case "TRUNCATE": return scanner.effect(behind: "TRUNCATE", .accessExclusive, "empties it")
        case "LOCK": return scanner.effect(behind: "LOCK", .accessExclusive, "locks it")
        default: return []
        }
    }
}

private struct Scanner {
    let words: [String]
    let upper: [String]

    /// Words that may stand between a keyword and the name.
    private static let fillers: Set<String> = ["TABLE", "IF", "EXISTS", "NOT", "ONLY", "CONCURRENTLY"]

    func effect(behind keyword: String, _ lock: TableLock, _ action: String) -> [StatementEffect] {
        guard let place = upper.firstIndex(of: keyword),
            let name = (place + 1..<words.count).first(where: { !Self.fillers.contains(upper[$0]) })
        else { return [] }
        return [StatementEffect(target: .table(words[name]), lock: lock, action: action)]
    }

    var alteration: [StatementEffect] {
        guard upper.count > 1, upper[1] == "TABLE" else { return [] }
        let isWeak = upper.contains("VALIDATE") || upper.contains("STATISTICS")
        return effect(behind: "TABLE", isWeak ? .shareUpdateExclusive : .accessExclusive, "alters it") + references
    }

    var creation: [StatementEffect] {
        // The words behind CREATE, as many as say what is made.
        let head = upper.dropFirst().prefix(3)
        if head.contains("INDEX") {
            let isConcurrent = upper.prefix(5).contains("CONCURRENTLY")
            return effect(
                behind: "ON", isConcurrent ? .shareUpdateExclusive : .share,
                isConcurrent ? "builds an index meanwhile" : "builds an index")
        }
        if head.contains("TRIGGER") { return effect(behind: "ON", .shareRowExclusive, "adds a trigger") }
        if head.contains("POLICY") { return effect(behind: "ON", .accessExclusive, "adds a policy") }
        if head.contains("TABLE") { return references }
        return []
    }

    var removal: [StatementEffect] {
        guard upper.count > 1 else { return [] }
        let names = zip(words, upper).dropFirst(2).filter { _, word in
            !Self.fillers.contains(word) && word != "," && word != "CASCADE"
        }.map(\.0)
        switch upper[1] {
        case "INDEX":
            let lock: TableLock = upper.contains("CONCURRENTLY") ? .shareUpdateExclusive : .accessExclusive
            return names.map { StatementEffect(target: .tableOfIndex($0), lock: lock, action: "drops an index") }
        case "TABLE":
            return names.map { StatementEffect(target: .table($0), lock: .accessExclusive, action: "drops it") }
        case "TRIGGER", "POLICY": return effect(behind: "ON", .accessExclusive, "drops a \(upper[1].lowercased())")
        default: return []
        }
    }

    /// Tables that a foreign key points to.
    private var references: [StatementEffect] {
        upper.indices.filter { upper[$0] == "REFERENCES" && $0 + 1 < words.count }.map { place in
            StatementEffect(
                target: .table(words[place + 1]), lock: .shareRowExclusive, action: "is pointed to by a foreign key")
        }
    }
}
