internal import FoundationEssentials
package import Logging
package import Postgres
internal import Records
internal import Stores
internal import Tenancy
internal import Webhooks
internal import WireAPI

/// Tells that exports have ended: those who watch, the notices, and whoever has a webhook.
package struct ExportAnnouncements: Sendable {
    private let store: ExportStore
    private let notices: Notices
    private let events: EventPublisher
    private let logger: Logger

    package init(database: PostgresClient, notices: Notices, events: EventPublisher, logger: Logger) {
        store = ExportStore(database: database)
        self.notices = notices
        self.events = events
        self.logger = logger
    }

    /// What the logs are called in webhooks.
    private static let source = "execution_logs"

    /// Has webhooks told that an export is finished, in the transaction that says so.
    static func announce(
        finished export: Export, _ progress: ExportProgress, on connection: PostgresConnection
    ) async throws {
        let news = ExportNews(
            id: export.id.uuid, source: source, format: export.format.rawValue, rows: progress.rows,
            bytes: Int(progress.bytes))
        try await WebhookEventStore.announce(
            .exportFinished(news), of: export.organizationID, project: export.projectID, on: connection)
    }

    /// Has webhooks told that an export was given up, in the transaction that says so.
    static func announce(
        failed export: Export, because reason: String, on connection: PostgresConnection
    ) async throws {
        let news = ExportNews(
            id: export.id.uuid, source: source, format: export.format.rawValue, rows: nil, bytes: nil, reason: reason)
        try await WebhookEventStore.announce(
            .exportFailed(news), of: export.organizationID, project: export.projectID, on: connection)
    }

    /// Tells those who watch how an export has ended. It never fails: what is not told is seen in the list.
    func tell(of id: ExportID, in organization: OrganizationID) async {
        do {
            guard let export = try await store.find(id, in: organization), export.state.isFinal else { return }
            let change = OperatorCatalogueChange(
                subject: OperatorSubject(kind: .export, id: id.description, name: export.fileName), action: .updated,
                userEmail: nil)
            events.publish(.catalogueChanged(change), to: organization)
            guard let summary = export.ending else { return }
            try await notices.post(
                export.state == .failed ? .warning : .info, summary,
                about: Notice.Subject(kind: .export, id: id.description, name: export.fileName), to: organization,
                needs: .executionLogRead)
        } catch {
            logger.warning(
                "the end of an export could not be told", metadata: ["export": "\(id)", "reason": "\(error)"])
        }
    }
}

extension Export {
    /// How it ended, in a sentence; `nil` where nobody needs to be told.
    fileprivate var ending: String? {
        let who = requestedBy.map { " of \($0.email)" } ?? ""
        return switch state {
        case .finished:
            "The export\(who) is ready: \(progress.rows == 1 ? "1 execution" : "\(progress.rows) executions")."
        case .failed: "The export\(who) has failed: \(error ?? "its job ended without a word")."
        case .waiting, .running, .cancelled, .expired: nil
        }
    }
}
