package import FoundationEssentials
internal import JSON
internal import XML

/// What an identity provider says of a person: read from the element whose signature was verified, and from nothing else.
package struct SAMLAssertion: Sendable, Hashable {
    package let id: String
    package let issuer: String
    /// Who is meant.
    package let subject: SAMLSubject
    /// When it was made.
    package let issuedAt: Date
    /// When the person was asked who they are.
    package let authenticatedAt: Date
    /// How they were asked: a name such as `urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport`.
    package let authenticationContext: String?
    /// When the session at the identity provider ends.
    package let sessionEnds: Date?
    package let attributes: [Attribute]
    /// Until when the same assertion must be known again if it comes once more; afterwards it has expired.
    package internal(set) var rememberUntil: Date

    /// Of who brings it with nothing but it in hands; others say nothing to us.
    let confirmations: [Confirmation]
    let notBefore: Date?
    let notOnOrAfter: Date?
    /// For whom it is meant: each group must name us.
    let audiences: [[String]]

    /// Who may bring it, where to and until when.
    struct Confirmation: Sendable, Hashable {
        let recipient: String?
        let inResponseTo: String?
        let notBefore: Date?
        let notOnOrAfter: Date?
    }

    /// A named fact with its values; those that are empty are left out.
    package struct Attribute: Sendable, Hashable {
        package let name: String
        package let friendlyName: String?
        package let values: [String]
    }

    /// The values of an attribute, by its name or its friendly name.
    package func values(of name: String) -> [String] {
        attributes.filter { $0.name == name || $0.friendlyName == name }.flatMap(\.values)
    }
}

extension SAMLAssertion {
    private static let saml = SAMLNames.assertion

    /// Whoever the assertion names in an encrypted way is named by the first of `keys` that decrypts it.
    /// - Throws: ``SAMLRefusal`` when something that must be there is not.
    init(_ element: XMLElement, openingNamesBy keys: [SAMLKey] = []) throws(SAMLRefusal) {
        let saml = Self.saml
        guard element.isNamed("Assertion", in: saml), element.attributes["Version"] == "2.0",
            let id = element.attributes["ID"], !id.isEmpty, let issuer = element.only("Issuer", in: saml)?.value,
            let issuedAt = try Self.moment("IssueInstant", of: element)
        else { throw SAMLRefusal(.malformed, "the assertion lacks its version, identifier, issuer or time") }
        guard let subject = element.only("Subject", in: saml) else {
            throw SAMLRefusal(.subject, "the assertion names nobody")
        }
        guard let statement = element.first("AuthnStatement", in: saml),
            let authenticatedAt = try Self.moment("AuthnInstant", of: statement)
        else { throw SAMLRefusal(.notAuthenticated, "it does not say when the person was asked who they are") }
        self.id = id
        self.issuer = issuer
        self.issuedAt = issuedAt
        self.subject = try SAMLSubject(in: subject, sessionIndex: statement.attributes["SessionIndex"], openedBy: keys)
        self.authenticatedAt = authenticatedAt
        authenticationContext =
            statement.first("AuthnContext", in: saml)?.first("AuthnContextClassRef", in: saml)?.value
        sessionEnds = try Self.moment("SessionNotOnOrAfter", of: statement)
        confirmations = try Self.confirmations(subject)
        let conditions = try Self.conditions(element)
        notBefore = try Self.moment("NotBefore", of: conditions)
        notOnOrAfter = try Self.moment("NotOnOrAfter", of: conditions)
        audiences =
            conditions?.all("AudienceRestriction", in: saml).map { restriction in
                restriction.all("Audience", in: saml).map(\.value)
            } ?? []
        attributes = element.all("AttributeStatement", in: saml).flatMap(Self.attributes)
        rememberUntil = issuedAt
    }

    /// A condition that is not understood may mean that it is not valid (Assertions and Protocols, section 2.5.1.1).
    private static func conditions(_ element: XMLElement) throws(SAMLRefusal) -> XMLElement? {
        let all = element.all("Conditions", in: saml)
        guard all.count <= 1 else { throw SAMLRefusal(.malformed, "the assertion has conditions twice") }
        let known: Set = ["AudienceRestriction", "OneTimeUse", "ProxyRestriction"]
        if let unknown = all.first?.children.first(where: { $0.namespace != saml || !known.contains($0.name) }) {
            throw SAMLRefusal(.condition, "the condition “\(unknown.name)” is not known")
        }
        return all.first
    }

    private static func confirmations(_ subject: XMLElement) throws(SAMLRefusal) -> [Confirmation] {
        let all = subject.all("SubjectConfirmation", in: saml)
        guard all.count <= mostConfirmations else {
            throw SAMLRefusal(.subject, "there are more than \(mostConfirmations) confirmations of the person")
        }
        var found: [Confirmation] = []
        for confirmation in all where confirmation.attributes["Method"] == SAMLNames.bearer {
            guard let data = confirmation.only("SubjectConfirmationData", in: saml) else { continue }
            found.append(
                Confirmation(
                    recipient: data.attributes["Recipient"], inResponseTo: data.attributes["InResponseTo"],
                    notBefore: try moment("NotBefore", of: data), notOnOrAfter: try moment("NotOnOrAfter", of: data)))
        }
        return found
    }

    private static let mostConfirmations = 10

    private static func attributes(_ statement: XMLElement) -> [Attribute] {
        statement.all("Attribute", in: saml).compactMap { attribute in
            guard let name = attribute.attributes["Name"], !name.isEmpty else { return nil }
            // A value may be an element of its own, as a persistent name is in `eduPersonTargetedID`.
            let values = attribute.all("AttributeValue", in: saml).map { $0.children.first?.value ?? $0.value }
            return Attribute(
                name: name, friendlyName: attribute.attributes["FriendlyName"], values: values.filter { !$0.isEmpty })
        }
    }

    static func moment(_ name: String, of element: XMLElement?) throws(SAMLRefusal) -> Date? {
        guard let text = element?.attributes[name] else { return nil }
        guard text.utf8.count <= 40, text.utf8.count >= 19, let date = ISO8601.date(text) else {
            throw SAMLRefusal(.malformed, "\(name) “\(text.prefix(40))” is no moment")
        }
        return date
    }
}
