internal import Cryptography
internal import FoundationEssentials
internal import Records
internal import Redis
internal import Stores
internal import Tenancy

/// What a round does with one chain, by the one process that does it.
struct AuditSealingPart: Sendable {
    private let verification: AuditVerification
    private let store: AuditChainStore
    private let copies: AuditSealCopies
    private let key: AuditSealKey

    /// So many old entries of a chain are gone over in a round.
    private static let stride = 2000

    init(_ verification: AuditVerification, store: AuditChainStore, redis: RedisClient, key: AuditSealKey) {
        self.verification = verification
        self.store = store
        self.key = key
        copies = AuditSealCopies(store: store, redis: redis)
    }

    /// What came of it.
    struct Outcome {
        /// What was found now.
        var fault: AuditFault?
        var newSeal: AuditSeal?
        var seen: Seen?
    }

    /// What a process has seen of a chain: through where it is sealed. It counts until somebody acknowledges a fault.
    struct Seen: Sendable {
        let through: Int64
        /// From behind where it was gone over then.
        let base: Int64
    }

    /// What is known of a chain before anything is read of what is new.
    private struct Known {
        let chain: AuditChain
        let base: AuditPlace
        let check: AuditCheck?
        let copied: [AuditSeal]
        let remembered: AuditSealCopies.Remembered
        /// By this process, since it began.
        let seen: Int64?
        let moment: Date

        /// Through where something says that the chain was sealed.
        var through: Int64 {
            max(copied.map(\.place.position).max() ?? 0, check?.place.position ?? 0, seen ?? 0)
        }

        func seen(_ place: AuditPlace) -> Seen { Seen(through: place.position, base: base.position) }

        /// Whether it was sealed before, as the database has it.
        func wasSealed(_ last: AuditSeal?) -> Bool { last != nil || !copied.isEmpty || check?.checkedWholeAt != nil }
    }

    /// Seals what is new, and goes over a part of what is old.
    func attend(to chain: AuditChain, _ seen: Seen?, at moment: Date) async throws -> Outcome {
        let stored = try await store.check(of: chain)
        // What was found stays; until somebody has looked into it nothing is sealed over it.
        guard stored?.fault == nil else { return Outcome() }
        let base = try await verification.acknowledgement(of: chain)?.place ?? AuditChain.start
        let remembered = await copies.remembered(of: chain)
        var copied = [try await store.mark(of: chain)].compactMap(\.self)
        if case .seal(let seal) = remembered { copied.append(seal) }
        let known = Known(
            chain: chain, base: base, check: stored, copied: copied.filter { $0.place.position > base.position },
            remembered: remembered, seen: seen?.base == base.position ? seen?.through : nil, moment: moment)
        var check = stored ?? AuditCheck(place: base, checkedAt: moment)
        if check.place.position < base.position { check.place = base }
        var outcome = try await seal(known)
        if outcome.fault == nil { outcome.fault = try await goOn(&check, chain, from: base, at: moment) }
        check.checkedAt = moment
        check.fault = outcome.fault.map {
            AuditCheck.Fault(position: $0.position, reason: $0.description, foundAt: moment)
        }
        try await store.keep(check, of: chain)
        return outcome
    }

