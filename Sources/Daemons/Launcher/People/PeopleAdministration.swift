package import EventLoop
internal import FoundationEssentials
internal import Operations
internal import Stores
internal import Tenancy
internal import WireAPI

/// What `scorable user` and `scorable service-account` do, with the rights of whoever can read the settings: they reach
/// everybody of every organisation.
package struct PeopleAdministration: Sendable {
    let product: PeopleProduct
    let directory: PeopleDirectory
    let actor: AuditActor
    let form: QueueAdministration.Form
    private let organizations: OrganizationStore
    private let projects: ProjectStore
    /// `nil` for the one that runs the installation.
    private let organizationName: String?

    /// Organisations are named by their name or identifier; without, the one that runs the installation is meant.
    /// - Throws: `SettingsError` when the settings file does not say where the stores are.
    package init(
        _ installation: Installation, on loops: LoopGroup, in organization: String? = nil,
        form: QueueAdministration.Form = .text
    ) throws {
        let administration = try Administration(installation, on: loops)
        product = try administration.peopleProduct(installation)
        organizations = administration.organizations
        projects = administration.projects
        directory = PeopleDirectory(users: administration.users)
        actor = installation.actor
        organizationName = organization
        self.form = form
    }

    // MARK: Looking

    /// The people, or the service accounts, of the organisation that match, the newest first.
    package func list(_ wish: PeopleWish, behind place: ListPlace?, limit: Int) async throws -> String {
        let found = try await product.people.page(
            in: try await organization, matching: wish.filter, ListPlace.request(place, limit: limit))
        let next = found.place { ($0.createdAt, $0.id) }
        return form.text(of: OperatorUserPage(results: found.items, next: next), \.text)
    }

    package func show(_ who: Who) async throws -> String {
        let user = try await person(who)
        return form.text(of: try await product.people.find(user.id, in: user.organizationID), \.text)
    }

    // MARK: Making

    /// Makes a person and says the password, this once.
    package func create(email: String, name: String, role: RoleName) async throws -> String {
        let made = try await told {
            try await product.newPeople.add(
                OperatorNewUser(email: email, fullName: name, role: role.role.rawValue), to: try await organization,
                by: actor)
        }
        return form.text(of: made, \.text)
    }

    package func createServiceAccount(named name: String, role: RoleName) async throws -> String {
        let made = try await told {
            try await product.newPeople.addServiceAccount(
                OperatorNewServiceAccount(name: name, role: role.role.rawValue), to: try await organization,
                by: actor)
        }
        return form.text(of: made) { account in
            "\(account.fullName.shown) is a service account now, with the identifier \(account.id.lowercaseText).\n"
        }
    }

    // MARK: Changing

    package func rename(_ who: Who, to name: String) async throws -> String {
        let user = try await person(who)
        let changed = try await told {
            try await product.changes.rename(
                user.id, to: OperatorUserName(fullName: name, revision: user.revision), in: user.organizationID,
                by: actor)
        }
        return form.text(of: changed) { "\(user.fullName.shown) is called \($0.fullName.shown) now.\n" }
    }

    package func giveRole(_ role: RoleName, to who: Who) async throws -> String {
        let user = try await person(who)
        let changed = try await told {
            try await product.changes.giveRole(
                OperatorUserRole(role: role.role.rawValue, revision: user.revision), to: user.id,
                in: user.organizationID, by: actor)
        }
        return form.text(of: changed) { "\(user.label) is \($0.role) now; before it was \(user.role.rawValue).\n" }
    }

    /// Gives somebody a role in one project, or takes the one away that they have there.
    package func grant(_ role: RoleName?, to who: Who, inProject name: String) async throws -> String {
        let user = try await person(who)
        let project = try await projects.named(name, of: user.organizationID)
        try await told {
            if let role {
                try await product.grants.give(
                    OperatorProjectGrantDraft(role: role.role.rawValue), to: user.id, in: project,
                    of: user.organizationID, by: actor)
            } else {
                try await product.grants.take(from: user.id, in: project, of: user.organizationID, by: actor)
            }
        }
        return form.text(of: try await product.people.find(user.id, in: user.organizationID), \.text)
    }

    // MARK: Names

    /// Somebody; where an organisation is named, of that one only.
    func person(_ who: Who) async throws -> User {
        let found = try await directory.person(who, serviceAccountsOf: { try await organization })
        guard let organizationName else { return found }
        guard try await organization == found.organizationID else {
            throw LauncherFailure("\(found.label) is of another organization than \(organizationName.shown).")
        }
        return found
    }

    var organization: OrganizationID {
        get async throws { try await organizations.named(organizationName) }
    }

    /// What is no fault of the program is told in a sentence.
    func told<Value>(_ body: () async throws -> Value) async throws -> Value { try await WrongInput.told(body) }
}
