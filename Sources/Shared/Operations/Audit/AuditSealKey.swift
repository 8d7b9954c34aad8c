internal import Cryptography
package import FoundationEssentials
package import Records
internal import Tenancy

/// With what chains are sealed: made of the secret that credentials are hashed with, which the database does not hold.
package struct AuditSealKey: Sendable {
    private let key: SecretBytes

    package init(credentialSecret: [UInt8]) {
        key = .derived(from: credentialSecret, for: "scorable audit seal 1")
    }

    /// A seal of a place that the chain is whole through.
    package func seal(of chain: AuditChain, at place: AuditPlace, on moment: Date) -> AuditSeal {
        let kept = Self.kept(moment)
        let message = AuditSeal.message(of: chain, at: place, on: kept)
        return AuditSeal(
            chain: chain, place: place, sealedAt: kept, code: HMACSHA256.authenticate(message, key: key))
    }

    /// What somebody says who has looked into a fault.
    package func acknowledgement(
        of chain: AuditChain, at place: AuditPlace, on moment: Date, because reason: String
    ) -> AuditAcknowledgement {
        let kept = Self.kept(moment)
        let message = AuditAcknowledgement.message(of: chain, at: place, on: kept, because: reason)
        return AuditAcknowledgement(
            chain: chain, place: place, acknowledgedAt: kept, reason: reason,
            code: HMACSHA256.authenticate(message, key: key))
    }

    package func isGenuine(_ acknowledgement: AuditAcknowledgement) -> Bool {
        HMACSHA256.isValid(acknowledgement.code, for: acknowledgement.message, key: key)
    }

    /// As the database keeps it: to the microsecond.
    private static func kept(_ moment: Date) -> Date {
        Date(timeIntervalSinceReferenceDate: (moment.timeIntervalSinceReferenceDate * 1_000_000).rounded() / 1_000_000)
    }

    /// Whether a seal was made with this key.
    package func isGenuine(_ seal: AuditSeal) -> Bool {
        HMACSHA256.isValid(seal.code, for: seal.message, key: key)
    }
}
