import COpenSSL
package import FoundationEssentials

/// What somebody else's certificate says of its key. Nothing is verified: who trusts it knows it by other ways.
package struct PublicCertificate: Sendable, Hashable {
    package let der: [UInt8]
    /// Whether the key is one for RSA.
    package let isRSA: Bool
    /// Whether the key is one for ECDSA.
    package let isElliptic: Bool
    /// How long the key is.
    package let bits: Int
    /// From when it is valid, and until when.
    package let starts: Date
    package let expires: Date

    /// - Throws: ``CryptographyError`` for what is no certificate.
    package init(der: [UInt8]) throws(CryptographyError) {
        let certificate = try Certificate(der: der)
        self.der = der
        (isRSA, isElliptic, bits) = try certificate.keyKind()
        (starts, expires) = try certificate.validity()
    }

    /// A certificate as people and metadata write it: base64, with or without the lines of PEM around, broken or not.
    /// - Throws: ``CryptographyError`` for what is no certificate.
    package init(text: String) throws(CryptographyError) {
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.contains("-----") }
        try self.init(der: Base64.decode(lines.joined().filter { !$0.isWhitespace }) ?? [])
    }

    /// Whether it is the certificate of a private key, PEM.
    /// - Throws: ``CryptographyError`` for what is no key.
    package func belongs(toPrivateKey pem: String) throws(CryptographyError) -> Bool {
        let key = try PrivateKey(pem: pem)
        let certificate = try Certificate(der: der)
        let fits = unsafe key.use { key in unsafe certificate.use { unsafe X509_check_private_key($0, key) } }
        if fits != 1 { ERR_clear_error() }
        return fits == 1
    }

    /// The certificate as it stands between the lines of a PEM text.
    package var base64: String { Base64.encode(der) }

    /// The certificate as a PEM text.
    package var pem: String {
        let digits = Array(base64)
        let lines = stride(from: 0, to: digits.count, by: 64).map { String(digits[$0..<min($0 + 64, digits.count)]) }
        return "-----BEGIN CERTIFICATE-----\n\(lines.joined(separator: "\n"))\n-----END CERTIFICATE-----\n"
    }

    /// SHA-256 of the certificate, as administrators compare it: pairs of hexadecimal digits.
    package var fingerprint: String {
        let digits = Array(Hexadecimal.encode(SHA256.hash(der)).uppercased())
        return stride(from: 0, to: digits.count, by: 2).map { String(digits[$0...($0 + 1)]) }.joined(separator: ":")
    }
}

extension Certificate {
    func keyKind() throws(CryptographyError) -> (isRSA: Bool, isElliptic: Bool, bits: Int) {
        let kind: (Bool, Bool, Int)? = unsafe use { raw in
            guard let key = unsafe X509_get0_pubkey(raw) else { return nil }
            let kind = unsafe EVP_PKEY_get_base_id(key)
            return unsafe (kind == EVP_PKEY_RSA, kind == EVP_PKEY_EC, Int(EVP_PKEY_get_bits(key)))
        }
        guard let kind else { throw .library("reading a certificate's key") }
        return kind
    }

    func validity() throws(CryptographyError) -> (starts: Date, expires: Date) {
        let dates: (Date, Date)? = unsafe use { raw in
            guard let starts = unsafe Self.date(X509_get0_notBefore(raw)),
                let expires = unsafe Self.date(X509_get0_notAfter(raw))
            else { return nil }
            return (starts, expires)
        }
        guard let dates else { throw .library("reading a certificate's dates") }
        return dates
    }

    private static func date(_ time: UnsafePointer<ASN1_TIME>?) -> Date? {
        guard let epoch = unsafe ASN1_TIME_set(nil, 0) else { return nil }
        defer { unsafe ASN1_TIME_free(epoch) }
        var (days, seconds): (Int32, Int32) = (0, 0)
        guard unsafe ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
        return Date(timeIntervalSince1970: Double(days) * 86_400 + Double(seconds))
    }
}
