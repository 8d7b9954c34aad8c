/// Joins what comes in pieces of any size to parts of the size that a store wants. One part is in memory.
struct PartGathering: ~Copyable {
    private var rest: [UInt8] = []
    /// Whether nothing comes any more.
    private(set) var isAtEnd = false

    /// The next part, which is shorter only at the end.
    mutating func part(of size: Int, from next: () async throws -> [UInt8]?) async throws -> [UInt8] {
        var part: [UInt8] = []
        swap(&part, &rest)
        // One byte more than it takes: then it is known whether this is the last.
        while part.count <= size {
            guard let piece = try await next() else {
                isAtEnd = true
                return part
            }
            part += piece
        }
        rest = Array(part[size...])
        part.removeLast(part.count - size)
        return part
    }

    /// How large a part is: small ones first, so that little is in memory, and larger ones later, since stores take only
    /// ten thousand. So a blob may have 430 GiB.
    static func size(ofPart number: Int) -> Int { (8 << 20) * (1 + number / 1000) }

    /// How many parts a store takes.
    static let most = 10_000

    /// There are more.
    static func tooMany(_ attempt: String) -> BlobError {
        BlobError(.full, attempt, because: "a blob may have \(most) parts at most")
    }
}
