import Cryptography
import Foundation
import SAML

/// The two parties of the tests, and what they are called. Keys are made once for all tests: it takes a second each.
enum Parties {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let providerID = "https://idp.example/metadata"
    static let request = "_request-1"
    static let providerKey = key("identity provider")
    static let nextProviderKey = key("identity provider, next")
    static let strangerKey = key("stranger")
    static let ownKey = key("service")
    static let nextOwnKey = key("service, next")

    static let service = ServiceProvider(
        id: "https://scorable.example/saml/metadata", callback: "https://scorable.example/saml/callback",
        signOut: "https://scorable.example/saml/sign-out", keys: [ownKey, nextOwnKey])

    static func provider(keys: [SAMLKey] = [providerKey, nextProviderKey]) throws -> IdentityProvider {
        try provider(certificates: keys.map(\.certificatePEM))
    }

    /// PEM.
    static func provider(certificates: [String]) throws -> IdentityProvider {
        try IdentityProvider(
            id: providerID, signInByRedirect: "https://idp.example/sso", signInByForm: "https://idp.example/sso-form",
            signOutByRedirect: "https://idp.example/slo", signOutByForm: "https://idp.example/slo-form",
            certificates: certificates)
    }

    static func party() throws -> SAMLParty { try SAMLParty(service: service, provider: provider()) }

    static func expectation(
        request: String? = request, now: Date = now, authenticatedSince: Date? = nil
    ) -> SAMLExpectation {
        SAMLExpectation(request: request, now: now, authenticatedSince: authenticatedSince)
    }

    private static func key(_ name: String) -> SAMLKey {
        do {
            return try SAMLKey.generate(commonName: name, now: now)
        } catch {
            preconditionFailure("no key can be made: \(error)")
        }
    }
}

/// Seconds from the tests' present as SAML writes them.
func moment(_ seconds: TimeInterval) -> String {
    Parties.now.addingTimeInterval(seconds).formatted(.iso8601)
}

/// Signs XML that is already in its canonical form. Where the signature belongs stands `{signature}`.
struct XMLSigner {
    var key = Parties.providerKey
    var method = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    var digest = "http://www.w3.org/2001/04/xmlenc#sha256"
    var canonicalForm = "http://www.w3.org/2001/10/xml-exc-c14n#"
    /// What stands in `KeyInfo`; nothing there without it.
    var keyInfo: String?
    /// Which element is said to be signed; the one itself without it.
    var reference: String?
    /// Replaces the transforms.
    var transforms: String?
    /// Makes the signature, where that is not RSA's.
    var sign: (@Sendable ([UInt8]) -> [UInt8])?

    func signed(_ text: String, id: String) throws -> String {
        let plain = text.replacingOccurrences(of: "{signature}", with: "")
        return text.replacingOccurrences(of: "{signature}", with: try signature(of: plain, id: id))
    }

    func signature(of text: String, id: String) throws -> String {
        let plain =
            transforms ?? transform("http://www.w3.org/2000/09/xmldsig#enveloped-signature") + transform(canonicalForm)
        let information = """
            <ds:SignedInfo><ds:CanonicalizationMethod Algorithm="\(canonicalForm)"></ds:CanonicalizationMethod>\
            <ds:SignatureMethod Algorithm="\(method)"></ds:SignatureMethod>\
            <ds:Reference URI="\(reference ?? "#" + id)"><ds:Transforms>\(plain)</ds:Transforms>\
            <ds:DigestMethod Algorithm="\(digest)"></ds:DigestMethod>\
            <ds:DigestValue>\(Base64.encode(SHA256.hash(text)))</ds:DigestValue></ds:Reference></ds:SignedInfo>
            """
        let canonical = information.replacingOccurrences(
            of: "<ds:SignedInfo>", with: "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">")
        let value =
            try sign?(Array(canonical.utf8)) ?? SigningKey(pem: key.privateKey).signature(of: Array(canonical.utf8))
        let info = keyInfo.map { "<ds:KeyInfo>\($0)</ds:KeyInfo>" } ?? ""
        return """
            <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\(information)\
            <ds:SignatureValue>\(Base64.encode(value))</ds:SignatureValue>\(info)</ds:Signature>
            """
    }

    private func transform(_ algorithm: String) -> String {
        "<ds:Transform Algorithm=\"\(algorithm)\"></ds:Transform>"
    }

    static func certificate(_ key: SAMLKey) -> String {
        "<ds:X509Data><ds:X509Certificate>\(key.certificate.base64)</ds:X509Certificate></ds:X509Data>"
    }
}
