package import EventLoop
internal import FoundationEssentials
internal import Operations
internal import Stores
internal import Tenancy
internal import WireAPI

/// What `scorable session` does, with the rights of whoever can read the settings: it sees the sessions of every
/// organisation. And what lets somebody in again who has lost their second factor.
package struct SessionAdministration: Sendable {
    private let product: SignInProduct
    private let people: PeopleProduct
    private let organizations: OrganizationStore
    private let directory: PeopleDirectory
    private let actor: AuditActor
    private let form: QueueAdministration.Form

    /// - Throws: `SettingsError` when the settings file does not say where the stores are.
    package init(
        _ installation: Installation, on loops: LoopGroup, form: QueueAdministration.Form = .text
    ) throws {
        let administration = try Administration(installation, on: loops)
        product = administration.signInProduct
        people = try administration.peopleProduct(installation)
        organizations = administration.organizations
        directory = PeopleDirectory(users: administration.users)
        actor = installation.actor
        self.form = form
    }

    /// The open sessions, of each organisation the newest first; of one person, when they are named.
    package func list(of email: String?, limit: Int) async throws -> String {
        var user: User?
        if let email { user = try await person(email) }
        let all = try await sessions(of: user, limit: limit)
        let page = OperatorSessionPage(results: all.map(\.session), next: nil)
        return form.text(of: page, \.text)
    }

    /// Ends a session by its identifier or the beginning of it.
    package func end(_ name: String) async throws -> String {
        let found = try await sessions(of: nil, limit: .max).filter {
            $0.session.id.lowercaseText.hasPrefix(name.lowercased())
        }
        guard let only = found.first else {
            throw LauncherFailure("There is no open session \(name). See: scorable session list")
        }
        guard found.count == 1 else {
            throw LauncherFailure("\(found.count) sessions begin so. Name one by its whole identifier.")
        }
        try await product.sessions.end(SessionID(uuid: only.session.id), in: only.organization, by: actor)
        return form.text(of: OperatorSignedOut(endedSessions: 1)) { _ in
            "The session of \(only.session.userEmail) has ended.\n"
        }
    }

    /// Ends every session of a person.
    package func endAll(of email: String) async throws -> String {
        let user = try await person(email)
        let ended = try await people.departures.signOut(user.id, in: user.organizationID, by: actor)
        return form.text(of: ended) { "\($0.endedSessions) sessions of \(user.email) have ended.\n" }
    }

    /// Removes the second factor of somebody who has lost it.
    package func removeSecondFactor(of email: String) async throws -> String {
        let user = try await person(email)
        do {
            try await product.secondFactors.removeOnServer(of: user, by: actor)
        } catch is NotFound {
            throw LauncherFailure("\(user.email) has no second factor.")
        }
        return form.text(of: ["removed": user.email]) { _ in
            "\(user.email) signs in without a second factor now. Whether they need one is said by the policy.\n"
        }
    }

    private func person(_ email: String) async throws -> User {
        try await directory.person(.person(email), serviceAccountsOf: { throw LauncherFailure("Name a person.") })
    }

    /// Open sessions, and whose they are.
    private func sessions(
        of user: User?, limit: Int
    ) async throws -> [(session: OperatorUserSession, organization: OrganizationID)] {
        var all: [(session: OperatorUserSession, organization: OrganizationID)] = []
        let owners = if let user { [user.organizationID] } else { try await organizations.all().map(\.id) }
        for organization in owners {
            var position = PageRequest.Position.start
            while all.count < limit {
                let page = try await product.sessions.page(
                    PageRequest(limit: min(500, limit - all.count), position: position), in: organization,
                    of: user?.id)
                all += page.items.map { ($0, organization) }
                guard page.hasNext, let last = page.items.last else { break }
                position = .after(Keyset(createdAt: last.startedAt, id: last.id))
            }
        }
        return all
    }
}

extension OperatorSessionPage {
    fileprivate var text: String {
        guard !results.isEmpty else { return "Nobody is signed in.\n" }
        var table = TextTable(["ID", "PERSON", "ROLE", "BY", "FROM", "STARTED", "LAST USED", "ENDS", "CLIENT"])
        for session in results {
            table.add([
                session.id.lowercaseText, session.userEmail, session.userRole, session.method, session.address,
                session.startedAt.formatted(.iso8601), session.lastUsedAt?.formatted(.iso8601),
                min(session.expiresAt, session.idleExpiresAt).formatted(.iso8601), session.client,
            ])
        }
        return table.text
    }
}
