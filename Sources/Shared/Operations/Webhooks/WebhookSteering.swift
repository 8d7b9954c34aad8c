internal import FoundationEssentials
internal import Jobs
internal import Stores
internal import Tenancy
package import Webhooks
package import WireAPI

/// What operators do with an endpoint that is there: hold it, let it go on, change its secret, try it.
package struct WebhookSteering: Sendable {
    private let endpoints: WebhookEndpoints
    private let store: WebhookEndpointStore
    private let secrets: WebhookSecrets
    private let sender: WebhookSender
    private let queue: JobQueue
    private let audit: Audit
    private let identifiers: IdentifierSource
    private let now: @Sendable () -> Date

    /// For how many hours a former secret signs too, unless it is said, and at most.
    private static let (usualOverlap, longestOverlap) = (24, 168)

    init(
        endpoints: WebhookEndpoints, store: WebhookEndpointStore, secrets: WebhookSecrets, sender: WebhookSender,
        queue: JobQueue, audit: Audit, identifiers: IdentifierSource, now: @escaping @Sendable () -> Date
    ) {
        self.endpoints = endpoints
        self.store = store
        self.secrets = secrets
        self.sender = sender
        self.queue = queue
        self.audit = audit
        self.identifiers = identifiers
        self.now = now
    }

    /// Lets events for it wait.
    /// - Throws: `PermissionDenied`; `NotFound`; `InvalidDefinition` for one that is disabled.
    package func pause(_ id: WebhookEndpointID, by actor: AuditActor) async throws -> OperatorWebhook {
        try await set(.paused, id, "webhook.pause", by: actor)
    }

    /// Sends what waits, and lets it hear of what comes.
    /// - Throws: `PermissionDenied`; `NotFound`.
    package func resume(_ id: WebhookEndpointID, by actor: AuditActor) async throws -> OperatorWebhook {
        try await set(.active, id, "webhook.resume", by: actor)
    }

    private func set(
        _ state: WebhookEndpoint.State, _ id: WebhookEndpointID, _ deed: String, by actor: AuditActor
    ) async throws -> OperatorWebhook {
        let known = try await endpoints.known(id, for: actor)
        let moment = now()
        let control = WebhookEndpoints.control(of: id, isPaused: state == .paused, at: moment, by: actor)
        try await audit.perform(
            Audit.Deed(deed, on: WebhookEndpoints.subject(id)), by: actor, needs: .webhookUpdate
        ) { connection in
            guard state != .paused || known.state != .disabled else {
                throw InvalidDefinition(problems: [
                    .init(field: "state", message: "It is disabled: it hears of nothing until it is resumed.")
                ])
            }
            let isDone = try await WebhookEndpointStore.set(
                state, id, of: known.organizationID, at: moment, on: connection)
            guard isDone else { throw NotFound("Webhook") }
            _ = try await QueueControlLedger.set(control, on: connection)
            return Audit.Change((), before: ["state": known.state.rawValue], after: ["state": state.rawValue])
        }
        await queue.tell(control)
        return try await endpoints.shown(id, for: actor)
    }

    /// Gives it a new secret, which is in the answer and nowhere else. The former one signs too for a while.
    /// - Throws: `PermissionDenied`; `NotFound`; `InvalidDefinition`; `KeyCannotBeSealed`.
    package func rotate(
        _ id: WebhookEndpointID, _ rotation: OperatorWebhookRotation, by actor: AuditActor
    ) async throws -> OperatorWebhookSecret {
        let hours = rotation.overlapHours ?? Self.usualOverlap
        try InvalidDefinition.check { findings in
            guard !(0...Self.longestOverlap).contains(hours) else { return }
            findings.add("overlap_hours", "Must be from 0 to \(Self.longestOverlap).")
        }
        let known = try await endpoints.known(id, for: actor)
        let (secret, sealed) = try await secrets.make(for: id)
        let moment = now()
        try await audit.perform(
            Audit.Deed("webhook.rotate", on: WebhookEndpoints.subject(id)), by: actor, needs: .webhookUpdate
        ) { connection in
            let isDone = try await WebhookEndpointStore.rotate(
                id, of: known.organizationID, to: sealed, formerUntil: moment.addingTimeInterval(Double(hours) * 3600),
                at: moment, on: connection)
            guard isDone else { throw NotFound("Webhook") }
            return Audit.Change((), after: ["overlap_hours": hours])
        }
        return OperatorWebhookSecret(webhook: try await endpoints.shown(id, for: actor), secret: secret)
    }

    /// Sends a ping right now, whatever its state. That it is not taken is a finding, and counts for nothing.
    /// - Throws: `PermissionDenied`; `NotFound`; `LLMProxyUnavailable`.
    package func test(_ id: WebhookEndpointID, by actor: AuditActor) async throws -> OperatorWebhookTest {
        let endpoint = try await endpoints.known(id, for: actor)
        let (eventID, moment) = identifiers.nextDated(WebhookEvent.self)
        try await audit.perform(
            Audit.Deed("webhook.test", on: WebhookEndpoints.subject(id)), by: actor, needs: .webhookUpdate
        ) { _ in Audit.Change((), after: ["message_id": eventID.description]) }
        let ping = WebhookEvent(
            id: eventID, type: .ping, data: Array(#"{"endpoint_id":"\#(id)"}"#.utf8), createdAt: moment)
        let result = try await sender.send(
            ping, to: endpoint, secrets: try await store.secrets(of: id, at: moment))
        return OperatorWebhookTest(
            isTaken: result.status.map { (200..<300).contains($0) } ?? false, sentence: result.sentence,
            status: result.status, durationMs: result.durationMs, answer: result.answer,
            messageID: eventID.description)
    }
}
