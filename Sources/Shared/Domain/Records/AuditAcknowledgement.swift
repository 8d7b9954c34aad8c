package import FoundationEssentials
internal import Tenancy

/// Says that somebody has looked into what is wrong with a chain: from this place on it is gone over, whatever is before
/// it. Only who has the key of the seals can say so.
package struct AuditAcknowledgement: Sendable, Hashable {
    package let chain: AuditChain
    /// What the next entry is chained to. Nothing was ever sealed behind it.
    package let place: AuditPlace
    package let acknowledgedAt: Date
    package let reason: String
    /// The HMAC of ``message``.
    package let code: [UInt8]

    package init(chain: AuditChain, place: AuditPlace, acknowledgedAt: Date, reason: String, code: [UInt8]) {
        self.chain = chain
        self.place = place
        self.acknowledgedAt = acknowledgedAt
        self.reason = reason
        self.code = code
    }

    /// What the code is made of.
    package static func message(
        of chain: AuditChain, at place: AuditPlace, on moment: Date, because reason: String
    ) -> [UInt8] {
        AuditMessage.bytes([
            "scorable-audit-acknowledgement-1", chain.id.lowercaseText, "\(place.position)", place.hexadecimalHash,
            "\(moment.auditMicroseconds)", reason,
        ])
    }

    package var message: [UInt8] { Self.message(of: chain, at: place, on: acknowledgedAt, because: reason) }
}

extension AuditSeal {
    /// A copy of it for another place than the database: position, hash, moment and code.
    package var note: String {
        let digits = AuditPlace(position: 0, hash: code).hexadecimalHash
        return "\(place.position):\(place.hexadecimalHash):\(sealedAt.auditMicroseconds):\(digits)"
    }

    /// Reads a copy; `nil` when it is none.
    package init?(note: String, of chain: AuditChain) {
        let parts = note.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 4, let position = Int64(parts[0]), let hash = Self.bytes(parts[1]),
            let moment = Int64(parts[2]), let code = Self.bytes(parts[3])
        else { return nil }
        self.init(
            chain: chain, place: AuditPlace(position: position, hash: hash),
            sealedAt: Date(auditMicroseconds: moment), code: code)
    }

    private static func bytes(_ digits: Substring) -> [UInt8]? {
        let digits = Array(digits.utf8)
        guard digits.count.isMultiple(of: 2), digits.count <= 128 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}
