package import FoundationEssentials
package import Tenancy

/// Entries that hold on to each other: those of an organisation, or the installation's own. Each has a hash of itself and
/// of the one before it, so that none can be changed without changing all behind it.
package struct AuditChain: Sendable, Hashable {
    /// `nil` for the installation's.
    package let organizationID: OrganizationID?

    package init(of organization: OrganizationID?) { organizationID = organization }

    package static let installation = AuditChain(of: nil)

    /// What stands for it where a value is needed: zeros for the installation's.
    package var id: UUID { organizationID?.uuid ?? Self.none }

    package init(id: UUID) { organizationID = id == Self.none ? nil : OrganizationID(uuid: id) }

    private static let none = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    /// What the first entry is chained to.
    package static let start = AuditPlace(position: 0, hash: [UInt8](repeating: 0, count: 32))
}

/// A place in a chain: a position with the hash there.
package struct AuditPlace: Sendable, Hashable {
    package let position: Int64
    package let hash: [UInt8]

    package init(position: Int64, hash: [UInt8]) {
        self.position = position
        self.hash = hash
    }
}

/// An entry where it stands in its chain.
package struct ChainedAuditEntry: Sendable, Hashable {
    package let entry: AuditEntry
    package let place: AuditPlace

    package init(_ entry: AuditEntry, at place: AuditPlace) {
        self.entry = entry
        self.place = place
    }

    package var chain: AuditChain { AuditChain(of: entry.organizationID) }
}

/// Says that a chain was whole through a place, in a way that only who has the key can say it.
package struct AuditSeal: Sendable, Hashable {
    package let chain: AuditChain
    package let place: AuditPlace
    package let sealedAt: Date
    /// The HMAC of ``message``.
    package let code: [UInt8]

    package init(chain: AuditChain, place: AuditPlace, sealedAt: Date, code: [UInt8]) {
        self.chain = chain
        self.place = place
        self.sealedAt = sealedAt
        self.code = code
    }

    /// What is sealed.
    package static func message(of chain: AuditChain, at place: AuditPlace, on moment: Date) -> [UInt8] {
        AuditMessage.bytes([
            "scorable-audit-seal-1", chain.id.lowercaseText, "\(place.position)", place.hexadecimalHash,
            "\(moment.auditMicroseconds)",
        ])
    }

    package var message: [UInt8] { Self.message(of: chain, at: place, on: sealedAt) }
}

extension AuditEntry {
    /// What is hashed of an entry at a position behind an entry with the hash `previous`. The database makes the same:
    /// the form is described with the chain's migration.
    package func message(behind previous: [UInt8], at position: Int64) -> [UInt8] {
        previous
            + AuditMessage.bytes([
                "scorable-audit-1", AuditChain(of: organizationID).id.lowercaseText, "\(position)", id.description,
                organizationID?.description, "\(createdAt.auditMicroseconds)", actor.kind.rawValue,
                actor.id?.lowercaseText, actor.keyID?.description, actor.name, actor.role?.rawValue, actor.address,
                actor.requestID, action, subject, outcome.rawValue, "\(times)", before, after,
            ])
    }
}

extension AuditPlace {
    /// The hash in hexadecimal digits.
    package var hexadecimalHash: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// Texts one after the other so that no two lists make the same bytes.
enum AuditMessage {
    static func bytes(_ fields: [String?]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fields.reduce(0) { $0 + 4 + ($1?.utf8.count ?? 0) })
        for field in fields {
            let length = field?.utf8.count ?? -1
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
            if let field { bytes.append(contentsOf: field.utf8) }
        }
        return bytes
    }
}

extension Date {
    /// Microseconds since 1970, exact for every moment that the database gives us: as counted from 1970 a double is too
    /// coarse for them.
    var auditMicroseconds: Int64 {
        Int64((timeIntervalSinceReferenceDate * 1_000_000).rounded())
            + Int64(Date.timeIntervalBetween1970AndReferenceDate) * 1_000_000
    }

    /// The moment of that many microseconds since 1970.
    init(auditMicroseconds: Int64) {
        let since = auditMicroseconds - Int64(Date.timeIntervalBetween1970AndReferenceDate) * 1_000_000
        self.init(timeIntervalSinceReferenceDate: Double(since) / 1_000_000)
    }
}
