package import FoundationEssentials

/// API keys, `GET /internal/keys`, the newest first. Without `owner` the caller's own; `owner=all` or an identifier asks for
/// others', which administrators see.
package struct OperatorAPIKeyPage: Codable, Sendable, Hashable {
    package let results: [OperatorAPIKey]
    /// The `cursor` of the page that follows; `nil` at the end.
    package let next: String?
    /// How old a key of this organisation may become; `nil` for as old as it likes.
    package let ageLimitSeconds: Int?

    package init(results: [OperatorAPIKey], next: String?, ageLimitSeconds: Int?) {
        self.results = results
        self.next = next
        self.ageLimitSeconds = ageLimitSeconds
    }
}

/// An API key. The key itself is shown when it is made, and never again.
package struct OperatorAPIKey: Codable, Sendable, Hashable {
    /// Where keys are; one is at `path/ID`.
    package static let path = "/internal/keys"

    package let id: UUID
    package let name: String
    /// How the key begins.
    package let prefix: String
    package let owner: Owner
    /// Where what it makes lands when a call names no project; `nil` for the organisation's default.
    package let project: OperatorNamed?
    /// Raw values of `Permission`; `*` alone for all that its owner may do.
    package let scopes: [String]
    /// From where it may be used, such as `10.0.0.0/8`; none: from everywhere.
    package let addressRanges: [String]
    package let state: State
    package let createdAt: Date
    /// `nil` where it was made on the server itself.
    package let createdBy: OperatorPerson?
    /// `nil` for a key that does not end by itself.
    package let expiresAt: Date?
    package let lastUsedAt: Date?
    package let lastUsedAddress: String?
    package let revokedAt: Date?
    /// The key whose place it takes.
    package let replaces: UUID?
    /// Whether it opens its project and nothing else; `nil` from servers that confine none.
    package let confined: Bool?

    package init(
        id: UUID, name: String, prefix: String, owner: Owner, project: OperatorNamed?, scopes: [String],
        addressRanges: [String], state: State, createdAt: Date, createdBy: OperatorPerson?, expiresAt: Date?,
        lastUsedAt: Date?, lastUsedAddress: String?, revokedAt: Date?, replaces: UUID?, confined: Bool? = nil
    ) {
        self.id = id
        self.name = name
        self.prefix = prefix
        self.owner = owner
        self.project = project
        self.scopes = scopes
        self.addressRanges = addressRanges
        self.state = state
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.lastUsedAddress = lastUsedAddress
        self.revokedAt = revokedAt
        self.replaces = replaces
        self.confined = confined
    }

    /// For whom it acts.
    package struct Owner: Codable, Sendable, Hashable {
        package let id: UUID
        package let email: String
        package let fullName: String
        package let isServiceAccount: Bool

        package init(id: UUID, email: String, fullName: String, isServiceAccount: Bool) {
            self.id = id
            self.email = email
            self.fullName = fullName
            self.isServiceAccount = isServiceAccount
        }
    }

    /// Whether it opens anything.
    package enum State: String, Codable, Sendable, Hashable, CaseIterable {
        case usable
        case expired
        case revoked
        /// Its owner is deactivated.
        case ownerDisabled = "owner_disabled"
    }
}

/// What a key is asked for with, `POST /internal/keys`.
package struct OperatorAPIKeyDraft: Codable, Sendable, Hashable {
    package let name: String
    /// A service account; `nil` for the caller.
    package let ownerID: UUID?
    package let projectID: UUID?
    /// `nil` for all that its owner may do.
    package let scopes: [String]?
    /// `nil` for as long as the organisation's policy lets it live.
    package let expiresAt: Date?
    package let addressRanges: [String]?
    /// Whether the key is to open the project of `projectID` and nothing else.
    package let confined: Bool?

    package init(
        name: String, ownerID: UUID? = nil, projectID: UUID? = nil, scopes: [String]? = nil, expiresAt: Date? = nil,
        addressRanges: [String]? = nil, confined: Bool? = nil
    ) {
        self.name = name
        self.ownerID = ownerID
        self.projectID = projectID
        self.scopes = scopes
        self.expiresAt = expiresAt
        self.addressRanges = addressRanges
        self.confined = confined
    }
}

