internal import Cryptography
package import FoundationEssentials
package import Records
package import Redis
package import Stores
internal import Tenancy

/// Goes over chains of the audit from end to end, a page of entries at a time.
package struct AuditVerification: Sendable {
    private let store: AuditChainStore
    private let acknowledgements: AuditAcknowledgementStore
    private let copies: AuditSealCopies
    private let key: AuditSealKey

    private static let pageSize = 1000

    /// Within so many seconds everything is sealed.
    static let sealedWithin: TimeInterval = 600

    /// `redis` is where the daemons keep a copy of the last seals.
    package init(
        store: AuditChainStore, acknowledgements: AuditAcknowledgementStore, redis: RedisClient?, key: AuditSealKey
    ) {
        self.store = store
        self.acknowledgements = acknowledgements
        self.key = key
        copies = AuditSealCopies(store: store, redis: redis)
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
        /// What the daemons have found, and nobody has acknowledged.
        package let recorded: AuditCheck.Fault?
        /// From which place on somebody has wanted it to be gone over.
        package let acknowledgement: AuditAcknowledgement?
        /// Since when the first entry is there that is not sealed, and the last one.
        package let unsealed: Unsealed?

        /// Entries that are not sealed.
        package struct Unsealed: Sendable, Hashable {
            package let first: Int64
            package let last: Int64
            package let since: Date
        }

        /// What is wrong, or not proven: nothing says that entries were not written anew that should be sealed by `moment`.
        package func fault(at moment: Date) -> AuditFault? {
            if let fault { return fault }
            guard let unsealed, moment.timeIntervalSince(unsealed.since) > AuditVerification.sealedWithin else {
                return nil
            }
            return AuditFault(.unsealed(through: unsealed.last), chain, at: unsealed.first)
        }
    }

    /// Every chain, also one of which nothing is left but the copy of a seal.
    package func chains() async throws -> [AuditChain] {
        let stored = try await store.chains()
        let others = try await copies.chains().filter { !stored.contains($0) }
        return stored + others.sorted { $0.id.uuidString < $1.id.uuidString }
    }

    /// The last seals of chains, to be kept elsewhere; none of a chain whose last seal was not made by us.
    package func marks(of chains: [AuditChain]) async throws -> AuditMarks {
        var seals: [AuditSeal] = []
        for chain in chains {
            if let seal = try await store.lastSeal(of: chain), key.isGenuine(seal) { seals.append(seal) }
        }
        return AuditMarks(seals)
    }

    /// The first of the marks that was not made with the key of this installation.
    package func firstForeign(of marks: AuditMarks) -> AuditSeal? { marks.seals.first { !key.isGenuine($0) } }

    /// From which place on a chain is gone over: from its start, unless somebody has looked into a fault.
    package func acknowledgement(of chain: AuditChain) async throws -> AuditAcknowledgement? {
        try await acknowledgements.all(of: chain).first(where: key.isGenuine)
    }

    /// Goes over a chain; from behind `anchor`, which somebody has noted, or from the start. It has to bear out the seals
    /// that are `known` from elsewhere too. `progress` is told of positions now and then.
    package func verify(
        _ chain: AuditChain, from anchor: AuditPlace = AuditChain.start, known marks: AuditMarks = AuditMarks([]),
        progress: @Sendable (_ position: Int64, _ last: Int64) -> Void = { _, _ in }
    ) async throws -> Verdict {
        let acknowledgement = try await acknowledgement(of: chain)
        let base = acknowledgement?.place ?? AuditChain.start
        let start = anchor.position > base.position ? anchor : base
        // In this order: what is copied is sealed, what is sealed is in the chain, and what comes later is not missing.
        let check = try await store.check(of: chain)
        let copied = (try await copies.all(of: chain) + marks.of(chain)).filter { $0.place.position > start.position }
        let lastSeal = try await store.lastSeal(of: chain).flatMap { $0.place.position > start.position ? $0 : nil }
        let head = try await store.head(of: chain)
        let sealed = max(lastSeal?.place.position ?? 0, start.position)
        let copiedThrough = copied.map(\.place.position).max() ?? 0
        let last = max(sealed, copiedThrough, head?.position ?? .max)
        var walk = AuditWalk(along: chain, from: start, digest: SHA256.hash, isGenuine: key.isGenuine)
        var fault = try await advance(&walk, along: chain, through: last, comparing: copied) { progress($0, last) }
        if fault == nil {
            let behind = ([lastSeal].compactMap(\.self) + copied).filter { $0.place.position > walk.place.position }
            fault = walk.finish(head: head, sealsBehind: behind)
        }
        let known = max(copiedThrough, check?.place.position ?? 0)
        if fault == nil, known > sealed { fault = AuditFault(.sealsGone(through: known), chain, at: sealed + 1) }
        let first = try await store.first(of: chain, behind: sealed)
        return Verdict(
            chain: chain, through: walk.place, seal: walk.seal, fault: fault, recorded: check?.fault,
            acknowledgement: acknowledgement,
            unsealed: first.map {
                Verdict.Unsealed(first: $0.position, last: max(walk.place.position, $0.position), since: $0.createdAt)
            })
    }

    /// Goes on along a chain through a position, or to its end, or over at most so many entries; compares with the seals
    /// there, and with copies of them.
    func advance(
        _ walk: inout AuditWalk, along chain: AuditChain, through last: Int64, atMost count: Int = .max,
        comparing copies: [AuditSeal] = [], progress: (Int64) -> Void = { _ in }
    ) async throws -> AuditFault? {
        var done = 0
        let copies = Dictionary(grouping: copies, by: \.place.position)
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
                for copy in copies[walk.place.position] ?? [] {
                    if let fault = walk.compare(with: copy) { return fault }
                }
            }
            progress(walk.place.position)
        }
        return nil
    }
}
