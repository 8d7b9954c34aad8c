package import EventLoop
internal import FoundationEssentials
internal import Operations
internal import Stores
internal import Tenancy
internal import WireAPI

/// What `scorable key` does, with the rights of whoever can read the settings: it sees the keys of every organisation.
package struct KeyAdministration: Sendable {
    private let keys: APIKeys
    private let users: UserStore
    private let projects: ProjectStore
    private let organizations: OrganizationStore
    private let actor: AuditActor
    private let form: QueueAdministration.Form

    /// - Throws: `SettingsError` when the settings file does not say where the stores are.
    package init(
        _ installation: Installation, on loops: LoopGroup, form: QueueAdministration.Form = .text
    ) throws {
        let administration = try Administration(installation, on: loops)
        keys = administration.keys
        (users, projects) = (administration.users, administration.projects)
        organizations = administration.organizations
        actor = installation.actor
        self.form = form
    }

    // MARK: Looking

    /// Which keys are listed.
    package struct Selection: Sendable {
        let state: String?
        let owner: String?
        let expiringWithinDays: Int?
        let place: ListPlace?
        let limit: Int

        /// `state` is a word such as `usable`, `owner` somebody's address; `nil` for all. From a place on, or the start.
        package init(state: String?, owner: String?, expiringWithinDays: Int?, behind place: ListPlace?, limit: Int) {
            self.place = place
            self.state = state
            self.owner = owner
            self.expiringWithinDays = expiringWithinDays
            self.limit = limit
        }
    }

    package func list(_ selection: Selection) async throws -> String {
        var filter = OperatorAPIKeyFilter(.everybody, expiringWithinDays: selection.expiringWithinDays)
        if let email = selection.owner { filter.owner = .user(try await person(email).id.uuid) }
        if let word = selection.state {
            guard let state = OperatorAPIKey.State(rawValue: word) else {
                let words = OperatorAPIKey.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw WrongInput("A key is \(words), never \(word).")
            }
            filter.state = state
        }
        let found = try await keys.page(filter, ListPlace.request(selection.place, limit: selection.limit), for: actor)
        let next = found.page.place { ($0.createdAt, $0.id) }
        let page = OperatorAPIKeyPage(results: found.page.items, next: next, ageLimitSeconds: nil)
        return form.text(of: page, \.text)
    }

    package func show(_ name: String) async throws -> String {
        form.text(of: try await keys.find(try await key(name), for: actor), \.text)
    }

    // MARK: Changing

    /// Makes a key and says it, this once.
    package func create(_ wish: KeyWish) async throws -> String {
        let owner = try await owner(wish.owner)
        var projectID: UUID?
        if let name = wish.project { projectID = try await project(name, of: owner.organizationID) }
        let draft = OperatorAPIKeyDraft(
            name: wish.name, ownerID: owner.id.uuid, projectID: projectID,
            scopes: wish.scopes.isEmpty ? nil : wish.scopes, expiresAt: wish.end?.date(from: Date()),
            addressRanges: wish.ranges, confined: wish.isConfined ? true : nil)
        let made = try await WrongInput.told {
            try await keys.create(draft, in: owner.organizationID, by: actor)
        }
        // A script takes the key as it stands.
        return form.text(of: made) { $0.secret + "\n" }
    }

    /// Makes a key in the place of one and says it, this once.
    package func rotate(_ name: String, overlapSeconds: Int?, end: KeyEnd?) async throws -> String {
        let id = try await key(name)
        let made = try await WrongInput.told {
            try await keys.rotate(
                id, OperatorAPIKeyRotation(overlapSeconds: overlapSeconds, expiresAt: end?.date(from: Date())),
                by: actor)
        }
        return form.text(of: made) { $0.secret + "\n" }
    }

    /// What revoking a key would do.
    package func plan(revoking name: String) async throws -> Consequence {
        let known = try await keys.find(try await key(name), for: actor)
        let use = known.lastUsedAt.map { "It was used last at \($0.formatted(.iso8601))." } ?? "It was never used."
        return Consequence(
            effect:
                "\(known.name.shown) of \(known.owner.email.shown) opens nothing any more, nor do keys that were made "
                + "with it. \(use)",
            confirmation: known.prefix.shown)
    }

    package func revoke(_ name: String) async throws -> String {
        let id = try await key(name)
        let known = try await keys.find(id, for: actor)
        let ended = try await keys.revoke(id, by: actor)
        let revoked = RevokedKey(key: try await keys.find(id, for: actor), endedWithIt: ended)
        return form.text(of: revoked) { _ in
            "Revoked \(known.name.shown) (\(known.prefix)…): it opens nothing any more\(Self.others(ended)).\n"
        }
    }

    private static func others(_ count: Int) -> String {
        switch count {
        case 0: ""
        case 1: ", nor does the key that was made with it"
        default: ", nor do the \(count) keys that were made with it"
        }
    }

    /// A key that was revoked, and how many others that had been made with it ended too.
    private struct RevokedKey: Encodable, Sendable {
        let key: OperatorAPIKey
        let endedWithIt: Int
    }

    // MARK: Names

    /// A key by its identifier, the beginning of it or of the key itself, or its name.
    private func key(_ name: String) async throws -> APIKeyID {
        if let id = APIKeyID(name) { return id }
        let lowered = name.lowercased()
        let all = try await all()
        var found = all.filter { $0.name == name || $0.prefix == name }
        if found.isEmpty { found = all.filter { $0.id.uuidString.lowercased().hasPrefix(lowered) } }
        guard let only = found.first else { throw LauncherFailure("There is no key \(name). See: scorable key list") }
        guard found.count == 1 else {
            throw LauncherFailure("\(found.count) keys are called so. Name one by its identifier.")
        }
        return APIKeyID(uuid: only.id)
    }

    /// Every key there is, page by page.
    private func all() async throws -> [OperatorAPIKey] {
        var (all, position) = ([OperatorAPIKey](), PageRequest.Position.start)
        while true {
            let page = try await keys.page(
                OperatorAPIKeyFilter(.everybody), PageRequest(limit: 500, position: position), for: actor
            ).page
            all += page.items
            guard page.hasNext, let last = page.items.last else { return all }
            position = .after(Keyset(createdAt: last.createdAt, id: last.id))
        }
    }

    private func owner(_ owner: KeyWish.Owner) async throws -> User {
        switch owner {
        case .person(let email): try await person(email)
        case .serviceAccount(let name): try await serviceAccount(name)
        }
    }

    private func person(_ email: String) async throws -> User {
        guard let candidate = try await users.findForSignIn(email: email) else {
            throw LauncherFailure("Nobody here has the address \(email).")
        }
        return candidate.user
    }

    private func serviceAccount(_ name: String) async throws -> User {
        var found: [User] = []
        for organization in try await organizations.all() {
            var position = PageRequest.Position.start
            while true {
                let page = try await users.list(
                    in: organization.id, page: PageRequest(limit: 500, position: position))
                found += page.items.filter { user in
                    user.kind == .serviceAccount
                        && [user.fullName, user.email, user.id.description].contains(name)
                }
                guard page.hasNext, let last = page.items.last else { break }
                position = .after(Keyset(createdAt: last.createdAt, id: last.id.uuid))
            }
        }
        guard let only = found.first else {
            throw LauncherFailure("There is no service account \(name).")
        }
        guard found.count == 1 else {
            throw LauncherFailure("\(found.count) service accounts are called so. Name one by its identifier.")
        }
        return only
    }

    private func project(_ name: String, of owner: OrganizationID) async throws -> UUID {
        if let id = ProjectID(name) { return id.uuid }
        guard let found = try await projects.find(named: name, in: owner) else {
            throw LauncherFailure("The organization has no project \(name).")
        }
        return found.id.uuid
    }
}

