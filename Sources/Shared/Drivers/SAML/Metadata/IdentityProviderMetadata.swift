internal import FoundationEssentials
internal import XML

/// Reading the metadata of identity providers, which come in many shapes: alone or in a federation's list, with roles of
/// other protocols beside, with keys that do not say what they are for, with any prefixes.
///
/// Source: Metadata for SAML 2.0, sections 2.3 and 2.4.
extension IdentityProvider {
    private static let names = SAMLNames.metadata

    /// Reads metadata; `id` says which identity provider is meant where there are several, `signer` who has to have signed
    /// them, where somebody has to.
    /// - Throws: ``SAMLRefusal`` with ``SAMLRefusal/Reason/settings`` and what is wrong with them;
    ///   ``SAMLRefusal/Reason/signature`` or ``SAMLRefusal/Reason/algorithm`` for ones that the signer has not signed.
    package init(metadata text: String, id: String? = nil, signedBy signer: MetadataSigner? = nil) throws(SAMLRefusal) {
        let root: XMLElement
        do {
            root = try XMLReader.read(text, .metadata)
        } catch {
            throw SAMLRefusal(.settings, "the metadata cannot be read: \(error)")
        }
        try signer?.check(text, root)
        let (entity, role) = try Self.meant(by: id, in: root)
        func address(_ service: String, _ binding: String) -> String? {
            role.all(service, in: Self.names).first { $0.attributes["Binding"] == binding }?.attributes["Location"]
        }
        let signOut = role.all("SingleLogoutService", in: Self.names)
        let sources = [root, entity, role]
        try self.init(
            id: entity.attributes["entityID"] ?? "",
            signInByRedirect: address("SingleSignOnService", SAMLNames.redirectBinding),
            signInByForm: address("SingleSignOnService", SAMLNames.postBinding),
            signOutByRedirect: address("SingleLogoutService", SAMLNames.redirectBinding),
            signOutByForm: address("SingleLogoutService", SAMLNames.postBinding),
            signOutAnswers: signOut.lazy.compactMap { $0.attributes["ResponseLocation"] }.first,
            certificates: Self.certificates(role), validUntil: try Self.validUntil(sources),
            cacheDuration: sources.lazy.reversed().compactMap { $0.attributes["cacheDuration"] }.first,
            wantsSignedRequests: ["true", "1"].contains(role.attributes["WantAuthnRequestsSigned"]))
    }

    private static func meant(by id: String?, in root: XMLElement) throws(SAMLRefusal) -> (XMLElement, XMLElement) {
        let found = entities(root).compactMap { entity in role(of: entity).map { (entity, $0) } }
        let meant = found.filter { id == nil || $0.0.attributes["entityID"] == id }
        guard let first = meant.first else {
            let whom = id.map { "“\($0)”" } ?? "that speaks SAML 2.0"
            throw SAMLRefusal(.settings, "the metadata describe no identity provider \(whom)")
        }
        guard meant.count == 1 else {
            let names = meant.prefix(5).compactMap { $0.0.attributes["entityID"] }.joined(separator: ", ")
            throw SAMLRefusal(.settings, "the metadata describe several identity providers; say which: \(names)")
        }
        return first
    }

    private static func entities(_ root: XMLElement) -> [XMLElement] {
        if root.isNamed("EntityDescriptor", in: names) { return [root] }
        return root.all("EntityDescriptor", in: names) + root.all("EntitiesDescriptor", in: names).flatMap(entities)
    }

    private static func role(of entity: XMLElement) -> XMLElement? {
        entity.all("IDPSSODescriptor", in: names).first { role in
            role.attributes["protocolSupportEnumeration"]?.split(whereSeparator: \.isWhitespace)
                .contains { $0 == SAMLNames.protocol } == true
        }
    }

    /// The earliest moment that any part of them ends at.
    private static func validUntil(_ sources: [XMLElement]) throws(SAMLRefusal) -> Date? {
        var earliest: Date?
        for source in sources {
            guard let end = try SAMLAssertion.moment("validUntil", of: source) else { continue }
            earliest = min(earliest ?? end, end)
        }
        return earliest
    }

    /// Those of keys for signatures, and of keys for anything.
    private static func certificates(_ role: XMLElement) -> [String] {
        let signature = XMLSecurityNames.signature
        return role.all("KeyDescriptor", in: names).filter { $0.attributes["use"] ?? "signing" == "signing" }
            .flatMap { $0.all("KeyInfo", in: signature) }.flatMap { $0.all("X509Data", in: signature) }
            .flatMap { $0.all("X509Certificate", in: signature).map(\.text) }
    }
}
