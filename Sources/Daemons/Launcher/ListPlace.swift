package import FoundationEssentials
package import Tenancy

/// Where a list that was cut goes on, as a list prints it and takes it again.
package struct ListPlace: Sendable, Hashable, LosslessStringConvertible {
    let keyset: Keyset

    /// Behind a row.
    init(behind createdAt: Date, _ id: UUID) { keyset = Keyset(createdAt: createdAt, id: id) }

    /// `nil` for what no list has printed.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let microseconds = Int64(parts[0]), let id = UUID(uuidString: String(parts[1]))
        else { return nil }
        keyset = Keyset(createdAt: Date(timeIntervalSince1970: Double(microseconds) / 1_000_000), id: id)
    }

    package var description: String {
        let microseconds = Int64((keyset.createdAt.timeIntervalSince1970 * 1_000_000).rounded())
        return "\(microseconds).\(keyset.id.uuidString.lowercased())"
    }

    /// What a list is asked for that begins there; at its start without a place.
    static func request(_ place: ListPlace?, limit: Int) -> PageRequest {
        PageRequest(limit: limit, position: place.map { .after($0.keyset) } ?? .start)
    }

    /// What a list for people says where it was cut.
    static func more(_ next: String?) -> String { next.map { "More: --cursor \($0)\n" } ?? "" }
}

extension Slice {
    /// Where the list goes on behind this page; `nil` at its end.
    func place(_ key: (Item) -> (Date, UUID)) -> String? {
        guard hasNext, let last = items.last else { return nil }
        let (createdAt, id) = key(last)
        return ListPlace(behind: createdAt, id).description
    }
}
