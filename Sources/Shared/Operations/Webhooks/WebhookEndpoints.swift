internal import FoundationEssentials
internal import Jobs
internal import Queueing
internal import Stores
package import Tenancy
package import Webhooks
package import WireAPI

/// The endpoints that are told of events: which there are, and what people say of them.
package struct WebhookEndpoints: Sendable {
    private let store: WebhookEndpointStore
    private let rows: WebhookRows
    private let projects: ProjectStore
    private let secrets: WebhookSecrets
    private let queue: JobQueue
    private let audit: Audit
    private let identifiers: IdentifierSource
    private let now: @Sendable () -> Date

    init(
        store: WebhookEndpointStore, rows: WebhookRows, projects: ProjectStore, secrets: WebhookSecrets,
        queue: JobQueue, audit: Audit, identifiers: IdentifierSource, now: @escaping @Sendable () -> Date
    ) {
        self.store = store
        self.rows = rows
        self.projects = projects
        self.secrets = secrets
        self.queue = queue
        self.audit = audit
        self.identifiers = identifiers
        self.now = now
    }

    /// Those of the caller's organisation; of all, for whoever administers on the server itself.
    package func list(for actor: AuditActor) async throws -> OperatorWebhookList {
        try actor.require(.webhookRead)
        let found = try await store.list(of: actor.principal?.organizationID)
        return OperatorWebhookList(
            results: try await rows.shown(found), eventTypes: WebhookEventType.subscribable.map(\.rawValue).sorted(),
            countedAt: now())
    }

    /// One endpoint.
    /// - Throws: `NotFound`.
    package func find(_ id: WebhookEndpointID, for actor: AuditActor) async throws -> OperatorWebhook {
        try actor.require(.webhookRead)
        return try await shown(id, for: actor)
    }

    /// Adds an endpoint to the caller's organisation, or to `organization` for whoever administers on the server itself.
    /// Its secret is in the answer, and nowhere else.
    /// - Throws: `PermissionDenied`; `InvalidDefinition`; `KeyCannotBeSealed`.
    package func add(
        _ draft: OperatorWebhookDraft, to organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorWebhookSecret {
        let (id, moment) = identifiers.nextDated(WebhookEndpoint.self)
        let endpoint = try await endpoint(
            draft, id, of: actor.principal?.organizationID ?? organization, by: actor.principal?.user.id, at: moment)
        let (secret, sealed) = try await secrets.make(for: id)
        let control = Self.control(of: id, isPaused: false, at: moment, by: actor)
        try await audit.perform(
            Audit.Deed("webhook.add", on: Self.subject(id)), by: actor, needs: .webhookUpdate
        ) { connection in
            guard try await WebhookEndpointStore.add(endpoint, sealed: sealed, on: connection) else {
                throw InvalidDefinition(problems: [
                    .init(
                        field: "non_field_errors",
                        message: "An organization has at most \(WebhookEndpoint.most) endpoints.")
                ])
            }
            _ = try await QueueControlLedger.set(control, on: connection)
            return Audit.Change((), after: Figures(endpoint))
        }
        await queue.tell(control)
        return OperatorWebhookSecret(webhook: try await shown(id, for: actor), secret: secret)
    }

    /// Replaces what people say of an endpoint. Its secret stays.
    /// - Throws: `PermissionDenied`; `NotFound`; `InvalidDefinition`.
    package func change(
        _ id: WebhookEndpointID, to draft: OperatorWebhookDraft, by actor: AuditActor
    ) async throws -> OperatorWebhook {
        let known = try await known(id, for: actor)
        let endpoint = try await endpoint(
            draft, id, of: known.organizationID, by: known.createdBy, at: known.createdAt, changedAt: now())
        try await audit.perform(
            Audit.Deed("webhook.change", on: Self.subject(id)), by: actor, needs: .webhookUpdate
        ) { connection in
            guard try await WebhookEndpointStore.update(endpoint, on: connection) else { throw NotFound("Webhook") }
            return Audit.Change((), before: Figures(known), after: Figures(endpoint))
        }
        return try await shown(id, for: actor)
    }

    /// Deletes an endpoint with its deliveries: what waits is not sent any more.
    /// - Throws: `PermissionDenied`; `NotFound`.
    package func delete(_ id: WebhookEndpointID, by actor: AuditActor) async throws {
        let known = try await known(id, for: actor)
        try await audit.perform(
            Audit.Deed("webhook.delete", on: Self.subject(id)), by: actor, needs: .webhookUpdate
        ) { connection in
            guard try await WebhookEndpointStore.delete(id, of: known.organizationID, on: connection) else {
                throw NotFound("Webhook")
            }
            try await QueueControlLedger.forget(Self.limit(of: id), on: connection)
            return Audit.Change((), before: Figures(known))
        }
        await queue.tell(QueueControl(subject: Self.limit(of: id), updatedAt: now()))
    }

    // MARK: For what else is done with them

    /// An endpoint within reach.
    /// - Throws: `NotFound`.
    func known(_ id: WebhookEndpointID, for actor: AuditActor) async throws -> WebhookEndpoint {
        guard let found = try await store.find(id, of: actor.principal?.organizationID) else {
            throw NotFound("Webhook")
        }
        return found
    }

    /// An endpoint as operators see it.
    func shown(_ id: WebhookEndpointID, for actor: AuditActor) async throws -> OperatorWebhook {
        try await rows.shown([try await known(id, for: actor)])[0]
    }

    /// As the audit names it.
    static func subject(_ id: WebhookEndpointID) -> String { "webhook:\(id)" }

    /// What bounds how many deliveries to it run at once, and holds them while it is paused.
    static func limit(of id: WebhookEndpointID) -> ControlSubject { .limit(.webhook(id.description)) }

    static func control(
        of id: WebhookEndpointID, isPaused: Bool, at moment: Date, by actor: AuditActor
    ) -> QueueControl {
        QueueControl(
            subject: limit(of: id), isPaused: isPaused, concurrency: WebhookEndpoint.concurrency, updatedAt: moment,
            updatedBy: actor.principal?.user.id)
    }

    private func endpoint(
        _ draft: OperatorWebhookDraft, _ id: WebhookEndpointID, of organization: OrganizationID, by user: UserID?,
        at creation: Date, changedAt: Date? = nil
    ) async throws -> WebhookEndpoint {
        let types = draft.eventTypes.map { $0.map(WebhookEventType.init(rawValue:)) }
        let description = draft.description ?? ""
        let project = draft.projectID.map { ProjectID(uuid: $0) }
        let hasProject =
            if let project { try await projects.find(project, in: organization) != nil } else { true }
        try InvalidDefinition.check { findings in
            findings.check(url: draft.url, field: "url")
            findings.length(of: description, in: 0...200, field: "description")
            if !hasProject { findings.add("project_id", "The organization has no such project.") }
            guard let types else { return }
            if types.isEmpty { findings.add("event_types", "Name at least one type, or none of them for all.") }
            if !types.allSatisfy({ $0 != nil && $0 != .ping }) {
                let known = WebhookEventType.subscribable.map(\.rawValue).sorted().joined(separator: ", ")
                findings.add("event_types", "There are: \(known).")
            }
        }
        return WebhookEndpoint(
            id: id, organizationID: organization, projectID: project, url: draft.url, description: description,
            eventTypes: types.map { Set($0.compactMap(\.self)) }, createdBy: user, createdAt: creation,
            updatedAt: changedAt ?? creation)
    }

    /// What the audit keeps of an endpoint: its address may hold what lets one in, so that only its server is kept.
    private struct Figures: Encodable, Sendable {
        let server: String
        let description: String
        let projectID: String?
        let eventTypes: [String]?

        init(_ endpoint: WebhookEndpoint) {
            server = ServerAddress(endpoint.url).text
            description = endpoint.description
            projectID = endpoint.projectID?.description
            eventTypes = endpoint.eventTypes.map { $0.sorted().map(\.rawValue) }
        }
    }
}
