import Cryptography
import Foundation
import SAML

/// A response as an identity provider writes it, right in every way until a test changes something. All XML is in its
/// canonical form, so that signing it is hashing it.
struct ResponseText {
    var responseID = "_response-1"
    var assertionID = "_assertion-1"
    var responseIssuer: String? = Parties.providerID
    var assertionIssuer = Parties.providerID
    var destination: String? = Parties.service.callback
    var inResponseTo: String? = Parties.request
    var confirmedRequest: String? = Parties.request
    var status = "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"></samlp:StatusCode>"
    var version = "2.0"
    var issued = moment(0)
    var recipient: String? = Parties.service.callback
    var confirmationMethod = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
    var confirmationEnds: String? = moment(300)
    var name = "<saml:NameID>alice@example.org</saml:NameID>"
    var conditionsAttributes = "NotBefore=\"\(moment(-30))\" NotOnOrAfter=\"\(moment(300))\""
    var audience =
        "<saml:AudienceRestriction><saml:Audience>\(Parties.service.id)</saml:Audience></saml:AudienceRestriction>"
    var authentication = """
        <saml:AuthnStatement AuthnInstant="\(moment(-10))" SessionIndex="_session-1"><saml:AuthnContext>\
        <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>\
        </saml:AuthnContext></saml:AuthnStatement>
        """
    var attributes = """
        <saml:AttributeStatement><saml:Attribute FriendlyName="mail" Name="urn:oid:0.9.2342.19200300.100.1.3">\
        <saml:AttributeValue>alice@example.org</saml:AttributeValue></saml:Attribute>\
        <saml:Attribute Name="groups"><saml:AttributeValue>eng</saml:AttributeValue>\
        <saml:AttributeValue></saml:AttributeValue><saml:AttributeValue>admins</saml:AttributeValue></saml:Attribute>\
        </saml:AttributeStatement>
        """
    /// What is signed: usually the assertion, the response, or both.
    var signsAssertion = true
    var signsResponse = false
    var signer = XMLSigner()

    init(_ change: (inout ResponseText) -> Void = { _ in }) { change(&self) }

    /// The assertion, with the place of its signature marked.
    var assertion: String {
        let confirmation =
            attribute("InResponseTo", confirmedRequest) + attribute("NotOnOrAfter", confirmationEnds)
            + attribute("Recipient", recipient)
        return """
            <saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="\(assertionID)" \
            IssueInstant="\(issued)" Version="\(version)"><saml:Issuer>\(assertionIssuer)</saml:Issuer>{signature}\
            <saml:Subject>\(name)<saml:SubjectConfirmation Method="\(confirmationMethod)">\
            <saml:SubjectConfirmationData\(confirmation)></saml:SubjectConfirmationData></saml:SubjectConfirmation>\
            </saml:Subject><saml:Conditions \(conditionsAttributes)>\(audience)</saml:Conditions>\
            \(authentication)\(attributes)</saml:Assertion>
            """
    }

    func signedAssertion() throws -> String {
        signsAssertion
            ? try signer.signed(assertion, id: assertionID)
            : assertion.replacingOccurrences(of: "{signature}", with: "")
    }

    /// The response around something, signed if it is to be.
    func response(around content: String) throws -> String {
        let issuer = responseIssuer.map {
            "<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">\($0)</saml:Issuer>"
        }
        let text = """
            <samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"\(attribute("Destination", destination)) \
            ID="\(responseID)"\(attribute("InResponseTo", inResponseTo)) IssueInstant="\(issued)" Version="2.0">\
            \(issuer ?? ""){signature}<samlp:Status>\(status)</samlp:Status>\(content)</samlp:Response>
            """
        return signsResponse
            ? try signer.signed(text, id: responseID) : text.replacingOccurrences(of: "{signature}", with: "")
    }

    /// The whole as XML.
    func xml() throws -> String { try response(around: signedAssertion()) }

    /// The whole as a form has it.
    func form() throws -> String { base64(try xml()) }

    private func attribute(_ name: String, _ value: String?) -> String { value.map { " \(name)=\"\($0)\"" } ?? "" }
}

func base64(_ text: String) -> String { Base64.encode(Array(text.utf8)) }

extension String {
    /// With one text replaced, which must be there.
    func changing(_ old: String, to new: String) -> String {
        precondition(contains(old), "“\(old)” is not in the text that a test wants to change")
        return replacingOccurrences(of: old, with: new)
    }
}

/// Why a response is refused; `nil` when it is not.
func refusal(
    _ form: String, party: SAMLParty? = nil, expecting expectation: SAMLExpectation = Parties.expectation()
) throws -> SAMLRefusal? {
    do {
        _ = try (party ?? Parties.party()).accept(form, expecting: expectation)
        return nil
    } catch let refusal as SAMLRefusal {
        return refusal
    }
}
