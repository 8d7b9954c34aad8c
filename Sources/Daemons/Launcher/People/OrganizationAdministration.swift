package import EventLoop
internal import Operations
internal import Stores
internal import Tenancy
internal import WireAPI

/// What `scorable organization` does, with the rights of whoever can read the settings.
package struct OrganizationAdministration: Sendable {
    private let product: PeopleProduct
    private let organizations: OrganizationStore
    private let actor: AuditActor
    private let form: QueueAdministration.Form

    /// - Throws: `SettingsError` when the settings file does not say where the stores are.
    package init(
        _ installation: Installation, on loops: LoopGroup, form: QueueAdministration.Form = .text
    ) throws {
        let administration = try Administration(installation, on: loops)
        product = try administration.peopleProduct(installation)
        organizations = administration.organizations
        actor = installation.actor
        self.form = form
    }

    /// The organisations, the newest first.
    package func list(behind place: ListPlace?, limit: Int) async throws -> String {
        let found = try await product.organizations.page(ListPlace.request(place, limit: limit), for: actor)
        let next = found.place { ($0.createdAt, $0.id) }
        return form.text(of: OperatorOrganizationPage(results: found.items, next: next), \.text)
    }

    /// Makes an organisation and says the link of its first owner, this once.
    package func create(named name: String, owner: String, hours: Int?) async throws -> String {
        let made = try await WrongInput.told {
            try await product.organizations.create(
                OperatorNewOrganization(name: name, ownerEmail: owner, expiresInHours: hours), by: actor)
        }
        return form.text(of: made, \.text)
    }

    /// Gives an organisation another name.
    package func rename(_ name: String, to other: String) async throws -> String {
        let id = try await organizations.named(name)
        let renamed = try await WrongInput.told {
            try await product.organizations.rename(id, to: other, by: actor)
        }
        return form.text(of: renamed) { "\(name) is called \($0.name.shown) now.\n" }
    }
}
