import COpenSSL
package import FoundationEssentials
import Glibc

/// A certificate with its private key, both in PEM.
package struct TLSCredentials: Sendable {
    /// The certificate.
    package let certificatePEM: String
    /// PKCS #8, unencrypted: to be kept in a file that only its owner can read.
    package let privateKeyPEM: String

    package init(certificatePEM: String, privateKeyPEM: String) {
        self.certificatePEM = certificatePEM
        self.privateKeyPEM = privateKeyPEM
    }
}

/// A private certification authority for installations without certificates of their own. Everything is ECDSA P-256 with
/// SHA-256, in the form that strict clients ask for (RFC 5280; Python's `VERIFY_X509_STRICT`).
package struct CertificateAuthority: Sendable {
    /// The root's certificate and key; the certificate is what clients are told to trust.
    package let root: TLSCredentials

    /// A new root with this name, valid from an hour before `now` (clocks differ) for `days`.
    package static func generate(commonName: String, now: Date, days: Int = 3650) throws(CryptographyError)
        -> CertificateAuthority
    {
        let key = try PrivateKey.generateP256()
        let certificate = try Certificate()
        try certificate.describe(commonName: commonName, key: key, now: now, days: days)
        try certificate.setIssuer(certificate)
        try certificate.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0", issuer: certificate)
        try certificate.add(NID_key_usage, "critical,keyCertSign,cRLSign", issuer: certificate)
        try certificate.add(NID_subject_key_identifier, "hash", issuer: certificate)
        try certificate.add(NID_authority_key_identifier, "keyid:always", issuer: certificate)
        try certificate.sign(with: key)
        return CertificateAuthority(
            root: TLSCredentials(certificatePEM: try certificate.pem(), privateKeyPEM: try key.pem()))
    }

    /// An authority made before.
    package init(root: TLSCredentials) { self.root = root }

    /// On which ends of a connection a certificate may be shown.
    package struct Usage: OptionSet, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }
        package static let server = Usage(rawValue: 1)
        package static let client = Usage(rawValue: 2)

        fileprivate var names: String {
            [contains(.server) ? "serverAuth" : nil, contains(.client) ? "clientAuth" : nil].compactMap(\.self)
                .joined(separator: ",")
        }
    }

    /// A certificate for DNS names and IP addresses, the first of which is its common name too; valid from an hour
    /// before `now` for `days` (some clients accept no more than 825).
    package func issue(for names: [String], usage: Usage = .server, now: Date, days: Int = 397)
        throws(CryptographyError) -> TLSCredentials
    {
        let issuer = try Certificate(pem: root.certificatePEM)
        let key = try PrivateKey.generateP256()
        guard let first = names.first else {
            throw CryptographyError(.malformed, "a certificate needs a name")
        }
        var alternatives: [String] = []
        for name in names { alternatives.append(try Self.alternative(name)) }
        let certificate = try Certificate()
        try certificate.describe(commonName: String(first.prefix(64)), key: key, now: now, days: days)
        try certificate.setIssuer(issuer)
        try certificate.add(NID_basic_constraints, "critical,CA:FALSE", issuer: issuer)
        try certificate.add(NID_key_usage, "critical,digitalSignature", issuer: issuer)
        try certificate.add(NID_ext_key_usage, usage.names, issuer: issuer)
        try certificate.add(NID_subject_alt_name, alternatives.joined(separator: ","), issuer: issuer)
        try certificate.add(NID_subject_key_identifier, "hash", issuer: issuer)
        try certificate.add(NID_authority_key_identifier, "keyid:always", issuer: issuer)
        try certificate.sign(with: try PrivateKey(pem: root.privateKeyPEM))
        return TLSCredentials(certificatePEM: try certificate.pem(), privateKeyPEM: try key.pem())
    }

    /// A name in the notation of OpenSSL's configuration, in which a comma would begin another entry.
    private static func alternative(_ name: String) throws(CryptographyError) -> String {
        if isAddress(name) { return "IP:\(name)" }
        let allowed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "*"):
                true
            default: false
            }
        }
        guard allowed, !name.isEmpty, name.utf8.count <= 253 else {
            throw CryptographyError(.malformed, "\"\(name)\" is neither a DNS name nor an IP address")
        }
        return "DNS:\(name)"
    }
}

/// Whether a host is written as an IPv4 or IPv6 address, without brackets.
func isAddress(_ host: String) -> Bool {
    var buffer = in6_addr()
    return unsafe inet_pton(AF_INET, host, &buffer) == 1 || inet_pton(AF_INET6, host, &buffer) == 1
}
