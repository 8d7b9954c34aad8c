package import Records
internal import Tenancy

extension OperatorAuditEntry {
    /// An entry as operators, and receivers of the audit, see it.
    package init(_ found: ChainedAuditEntry) {
        let entry = found.entry
        let outcome: Outcome =
            switch entry.outcome {
            case .done: .done
            case .refused: .refused
            case .failed: .failed
            }
        self.init(
            id: entry.id.uuid, organizationID: entry.organizationID?.uuid, createdAt: entry.createdAt,
            actorKind: entry.actor.kind.rawValue, actorID: entry.actor.id, actorKeyID: entry.actor.keyID?.uuid,
            actorName: entry.actor.name, actorRole: entry.actor.role?.rawValue, address: entry.actor.address,
            requestID: entry.actor.requestID, action: entry.action, subject: entry.subject, outcome: outcome,
            before: entry.before, after: entry.after, times: entry.times, position: found.place.position,
            hash: found.place.hexadecimalHash, isOfInstallation: entry.organizationID == nil)
    }
}
