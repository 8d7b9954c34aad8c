internal import CLasso
internal import XML

/// A service provider and the one identity provider that it listens to. A value: lasso's objects live for one call each, so
/// that any number of calls may run at once.
///
/// Each call takes some milliseconds of a processor and does not suspend: make it on `WorkerThreads`, never on a loop.
package struct SAMLParty: Sendable {
    package let service: ServiceProvider
    package let provider: IdentityProvider
    let lasso: LassoParty
    let keys: TrustedKeys

    /// - Throws: ``SAMLRefusal`` with ``SAMLRefusal/Reason/settings`` when the two cannot be used together.
    package init(service: ServiceProvider, provider: IdentityProvider) throws(SAMLRefusal) {
        self.service = service
        self.provider = provider
        lasso = try LassoParty(service: service, provider: provider)
        keys = TrustedKeys(of: provider)
    }

    /// A message that a browser brings to the identity provider.
    package struct Delivery: Sendable, Hashable {
        /// Where to, the message being in it or, by a form, posted there.
        package let url: String
        /// The value of the form's `SAMLRequest` or `SAMLResponse`; `nil` by redirect.
        package let form: String?
        /// What the answer must name; empty for an answer.
        package let id: String
    }

    /// A signed request to sign a person in, by redirect where that is possible. `relay` comes back with the answer: at
    /// most 80 bytes. `isForced`: also a person who is signed in there already is to be asked who they are.
    package func signIn(relay: String, isForced: Bool = false) throws(SAMLRefusal) -> Delivery {
        let isPosted: Int32 = provider.signInByRedirect == nil ? 1 : 0
        return try unsafe delivery { party, message in
            unsafe scorable_saml_request_login(
                party, service.callback, isPosted, isForced ? 1 : 0, relay, message)
        }
    }

    /// The identifier of the request that a response says it answers; `nil` when it says none. Nothing of it is verified: it
    /// is by what the request is found that ``accept(_:expecting:)`` then expects to be answered.
    package static func requestAnswered(by response: String) throws(SAMLRefusal) -> String? {
        try EncodedMessage(form: response).read().attributes["InResponseTo"]
    }

    /// What the identity provider has said in a response, the value of a form's `SAMLResponse`: signed by it and meant for
    /// us. Whether the same was said before is for the caller to know, by ``SAMLAssertion/id`` and until
    /// ``SAMLAssertion/rememberUntil``.
    /// - Throws: ``SAMLRefusal``.
    package func accept(_ response: String, expecting expectation: SAMLExpectation) throws(SAMLRefusal) -> SAMLAssertion
    {
        let message = try EncodedMessage(form: response)
        let rules = ResponseRules(service: service, provider: provider, expectation: expectation)
        let root = try message.read()
        try rules.check(root)
        let verified: XMLElement
        if let encrypted = root.first("EncryptedAssertion", in: SAMLNames.assertion) {
            verified = try self.verified(encrypted, in: root, message, rules)
        } else {
            for assertion in root.all("Assertion", in: SAMLNames.assertion) { try rules.check(readable: assertion) }
            verified = try self.verified(message.text)
        }
        // What is believed is read from what was verified, by the reader that looked at it before.
        try rules.check(readable: verified)
        var assertion = try SAMLAssertion(verified, openingNamesBy: service.keys)
        assertion.rememberUntil = try rules.check(assertion)
        return assertion
    }

    /// The assertion of a message, as it was signed.
    private func verified(_ message: String) throws(SAMLRefusal) -> XMLElement {
        guard let text = try keys.verify(message) else { throw SAMLRefusal(.signature, "no assertion is signed") }
        return try EncodedMessage.read(text)
    }

    /// The assertion that came encrypted, once its own signature or that of the response holds; both, if there are two.
    private func verified(
        _ encrypted: XMLElement, in root: XMLElement, _ message: EncodedMessage, _ rules: ResponseRules
    ) throws(SAMLRefusal) -> XMLElement {
        // A stranger who has signed the response has us decrypt nothing.
        if SignatureRules.isSigned(root) { try keys.verify(message.text) }
        let text = try EncryptedElement(encrypted).decrypted(by: service.keys)
        let assertion = try EncodedMessage.read(text)
        try rules.check(readable: assertion)
        guard SignatureRules.isSigned(assertion) else {
            guard SignatureRules.isSigned(root) else { throw SAMLRefusal(.signature, "nothing in it is signed") }
            return assertion
        }
        return try verified(text)
    }

    func delivery(
        _ body: (UnsafePointer<scorable_saml_party>, UnsafeMutablePointer<scorable_saml_message>) -> Int32
    ) throws(SAMLRefusal) -> Delivery {
        let (url, form, id) = try unsafe lasso.message(body)
        return Delivery(url: url, form: form, id: id ?? "")
    }
}
