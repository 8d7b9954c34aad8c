internal import EventLoop
package import FoundationEssentials
package import Logging
package import Observability
internal import Postgres
internal import Records
package import Redis
package import Stores
internal import Synchronization
internal import Tenancy

/// Seals the chains of the audit every minute, after it has gone over what is new in them; and goes over what is old, a part
/// at a time, again and again. What it finds broken stays known until somebody has looked into it. Operators are told of
/// that, and of receivers that the audit cannot be sent to.
package final class AuditSealing: Sendable {
    private let store: AuditChainStore
    private let acknowledgements: AuditAcknowledgementStore
    private let redis: RedisClient
    private let key: AuditSealKey
    private let targets: AuditTargetStore
    private let notices: Notices
    private let logger: Logger
    private let now: @Sendable () -> Date
    /// Through where this process has seen chains sealed: the database could be made to forget it.
    private let seen = Mutex<[AuditChain: AuditSealingPart.Seen]>([:])
    private let figures = Mutex(Figures())

    private static let pause = Duration.seconds(60)

    private struct Figures {
        var broken = 0
        var unsealed: Int64 = 0
        var checkedAt: Date?
    }

    package init(
        store: AuditChainStore, acknowledgements: AuditAcknowledgementStore, redis: RedisClient,
        targets: AuditTargetStore, key: AuditSealKey, notices: Notices, metrics: Metrics,
        logger: Logger,
        now: @escaping @Sendable () -> Date
    ) {
        self.store = store
        self.acknowledgements = acknowledgements
        self.redis = redis
        self.targets = targets
        self.key = key
        self.notices = notices
        self.logger = logger
        self.now = now
        expose(in: metrics)
    }

    /// Every API server tells of the whole installation, as it saw it at its last look; nothing before the first one.
    private func expose(in metrics: Metrics) {
        func gauge(_ name: String, _ help: String, _ value: @escaping @Sendable (Figures) -> Double) {
            metrics.gauges(name, help + " Of the installation: max() or min(), not sum(), over servers.") { [self] in
                let known = figures.withLock { $0 }
                return known.checkedAt == nil ? [] : [LabelledValue([:], value(known))]
            }
        }
        gauge("scorable_audit_chain_ok", "1 while no chain of the audit is known to be broken, else 0.") {
            $0.broken == 0 ? 1 : 0
        }
        gauge("scorable_audit_broken_chains", "Chains of the audit that were found broken.") { Double($0.broken) }
        gauge("scorable_audit_unsealed_entries", "Entries of the audit that are not sealed yet.") {
            Double($0.unsealed)
        }
        gauge("scorable_audit_checked_timestamp_seconds", "When the chains of the audit were last gone over.") {
            $0.checkedAt?.timeIntervalSince1970 ?? 0
        }
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

    /// Seals what is new, and goes over a part of what is old; of several processes one does.
    package func round() async throws {
        _ = try await store.alone { alone in
            let part = AuditSealingPart(self.verification(over: alone), store: alone, redis: self.redis, key: self.key)
            for chain in try await alone.knownChains() { try await self.attend(to: chain, part) }
        }
        var (broken, unsealed): (Int, Int64) = (0, 0)
        for chain in try await store.knownChains() {
            if try await store.check(of: chain)?.fault != nil { broken += 1 }
            let sealed = try await store.lastSeal(of: chain)?.place.position ?? 0
            unsealed += max(0, (try await store.head(of: chain)?.position ?? 0) - sealed)
        }
        let (moment, brokenChains, unsealedEntries) = (now(), broken, unsealed)
        figures.withLock { $0 = Figures(broken: brokenChains, unsealed: unsealedEntries, checkedAt: moment) }
        try await tellOfFailingReceivers()
    }

    private func verification(over store: AuditChainStore) -> AuditVerification {
        AuditVerification(store: store, acknowledgements: acknowledgements, redis: redis, key: key)
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

    private func attend(to chain: AuditChain, _ part: AuditSealingPart) async throws {
        let moment = now()
        let known = seen.withLock { $0[chain] }
        let outcome = try await part.attend(to: chain, known, at: moment)
        seen.withLock { $0[chain] = outcome.seen ?? $0[chain] }
        if let sealed = outcome.newSeal {
            // A place that is not in the database, for who compares later.
            logger.info(
                "the audit is sealed",
                metadata: [
                    "chain": "\(chain.id.lowercaseText)", "position": "\(sealed.place.position)",
                    "hash": "\(sealed.place.hexadecimalHash)",
                ])
        }
        if let fault = outcome.fault { try await tell(of: fault) }
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
