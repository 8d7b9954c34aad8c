internal import SystemCalls
internal import WireAPI

/// What somebody wants of an identity provider on a command line; what is `nil` stays as it is.
package struct IdentityProviderWish: Sendable {
    package var name: String?
    package var isEnabled: Bool?
    /// A file with its metadata.
    package var metadataFile: String?
    package var metadataURL: String?
    /// A file with the certificate of who has to have signed them, or `none`.
    package var metadataCertificateFile: String?
    package var entityID: String?
    package var emailAttribute: String?
    package var fullNameAttribute: String?
    package var groupsAttribute: String?
    /// `GROUP=ROLE`, the first one that fits counts; none: they stay. `none` alone takes all away.
    package var roles: [String] = []
    /// A role, or `none`.
    package var defaultRole: String?
    /// None: they stay. `none` alone takes all away.
    package var domains: [String] = []
    package var createsPeople: Bool?
    package var allowsUnsolicited: Bool?
    package var clockSkewSeconds: Int?

    package init() {}

    private static let none = "none"

    /// The draft that makes this of what is there; without anything, of the usual settings.
    func draft(_ present: OperatorIdentityProvider?) throws -> OperatorIdentityProviderDraft {
        let known = present?.settings ?? OperatorIdentityProviderSettings(name: "")
        var url = metadataURL ?? known.metadataURL
        // Metadata from a file are not read anew at an address that they do not come from.
        if metadataFile != nil, metadataURL == nil { url = nil }
        let settings = OperatorIdentityProviderSettings(
            name: name ?? known.name, isEnabled: isEnabled ?? known.isEnabled, metadataURL: url,
            metadataCertificate: try certificate(known.metadataCertificate), entityID: entityID ?? known.entityID,
            attributes: OperatorIdentityProviderSettings.Attributes(
                email: emailAttribute ?? known.attributes.email,
                fullName: fullNameAttribute ?? known.attributes.fullName,
                groups: groupsAttribute ?? known.attributes.groups),
            roles: roles.isEmpty ? known.roles : roles == [Self.none] ? [] : try roles.map(Self.role),
            defaultRole: defaultRole.map { $0 == Self.none ? nil : $0 } ?? known.defaultRole,
            domains: domains.isEmpty ? known.domains : domains.filter { $0 != Self.none },
            createsPeople: createsPeople ?? known.createsPeople,
            allowsUnsolicited: allowsUnsolicited ?? known.allowsUnsolicited,
            clockSkewSeconds: clockSkewSeconds ?? known.clockSkewSeconds)
        let metadata = try metadataFile.map { path in
            String(decoding: try FileContents.read(path, limit: 2 << 20), as: UTF8.self)
        }
        return OperatorIdentityProviderDraft(settings: settings, metadata: metadata, revision: present?.revision)
    }

    private func certificate(_ known: String?) throws -> String? {
        guard let file = metadataCertificateFile else { return known }
        guard file != Self.none else { return nil }
        return String(decoding: try FileContents.read(file, limit: 64 << 10), as: UTF8.self)
    }

    private static func role(_ text: String) throws -> OperatorIdentityProviderSettings.GroupRole {
        guard let equals = text.lastIndex(of: "="), equals > text.startIndex else {
            throw WrongInput("“\(text)” is no GROUP=ROLE.")
        }
        return OperatorIdentityProviderSettings.GroupRole(
            group: String(text[..<equals]), role: String(text[text.index(after: equals)...]))
    }
}
