package import FoundationEssentials

/// The identity providers of an organisation, `GET /internal/identity-providers`, by name.
package struct OperatorIdentityProviderList: Codable, Sendable, Hashable {
    package let results: [OperatorIdentityProvider]
    /// By the server's clock.
    package let countedAt: Date

    package init(results: [OperatorIdentityProvider], countedAt: Date) {
        self.results = results
        self.countedAt = countedAt
    }
}

/// By what people of an organisation sign in: a SAML 2.0 identity provider, and what it is asked and believed.
package struct OperatorIdentityProvider: Codable, Sendable, Hashable {
    /// Where identity providers are; one is at `path/ID`.
    package static let path = "/internal/identity-providers"

    package let id: UUID
    package let organization: OperatorNamed?
    package let settings: OperatorIdentityProviderSettings
    package let metadata: Metadata
    package let ours: OperatorServiceProvider
    /// How many people have signed in by it.
    package let peopleCount: Int
    package let lastSignInAt: Date?
    package let revision: Int
    package let createdAt: Date
    package let updatedAt: Date

    /// What it says of itself.
    package struct Metadata: Codable, Sendable, Hashable {
        package let entityID: String
        package let signInAddress: String
        /// `nil` where it knows no single logout.
        package let signOutAddress: String?
        /// What it may sign with; several while it changes to a new one.
        package let certificates: [OperatorCertificate]
        /// Until when they hold, where they say so.
        package let validUntil: Date?
        /// When they were taken over last.
        package let readAt: Date
        /// Since when reading them anew has failed, and why; the last good ones stay in use.
        package let failingSince: Date?
        package let failure: String?
        /// Whose signature they have to bear; `nil` where nobody's is asked for.
        package let signer: OperatorCertificate?

        package init(
            entityID: String, signInAddress: String, signOutAddress: String?, certificates: [OperatorCertificate],
            validUntil: Date?, readAt: Date, failingSince: Date?, failure: String?, signer: OperatorCertificate? = nil
        ) {
            self.entityID = entityID
            self.signInAddress = signInAddress
            self.signOutAddress = signOutAddress
            self.certificates = certificates
            self.validUntil = validUntil
            self.readAt = readAt
            self.failingSince = failingSince
            self.failure = failure
            self.signer = signer
        }
    }

    package init(
        id: UUID, organization: OperatorNamed?, settings: OperatorIdentityProviderSettings, metadata: Metadata,
        ours: OperatorServiceProvider, peopleCount: Int, lastSignInAt: Date?, revision: Int, createdAt: Date,
        updatedAt: Date
    ) {
        self.id = id
        self.organization = organization
        self.settings = settings
        self.metadata = metadata
        self.ours = ours
        self.peopleCount = peopleCount
        self.lastSignInAt = lastSignInAt
        self.revision = revision
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// What people decide about an identity provider.
package struct OperatorIdentityProviderSettings: Codable, Sendable, Hashable {
    package let name: String
    /// Whether anybody signs in by it. While it is off, its domains are not enforced.
    package let isEnabled: Bool
    /// Where its metadata are read anew every hour; `nil` when they were given as text.
    package let metadataURL: String?
    /// The certificate of the key that has to have signed them, PEM; `nil` to take them unsigned.
    package let metadataCertificate: String?
    /// Which one is meant where metadata describe several; `nil` to take the only one.
    package let entityID: String?
    package let attributes: Attributes
    /// Which group makes which role: the first that a person is in counts.
    package let roles: [GroupRole]
    /// The role of people in none of these groups; `nil` to refuse them.
    package let defaultRole: String?
    /// People with addresses of these domains sign in here, and not by password.
    package let domains: [String]
    /// Whether people whom we do not know yet become people of the organisation.
    package let createsPeople: Bool
    /// Whether a sign-in may begin at the identity provider.
    package let allowsUnsolicited: Bool
    /// How far its clock may differ from ours.
    package let clockSkewSeconds: Int

    /// What its facts about people are called.
    package struct Attributes: Codable, Sendable, Hashable {
        /// `nil` to take the name that it identifies people by, when that is an address, or a usual attribute.
        package let email: String?
        package let fullName: String?
        package let groups: String?

        package init(email: String? = nil, fullName: String? = nil, groups: String? = nil) {
            self.email = email
            self.fullName = fullName
            self.groups = groups
        }
    }

    /// A group with the role that its people get.
    package struct GroupRole: Codable, Sendable, Hashable {
        package let group: String
        /// A raw value of `Role`, at most `admin`.
        package let role: String

        package init(group: String, role: String) {
            self.group = group
            self.role = role
        }
    }

    package init(
        name: String, isEnabled: Bool = true, metadataURL: String? = nil, metadataCertificate: String? = nil,
        entityID: String? = nil, attributes: Attributes = Attributes(), roles: [GroupRole] = [],
        defaultRole: String? = nil,
        domains: [String] = [], createsPeople: Bool = true, allowsUnsolicited: Bool = false,
        clockSkewSeconds: Int = 90
    ) {
        self.name = name
        self.isEnabled = isEnabled
        self.metadataURL = metadataURL
        self.metadataCertificate = metadataCertificate
        self.entityID = entityID
        self.attributes = attributes
        self.roles = roles
        self.defaultRole = defaultRole
        self.domains = domains
        self.createsPeople = createsPeople
        self.allowsUnsolicited = allowsUnsolicited
        self.clockSkewSeconds = clockSkewSeconds
    }
}

/// What an identity provider is to be: `POST` adds one, `PUT` at `path/ID` replaces all of its settings.
package struct OperatorIdentityProviderDraft: Codable, Sendable, Hashable {
    package let settings: OperatorIdentityProviderSettings
    /// Its metadata, XML. `nil` to read them at `settings.metadata_url`, or to keep those that are there.
    package let metadata: String?
    /// The one that a change began with.
    package let revision: Int?

    package init(settings: OperatorIdentityProviderSettings, metadata: String? = nil, revision: Int? = nil) {
        self.settings = settings
        self.metadata = metadata
        self.revision = revision
    }
}

/// Who we are to an identity provider: what its administrator is asked for.
package struct OperatorServiceProvider: Codable, Sendable, Hashable {
    /// Our entity id, at which our metadata are, too.
    package let entityID: String
    /// Where it posts its responses: the assertion consumer service.
    package let callbackAddress: String
    package let signOutAddress: String
    /// What we sign with and it encrypts for, the present one first; then one that takes its place soon.
    package let certificates: [OperatorCertificate]

    package init(
        entityID: String, callbackAddress: String, signOutAddress: String, certificates: [OperatorCertificate]
    ) {
        self.entityID = entityID
        self.callbackAddress = callbackAddress
        self.signOutAddress = signOutAddress
        self.certificates = certificates
    }
}

/// A certificate as people compare it.
package struct OperatorCertificate: Codable, Sendable, Hashable {
    /// SHA-256, hexadecimal in pairs.
    package let fingerprint: String
    package let notBefore: Date
    package let notAfter: Date

    package init(fingerprint: String, notBefore: Date, notAfter: Date) {
        self.fingerprint = fingerprint
        self.notBefore = notBefore
        self.notAfter = notAfter
    }
}

/// What was found when a connection was tried, `POST path/ID/test`.
package struct OperatorIdentityProviderTest: Codable, Sendable, Hashable {
    package let checks: [Check]
    package let testedAt: Date

    package init(checks: [Check], testedAt: Date) {
        self.checks = checks
        self.testedAt = testedAt
    }

    /// One thing that was looked at.
    package struct Check: Codable, Sendable, Hashable {
        /// How it looks.
        package enum Outcome: String, Codable, Sendable, Hashable, CaseIterable {
            case good
            /// It works, and will not for long or not for all.
            case warning
            case bad
        }

        /// What was looked at, in a few words.
        package let name: String
        package let outcome: Outcome
        /// What was found, in a sentence.
        package let finding: String
        /// What to do about it; `nil` when there is nothing to do.
        package let advice: String?

        package init(name: String, outcome: Outcome, finding: String, advice: String? = nil) {
            self.name = name
            self.outcome = outcome
            self.finding = finding
            self.advice = advice
        }
    }
}

extension OperatorRequest where Reply == OperatorIdentityProviderList {
    /// Every identity provider of the organisation.
    package static var identityProviders: Self { Self(.get, OperatorIdentityProvider.path) }
}

extension OperatorRequest where Reply == OperatorIdentityProvider {
    /// One identity provider.
    package static func identityProvider(_ id: UUID) -> Self { Self(.get, OperatorIdentityProvider.path(of: id)) }

    /// Adds one. Its metadata are read at once.
    package static func addIdentityProvider(_ draft: OperatorIdentityProviderDraft) -> Self {
        Self(.post, OperatorIdentityProvider.path, body: draft).askingModels
    }

    /// Replaces the settings of one.
    package static func changeIdentityProvider(_ id: UUID, to draft: OperatorIdentityProviderDraft) -> Self {
        Self(.put, OperatorIdentityProvider.path(of: id), body: draft).askingModels
    }

    /// Reads its metadata anew.
    package static func refreshIdentityProvider(_ id: UUID) -> Self {
        Self(.post, OperatorIdentityProvider.path(of: id) + "/refresh").askingModels
    }

    /// Makes the key that takes the place of ours; where there is one already, it takes its place now.
    package static func renewKey(ofIdentityProvider id: UUID) -> Self {
        Self(.post, OperatorIdentityProvider.path(of: id) + "/key")
    }
}

extension OperatorRequest where Reply == OperatorIdentityProviderTest {
    /// Tries the connection, and explains what is wrong.
    package static func testIdentityProvider(_ id: UUID) -> Self {
        Self(.post, OperatorIdentityProvider.path(of: id) + "/test").askingModels
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Removes one. Who signed in by it stays, and keeps their sessions until these end.
    package static func deleteIdentityProvider(_ id: UUID, revision: Int) -> Self {
        Self(.delete, OperatorIdentityProvider.path(of: id), [Parameter("revision", "\(revision)")])
    }
}

extension OperatorIdentityProvider {
    /// Where one is.
    package static func path(of id: UUID) -> String { "\(path)/\(id.uuidString.lowercased())" }
}
