internal import Cryptography
internal import FoundationEssentials
internal import Tenancy

extension EntityID {
    /// The identifier of what has this name in a gateway's file: always the same, so that what is counted for it goes on
    /// when the file is read again.
    static func named(_ name: String) -> EntityID {
        let hash = SHA256.hash(Array("gateway/\(Entity.self)/\(name)".utf8))
        var bytes = hash.prefix(16).map { $0 }
        // Version 8 of RFC 9562: made as we like.
        bytes[6] = bytes[6] & 0x0f | 0x80
        bytes[8] = bytes[8] & 0x3f | 0x80
        let hexadecimal = Array(Hexadecimal.encode(bytes))
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hexadecimal[$0]) }
        guard let id = EntityID(groups.joined(separator: "-")) else { preconditionFailure("32 digits are a UUID") }
        return id
    }
}
