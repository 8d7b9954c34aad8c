internal import Cryptography
internal import SAML
internal import Tenancy

/// What is believed because it comes from an identity provider, as the audit keeps it: whoever changes it decides who
/// everybody is.
struct TrustAnchor: Encodable, Sendable, Hashable {
    let entityID: String
    let signInAddresses: [String]
    let signOutAddresses: [String]
    /// SHA-256 of the certificates of the keys that sign.
    let certificates: [String]

    init(_ said: SAML.IdentityProvider) {
        entityID = said.id
        signInAddresses = [said.signInByRedirect, said.signInByForm].compactMap(\.self)
        signOutAddresses = [said.signOutByRedirect, said.signOutByForm, said.signOutAnswers].compactMap(\.self)
        certificates = said.certificates.map(\.fingerprint).sorted()
    }
}
