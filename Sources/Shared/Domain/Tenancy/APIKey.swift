package import FoundationEssentials

/// A key by which a program acts for its owner: the person who made it, or a service account. The store holds a keyed hash,
/// never the key.
package struct APIKey: Sendable, Hashable {
    package let id: APIKeyID
    package let organizationID: OrganizationID
    /// Where what the key makes lands when the call names no project; `nil` means the organisation's default. By itself it
    /// confines the key to nothing.
    package let projectID: ProjectID?
    /// Whether the key opens that project and nothing else.
    package let isConfined: Bool
    package let ownerID: UserID
    package let name: String
    /// The first characters, by which a person recognises the key in a list.
    package let prefix: String
    package let scopes: Scopes
    package let createdAt: Date
    package var expiresAt: Date?
    package let lastUsedAt: Date?
    package let revokedAt: Date?
    /// From where it may be used; none: from everywhere.
    package let addressRanges: [AddressRange]
    /// From where it was last used; `nil` when that is not known.
    package let lastUsedAddress: String?
    /// Who made it; `nil` for whoever administers on the server itself.
    package let createdBy: UserID?
    /// The key whose place it takes; both work until the older one's end.
    package let replaces: APIKeyID?
    /// The key that was shown when this one was made; `nil` where somebody who was signed in made it.
    package let madeByKey: APIKeyID?

    package init(
        id: APIKeyID, organizationID: OrganizationID, projectID: ProjectID?, ownerID: UserID, name: String,
        prefix: String, scopes: Scopes, createdAt: Date, expiresAt: Date?, lastUsedAt: Date?, revokedAt: Date?,
        addressRanges: [AddressRange] = [], lastUsedAddress: String? = nil, createdBy: UserID? = nil,
        replaces: APIKeyID? = nil, isConfined: Bool = false, madeByKey: APIKeyID? = nil
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
        self.addressRanges = addressRanges
        self.lastUsedAddress = lastUsedAddress
        self.createdBy = createdBy
        self.replaces = replaces
        self.isConfined = isConfined
        self.madeByKey = madeByKey
    }

    /// Whether the key opens anything at that moment.
    package func isUsable(at moment: Date) -> Bool {
        if let revokedAt, revokedAt <= moment { return false }
        if let expiresAt, expiresAt <= moment { return false }
        return true
    }

    /// How many ranges of addresses one key may have.
    package static let mostRanges = 32
    /// How long both keys may work after a rotation.
    package static let longestOverlap = Duration.seconds(30 * 86_400)
    /// How long both work unless something else is said.
    package static let usualOverlap = Duration.seconds(86_400)
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

    /// Whether a key of these scopes may do it, when its owner may.
    package func open(_ permission: Permission) -> Bool {
        guard contain(permission), !Permission.neverByKey.contains(permission) else { return false }
        return self != .everything || !Permission.byNameOnly.contains(permission)
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

    /// Reads the words that somebody gives a key.
    /// - Throws: `InvalidDefinition`, which names every word that there is not and those that no key can have.
    package init(given words: [String], field: String) throws(InvalidDefinition) {
        let unknown = words.filter { $0 != "*" && Permission(rawValue: $0) == nil }
        let impossible = words.filter { Permission(rawValue: $0).map(Permission.neverByKey.contains) ?? false }
        try InvalidDefinition.check { findings in
            if words.isEmpty { findings.add(field, "Name at least one, or “*” for all that its owner may do.") }
            if words.contains("*"), words.count > 1 { findings.add(field, "“*” stands for all of them, and alone.") }
            if !unknown.isEmpty {
                findings.add(
                    field, "There is no permission \(Self.list(unknown)). See: scorable permissions")
            }
            if !impossible.isEmpty {
                findings.add(field, "Only people who are signed in may use \(Self.list(impossible)), never a key.")
            }
            let others = words.filter {
                Permission(rawValue: $0).map(Permission.neverBesideProvisioning.contains) ?? false
            }
            if words.contains(Permission.userProvision.rawValue), !others.isEmpty {
                findings.add(
                    field,
                    "A key with “\(Permission.userProvision.rawValue)” has not \(Self.list(others)), too: make two keys."
                )
            }
        }
        self.init(words: words)
    }

    private static func list(_ words: [String]) -> String {
        words.prefix(5).map { "“\($0.prefix(60))”" }.joined(separator: ", ")
    }
}