/// How a key is replaced by a new one with the same rights, `POST path/ID/rotate`.
package struct OperatorAPIKeyRotation: Codable, Sendable, Hashable {
    /// For how long both work, 0 for not at all; a day when `nil`.
    package let overlapSeconds: Int?
    /// When the new one ends; `nil` for the time that the old one was given.
    package let expiresAt: Date?

    package init(overlapSeconds: Int? = nil, expiresAt: Date? = nil) {
        self.overlapSeconds = overlapSeconds
        self.expiresAt = expiresAt
    }
}

/// A key that was ended, and how many others with it.
package struct OperatorKeyRevocation: Codable, Sendable, Hashable {
    /// How many keys ended with it that were still working: those that it had made, or that had made themselves from it.
    package let endedWithIt: Int

    package init(endedWithIt: Int) { self.endedWithIt = endedWithIt }
}

/// A key that was made, with itself, which is shown this once.
package struct OperatorAPIKeySecret: Codable, Sendable, Hashable {
    package let key: OperatorAPIKey
    package let secret: String
    /// After a rotation, when the old one ends.
    package let formerExpiresAt: Date?

    package init(key: OperatorAPIKey, secret: String, formerExpiresAt: Date? = nil) {
        self.key = key
        self.secret = secret
        self.formerExpiresAt = formerExpiresAt
    }
}

/// Which keys are asked for.
package struct OperatorAPIKeyFilter: Sendable, Hashable {
    /// Whose.
    package enum Owner: Sendable, Hashable {
        case caller
        case everybody
        case user(UUID)
    }

    package var owner: Owner
    package var state: OperatorAPIKey.State?
    /// Those that end within so many days, and work until then.
    package var expiringWithinDays: Int?

    package init(_ owner: Owner = .caller, state: OperatorAPIKey.State? = nil, expiringWithinDays: Int? = nil) {
        self.owner = owner
        self.state = state
        self.expiringWithinDays = expiringWithinDays
    }

    fileprivate var parameters: [OperatorParameter] {
        let owner: String? =
            switch owner {
            case .caller: nil
            case .everybody: "all"
            case .user(let id): id.uuidString.lowercased()
            }
        return [
            ("owner", owner), ("state", state?.rawValue), ("expiring_within_days", expiringWithinDays.map { "\($0)" }),
        ].compactMap { name, value in value.map { OperatorParameter(name, $0) } }
    }
}

extension OperatorRequest where Reply == OperatorAPIKeyPage {
    /// A page of keys.
    package static func keys(_ filter: OperatorAPIKeyFilter = OperatorAPIKeyFilter(), cursor: String? = nil) -> Self {
        Self(
            .get, OperatorAPIKey.path,
            filter.parameters + (cursor.map { [OperatorParameter("cursor", $0)] } ?? []))
    }
}

extension OperatorRequest where Reply == OperatorAPIKey {
    /// One key.
    package static func key(_ id: UUID) -> Self { Self(.get, OperatorAPIKey.path(of: id)) }
}

extension OperatorRequest where Reply == OperatorAPIKeySecret {
    /// Makes a key.
    package static func makeKey(_ draft: OperatorAPIKeyDraft) -> Self {
        Self(.post, OperatorAPIKey.path, body: draft)
    }

    /// Makes a new key in the place of one, which ends a while later.
    package static func rotateKey(_ id: UUID, _ rotation: OperatorAPIKeyRotation = OperatorAPIKeyRotation()) -> Self {
        Self(.post, OperatorAPIKey.path(of: id) + "/rotate", body: rotation)
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Ends a key at once.
    package static func revokeKey(_ id: UUID) -> Self { Self(.delete, OperatorAPIKey.path(of: id)) }
}

extension OperatorAPIKey {
    static func path(of id: UUID) -> String { "\(path)/\(id.uuidString.lowercased())" }
}
