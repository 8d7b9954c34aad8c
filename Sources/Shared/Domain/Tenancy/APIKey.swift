package import FoundationEssentials

/// A key by which a program acts for the person who made it. The store holds a keyed hash, never the key.
package struct APIKey: Sendable, Hashable {
    package let id: APIKeyID
    package let organizationID: OrganizationID
    /// Where what the key makes lands when the call names no project; `nil` means the organisation's default.
    package let projectID: ProjectID?
    package let ownerID: UserID
    package let name: String
    /// The first characters, by which a person recognises the key in a list.
    package let prefix: String
    package let scopes: Scopes
    package let createdAt: Date
    package let expiresAt: Date?
    package let lastUsedAt: Date?
    package let revokedAt: Date?

    package init(
        id: APIKeyID, organizationID: OrganizationID, projectID: ProjectID?, ownerID: UserID, name: String,
        prefix: String, scopes: Scopes, createdAt: Date, expiresAt: Date?, lastUsedAt: Date?, revokedAt: Date?
    ) {
        self.id = id
        self.organizationID = organizationID
        self.projectID = projectID
        self.ownerID = ownerID
        self.name = name
        self.prefix = prefix
        self.scopes = scopes
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.revokedAt = revokedAt
    }

    /// Whether the key opens anything at that moment.
    package func isUsable(at moment: Date) -> Bool {
        if let revokedAt, revokedAt <= moment { return false }
        if let expiresAt, expiresAt <= moment { return false }
        return true
    }
}

/// What a key may be used for, within what its owner's role grants.
package enum Scopes: Sendable, Hashable {
    case everything
    case only(Set<Permission>)

    /// Whether the permission is within these scopes.
    package func contain(_ permission: Permission) -> Bool {
        switch self {
        case .everything: true
        case .only(let permissions): permissions.contains(permission)
        }
    }

    /// The words that are stored and shown, sorted; `*` for everything.
    package var words: [String] {
        switch self {
        case .everything: ["*"]
        case .only(let permissions): permissions.map(\.rawValue).sorted()
        }
    }

    /// Reads the stored words. A word this release does not know grants nothing.
    package init(words: [String]) {
        self = words.contains("*") ? .everything : .only(Set(words.compactMap(Permission.init(rawValue:))))
    }
}
