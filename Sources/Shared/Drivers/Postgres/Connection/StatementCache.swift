/// Which statements a connection has prepared, by their text and the types of their parameters.
struct StatementCache {
    /// Two statements with the same key share a prepared one.
    struct Key: Hashable {
        let pieces: [String]
        private let slots: [PostgresParameters.Slot]

        init(_ sql: SQL) {
            pieces = sql.pieces
            slots = sql.parameters.slots
        }

        static func == (left: Key, right: Key) -> Bool {
            left.pieces == right.pieces && left.slots.elementsEqual(right.slots) { $0.type == $1.type }
        }

        func hash(into hasher: inout Hasher) {
            for piece in pieces { hasher.combine(piece) }
            for slot in slots { hasher.combine(slot.type) }
        }
    }

    /// A name as libpq takes it: a `String` would be copied to the heap at every use.
    typealias Name = [CChar]

    private struct Entry {
        let name: Name
        var lastUse: UInt64
    }

    private let limit: Int
    private var entries: [Key: Entry] = [:]
    private var uses: UInt64 = 0
    private var named = 0

    /// A cache of at most `limit` statements.
    init(limit: Int) { self.limit = max(1, limit) }

    var count: Int { entries.count }

    /// The name of the prepared statement, when there is one.
    mutating func name(for key: Key) -> Name? {
        uses += 1
        guard let index = entries.index(forKey: key) else { return nil }
        entries.values[index].lastUse = uses
        return entries.values[index].name
    }

    /// A name never used before on this connection.
    mutating func newName() -> Name {
        named += 1
        return Array("s\(named)".utf8CString)
    }

    /// Remembers a statement. When there are too many, the one not used for the longest time is forgotten; its name is
    /// returned to be deallocated on the server.
    mutating func insert(_ key: Key, name: Name) -> Name? {
        uses += 1
        var evicted: Name?
        // A scan, but only when a statement is prepared and the cache is full.
        if entries.count >= limit, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            evicted = oldest.value.name
            entries[oldest.key] = nil
        }
        entries[key] = Entry(name: name, lastUse: uses)
        return evicted
    }

    /// Forgets a statement that the server no longer accepts.
    mutating func remove(_ key: Key) {
        entries[key] = nil
    }
}
