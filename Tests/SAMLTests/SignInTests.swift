import Cryptography
import Foundation
import SAML
import Testing

@Suite struct SignInTests {
    @Test func anAssertionThatIsRightInEveryWayIsBelieved() throws {
        let assertion = try Parties.party().accept(ResponseText().form(), expecting: Parties.expectation())
        #expect(assertion.id == "_assertion-1")
        #expect(assertion.subject == SAMLSubject(nameID: "alice@example.org", sessionIndex: "_session-1"))
        #expect(assertion.values(of: "mail") == ["alice@example.org"])
        #expect(assertion.values(of: "groups") == ["eng", "admins"], "an empty value is none")
        #expect(assertion.authenticatedAt == Parties.now.addingTimeInterval(-10))
        #expect(assertion.authenticationContext == "urn:oasis:names:tc:SAML:2.0:ac:classes:Password")
        #expect(assertion.rememberUntil == Parties.now.addingTimeInterval(360), "as long as it can be brought again")
    }

    @Test func aSignatureOfTheResponseIsEnough() throws {
        let signed = try ResponseText { ($0.signsAssertion, $0.signsResponse) = (false, true) }.form()
        #expect(try refusal(signed) == nil)
        let both = try ResponseText { $0.signsResponse = true }.form()
        #expect(try refusal(both) == nil)
    }

    @Test func everyKeyOfTheMetadataIsTaken() throws {
        let signed = try ResponseText { $0.signer.key = Parties.nextProviderKey }.form()
        #expect(try refusal(signed) == nil)
        let former = try SAMLParty(service: Parties.service, provider: Parties.provider(keys: [Parties.providerKey]))
        #expect(try refusal(signed, party: former)?.reason == .signature)
    }

    @Test func linesMayBeBrokenAndKeysNamed() throws {
        let named = try ResponseText { $0.signer.keyInfo = XMLSigner.certificate(Parties.providerKey) }.form()
        let broken = stride(from: 0, to: named.utf8.count, by: 76).map { start in
            String(decoding: Array(named.utf8)[start..<min(start + 76, named.utf8.count)], as: UTF8.self)
        }
        #expect(try refusal(broken.joined(separator: "\r\n")) == nil)
    }

    @Test func clocksMayDifferAMinute() throws {
        let form = try ResponseText().form()
        let early = Parties.now.addingTimeInterval(-59)
        let late = Parties.now.addingTimeInterval(359)
        #expect(try refusal(form, expecting: Parties.expectation(now: early)) == nil)
        #expect(try refusal(form, expecting: Parties.expectation(now: late)) == nil)
        let tooEarly = Parties.now.addingTimeInterval(-100)
        let tooLate = Parties.now.addingTimeInterval(361)
        #expect(try refusal(form, expecting: Parties.expectation(now: tooEarly))?.reason == .tooEarly)
        #expect(try refusal(form, expecting: Parties.expectation(now: tooLate))?.reason == .expired)
    }

    @Test func whoMustProveItAgainIsNotBelievedForHavingDoneSoBefore() throws {
        let form = try ResponseText {
            $0.authentication = $0.authentication.changing(moment(-10), to: moment(-3600))
        }.form()
        let since = Parties.now.addingTimeInterval(-20)
        #expect(try refusal(form) == nil)
        #expect(
            try refusal(form, expecting: Parties.expectation(authenticatedSince: since))?.reason == .notAuthenticated)
    }

    @Test func whatNobodyAskedForIsTakenOnlyWhereThatIsExpected() throws {
        let form = try ResponseText { ($0.inResponseTo, $0.confirmedRequest) = (nil, nil) }.form()
        #expect(try refusal(form)?.reason == .inResponseTo)
        #expect(try refusal(form, expecting: Parties.expectation(request: nil)) == nil)
        let answer = try ResponseText().form()
        #expect(try refusal(answer, expecting: Parties.expectation(request: nil))?.reason == .inResponseTo)
    }

    @Test func whatTheIdentityProviderSaysItselfIsTold() throws {
        let form = try ResponseText {
            $0.status = """
                <samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode \
                Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"></samlp:StatusCode></samlp:StatusCode>\
                <samlp:StatusMessage>wrong password</samlp:StatusMessage>
                """
        }.response(around: "")
        #expect(try refusal(base64(form)) == SAMLRefusal(.declined, "AuthnFailed: wrong password"))
    }

    @Test func requestsAreSignedAndNameTheAddressToAnswerTo() throws {
        let request = try Parties.party().signIn(relay: "a b", isForced: true)
        let url = try #require(URLComponents(string: request.url))
        #expect(request.url.hasPrefix("https://idp.example/sso?"))
        #expect(request.form == nil)
        let query = try #require(url.percentEncodedQuery)
        let parameters = try #require(url.queryItems)
        #expect(parameters.map(\.name) == ["SAMLRequest", "RelayState", "SigAlg", "Signature"])
        let xml = try Messages.inflated(try #require(parameters[0].value))
        #expect(xml.contains("ID=\"\(request.id)\""))
        #expect(xml.contains("AssertionConsumerServiceURL=\"\(Parties.service.callback)\""))
        #expect(xml.contains("ForceAuthn=\"true\""))
        #expect(parameters[2].value == "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")
        let signature = try #require(parameters[3].value)
        let signed = String(query[..<(try #require(query.range(of: "&Signature=")).lowerBound)])
        #expect(
            try SigningKey(pem: Parties.ownKey.privateKey).signature(of: Array(signed.utf8)) == Base64.decode(signature)
        )
    }

    @Test func aFormIsUsedWhereNoRedirectIsPossible() throws {
        let provider = try IdentityProvider(
            id: Parties.providerID, signInByRedirect: nil, signInByForm: "https://idp.example/sso-form",
            certificates: [Parties.providerKey.certificatePEM])
        let request = try SAMLParty(service: Parties.service, provider: provider).signIn(relay: "x")
        #expect(request.url == "https://idp.example/sso-form")
        let form = try #require(request.form)
        let xml = String(decoding: try #require(Base64.decode(form)), as: UTF8.self)
        #expect(xml.contains("ID=\"\(request.id)\"") && xml.contains("SignatureValue"))
    }

    @Test func aNameInTheOtherSpellingOfTheSameMomentIsRead() throws {
        let form = try ResponseText {
            $0.issued = moment(0).changing("Z", to: ".1234567Z")
            $0.conditionsAttributes = "NotBefore=\"\(moment(-30).changing("Z", to: ".5Z"))\""
        }.form()
        #expect(try refusal(form) == nil)
    }
}
