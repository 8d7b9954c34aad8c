internal import Operations
internal import Records
internal import Stores

/// Keeps that somebody who administers on the server itself has read the audit, and what of it.
struct AuditReads: Sendable {
    private let audit: Audit
    private let actor: AuditActor

    init(audit: Audit, actor: AuditActor) {
        self.audit = audit
        self.actor = actor
    }

    /// `command` is how they have read entries of some chains.
    func keep(
        _ command: String, of selection: AuditAdministration.ChainSelection, _ filter: AuditFilter
    ) async {
        let action = command == "export" ? "audit.export" : "audit.read"
        await audit.note(done: Audit.Deed(action, on: "audit"), by: actor, after: Read(command, selection, filter))
    }

    /// They have read one entry.
    func keep(_ command: String, of id: AuditEntryID) async {
        await audit.note(
            done: Audit.Deed("audit.read", on: "audit_entry:\(id)"), by: actor, after: ["command": command])
    }

    private struct Read: Encodable {
        let command: String
        let chains: String
        let actor: String?
        let action: String?
        let subject: String?
        let outcome: String?
        let address: String?
        let since: String?
        let until: String?
        let text: String?

        init(_ command: String, _ selection: AuditAdministration.ChainSelection, _ filter: AuditFilter) {
            self.command = command
            chains =
                switch selection {
                case .all: "all"
                case .installation: "installation"
                case .organization(let name): name
                }
            actor = filter.actor
            action = filter.action
            subject = filter.subject
            outcome = filter.outcome?.rawValue
            address = filter.address
            since = filter.since.map { "\($0)" }
            until = filter.until.map { "\($0)" }
            text = filter.text
        }
    }
}
