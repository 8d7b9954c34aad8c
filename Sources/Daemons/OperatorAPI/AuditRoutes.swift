internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Records
internal import Stores
internal import Tenancy
internal import WireAPI

// What people did.
extension QueueRoutes {
    func addAudit(to routes: inout ProtectedRoutes) {
        let entries = product.auditEntries
        routes.on(.get, OperatorAuditPage.path, needs: .auditRead) { context, principal in
            let filter = AuditFilter(
                action: context.query["action"], subject: context.query["subject"],
                outcome: try context.query.choice("outcome", of: AuditEntry.Outcome.self))
            let found = try await entries.page(
                try context.pageRequest(), matching: filter, for: principal)
            return .json(
                OperatorAuditPage(
                    results: found.items.map(OperatorAuditEntry.init),
                    next: found.nextCursor { Keyset(createdAt: $0.createdAt, id: $0.id.uuid) }))
        }
    }
}

extension OperatorAuditEntry {
    fileprivate init(_ entry: AuditEntry) {
        let outcome: Outcome =
            switch entry.outcome {
            case .done: .done
            case .refused: .refused
            case .failed: .failed
            }
        self.init(
            id: entry.id.uuid, createdAt: entry.createdAt, actorKind: entry.actor.kind.rawValue,
            actorID: entry.actor.id, actorName: entry.actor.name, actorRole: entry.actor.role?.rawValue,
            address: entry.actor.address, requestID: entry.actor.requestID, action: entry.action,
            subject: entry.subject, outcome: outcome, before: entry.before, after: entry.after)
    }
}
