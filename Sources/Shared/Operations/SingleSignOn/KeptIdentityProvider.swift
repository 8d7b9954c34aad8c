internal import SAML
internal import Tenancy

/// What the audit keeps of an identity provider: the settings, and what is trusted.
struct KeptIdentityProvider: Encodable, Sendable {
    let name: String
    let isEnabled: Bool
    /// `nil` where stored metadata cannot be read any more.
    let trusts: TrustAnchor?
    let metadataURL: String?
    let metadataCertificate: String?
    let wantedEntityID: String?
    let emailAttribute: String?
    let fullNameAttribute: String?
    let groupsAttribute: String?
    let roles: [String]
    let defaultRole: String?
    let domains: [String]
    let createsPeople: Bool
    let allowsUnsolicited: Bool
    let clockSkewSeconds: Int

    init(_ provider: Tenancy.IdentityProvider, trusts: TrustAnchor?) {
        let settings = provider.settings
        name = settings.name
        isEnabled = settings.isEnabled
        self.trusts = trusts
        metadataURL = settings.metadataURL
        metadataCertificate = settings.metadataCertificate
        wantedEntityID = settings.wantedEntityID
        emailAttribute = settings.attributes.email
        fullNameAttribute = settings.attributes.fullName
        groupsAttribute = settings.attributes.groups
        roles = settings.roles.map { "\($0.group): \($0.role.rawValue)" }
        defaultRole = settings.defaultRole?.rawValue
        domains = settings.domains.map(\.description)
        createsPeople = settings.createsPeople
        allowsUnsolicited = settings.allowsUnsolicited
        clockSkewSeconds = Int(settings.clockSkew.components.seconds)
    }
}