extension OperatorAPIKeyPage {
    var text: String {
        guard !results.isEmpty else { return "There is no such key.\n" }
        var table = TextTable(["ID", "KEY", "STATE", "OWNER", "ENDS", "LAST USED", "FROM", "SCOPES", "NAME"])
        for key in results {
            table.add([
                key.id.uuidString.lowercased(), key.prefix + "…", key.state.rawValue, key.owner.email,
                key.expiresAt?.formatted(.iso8601), key.lastUsedAt?.formatted(.iso8601), key.lastUsedAddress,
                key.scopes.joined(separator: ","), key.name,
            ])
        }
        return table.text + ListPlace.more(next)
    }
}

extension OperatorAPIKey {
    var text: String {
        let lines: [(String, String?)] = [
            ("id", id.uuidString.lowercased()), ("name", name), ("key", prefix + "…"), ("state", state.rawValue),
            ("owner", owner.email + (owner.isServiceAccount ? " (service account)" : "")),
            ("project", project?.name), ("scopes", scopes.joined(separator: ", ")),
            ("from", addressRanges.isEmpty ? "everywhere" : addressRanges.joined(separator: ", ")),
            ("made", createdAt.formatted(.iso8601) + (createdBy.map { " by \($0.email)" } ?? "")),
            ("ends", expiresAt?.formatted(.iso8601) ?? "never"),
            ("used", lastUsedAt.map { $0.formatted(.iso8601) + (lastUsedAddress.map { " from \($0)" } ?? "") }),
            ("revoked", revokedAt?.formatted(.iso8601)), ("replaces", replaces?.uuidString.lowercased()),
        ]
        return FactLines.text(lines)
    }
}
