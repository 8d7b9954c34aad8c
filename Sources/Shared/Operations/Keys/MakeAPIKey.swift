internal import Access
internal import Cryptography
internal import FoundationEssentials
internal import Postgres
internal import Records
internal import Stores
package import Tenancy
package import WireAPI

// Making keys, putting new ones in the place of old ones, and ending them. The key itself is in the answer, and nowhere else.
extension APIKeys {
    /// Makes a key for the caller or for a service account; for anybody of the organisation, where it is made on the server
    /// itself.
    /// - Throws: `PermissionDenied`; `ConfirmationRequired`; ``KeyBeyondMaker``; `InvalidDefinition`.
    package func create(
        _ draft: OperatorAPIKeyDraft, in organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorAPIKeySecret {
        try actor.require(.apiKeyCreate)
        guard let id = draft.ownerID.map(UserID.init(uuid:)) ?? actor.principal?.user.id else {
            throw InvalidDefinition("owner_id", "Say for whom the key acts.")
        }
        guard let owner = try await users.find(id, in: actor.principal?.organizationID ?? organization) else {
            throw InvalidDefinition("owner_id", "The organization has no such person or service account.")
        }
        guard !owner.isDisabled else {
            throw InvalidDefinition("owner_id", "They are deactivated: the key would open nothing.")
        }
        let moment = now()
        let policy = try await policies.find(of: owner.organizationID).policy
        let terms = try KeyTerms(draft, under: policy, at: moment)
        if let project = terms.projectID, try await projects.find(project, in: owner.organizationID) == nil {
            throw InvalidDefinition("project_id", "The organization has no such project.")
        }
        return try await make(terms, for: owner, "api_key.create", by: actor)
    }

    /// Makes a key of the same rights that takes the place of one. Both work for the overlap; without one, the old key
    /// ends at once.
    /// - Throws: `NotFound`; `PermissionDenied`; `ConfirmationRequired`; ``KeyBeyondMaker``; ``KeyNotUsable``;
    ///   `InvalidDefinition`.
    package func rotate(
        _ id: APIKeyID, _ rotation: OperatorAPIKeyRotation, by actor: AuditActor
    ) async throws -> OperatorAPIKeySecret {
        try actor.require(.apiKeyCreate)
        let former = try await known(id, for: actor)
        let moment = now()
        guard former.state(at: moment) == .usable else { throw KeyNotUsable() }
        let overlap = rotation.overlapSeconds ?? Int(APIKey.usualOverlap.components.seconds)
        let longest = Int(APIKey.longestOverlap.components.seconds)
        guard (0...longest).contains(overlap) else {
            throw InvalidDefinition("overlap_seconds", "This is from 0 to \(longest).")
        }
        let policy = try await policies.find(of: former.owner.organizationID).policy
        let terms = try KeyTerms(inPlaceOf: former.key, ending: rotation.expiresAt, under: policy, at: moment)
        let end = moment.addingTimeInterval(TimeInterval(overlap))
        return try await make(terms, for: former.owner, "api_key.rotate", by: actor, inPlaceOf: (former.key, end))
    }

    /// Ends a key, everywhere within moments, and with it the keys that were made with it: whoever had found it may have
    /// taken a way in for later. What somebody has made who was signed in stays, also in its place. One that was ended
    /// before stays as it is. Answers how many others ended.
    /// - Throws: `NotFound`; `PermissionDenied`.
    @discardableResult
    package func revoke(_ id: APIKeyID, by actor: AuditActor) async throws -> Int {
        let found = try await known(id, for: actor)
        let moment = now()
        let ended = try await audit.perform(
            Audit.Deed("api_key.revoke", on: Self.subject(id)), by: actor, needs: .apiKeyRevoke
        ) { connection -> Audit.Change<Int> in
            let organization = found.key.organizationID
            guard try await APIKeyStore.revoke(id, in: organization, at: moment, on: connection) else {
                throw NotFound("API key")
            }
            let ended = try await APIKeyStore.revokeAll(madeBy: id, in: organization, at: moment, on: connection)
            guard found.key.revokedAt == nil || ended > 0 else { return .nothing(0) }
            return Audit.Change(
                ended, before: Kept(found.key, of: found.owner), after: ended > 0 ? ["ended_with_it": ended] : nil)
        }
        await changes.announce(.access)
        return ended
    }

    private func make(
        _ terms: KeyTerms, for owner: User, _ action: String, by actor: AuditActor,
        inPlaceOf former: (key: APIKey, end: Date)? = nil
    ) async throws -> OperatorAPIKeySecret {
        let (id, moment) = identifiers.nextDated(APIKey.self)
        let deed = Audit.Deed(action, on: Self.subject(former?.key.id ?? id))
        try await check(terms, for: owner, at: moment, deed, by: actor, replacing: former?.key.id)
        let text = APIKeyText(randomness: randomBytes(APIKeyText.randomByteCount))
        let key = APIKey(
            id: id, organizationID: owner.organizationID, projectID: terms.projectID, ownerID: owner.id,
            name: terms.name, prefix: text.prefix, scopes: terms.scopes, createdAt: moment,
            expiresAt: terms.expiresAt, lastUsedAt: nil, revokedAt: nil, addressRanges: terms.addressRanges,
            createdBy: actor.principal?.user.id, replaces: former?.key.id, isConfined: terms.isConfined,
            madeByKey: actor.identity.keyID)
        let keyHash = hash.of(text.secret)
        let end = try await audit.perform(deed, by: actor, needs: .apiKeyCreate) { connection -> Audit.Change<Date?> in
            var end: Date?
            if let former {
                end = try await APIKeyStore.expire(
                    former.key.id, in: owner.organizationID, at: former.end, worksAt: moment, on: connection)
                guard end != nil else { throw KeyNotUsable() }
            }
            try await APIKeyStore.add(key, keyHash: keyHash, on: connection)
            return Audit.Change(end, after: Kept(key, of: owner))
        }
        if former != nil { await changes.announce(.access) }
        return OperatorAPIKeySecret(
            key: OperatorAPIKey(try await known(id, for: actor), at: moment), secret: text.secret,
            formerExpiresAt: end)
    }

    /// Passes when the caller may hand on so much; who may not is kept in the audit.
    private func check(
        _ terms: KeyTerms, for owner: User, at moment: Date, _ deed: Audit.Deed, by actor: AuditActor,
        replacing former: APIKeyID?
    ) async throws {
        guard let principal = actor.principal else { return }
        var own: APIKey?
        if case .apiKey(let id) = principal.credential {
            own = try await store.find(id, in: principal.organizationID)?.key
        }
        do {
            try KeyReach(principal: principal, own: own).check(terms, for: owner, replacing: former, at: moment)
        } catch {
            await audit.note(.refused, deed, by: actor, because: "\(error)")
            throw error
        }
    }

    /// As the audit names it.
    private static func subject(_ id: APIKeyID) -> String { "api_key:\(id)" }

    /// What the audit keeps of a key.
    private struct Kept: Encodable, Sendable {
        let id: String
        let name: String
        let prefix: String
        let owner: String
        let scopes: [String]
        let projectID: String?
        let isConfined: Bool
        let expiresAt: Date?
        let addressRanges: [String]
        let replaces: String?

        init(_ key: APIKey, of owner: User) {
            id = key.id.description
            name = key.name
            prefix = key.prefix
            self.owner = owner.email
            scopes = key.scopes.words
            projectID = key.projectID?.description
            isConfined = key.isConfined
            expiresAt = key.expiresAt
            addressRanges = key.addressRanges.map(\.description)
            replaces = key.replaces?.description
        }
    }
}

/// A key that opens nothing any more cannot be rotated.
package struct KeyNotUsable: Error, Hashable, CustomStringConvertible {
    package init() {}

    package var description: String {
        "This key has ended or its owner is deactivated. Make a new one instead."
    }
}
