package import Cryptography
internal import XML

/// Whose signature metadata have to bear: of a federation, or of an identity provider that has a key of its own for them.
/// Without one they are believed for the way that they come by: a file that somebody gives, or `https`.
///
/// Source: Metadata for SAML 2.0, section 3.
package struct MetadataSigner: Sendable, Hashable {
    /// What its key is told by. That it has expired does not matter: whoever set it vouches for the key.
    package let certificate: PublicCertificate

    /// By a certificate, PEM or base64.
    /// - Throws: ``SAMLRefusal`` with ``SAMLRefusal/Reason/settings`` for what is none, or of a key that is too weak.
    package init(certificate text: String) throws(SAMLRefusal) {
        certificate = try IdentityProvider.usable([text])[0]
    }

    /// Checks that it has signed all of the metadata, whose root is `root`.
    func check(_ text: String, _ root: XMLElement) throws(SAMLRefusal) {
        try SignatureRules.check(metadata: root)
        do {
            try TrustedKeys(certificate).verify(text)
        } catch {
            throw SAMLRefusal(
                .signature, "the metadata are not signed by the key that is set for them, or were changed")
        }
    }
}
