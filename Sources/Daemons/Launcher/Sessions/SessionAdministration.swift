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
    package func list(of email: String?, behind place: SessionPlace?, limit: Int) async throws -> String {
        var user: User?
        if let email { user = try await person(email) }
        // One more than is wanted tells whether there is more.
        let found = try await sessions(of: user, behind: place, limit: limit < .max ? limit + 1 : limit)
        let shown = found.prefix(limit)
        let next = found.count > limit ? shown.last.map { SessionPlace(behind: $0.session, of: $0.organization) } : nil
        let page = OperatorSessionPage(results: shown.map(\.session), next: next?.description)
        return form.text(of: page, \.text)
    }

    /// Ends a session by its identifier or the beginning of it.
    package func end(_ name: String) async throws -> String {
        let found = try await sessions(of: nil, behind: nil, limit: .max).filter {
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
            "The session of \(only.session.userEmail.shown) has ended.\n"
        }
    }

    /// What ending every session of a person, or removing their second factor, would do.
    package func plan(_ act: Act, of email: String) async throws -> Consequence {
        let user = try await person(email)
        let effect =
            switch act {
            case .endSessions: "Every session of \(user.label) ends."
            case .removeSecondFactor:
                "\(user.label) loses their second factor and recovery codes: their password alone opens."
            }
        return Consequence(effect: effect, confirmation: user.label)
    }

    /// What is asked about before it is done.
    package enum Act: Sendable {
        /// Ending every session of a person.
        case endSessions
        /// Removing the second factor of a person.
        case removeSecondFactor
    }

    /// Ends every session of a person.
    package func endAll(of email: String) async throws -> String {
        let user = try await person(email)
        let ended = try await people.departures.signOut(user.id, in: user.organizationID, by: actor)
        return form.text(of: ended) { "\($0.endedSessions) sessions of \(user.label) have ended.\n" }
    }

    /// Removes the second factor of somebody who has lost it.
    package func removeSecondFactor(of email: String) async throws -> String {
        let user = try await person(email)
        do {
            try await product.secondFactors.removeOnServer(of: user, by: actor)
        } catch is NotFound {
            throw LauncherFailure("\(user.label) has no second factor.")
        }
        return form.text(of: ["removed": user.email]) { _ in
            "\(user.label) signs in without a second factor now. Whether they need one is said by the policy.\n"
        }
    }

    private func person(_ email: String) async throws -> User {
        try await directory.person(.person(email), serviceAccountsOf: { throw LauncherFailure("Name a person.") })
    }

    /// Open sessions, and whose they are.
    private func sessions(
        of user: User?, behind place: SessionPlace?, limit: Int
    ) async throws -> [(session: OperatorUserSession, organization: OrganizationID)] {
        var all: [(session: OperatorUserSession, organization: OrganizationID)] = []
        var owners = if let user { [user.organizationID] } else { try await organizations.all().map(\.id) }
        // An organisation that has gone meanwhile had what was before it as well.
        if let place, let index = owners.firstIndex(of: place.organization) { owners.removeFirst(index) }
        for organization in owners {
            var position = PageRequest.Position.start
            if let place, place.organization == organization { position = .after(place.place.keyset) }
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

/// Where the list of sessions of every organisation goes on.
package struct SessionPlace: Sendable, Hashable, LosslessStringConvertible {
    let organization: OrganizationID
    let place: ListPlace

    init(behind session: OperatorUserSession, of organization: OrganizationID) {
        self.organization = organization
        place = ListPlace(behind: session.startedAt, session.id)
    }

    /// `nil` for what no list has printed.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let organization = OrganizationID(parts[0]), let place = ListPlace(parts[1])
        else { return nil }
        (self.organization, self.place) = (organization, place)
    }

    package var description: String { "\(organization)/\(place)" }
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
        return table.text + ListPlace.more(next)
    }
}
