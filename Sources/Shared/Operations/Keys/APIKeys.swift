package import Access
package import FoundationEssentials
package import Logging
package import Postgres
internal import Stores
package import Tenancy
package import WireAPI

/// API keys: which there are. Everybody with the right to sees their own, administrators see those of all.
package struct APIKeys: Sendable {
    let store: APIKeyStore
    let users: UserStore
    let projects: ProjectStore
    let policies: SignInPolicyStore
    let hash: CredentialHash
    let audit: Audit
    let changes: Changes
    let identifiers: IdentifierSource
    let now: @Sendable () -> Date

    /// `now` is the wall clock.
    package init(
        database: PostgresClient, hash: CredentialHash, changes: Changes, identifiers: IdentifierSource,
        logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        store = APIKeyStore(database: database)
        users = UserStore(database: database)
        projects = ProjectStore(database: database)
        policies = SignInPolicyStore(database: database)
        audit = Audit(database: database, identifiers: identifiers, logger: logger)
        self.hash = hash
        self.changes = changes
        self.identifiers = identifiers
        self.now = now
    }

    /// A page of keys; of every organisation, for whoever administers on the server itself.
    /// - Throws: `PermissionDenied`, also when somebody asks for others' keys who is no administrator.
    package func page(
        _ filter: OperatorAPIKeyFilter, _ request: PageRequest, for actor: AuditActor
    ) async throws -> (page: Slice<OperatorAPIKey>, ageLimit: Duration?) {
        try actor.require(.apiKeyRead)
        let moment = now()
        let organization = actor.principal?.organizationID
        let found = try await store.list(
            in: organization, matching: try selection(filter, at: moment, for: actor), at: moment, page: request)
        var ageLimit: Duration?
        if let organization { ageLimit = try await policies.find(of: organization).policy.keyAgeLimit }
        return (found.map { OperatorAPIKey($0, at: moment) }, ageLimit)
    }

    /// One key.
    /// - Throws: `NotFound`, also for somebody else's where the caller is no administrator.
    package func find(_ id: APIKeyID, for actor: AuditActor) async throws -> OperatorAPIKey {
        try actor.require(.apiKeyRead)
        return OperatorAPIKey(try await known(id, for: actor), at: now())
    }

    /// A key within reach.
    /// - Throws: `NotFound`.
    func known(_ id: APIKeyID, for actor: AuditActor) async throws -> ListedAPIKey {
        guard let found = try await store.find(id, in: actor.principal?.organizationID),
            actor.reaches(keysOf: found.owner.id)
        else { throw NotFound("API key") }
        return found
    }

    private func selection(
        _ filter: OperatorAPIKeyFilter, at moment: Date, for actor: AuditActor
    ) throws -> APIKeyFilter {
        var selection = APIKeyFilter(
            state: filter.state.map(APIKeyFilter.State.init),
            expiringBefore: filter.expiringWithinDays.map { moment.addingTimeInterval(TimeInterval($0) * 86_400) })
        switch filter.owner {
        case .caller: selection.owner = actor.principal?.user.id
        case .everybody: try actor.require(.userUpdate)
        case .user(let id):
            selection.owner = UserID(uuid: id)
            if !actor.reaches(keysOf: UserID(uuid: id)) { try actor.require(.userUpdate) }
        }
        return selection
    }
}

extension AuditActor {
    /// Whether the keys of that owner are theirs to see and to end.
    func reaches(keysOf owner: UserID) -> Bool {
        principal.map { $0.user.id == owner || $0.may(.userUpdate) } ?? true
    }
}

extension OperatorAPIKey {
    init(_ listed: ListedAPIKey, at moment: Date) {
        let (key, owner) = (listed.key, listed.owner)
        self.init(
            id: key.id.uuid, name: key.name, prefix: key.prefix,
            owner: Owner(
                id: owner.id.uuid, email: owner.email, fullName: owner.fullName,
                isServiceAccount: owner.kind == .serviceAccount),
            project: key.projectID.map { OperatorNamed(id: $0.uuid, name: listed.projectName) },
            scopes: key.scopes.words, addressRanges: key.addressRanges.map(\.description),
            state: State(listed.state(at: moment)), createdAt: key.createdAt,
            createdBy: listed.maker.map { OperatorPerson($0) }, expiresAt: key.expiresAt, lastUsedAt: key.lastUsedAt,
            lastUsedAddress: key.lastUsedAddress, revokedAt: key.revokedAt, replaces: key.replaces?.uuid,
            confined: key.isConfined)
    }
}

extension OperatorAPIKey.State {
    fileprivate init(_ state: APIKeyFilter.State) {
        self =
            switch state {
            case .usable: .usable
            case .expired: .expired
            case .revoked: .revoked
            case .ownerDisabled: .ownerDisabled
            }
    }
}

extension APIKeyFilter.State {
    fileprivate init(_ state: OperatorAPIKey.State) {
        self =
            switch state {
            case .usable: .usable
            case .expired: .expired
            case .revoked: .revoked
            case .ownerDisabled: .ownerDisabled
            }
    }
}
