internal import SAML
internal import Tenancy

/// What an identity provider says of a person, by the names that its facts have.
struct SingleSignOnFacts: Sendable, Hashable {
    /// `nil` when it says none that can be an address.
    let email: String?
    let fullName: String?
    let groups: [String]
    /// By which it knows the person next time.
    let name: String

    /// The longest name of a person, as it is stored.
    private static let longestName = 200

    init(_ assertion: SAMLAssertion, _ names: IdentityProviderSettings.AttributeNames) {
        let nameID = assertion.subject.nameID
        email = Self.email(assertion, names.email, nameID)
        fullName = Self.fullName(assertion, names.fullName)
        groups = (names.groups.map { [$0] } ?? UsualNames.groups).map(assertion.values).first { !$0.isEmpty } ?? []
        // A name that is another one each time says nothing; the address has to do.
        let isTransient = assertion.subject.format?.hasSuffix(":transient") ?? false
        name = isTransient ? "email:\(email?.lowercased() ?? nameID)" : nameID
    }

    private static func email(_ assertion: SAMLAssertion, _ name: String?, _ nameID: String) -> String? {
        let candidates =
            name.map { assertion.values(of: $0) } ?? UsualNames.email.flatMap(assertion.values) + [nameID]
        return candidates.map(trimmed).first(where: EmailAddress.isPlausible)
    }

    private static func fullName(_ assertion: SAMLAssertion, _ name: String?) -> String? {
        func first(_ names: [String]) -> String? {
            names.flatMap(assertion.values).map(trimmed).first { !$0.isEmpty }
        }
        let parts = [first(UsualNames.givenName), first(UsualNames.surname)].compactMap(\.self)
        let whole = name.map { first([$0]) } ?? first(UsualNames.fullName) ?? parts.joined(separator: " ")
        guard let whole, !whole.isEmpty else { return nil }
        return String(String.UnicodeScalarView(whole.unicodeScalars.filter { $0.value >= 32 }.prefix(longestName)))
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

/// How the usual identity providers call facts about people: Keycloak, Entra ID, Okta, Google, Shibboleth.
private enum UsualNames {
    static let email = [
        "email", "mail", "emailAddress", "urn:oid:0.9.2342.19200300.100.1.3",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "urn:mace:dir:attribute-def:mail",
    ]
    static let fullName = [
        "displayName", "name", "cn", "urn:oid:2.16.840.1.113730.3.1.241", "urn:oid:2.5.4.3",
        "http://schemas.microsoft.com/identity/claims/displayname",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", "urn:mace:dir:attribute-def:displayName",
    ]
    static let givenName = [
        "givenName", "firstName", "first_name", "urn:oid:2.5.4.42",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", "urn:mace:dir:attribute-def:givenName",
    ]
    static let surname = [
        "sn", "surname", "lastName", "last_name", "urn:oid:2.5.4.4",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "urn:mace:dir:attribute-def:sn",
    ]
    static let groups = [
        "groups", "group", "memberOf", "isMemberOf", "urn:oid:1.3.6.1.4.1.5923.1.5.1.1",
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups", "eduPersonAffiliation",
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.1", "urn:mace:dir:attribute-def:eduPersonAffiliation",
    ]
}
