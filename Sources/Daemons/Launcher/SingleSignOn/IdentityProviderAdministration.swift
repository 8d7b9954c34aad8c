package import EventLoop
internal import Operations
internal import Stores
internal import Tenancy
internal import WireAPI

/// What `scorable identity-provider` does, with the rights of whoever can read the settings: it sees those of every
/// organisation.
package struct IdentityProviderAdministration: Sendable {
    private let product: IdentityProviderProduct
    private let passwordSignIn: PasswordSignIn
    private let organizations: OrganizationStore
    private let actor: AuditActor
    private let form: QueueAdministration.Form

    /// - Throws: `SettingsError` when the settings file does not say where the stores are.
    package init(
        _ installation: Installation, on loops: LoopGroup, form: QueueAdministration.Form = .text
    ) throws {
        let administration = try Administration(installation, on: loops)
        product = try administration.identityProviderProduct(installation, on: loops)
        passwordSignIn = administration.passwordSignIn
        organizations = administration.organizations
        actor = installation.actor
        self.form = form
    }

    package func list() async throws -> String {
        form.text(of: try await product.providers.list(for: actor), \.text)
    }

    package func show(_ name: String) async throws -> String {
        form.text(of: try await named(name), \.text)
    }

    /// Adds one to an organisation, or to the one that runs the installation.
    package func add(_ wish: IdentityProviderWish, to organization: String?) async throws -> String {
        let owner = try await organizations.named(organization)
        let draft = try wish.draft(nil)
        let added = try await WrongInput.told { try await product.providers.add(draft, to: owner, by: actor) }
        return form.text(of: added) { $0.text + Self.whatComesNext }
    }

    package func update(_ name: String, _ wish: IdentityProviderWish) async throws -> String {
        let known = try await named(name)
        let draft = try wish.draft(known)
        let changed = try await WrongInput.told {
            try await product.providers.change(IdentityProviderID(uuid: known.id), to: draft, by: actor)
        }
        return form.text(of: changed, \.text)
    }

    /// What removing one would do.
    package func plan(removing name: String) async throws -> Consequence {
        let known = try await named(name)
        return Consequence(
            effect: "Nobody signs in by \(known.settings.name.shown) any more (people who did: \(known.peopleCount)).",
            confirmation: known.settings.name.shown)
    }

    package func remove(_ name: String) async throws -> String {
        let known = try await named(name)
        try await WrongInput.told {
            try await product.providers.delete(IdentityProviderID(uuid: known.id), at: known.revision, by: actor)
        }
        return form.text(of: known) { "\($0.settings.name.shown) is removed. Its people stay.\n" }
    }

    package func refresh(_ name: String) async throws -> String {
        let id = IdentityProviderID(uuid: try await named(name).id)
        return form.text(
            of: try await WrongInput.told { try await product.checks.refresh(id, by: actor) }, \.text)
    }

    package func renewKey(_ name: String) async throws -> String {
        let id = IdentityProviderID(uuid: try await named(name).id)
        return form.text(of: try await WrongInput.told { try await product.providers.renewKey(of: id, by: actor) }) {
            $0.text + "Give the identity provider our metadata anew before the next key takes its place.\n"
        }
    }

    /// Tries the connection; also says whether nothing is wrong.
    package func test(_ name: String) async throws -> (text: String, isGood: Bool) {
        let id = IdentityProviderID(uuid: try await named(name).id)
        let test = try await product.checks.test(id, by: actor)
        return (form.text(of: test, \.text), !test.checks.contains { $0.outcome == .bad })
    }

    /// Allows somebody to sign in by password although an identity provider has their domain, or not any more.
    package func setPasswordSignIn(_ isAllowed: Bool, of email: String) async throws -> String {
        do {
            _ = try await passwordSignIn.set(isAllowed, of: email, by: actor)
        } catch is NotFound {
            throw LauncherFailure("Nobody here has the address \(email).")
        }
        struct Told: Encodable {
            let email: String
            let mayUsePassword: Bool
        }
        return form.text(of: Told(email: email, mayUsePassword: isAllowed)) { told in
            told.mayUsePassword
                ? "\(told.email.shown) may sign in by password, whatever identity provider has their domain.\n"
                : "\(told.email.shown) signs in by the identity provider that has their domain, if one has.\n"
        }
    }

    private static let whatComesNext = """
        Give the identity provider our metadata, then try it: scorable identity-provider test

        """

    /// One by its name, its identifier or the beginning of it.
    private func named(_ name: String) async throws -> OperatorIdentityProvider {
        let all = try await product.providers.list(for: actor).results
        let (wanted, id) = (name.lowercased(), { (it: OperatorIdentityProvider) in it.id.lowercaseText })
        let exact = all.filter { $0.settings.name == name || id($0) == wanted }
        let found = exact.isEmpty ? all.filter { id($0).hasPrefix(wanted) } : exact
        guard let only = found.first else {
            throw LauncherFailure("There is no identity provider \(name). See: scorable identity-provider list")
        }
        guard found.count == 1 else {
            throw LauncherFailure("\(found.count) identity providers are called so. Name one by its identifier.")
        }
        return only
    }
}
