package import Cryptography
package import FoundationEssentials
package import Records
package import Stores
internal import Tenancy

/// With what chains are sealed: made of the secret that credentials are hashed with, which the database does not hold.
package struct AuditSealKey: Sendable {
    private let key: SecretBytes

    package init(credentialSecret: [UInt8]) {
        key = .derived(from: credentialSecret, for: "scorable audit seal 1")
    }

    /// A seal of a place that the chain is whole through.
    package func seal(of chain: AuditChain, at place: AuditPlace, on moment: Date) -> AuditSeal {
        // As the database keeps it: to the microsecond.
        let kept = Date(
            timeIntervalSinceReferenceDate: (moment.timeIntervalSinceReferenceDate * 1_000_000).rounded() / 1_000_000)
        let message = AuditSeal.message(of: chain, at: place, on: kept)
        return AuditSeal(
            chain: chain, place: place, sealedAt: kept, code: HMACSHA256.authenticate(message, key: key))
    }

    /// Whether a seal was made with this key.
    package func isGenuine(_ seal: AuditSeal) -> Bool {
        HMACSHA256.isValid(seal.code, for: seal.message, key: key)
    }
}

/// Goes over chains of the audit from end to end, a page of entries at a time.
package struct AuditVerification: Sendable {
    private let store: AuditChainStore
    private let key: AuditSealKey

    private static let pageSize = 1000

    package init(store: AuditChainStore, key: AuditSealKey) {
        self.store = store
        self.key = key
    }

    /// What was found out about a chain.
    package struct Verdict: Sendable, Hashable {
        package let chain: AuditChain
        /// How far it is whole.
        package let through: AuditPlace
        /// The last seal that fits; what is behind it could still be changed by who may write to the database.
        package let seal: AuditSeal?
        /// Where it is broken first.
        package let fault: AuditFault?
    }

    /// Every chain.
    package func chains() async throws -> [AuditChain] { try await store.chains() }

    /// Goes over a chain; from behind `anchor`, which somebody has noted, or from the start. `progress` is told of
    /// positions now and then.
    package func verify(
        _ chain: AuditChain, from anchor: AuditPlace = AuditChain.start,
        progress: @Sendable (_ position: Int64, _ last: Int64) -> Void = { _, _ in }
    ) async throws -> Verdict {
        // In this order: what is sealed is in the chain, and what comes later is not missing.
        let lastSeal = try await store.lastSeal(of: chain)
        let head = try await store.head(of: chain)
        let last = max(lastSeal?.place.position ?? 0, head?.position ?? .max)
        var walk = AuditWalk(along: chain, from: anchor, digest: SHA256.hash, isGenuine: key.isGenuine)
        var fault = try await advance(&walk, along: chain, through: last) { progress($0, last) }
        if fault == nil {
            let behind = lastSeal.map { $0.place.position > walk.place.position ? [$0] : [] } ?? []
            fault = walk.finish(head: head, sealsBehind: behind)
        }
        return Verdict(chain: chain, through: walk.place, seal: walk.seal, fault: fault)
    }

    /// Goes on along a chain through a position, or to its end, or over at most so many entries.
    func advance(
        _ walk: inout AuditWalk, along chain: AuditChain, through last: Int64, atMost count: Int = .max,
        progress: (Int64) -> Void = { _ in }
    ) async throws -> AuditFault? {
        var done = 0
        while walk.place.position < last, done < count {
            // One more than is gone over: it says what has happened when the one before it does not fit.
            let found = try await store.entries(
                of: chain, behind: walk.place.position, limit: Self.pageSize + 1)
            guard !found.isEmpty else { return nil }
            let seals = try await store.seals(of: chain, behind: walk.place.position, limit: Self.pageSize)
            var nextSeal = 0
            for (index, entry) in found.prefix(Self.pageSize).enumerated() {
                guard walk.place.position < last, done < count else { return nil }
                let next = index + 1 < found.count ? found[index + 1] : nil
                if let fault = walk.step(to: entry, before: next) { return fault }
                done += 1
                while nextSeal < seals.count, seals[nextSeal].place.position <= walk.place.position {
                    if let fault = walk.compare(with: seals[nextSeal]) { return fault }
                    nextSeal += 1
                }
            }
            progress(walk.place.position)
        }
        return nil
    }
}