    /// Goes over what is new, and seals it when it is whole.
    private func seal(_ known: Known) async throws -> Outcome {
        let chain = known.chain
        let last = try await store.lastSeal(of: chain).flatMap {
            $0.place.position > known.base.position ? $0 : nil
        }
        for seal in [last].compactMap(\.self) + known.copied where !key.isGenuine(seal) {
            return Outcome(fault: AuditFault(.sealIsWrong, chain, at: seal.place.position))
        }
        let sealed = last?.place ?? known.base
        // Read behind the seals: another process may have sealed what came since.
        let head = try await store.head(of: chain) ?? AuditChain.start
        guard sealed.position >= known.through else {
            let kind: AuditFault.Kind =
                head.position < known.through ? .cutOff(through: known.through) : .sealsGone(through: known.through)
            return Outcome(fault: AuditFault(kind, chain, at: sealed.position + 1))
        }
        guard head.position > sealed.position else {
            if head != sealed, let fault = try await headFault(of: chain, behind: sealed) {
                return Outcome(fault: fault)
            }
            if let last { try await restore(last, known) }
            return Outcome(seen: known.seen(sealed))
        }
        switch try await oldness(known, behind: sealed, last, through: head.position) {
        case .sealable: break
        case .toWait: return Outcome()
        case .broken(let fault): return Outcome(fault: fault)
        }
        var walk = AuditWalk(along: chain, from: sealed, digest: SHA256.hash, isGenuine: key.isGenuine)
        if let fault = try await verification.advance(&walk, along: chain, through: head.position) {
            return Outcome(fault: fault)
        }
        if let fault = walk.finish(head: head, sealsBehind: []) { return Outcome(fault: fault) }
        let seal = key.seal(of: chain, at: walk.place, on: known.moment)
        try await store.add(seal)
        try await copies.keep(seal)
        return Outcome(newSeal: seal, seen: known.seen(seal.place))
    }

    /// What is wrong with the database's note of the last entry. It is read again: only what stays is wrong.
    private func headFault(of chain: AuditChain, behind sealed: AuditPlace) async throws -> AuditFault? {
        let head = try await store.head(of: chain) ?? AuditChain.start
        guard head != sealed, head.position <= sealed.position else { return nil }
        return head.position < sealed.position
            ? AuditFault(.cutOff(through: sealed.position), chain, at: head.position + 1)
            : AuditFault(.headIsWrong, chain, at: sealed.position)
    }

    private enum Oldness {
        case sealable
        case toWait
        case broken(AuditFault)
    }

    /// Whether entries may be sealed that are older than it takes. Somebody may have written them anew and taken their
    /// seals away, with the copy in the database; the copy in Redis says that nothing behind `sealed` was sealed. Who has
    /// neither that copy nor seen the seals may not.
    private func oldness(
        _ known: Known, behind sealed: AuditPlace, _ last: AuditSeal?, through end: Int64
    ) async throws -> Oldness {
        guard known.seen == nil, known.wasSealed(last) else { return .sealable }
        guard let first = try await store.first(of: known.chain, behind: sealed.position),
            known.moment.timeIntervalSince(first.createdAt) > AuditVerification.sealedWithin
        else { return .sealable }
        switch known.remembered {
        case .seal: return .sealable
        case .unknown: return .toWait
        case .nothing: return .broken(AuditFault(.unsealed(through: end), known.chain, at: first.position))
        }
    }

    /// Copies the last seal again where a copy got lost.
    private func restore(_ last: AuditSeal, _ known: Known) async throws {
        var isRemembered = false
        if case .seal(let seal) = known.remembered { isRemembered = seal == last }
        guard !isRemembered || known.copied.count < 2 else { return }
        try await copies.keep(last)
    }

    /// Goes over a part of what is sealed; at the end it begins anew.
    private func goOn(
        _ check: inout AuditCheck, _ chain: AuditChain, from base: AuditPlace, at moment: Date
    ) async throws -> AuditFault? {
        guard let last = try await store.lastSeal(of: chain), last.place.position > base.position else { return nil }
        var walk = AuditWalk(along: chain, from: check.place, digest: SHA256.hash, isGenuine: key.isGenuine)
        let fault = try await verification.advance(
            &walk, along: chain, through: last.place.position, atMost: Self.stride)
        if let fault { return fault }
        // Nothing found where something is sealed: it was taken away.
        guard walk.place != check.place || check.place.position >= last.place.position else {
            return walk.finish(head: nil, sealsBehind: [last])
        }
        check.place = walk.place
        if walk.place.position >= last.place.position {
            check.checkedWholeAt = moment
            check.place = base
        }
        return nil
    }
}
