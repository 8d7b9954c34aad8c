internal import Cryptography
internal import FoundationEssentials
package import Tenancy

/// The place in a list at which a page begins or ends, as an opaque token for clients.
///
/// Clients hand it back in many shapes: as the token, percent-encoded, with the rest of a query string attached, or as
/// the whole `next` URL.
package struct Cursor: Sendable, Hashable {
    /// Which way the page lies.
    package enum Direction: UInt8, Sendable, Hashable {
        case after = 0
        case before = 1
    }

    package let direction: Direction
    package let keyset: Keyset

    package init(_ direction: Direction, _ keyset: Keyset) {
        self.direction = direction
        self.keyset = keyset
    }

    /// The cursor that `text` contains in any of the accepted shapes; `nil` when there is none.
    package init?(_ text: String) {
        guard let bytes = Base64URL.decode(Self.token(in: text)), bytes.count == Self.length, bytes[0] == Self.version,
            let direction = Direction(rawValue: bytes[1])
        else { return nil }
        let microseconds = bytes[2..<10].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        let halves = [10, 18].map { start in bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        self.init(
            direction,
            Keyset(
                createdAt: Date(timeIntervalSince1970: Double(microseconds) / 1_000_000),
                id: UUID(high: halves[0], low: halves[1])))
    }

    /// The token: unpadded base64url, so that it means the same however often it is percent-encoded.
    package var token: String {
        let microseconds = Int64((keyset.createdAt.timeIntervalSince1970 * 1_000_000).rounded())
        let time = (0..<8).map { UInt8(truncatingIfNeeded: microseconds >> (56 - 8 * $0)) }
        let id = withUnpacked(keyset.id.uuid)
        return Base64URL.encode([Self.version, direction.rawValue] + time + id)
    }

    /// The part of the order that a store is asked for.
    package var position: PageRequest.Position {
        switch direction {
        case .after: .after(keyset)
        case .before: .before(keyset)
        }
    }

    private static let version: UInt8 = 1
    private static let length = 26

    /// Takes the token out of a URL or query string, undoing percent-encoding around it.
    private static func token(in text: String) -> String {
        var text = text[...]
        // A client that pastes an encoded URL into an encoding client arrives with two layers; no sane one has four.
        for _ in 0..<4 {
            if let range = text.ranges(of: "cursor=").last { text = text[range.upperBound...] }
            text = text.prefix { $0 != "&" && $0 != "#" }
            guard text.contains("%") else { break }
            text = PercentCoding.decode(text, plusIsSpace: false)[...]
        }
        return String(text)
    }
}

private func withUnpacked(_ uuid: uuid_t) -> [UInt8] {
    [
        uuid.0, uuid.1, uuid.2, uuid.3, uuid.4, uuid.5, uuid.6, uuid.7,
        uuid.8, uuid.9, uuid.10, uuid.11, uuid.12, uuid.13, uuid.14, uuid.15,
    ]
}
