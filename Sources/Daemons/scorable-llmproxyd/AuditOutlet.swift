import AuditForwarding
import ByteStreams
import Cryptography
import DaemonRuntime
import FoundationEssentials
import HTTPTransfer
import Postgres
import Records
import Stores
import SystemCalls
import Tenancy

extension Composition {
    /// What sends the audit to its receivers outside. `keys` open the keys that are shown to them. Those that organisations
    /// have named are where `policy` permits it; a name that leads elsewhere says no more than that it may not.
    mutating func forwardingAudit(from database: PostgresClient, keys: SealedBox.KeyRing, to policy: EgressPolicy) {
        let names = NameResolver(name: "audit-names")
        let forwarder = AuditForwarder(
            AuditForwarder.Surroundings(
                targets: AuditTargetStore(database: database), chains: AuditChainStore(database: database),
                holder: identifiers.uuid(), host: ProcessInfo.processInfo.hostName, version: Release.version,
                names: names,
                reach: AuditForwarder.Reach(
                    permitsHost: { policy.permits(host: $0, port: $1) },
                    permitsAddress: { address, host, port in
                        policy.permits(address: address, ofTrustedHost: policy.trusts(host: host, port: port))
                    }), metrics: metrics, logger: logger
            ) { box, target in
                let key = try keys.open(
                    box, purpose: AuditTarget.keyPurpose, context: Array(target.description.utf8))
                return String(decoding: key, as: UTF8.self)
            }, metrics: metrics)
        add(Service("audit names", stop: { _ in names.shutdown() }))
        work("audit forwarding") { drain in await forwarder.run { !drain.hasBegun } }
    }
}
