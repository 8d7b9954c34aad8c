import AuditForwarding
import Cryptography
import DaemonRuntime
import FoundationEssentials
import Postgres
import Records
import Stores
import SystemCalls
import Tenancy

extension Composition {
    /// What sends the audit to its receivers outside. `keys` open the keys that are shown to them.
    mutating func forwardingAudit(from database: PostgresClient, keys: SealedBox.KeyPair) {
        let names = NameResolver(name: "audit-names")
        let forwarder = AuditForwarder(
            AuditForwarder.Surroundings(
                targets: AuditTargetStore(database: database), chains: AuditChainStore(database: database),
                holder: identifiers.uuid(), host: ProcessInfo.processInfo.hostName, version: Release.version,
                names: names, metrics: metrics, logger: logger
            ) { box, target in
                let key = try SealedBox.open(
                    box, with: keys, purpose: AuditTarget.keyPurpose, context: Array(target.description.utf8))
                return String(decoding: key, as: UTF8.self)
            }, metrics: metrics)
        add(Service("audit names", stop: { _ in names.shutdown() }))
        work("audit forwarding") { drain in await forwarder.run { !drain.hasBegun } }
    }
}
