import COpenSSL
import FoundationEssentials

/// Owns one `X509`; frees it exactly once.
@safe struct Certificate: ~Copyable {
    private let raw: OpaquePointer

    /// Reads the first certificate of a PEM text.
    init(pem: String) throws(CryptographyError) {
        let source = try MemoryBIO()
        try source.fill(pem)
        guard let raw = unsafe source.use({ unsafe co_read_certificate($0) }) else {
            throw CryptographyError(.malformed, "not a certificate in PEM: \(CryptographyError.takeReasons())")
        }
        unsafe self.raw = raw
    }

    /// Reads a certificate that is nothing but its bytes.
    init(der: [UInt8]) throws(CryptographyError) {
        let raw = unsafe der.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            return unsafe d2i_X509(nil, &start, bytes.count)
        }
        guard let raw = unsafe raw else {
            throw CryptographyError(.malformed, "not a certificate: \(CryptographyError.takeReasons())")
        }
        unsafe self.raw = raw
    }

    /// An empty certificate.
    init() throws(CryptographyError) {
        guard let raw = unsafe X509_new() else { throw .library("making a certificate") }
        unsafe self.raw = raw
    }

    /// Makes this a version 3 certificate with a random serial number, yet to be signed.
    func describe(commonName: String, key: PrivateKey, now: Date, days: Int) throws(CryptographyError) {
        let start = Int(now.timeIntervalSince1970) - 3600
        let name = Array(commonName.utf8)
        guard unsafe X509_set_version(raw, 2) == 1,
            unsafe ASN1_TIME_set(X509_getm_notBefore(raw), start) != nil,
            unsafe ASN1_TIME_set(X509_getm_notAfter(raw), start + days * 86_400) != nil,
            unsafe co_add_common_name(X509_get_subject_name(raw), name, Int32(name.count)) == 1,
            unsafe key.use({ unsafe X509_set_pubkey(raw, $0) }) == 1
        else { throw .library("making a certificate") }
        try setSerialNumber()
    }

    deinit { unsafe X509_free(raw) }

    /// 127 random bits: positive, and never the same twice.
    private func setSerialNumber() throws(CryptographyError) {
        var bytes = randomBytes(16)
        bytes[0] = bytes[0] & 0x7F | 0x40
        guard let number = unsafe BN_bin2bn(bytes, Int32(bytes.count), nil) else { throw .library("a serial number") }
        defer { unsafe BN_free(number) }
        guard unsafe BN_to_ASN1_INTEGER(number, X509_get_serialNumber(raw)) != nil else {
            throw .library("a serial number")
        }
    }

    func setIssuer(_ issuer: borrowing Certificate) throws(CryptographyError) {
        guard unsafe X509_set_issuer_name(raw, X509_get_subject_name(issuer.raw)) == 1 else {
            throw .library("naming a certificate's issuer")
        }
    }

    /// Adds an extension in the notation of OpenSSL's configuration files.
    func add(_ identifier: Int32, _ value: String, issuer: borrowing Certificate) throws(CryptographyError) {
        guard unsafe co_add_extension(raw, issuer.raw, identifier, value) == 1 else {
            throw .library("adding \(value) to a certificate")
        }
    }

    func sign(with key: PrivateKey) throws(CryptographyError) {
        guard unsafe key.use({ unsafe X509_sign(raw, $0, EVP_sha256()) }) > 0 else {
            throw .library("signing a certificate")
        }
    }

    func pem() throws(CryptographyError) -> String {
        let target = try MemoryBIO()
        guard unsafe target.use({ unsafe PEM_write_bio_X509($0, raw) }) == 1 else {
            throw .library("writing a certificate")
        }
        return String(decoding: target.contents, as: UTF8.self)
    }

    /// Calls `body` with the library's handle, which stays ours.
    func use<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(raw) }
}
