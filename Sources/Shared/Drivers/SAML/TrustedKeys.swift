internal import CLasso
internal import Cryptography

/// The keys whose signatures are believed. Who has signed is looked at first: what a stranger sends is neither brought into
/// its canonical form nor digested, however many keys there are.
struct TrustedKeys: Sendable {
    /// PEM.
    private let certificates: [String]

    init(of provider: IdentityProvider) { certificates = provider.certificates.map(\.pem) }

    /// The key of one certificate.
    init(_ certificate: PublicCertificate) { certificates = [certificate.pem] }

    /// Verifies every signature of a message and of the assertion right in it, one of which must be there. ``SignatureRules``
    /// have looked at them before.
    /// - Returns: The assertion as it was signed, XML; `nil` where there is none.
    @discardableResult func verify(_ message: String) throws(SAMLRefusal) -> String? {
        try Lasso.start()
        var assertion: UnsafeMutablePointer<CChar>?
        let code = unsafe withTexts(certificates) { certificates in
            unsafe scorable_saml_verify(
                message, Int32(message.utf8.count), certificates, Int32(certificates.count), &assertion)
        }
        let text = unsafe Lasso.take(assertion)
        try Lasso.demand(code, .signature)
        return text
    }

    /// Verifies the signature of a redirect's query.
    func verify(_ query: RedirectQuery) throws(SAMLRefusal) {
        try Lasso.start()
        let code = unsafe withTexts(certificates) { certificates in
            unsafe scorable_saml_verify_query(
                query.signedText, Int32(query.signedText.utf8.count), query.method, query.signature,
                Int32(query.signature.count), certificates, Int32(certificates.count))
        }
        try Lasso.demand(code, .signature)
    }
}
