internal import Cryptography
package import FoundationEssentials
internal import Postgres
package import Records
package import Redis
package import Stores
internal import Tenancy

/// Says that somebody has looked into what is wrong with a chain, so that the daemons go on sealing it. What is before that
/// stays as it is, and is not gone over any more.
package struct AuditAcknowledging: Sendable {
    private let verification: AuditVerification
    private let copies: AuditSealCopies
    private let key: AuditSealKey
    private let audit: Audit
    private let now: @Sendable () -> Date

    private static let longestReason = 1000

    package init(
        verification: AuditVerification, store: AuditChainStore, redis: RedisClient, key: AuditSealKey, audit: Audit,
        now: @escaping @Sendable () -> Date
    ) {
        self.verification = verification
        copies = AuditSealCopies(store: store, redis: redis)
        self.key = key
        self.audit = audit
        self.now = now
    }

    /// Nothing is wrong with the chain.
    package struct NothingToAcknowledge: Error, Sendable, Hashable, CustomStringConvertible {
        package var description: String { "Nothing is wrong with the chain." }
    }

    /// Acknowledges what is wrong with a chain. `actor` administers on the server itself.
    /// - Throws: `NothingToAcknowledge`; `InvalidDefinition`.
    package func acknowledge(
        _ chain: AuditChain, because reason: String, by actor: AuditActor
    ) async throws -> AuditAcknowledgement {
        let reason = AuditText.kept(reason, atMost: Self.longestReason)
        guard reason.contains(where: { !$0.isWhitespace }) else {
            throw InvalidDefinition("reason", "Say what has happened, for who reads it later.")
        }
        let verdict = try await verification.verify(chain)
        let found = verdict.recorded?.reason ?? verdict.fault(at: now())?.description
        guard let found else { throw NothingToAcknowledge() }
        var known: Int64 = 0
        if case .seal(let seal) = await copies.remembered(of: chain) { known = seal.place.position }
        let (moment, behind) = (now(), known)
        return try await audit.perform(
            Audit.Deed("audit.acknowledge", on: "audit_chain:\(chain.id.lowercaseText)"), by: actor, needs: nil
        ) { connection in
            let made = try await AuditAcknowledgementStore.add(to: chain, behind: behind, on: connection) { place in
                key.acknowledgement(of: chain, at: place, on: moment, because: reason)
            }
            return Audit.Change(
                made, before: Figures(fault: found, wholeThrough: verdict.through.position),
                after: Said(reason: reason, goesOnBehind: made.place.position))
        }
    }

    private struct Figures: Encodable, Sendable {
        let fault: String
        let wholeThrough: Int64
    }

    private struct Said: Encodable, Sendable {
        let reason: String
        let goesOnBehind: Int64
    }
}
