import Access
import DaemonRuntime
import EventLoop
import FoundationEssentials
import OperatorAPI
import Operations
import Postgres
import PublicAPI
import Settings
import Stores

/// What keeps the audit: what calls leave, and the seals of its chains.
struct AuditPart {
    /// Keeps what is refused or fails again and again once a while.
    let trail: AuditTrail
    /// Follows the calls of both interfaces.
    let following: AccessTrail
    /// Reading it, and where it is sent to.
    let routes: AuditRoutes

    /// Adds what runs. It comes before the listeners, so that it stops behind them.
    init(
        _ server: APIServer, _ trail: AuditTrail, _ notices: Notices,
        in composition: inout Composition<APIServerSettings>
    ) {
        let (database, identifiers, logger) = (server.database, composition.identifiers, composition.logger)
        self.trail = trail
        following = AccessTrail(mapping: ClientProblems.mapping) { await trail.tell($0) }
        let chains = AuditChainStore(database: database)
        let organizations = OrganizationStore(database: database)
        routes = AuditRoutes(
            entries: AuditEntries(
                store: AuditStore(database: database), chains: chains, organizations: organizations),
            targets: AuditTargets(
                store: AuditTargetStore(database: database), installation: InstallationStore(database: database),
                organizations: organizations,
                audit: Audit(database: database, identifiers: identifiers, logger: logger, trail: trail),
                identifiers: identifiers))
        let sealing = AuditSealing(
            store: chains, acknowledgements: AuditAcknowledgementStore(database: database), redis: server.redis,
            targets: AuditTargetStore(database: database),
            key: AuditSealKey(credentialSecret: Array(server.settings.credentialSecret.reveal().utf8)),
            notices: notices, metrics: composition.metrics, logger: logger, now: { Date() })
        let loop = composition.loops.next()
        composition.add(Service("audit trail", stop: { _ in await loop.run { await trail.close() } }))
        composition.work("audit trail") { drain in try await drain.cancelling { try await trail.run() } }
        composition.work("audit seals") { drain in try await drain.cancelling { try await sealing.run() } }
    }
}
