internal import Cryptography
package import EventLoop
package import FoundationEssentials
package import Logging
package import Observability
internal import Postgres
package import Records
package import Stores
internal import Synchronization
package import Tenancy

/// Seals the chains of the audit every minute, after it has gone over what is new in them; and goes over what is old, a part
/// at a time, again and again. What it finds broken stays known until somebody has looked into it. Operators are told of
/// that, and of receivers that the audit cannot be sent to.
package final class AuditSealing: Sendable {
    private let store: AuditChainStore
    private let verification: AuditVerification
    private let key: AuditSealKey
    private let targets: AuditTargetStore
    private let notices: Notices
    private let logger: Logger
    private let now: @Sendable () -> Date
    /// Through where this process has seen chains sealed: the database could be made to forget it.
    private let seen = Mutex<[AuditChain: Int64]>([:])
    private let figures = Mutex(Figures())

    private static let pause = Duration.seconds(60)
    /// So many old entries of a chain are gone over in a round.
    private static let stride = 2000

    private struct Figures {
        var broken = 0
        var unsealed: Int64 = 0
        var checkedAt: Date?
    }

    package init(
        store: AuditChainStore, targets: AuditTargetStore, key: AuditSealKey, notices: Notices, metrics: Metrics,
        logger: Logger,
        now: @escaping @Sendable () -> Date
    ) {
        self.store = store
        self.targets = targets
        self.key = key
        self.notices = notices
        self.logger = logger
        self.now = now
        verification = AuditVerification(store: store, key: key)
        metrics.gauge("scorable_audit_broken_chains", "Chains of the audit that were found broken.") { [self] in
            Double(figures.withLock { $0.broken })
        }
        metrics.gauge("scorable_audit_unsealed_entries", "Entries of the audit that are not sealed yet.") { [self] in
            Double(figures.withLock { $0.unsealed })
        }
        metrics.gauge(
            "scorable_audit_checked_timestamp_seconds", "When the chains of the audit were last gone over."
        ) { [self] in figures.withLock { $0.checkedAt?.timeIntervalSince1970 ?? 0 } }
    }

    /// Seals and checks every minute; on a loop.
    package func run() async throws {
        while true {
            do {
                try await round()
            } catch let error as PostgresError {
                logger.warning("the audit could not be sealed", metadata: ["reason": "\(error)"])
            }
            try await Loop.current?.sleep(for: Self.pause)
        }
    }

    /// Seals what is new, and goes over a part of what is old.
    package func round() async throws {
        for (chain, head) in try await store.heads(unsealedOnly: false) {
            try await attend(to: chain, head: head)
        }
        var (broken, unsealed): (Int, Int64) = (0, 0)
        for (chain, head) in try await store.heads(unsealedOnly: false) {
            if try await store.check(of: chain)?.fault != nil { broken += 1 }
            unsealed += head.position - (try await store.lastSeal(of: chain)?.place.position ?? 0)
        }
        let (moment, brokenChains, unsealedEntries) = (now(), broken, max(0, unsealed))
        figures.withLock { $0 = Figures(broken: brokenChains, unsealed: unsealedEntries, checkedAt: moment) }
        try await tellOfFailingReceivers()
    }

    private func tellOfFailingReceivers() async throws {
        for standing in try await targets.takeFailing() {
            try await notices.post(
                .warning,
                """
                The audit cannot be sent to \(standing.target.name): \(standing.failure ?? "no reason is known"). Entries \
                wait until it can.
                """, about: nil, to: standing.target.organizationID, needs: .auditForward)
        }
    }

    private func attend(to chain: AuditChain, head: AuditPlace) async throws {
        let moment = now()
        var check = try await store.check(of: chain) ?? AuditCheck(place: AuditChain.start, checkedAt: moment)
        // What was found stays; until somebody has looked into it nothing is sealed over it.
        guard check.fault == nil else { return }
        var fault = try await seal(chain, head, at: moment)
        if fault == nil { fault = try await goOn(&check, chain, at: moment) }
        check.checkedAt = moment
        if let fault {
            check.fault = AuditCheck.Fault(position: fault.position, reason: fault.description, foundAt: moment)
            try await tell(of: fault)
        }
        try await store.keep(check, of: chain)
    }

    /// Goes over what is new, and seals it when it is whole.
    private func seal(_ chain: AuditChain, _ head: AuditPlace, at moment: Date) async throws -> AuditFault? {
        let last = try await store.lastSeal(of: chain)
        if let last, !key.isGenuine(last) { return AuditFault(.sealIsWrong, chain, at: last.place.position) }
        let sealed = last?.place ?? AuditChain.start
        let known = seen.withLock { $0[chain] ?? 0 }
        guard sealed.position >= known else {
            return AuditFault(.cutOff(through: known), chain, at: sealed.position + 1)
        }
        guard head.position > sealed.position else {
            seen.withLock { $0[chain] = sealed.position }
            return head == sealed ? nil : AuditFault(.headIsWrong, chain, at: sealed.position)
        }
        var walk = AuditWalk(along: chain, from: sealed, digest: SHA256.hash, isGenuine: key.isGenuine)
        if let fault = try await verification.advance(&walk, along: chain, through: head.position) { return fault }
        if let fault = walk.finish(head: head, sealsBehind: []) { return fault }
        try await store.add(key.seal(of: chain, at: walk.place, on: moment))
        seen.withLock { [place = walk.place] in $0[chain] = place.position }
        // A place that is not in the database, for who compares later.
        logger.info(
            "the audit is sealed",
            metadata: [
                "chain": "\(chain.id.lowercaseText)", "position": "\(walk.place.position)",
                "hash": "\(walk.place.hexadecimalHash)",
            ])
        return nil
    }

    /// Goes over a part of what is sealed; at the end it begins anew.
    private func goOn(_ check: inout AuditCheck, _ chain: AuditChain, at moment: Date) async throws -> AuditFault? {
        guard let last = try await store.lastSeal(of: chain) else { return nil }
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
            check.place = AuditChain.start
        }
        return nil
    }

    private func tell(of fault: AuditFault) async throws {
        logger.critical(
            "the audit is broken",
            metadata: ["chain": "\(fault.chain.id.lowercaseText)", "fault": "\(fault.description)"])
        let summary = "The audit is broken: \(fault.description) Look into it with: scorable audit verify"
        do {
            try await notices.post(
                .critical, summary, about: nil, to: fault.chain.organizationID, needs: .auditRead)
        } catch let error as PostgresError where error.sqlState == .foreignKeyViolation {
            // The organisation is gone, and its chain is not.
            try await notices.post(.critical, summary, about: nil, to: nil, needs: .auditRead)
        }
    }
}
