internal import FoundationEssentials
internal import XML

/// What a response and its assertion must say to be an answer to what was asked, besides being signed.
///
/// Source: Profiles for SAML 2.0, section 4.1.4.3; Assertions and Protocols for SAML 2.0, section 2.5.1.
struct ResponseRules {
    /// The longest that an assertion is taken after it was made, whatever it says: it is remembered as long.
    static let longestLife: TimeInterval = 86_400

    let service: ServiceProvider
    let provider: IdentityProvider
    let expectation: SAMLExpectation

    /// Checks what is around the assertion, most of which nobody may have signed.
    func check(_ response: XMLElement) throws(SAMLRefusal) {
        guard response.isNamed("Response", in: SAMLNames.protocol), response.attributes["Version"] == "2.0",
            response.attributes["ID"]?.isEmpty == false, response.count("Response", in: SAMLNames.protocol) == 1
        else { throw SAMLRefusal(.malformed, "it is no response of SAML 2.0") }
        // It may be left to the assertion to say whom it is from.
        if response.first("Issuer", in: SAMLNames.assertion) != nil { try checkIssuer(response, "the response") }
        try checkStatus(response)
        try checkAssertionCount(response)
        try EncryptionRules.check(response)
        try SignatureRules.check(response)
        let destination = response.attributes["Destination"]
        // A form's message must say where it is sent when it is signed (Bindings for SAML 2.0, section 3.5.5.2).
        guard destination == service.callback || destination == nil && !SignatureRules.isSigned(response) else {
            throw SAMLRefusal(.destination, "it was sent to “\((destination ?? "nowhere").prefix(200))”")
        }
        guard response.attributes["InResponseTo"] == expectation.request else {
            throw SAMLRefusal(.inResponseTo, "it answers another request than the one that was made")
        }
        guard SignatureRules.isSigned(response) || response.children.contains(where: Self.isSignedOrEncrypted) else {
            throw SAMLRefusal(.signature, "nothing in it is signed")
        }
    }

    /// Exactly one, right in the response: wrapped ones are no answer.
    private func checkAssertionCount(_ response: XMLElement) throws(SAMLRefusal) {
        let saml = SAMLNames.assertion
        let count = response.count("Assertion", in: saml) + response.count("EncryptedAssertion", in: saml)
        let direct = response.all("Assertion", in: saml).count + response.all("EncryptedAssertion", in: saml).count
        guard count == 1, direct == 1 else {
            throw SAMLRefusal(.assertionCount, "there are \(count) assertions in it, \(direct) at their place")
        }
    }

    private static func isSignedOrEncrypted(_ child: XMLElement) -> Bool {
        child.isNamed("EncryptedAssertion", in: SAMLNames.assertion)
            || child.isNamed("Assertion", in: SAMLNames.assertion) && SignatureRules.isSigned(child)
    }

    private func checkIssuer(_ element: XMLElement, _ what: String) throws(SAMLRefusal) {
        guard let issuer = element.only("Issuer", in: SAMLNames.assertion) else {
            throw SAMLRefusal(.issuer, "\(what) does not say whom it is from")
        }
        guard issuer.value == provider.id, issuer.attributes["Format"] ?? SAMLNames.entity == SAMLNames.entity else {
            throw SAMLRefusal(.issuer, "\(what) is from “\(issuer.value.prefix(200))”")
        }
    }

    private func checkStatus(_ response: XMLElement) throws(SAMLRefusal) {
        let status = response.only("Status", in: SAMLNames.protocol)
        guard let code = status?.only("StatusCode", in: SAMLNames.protocol) else {
            throw SAMLRefusal(.malformed, "it has no status")
        }
        guard code.attributes["Value"] != SAMLNames.success else { return }
        let inner = code.first("StatusCode", in: SAMLNames.protocol)?.attributes["Value"]
        let message = status?.first("StatusMessage", in: SAMLNames.protocol)?.value
        let name = (inner ?? code.attributes["Value"] ?? "").split(separator: ":").last.map(String.init) ?? "?"
        throw SAMLRefusal(.declined, [name, message].compactMap(\.self).joined(separator: ": "))
    }

    /// Checks the shape of an assertion, before its signature is verified and after: decrypted, or still in its response.
    func check(readable assertion: XMLElement) throws(SAMLRefusal) {
        guard assertion.isNamed("Assertion", in: SAMLNames.assertion) else {
            throw SAMLRefusal(.malformed, "what should be an assertion is none")
        }
        guard assertion.count("Assertion", in: SAMLNames.assertion) == 1 else {
            throw SAMLRefusal(.assertionCount, "there is an assertion within the assertion")
        }
        try EncryptionRules.check(assertion)
        try SignatureRules.check(assertion)
        try checkIssuer(assertion, "its assertion")
        // A name that is encrypted is decrypted when it is known who has signed it.
        guard assertion.count("EncryptedID", in: SAMLNames.assertion) == 0 else { return }
        _ = try SAMLAssertion(assertion)
    }

    /// Checks what the verified assertion says, and says until when it must be remembered.
    func check(_ assertion: SAMLAssertion) throws(SAMLRefusal) -> Date {
        guard assertion.issuer == provider.id else {
            throw SAMLRefusal(.issuer, "its assertion is from “\(assertion.issuer.prefix(200))”")
        }
        guard !assertion.audiences.isEmpty, assertion.audiences.allSatisfy({ $0.contains(service.id) }) else {
            throw SAMLRefusal(.audience, "it is meant for another service")
        }
        let end = assertion.issuedAt.addingTimeInterval(Self.longestLife)
        try expectation.demand(from: assertion.issuedAt, until: end, "the life of the assertion")
        try expectation.demand(from: assertion.notBefore, until: assertion.notOnOrAfter, "its validity")
        try expectation.demand(from: assertion.authenticatedAt, until: assertion.sessionEnds, "the person's session")
        if let since = expectation.authenticatedSince,
            assertion.authenticatedAt < since.addingTimeInterval(-expectation.skew)
        {
            throw SAMLRefusal(.notAuthenticated, "the person was not asked again who they are")
        }
        return min(try confirm(assertion.confirmations), end).addingTimeInterval(expectation.skew)
    }

    /// One of several is enough (Assertions and Protocols for SAML 2.0, section 2.4.1): the best one's end.
    private func confirm(_ confirmations: [SAMLAssertion.Confirmation]) throws(SAMLRefusal) -> Date {
        var (last, problem): (Date?, SAMLRefusal?)
        for confirmation in confirmations {
            do {
                let end = try confirm(confirmation)
                last = max(last ?? end, end)
            } catch {
                problem = problem ?? error
            }
        }
        guard let last else { throw problem ?? SAMLRefusal(.recipient, "nothing says who may bring it") }
        return last
    }

    /// Until when it may be brought, which must be now, to us, and in answer to what was asked.
    private func confirm(_ confirmation: SAMLAssertion.Confirmation) throws(SAMLRefusal) -> Date {
        guard confirmation.recipient == service.callback else {
            throw SAMLRefusal(.recipient, "it is meant for “\((confirmation.recipient ?? "nobody").prefix(200))”")
        }
        guard confirmation.inResponseTo == expectation.request else {
            throw SAMLRefusal(.inResponseTo, "its assertion answers another request than the one that was made")
        }
        guard let end = confirmation.notOnOrAfter else {
            throw SAMLRefusal(.expired, "it does not say until when it may be brought")
        }
        try expectation.demand(from: confirmation.notBefore, until: end, "the time to bring it")
        return end
    }
}
