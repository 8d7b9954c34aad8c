package import Cryptography
package import FoundationEssentials

/// A private key of ours, RSA, with the certificate that tells identity providers its public half.
package struct SAMLKey: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// PEM, unencrypted: to be kept sealed.
    package let privateKey: String
    /// PEM.
    package let certificatePEM: String
    package let certificate: PublicCertificate

    /// - Throws: ``SAMLRefusal`` with ``SAMLRefusal/Reason/settings`` for what is no key or no certificate.
    package init(privateKey: String, certificate: String) throws(SAMLRefusal) {
        let fits: Bool
        do {
            _ = try SigningKey(pem: privateKey)
            self.certificate = try PublicCertificate(text: certificate)
            fits = try self.certificate.belongs(toPrivateKey: privateKey)
        } catch {
            throw SAMLRefusal(.settings, "the key for SAML cannot be used: \(error)")
        }
        guard fits else { throw SAMLRefusal(.settings, "the certificate for SAML is one of another key") }
        self.privateKey = privateKey
        certificatePEM = certificate
    }

    /// A new key with a self-signed certificate, valid for `days`. Takes about a second of a processor: not for a loop.
    package static func generate(commonName: String, now: Date, days: Int = 3650) throws -> SAMLKey {
        let made = try SelfSignedCertificate.generate(commonName: commonName, now: now, days: days)
        return try SAMLKey(privateKey: made.privateKeyPEM, certificate: made.certificatePEM)
    }

    package var description: String { "key of \(certificate.fingerprint)" }
    package var customMirror: Mirror { Mirror(self, children: ["certificate": certificate.fingerprint]) }
}
