package import EventLoop
package import FoundationEssentials
internal import Operations
internal import Stores
internal import Tenancy
internal import Webhooks
internal import WireAPI

/// What `scorable webhook` does, with the rights of whoever can read the settings: it sees the endpoints of every
/// organisation.
package struct WebhookAdministration: Sendable {
    private let product: WebhookProduct
    private let organizations: OrganizationStore
    private let projects: ProjectStore
    private let actor: AuditActor
    private let form: QueueAdministration.Form

    /// - Throws: `SettingsError` when the settings file does not say where the stores are.
    package init(
        _ installation: Installation, on loops: LoopGroup, form: QueueAdministration.Form = .text
    ) throws {
        let administration = try Administration(installation, on: loops)
        product = try administration.webhookProduct(installation, on: loops)
        (organizations, projects) = (administration.organizations, administration.projects)
        actor = installation.actor
        self.form = form
    }

    // MARK: Looking

    package func list() async throws -> String { form.text(of: try await product.endpoints.list(for: actor), \.text) }

    /// The deliveries to an endpoint, the newest first; in one state, when it is named.
    package func deliveries(_ name: String, in state: String?, limit: Int) async throws -> String {
        let found = try await product.deliveries.page(
            of: try await endpoint(name), in: try state.map { WebhookDelivery.State(try Self.state($0)) },
            PageRequest(limit: limit), for: actor)
        let page = OperatorWebhookDeliveryPage(
            results: found.items.map { OperatorWebhookDelivery($0) }, next: nil)
        return form.text(of: page, \.text)
    }

    // MARK: Steering

    /// Adds an endpoint and says its secret, this once.
    package func add(
        url: String, description: String?, types: [String], organization: String?, project: String?
    ) async throws -> String {
        let owner = try await organizations.named(organization)
        var projectID: UUID?
        if let project { projectID = try await projects.named(project, of: owner).uuid }
        let draft = OperatorWebhookDraft(
            url: url, description: description, projectID: projectID, eventTypes: types.isEmpty ? nil : types)
        return form.text(of: try await product.endpoints.add(draft, to: owner, by: actor), \.text)
    }

    package func test(_ name: String) async throws -> (text: String, isTaken: Bool) {
        let test = try await product.steering.test(try await endpoint(name), by: actor)
        return (form.text(of: test, \.text), test.isTaken)
    }

    package func pause(_ name: String) async throws -> String {
        form.text(of: try await product.steering.pause(try await endpoint(name), by: actor), \.words)
    }

    package func resume(_ name: String) async throws -> String {
        form.text(of: try await product.steering.resume(try await endpoint(name), by: actor), \.words)
    }

    /// Gives an endpoint a new secret and says it, this once.
    package func rotate(_ name: String, overlapHours: Int?) async throws -> String {
        let rotation = OperatorWebhookRotation(overlapHours: overlapHours)
        return form.text(of: try await product.steering.rotate(try await endpoint(name), rotation, by: actor), \.text)
    }

    package func delete(_ name: String) async throws -> String {
        let id = try await endpoint(name)
        let known = try await product.endpoints.find(id, for: actor)
        try await product.endpoints.delete(id, by: actor)
        return "Deleted \(known.name).\n"
    }

    /// How many deliveries would be sent again.
    package func count(_ name: String, _ wish: RedeliveryWish) async throws -> Int {
        try await product.deliveries.count(wish.shape, to: try await endpoint(name), for: actor)
    }

    /// Sends deliveries again.
    package func redeliver(_ name: String, _ wish: RedeliveryWish) async throws -> String {
        let receipt = try await product.deliveries.redeliver(wish.shape, to: try await endpoint(name), by: actor)
        return form.text(of: receipt) {
            $0.redelivered == 1 ? "1 is sent again.\n" : "\($0.redelivered) are sent again.\n"
        }
    }

    // MARK: Names

    /// An endpoint by its identifier, its beginning, its description or its address.
    private func endpoint(_ name: String) async throws -> WebhookEndpointID {
        let all = try await product.endpoints.list(for: actor).results
        let exact = all.filter {
            $0.id.uuidString.lowercased() == name.lowercased() || $0.description == name || $0.url == name
        }
        let found = exact.isEmpty ? all.filter { $0.id.uuidString.lowercased().hasPrefix(name.lowercased()) } : exact
        guard let only = found.first else {
            throw LauncherFailure("There is no webhook \(name). See: scorable webhook list")
        }
        guard found.count == 1 else {
            throw LauncherFailure("\(found.count) webhooks are called so. Name one by its identifier.")
        }
        return WebhookEndpointID(uuid: only.id)
    }

    static func state(_ name: String) throws(LauncherFailure) -> OperatorWebhookDelivery.State {
        guard let state = OperatorWebhookDelivery.State(rawValue: name) else {
            let known = OperatorWebhookDelivery.State.allCases.map(\.rawValue).joined(separator: ", ")
            throw LauncherFailure("A delivery is not “\(name)”. It is one of: \(known).")
        }
        return state
    }
}

/// Which deliveries are to be sent again.
package struct RedeliveryWish: Sendable {
    let shape: OperatorRedelivery

    /// Those that are named.
    package init(ids: [UUID]) { shape = OperatorRedelivery(ids: ids) }

    /// All in a state.
    /// - Throws: `LauncherFailure` when there is no such state.
    package init(all state: String) throws(LauncherFailure) {
        shape = OperatorRedelivery(all: try WebhookAdministration.state(state))
    }
}
