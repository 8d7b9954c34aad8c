import COpenSSL
package import FoundationEssentials

/// A certificate that its own key has signed, for peers that are told which certificate to trust: it says no more than
/// which key is meant.
package enum SelfSignedCertificate {
    /// A new RSA key of 3072 bits with its certificate, valid from an hour before `now` for `days`. Takes about a second
    /// of a processor: not for a loop.
    package static func generate(commonName: String, now: Date, days: Int) throws(CryptographyError) -> TLSCredentials {
        let key = try PrivateKey.generateRSA(bits: 3072)
        let certificate = try Certificate()
        try certificate.describe(commonName: String(commonName.prefix(64)), key: key, now: now, days: days)
        try certificate.setIssuer(certificate)
        try certificate.add(NID_basic_constraints, "critical,CA:FALSE", issuer: certificate)
        try certificate.add(NID_key_usage, "critical,digitalSignature,keyEncipherment", issuer: certificate)
        try certificate.add(NID_subject_key_identifier, "hash", issuer: certificate)
        try certificate.sign(with: key)
        return TLSCredentials(certificatePEM: try certificate.pem(), privateKeyPEM: try key.pem())
    }
}
