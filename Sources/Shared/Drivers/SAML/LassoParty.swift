internal import CLasso
internal import Cryptography

/// A service provider and an identity provider as lasso wants them told: texts, which live for one call.
struct LassoParty: Sendable {
    private let metadata: String
    private let privateKey: String
    private let certificate: String
    private let providerMetadata: String
    private let provider: String

    init(service: ServiceProvider, provider: IdentityProvider) throws(SAMLRefusal) {
        guard let key = service.keys.first else { throw SAMLRefusal(.settings, "there is no key to sign with") }
        metadata = service.metadata(telling: [])
        privateKey = key.privateKey
        certificate = key.certificatePEM
        providerMetadata = provider.metadata
        self.provider = provider.id
        try Lasso.start()
        try unsafe demand(.settings) { unsafe scorable_saml_check($0) }
    }

    /// Calls one of lasso's functions.
    /// - Throws: ``SAMLRefusal`` with `reason` and lasso's words unless it did.
    func demand(
        _ reason: SAMLRefusal.Reason, _ body: (UnsafePointer<scorable_saml_party>) -> Int32
    ) throws(SAMLRefusal) {
        let code = unsafe withTexts([metadata, privateKey, certificate, providerMetadata, provider]) { texts in
            var party = unsafe scorable_saml_party(
                metadata: texts[0], private_key: texts[1], certificate: texts[2], provider_metadata: texts[3],
                provider: texts[4])
            return unsafe body(&party)
        }
        try Lasso.demand(code, reason)
    }

    /// Calls lasso for a message that a browser is to bring.
    func message(
        _ body: (UnsafePointer<scorable_saml_party>, UnsafeMutablePointer<scorable_saml_message>) -> Int32
    ) throws(SAMLRefusal) -> (url: String, form: String?, id: String?) {
        var message = unsafe scorable_saml_message()
        try unsafe demand(.settings) { party in unsafe body(party, &message) }
        let (url, form, id) = unsafe (Lasso.take(message.url), Lasso.take(message.body), Lasso.take(message.id))
        guard let url else { throw SAMLRefusal(.settings, "there is no address to send the message to") }
        return (url, form, id)
    }
}

/// Calls `body` with texts as C has them, absent ones as null.
func withTexts<Result>(_ texts: [String?], _ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
    func add(_ rest: ArraySlice<String?>, to pointers: [UnsafePointer<CChar>?]) -> Result {
        guard let next = rest.first else { return unsafe body(pointers) }
        guard let next else { return unsafe add(rest.dropFirst(), to: pointers + [nil]) }
        return unsafe next.withCString { unsafe add(rest.dropFirst(), to: pointers + [$0]) }
    }
    return unsafe add(texts[...], to: [])
}
