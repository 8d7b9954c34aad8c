package import FoundationEssentials

package typealias IdentityProviderID = EntityID<IdentityProvider>

/// By what people of an organisation sign in: their own identity provider (SAML 2.0).
package struct IdentityProvider: Sendable, Hashable {
    package let id: IdentityProviderID
    package let organizationID: OrganizationID
    package var settings: IdentityProviderSettings
    /// The last that it said of itself and that could be used, XML.
    package var metadata: String
    /// Its name for itself, as they have it.
    package var entityID: String
    package var reading: MetadataReading
    package let createdAt: Date
    package var updatedAt: Date
    /// Counts the changes by people, from 1.
    package var revision: Int

    package init(
        id: IdentityProviderID, organizationID: OrganizationID, settings: IdentityProviderSettings, metadata: String,
        entityID: String, reading: MetadataReading, createdAt: Date, updatedAt: Date, revision: Int = 1
    ) {
        self.id = id
        self.organizationID = organizationID
        self.settings = settings
        self.metadata = metadata
        self.entityID = entityID
        self.reading = reading
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.revision = revision
    }

    /// How reading metadata went.
    package struct MetadataReading: Sendable, Hashable {
        /// When they were taken over last.
        package var readAt: Date
        /// Since when it has failed, and why.
        package var failingSince: Date?
        package var failure: String?
        /// When somebody was told that a certificate ends soon.
        package var warnedAt: Date?

        package init(readAt: Date, failingSince: Date? = nil, failure: String? = nil, warnedAt: Date? = nil) {
            self.readAt = readAt
            self.failingSince = failingSince
            self.failure = failure
            self.warnedAt = warnedAt
        }
    }
}

/// What people decide about an identity provider.
package struct IdentityProviderSettings: Sendable, Hashable {
    package var name: String
    /// Whether anybody signs in by it, and its domains are enforced.
    package var isEnabled: Bool
    /// Where its metadata are read anew; `nil` when they were given as text.
    package var metadataURL: String?
    /// Whose signature they have to bear, PEM; `nil` to take them unsigned.
    package var metadataCertificate: String?
    /// Which one is meant where metadata describe several.
    package var wantedEntityID: String?
    package var attributes: AttributeNames
    /// The first group that a person is in decides.
    package var roles: [GroupRole]
    /// Of people in none of them; `nil` to refuse them.
    package var defaultRole: Role?
    /// People with addresses of these sign in here, and not by password.
    package var domains: [EmailDomain]
    /// Whether who is not known yet becomes one of the organisation's people.
    package var createsPeople: Bool
    /// Whether a sign-in may begin there, without a request of ours.
    package var allowsUnsolicited: Bool
    package var clockSkew: Duration

    package init(
        name: String, isEnabled: Bool = true, metadataURL: String? = nil, metadataCertificate: String? = nil,
        wantedEntityID: String? = nil, attributes: AttributeNames = AttributeNames(), roles: [GroupRole] = [],
        defaultRole: Role? = nil,
        domains: [EmailDomain] = [], createsPeople: Bool = true, allowsUnsolicited: Bool = false,
        clockSkew: Duration = .seconds(90)
    ) {
        self.name = name
        self.isEnabled = isEnabled
        self.metadataURL = metadataURL
        self.metadataCertificate = metadataCertificate
        self.wantedEntityID = wantedEntityID
        self.attributes = attributes
        self.roles = roles
        self.defaultRole = defaultRole
        self.domains = domains
        self.createsPeople = createsPeople
        self.allowsUnsolicited = allowsUnsolicited
        self.clockSkew = clockSkew
    }

    /// What facts about people are called; `nil` for the usual names.
    package struct AttributeNames: Sendable, Hashable {
        package var email: String?
        package var fullName: String?
        package var groups: String?

        package init(email: String? = nil, fullName: String? = nil, groups: String? = nil) {
            self.email = email
            self.fullName = fullName
            self.groups = groups
        }
    }

    /// A group, and the role of the people in it.
    package struct GroupRole: Sendable, Hashable {
        package let group: String
        package let role: Role

        package init(group: String, role: Role) {
            self.group = group
            self.role = role
        }
    }

    /// The role of somebody in these groups; `nil` when they are to be refused.
    package func role(of groups: [String]) -> Role? {
        let groups = Set(groups)
        return roles.first { groups.contains($0.group) }?.role ?? defaultRole
    }

    /// The role that somebody has after signing in: the one that their groups say, but an owner stays one. Ownership is
    /// given and taken by people.
    package func role(of groups: [String], having present: Role?) -> Role? {
        guard let role = role(of: groups) else { return nil }
        return present == .owner ? .owner : role
    }

    /// The most that an identity provider can make of somebody.
    package static let grantableRoles = Role.allCases.filter { $0 != .owner }
    package static let mostRoles = 200
    package static let mostDomains = 50
    package static let longestSkew = Duration.seconds(600)

    /// Names every limit that is broken.
    package func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            findings.name(name, in: 1...100, field: "name")
            for (field, text) in [
                ("email", attributes.email), ("full_name", attributes.fullName), ("groups", attributes.groups),
            ] {
                if let text { findings.length(of: text, in: 1...256, field: "attributes.\(field)") }
            }
            if let wantedEntityID { findings.length(of: wantedEntityID, in: 1...1024, field: "entity_id") }
            if roles.count > Self.mostRoles { findings.add("roles", "There can be at most \(Self.mostRoles).") }
            for role in roles {
                findings.length(of: role.group, in: 1...512, field: "roles")
                if role.role == .owner { findings.add("roles", Self.noOwners) }
            }
            if defaultRole == .owner { findings.add("default_role", Self.noOwners) }
            if domains.count > Self.mostDomains { findings.add("domains", "There can be at most \(Self.mostDomains).") }
            if !(.zero...Self.longestSkew).contains(clockSkew) {
                findings.add("clock_skew_seconds", "It is from 0 to \(Self.longestSkew.components.seconds).")
            }
        }
    }

    private static let noOwners = "Owners are made by owners, not by groups. The most is admin."
}

/// What follows the @ in addresses, in lower case.
package struct EmailDomain: Sendable, Hashable, LosslessStringConvertible {
    package let description: String

    /// `nil` for what is no domain name.
    package init?(_ text: String) {
        let lower = text.lowercased()
        let labels = lower.split(separator: ".", omittingEmptySubsequences: false)
        let isName = labels.allSatisfy { label in
            !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy {
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
                }
        }
        guard isName, labels.count >= 2, lower.utf8.count <= 253 else { return nil }
        description = lower
    }

    /// The domain of an address.
    package init?(of email: String) {
        guard let at = email.lastIndex(of: "@"), at > email.startIndex else { return nil }
        self.init(String(email[email.index(after: at)...]))
    }
}
