import Cryptography
import Foundation
import SAML
import Testing

/// What identity providers may say in one way or another, and mean the same.
@Suite struct ShapeTests {
    private static let bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer"

    private static func confirmation(_ method: String, _ data: String) -> String {
        "<saml:SubjectConfirmation Method=\"\(method)\">\(data)</saml:SubjectConfirmation>"
    }

    @Test func oneConfirmationOfSeveralIsEnough() throws {
        let others = [
            Self.confirmation("urn:oasis:names:tc:SAML:2.0:cm:holder-of-key", ""), Self.confirmation(Self.bearer, ""),
            Self.confirmation(
                Self.bearer,
                "<saml:SubjectConfirmationData InResponseTo=\"_request-1\" NotOnOrAfter=\"\(moment(900))\" "
                    + "Recipient=\"https://other.example\"></saml:SubjectConfirmationData>"),
        ]
        let form = try ResponseText { $0.name += others.joined() }.form()
        let assertion = try Parties.party().accept(form, expecting: Parties.expectation())
        #expect(assertion.rememberUntil == Parties.now.addingTimeInterval(360), "the one that holds decides")
        let none = ResponseText { ($0.name, $0.recipient) = ($0.name + others.joined(), "https://third.example") }
        #expect(try refusal(none.form())?.reason == .recipient)
    }

    @Test func theAssertionAloneMaySayWhomItIsFrom() throws {
        #expect(try refusal(ResponseText { $0.responseIssuer = nil }.form()) == nil)
        #expect(try refusal(ResponseText { ($0.responseIssuer, $0.signsResponse) = (nil, true) }.form()) == nil)
        let stranger = ResponseText { ($0.responseIssuer, $0.assertionIssuer) = (nil, "https://other.example") }
        #expect(try refusal(stranger.form())?.reason == .issuer)
    }

    @Test func severalAudiencesMayBeNamedBesideUs() throws {
        let form = try ResponseText {
            $0.audience = $0.audience.changing(
                "<saml:Audience>", to: "<saml:Audience>https://other.example</saml:Audience><saml:Audience>")
        }.form()
        #expect(try refusal(form) == nil)
    }

    @Test(arguments: [
        "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
        "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
    ]) func namesAreOfAnyFormat(format: String) throws {
        let form = try ResponseText { $0.name = "<saml:NameID Format=\"\(format)\">a1</saml:NameID>" }.form()
        let assertion = try Parties.party().accept(form, expecting: Parties.expectation())
        #expect(assertion.subject == SAMLSubject(nameID: "a1", format: format, sessionIndex: "_session-1"))
    }

    @Test func aNameMayBeEncryptedByItself() throws {
        func form(_ name: String, for key: SAMLKey = Parties.ownKey, signer: SAMLKey = Parties.providerKey) throws
            -> String
        {
            let sealed = try EncryptionTests.canonical(Encryption.assertion(name, for: key))
                .replacingOccurrences(of: "saml:EncryptedAssertion", with: "saml:EncryptedID")
                .changing(" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"", to: "")
            return try ResponseText { ($0.name, $0.signer.key) = (sealed, signer) }.form()
        }
        let name = """
            <saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="f">alice@example.org</saml:NameID>
            """
        let assertion = try Parties.party().accept(form(name), expecting: Parties.expectation())
        #expect(assertion.subject.nameID == "alice@example.org" && assertion.subject.format == "f")
        #expect(try refusal(form(name, for: Parties.nextOwnKey)) == nil, "by either key of ours")
        #expect(try refusal(form(name, for: Parties.strangerKey))?.reason == .encryption)
        #expect(try refusal(form(name, signer: Parties.strangerKey))?.reason == .signature)
        #expect(try refusal(form(name.changing("saml:NameID", to: "saml:Other")))?.reason == .subject)
        #expect(try refusal(form(name.changing("alice", to: "root<!---->")))?.reason == .malformed)
    }

    @Test(arguments: [
        ("prime256v1", "ecdsa-sha256"), ("secp384r1", "ecdsa-sha384"), ("secp521r1", "ecdsa-sha512"),
    ]) func ellipticKeysSignToo(curve: String, method: String) throws {
        let key = try EllipticKey(curve: curve)
        let text = ResponseText {
            $0.signer.method = "http://www.w3.org/2001/04/xmldsig-more#\(method)"
            $0.signer.sign = { _ in [] }
        }
        let signed = try Handwriting.signed(
            text.xml(), signing: Handwriting.assertion, by: key.privateKey)
        let party = try SAMLParty(
            service: Parties.service,
            provider: Parties.provider(certificates: [Parties.providerKey.certificatePEM, key.certificatePEM]))
        let found = try refusal(base64(signed), party: party)
        #expect(found == nil, "\(String(describing: found))")
        #expect(try refusal(base64(signed))?.reason == .signature, "nobody else's key of that kind")
        let tampered = signed.changing("alice@example.org", to: "root@example.org")
        #expect(try refusal(base64(tampered), party: party)?.reason == .signature)
        let mixed = signed.changing(method, to: "rsa-sha256")
        #expect(try refusal(base64(mixed), party: party)?.reason == .signature)
    }

    @Test func aCanonicalFormMayBeToldToKeepSomeNamespaces() throws {
        let form = XMLSigner().canonicalForm
        let text = ResponseText {
            $0.signer.sign = { _ in [] }
            $0.signer.transforms = """
                <ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>\
                <ds:Transform Algorithm="\(form)"><ec:InclusiveNamespaces xmlns:ec="\(form)" \
                PrefixList="#default saml ds xs xsi"></ec:InclusiveNamespaces></ds:Transform>
                """
        }
        let plain = try text.xml().changing(
            "<ds:CanonicalizationMethod Algorithm=\"\(form)\"></ds:CanonicalizationMethod>",
            to: "<ds:CanonicalizationMethod Algorithm=\"\(form)\"><ec:InclusiveNamespaces xmlns:ec=\"\(form)\" "
                + "PrefixList=\"#default samlp xs\"/></ds:CanonicalizationMethod>"
        ).changing("<samlp:Response ", to: "<samlp:Response xmlns=\"urn:d\" xmlns:xs=\"urn:xs\" ")
        let found = try refusal(base64(Handwriting.signed(plain, signing: Handwriting.assertion)))
        #expect(found == nil, "\(String(describing: found))")
        let inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
        let whole = ResponseText { ($0.signer.sign, $0.signer.canonicalForm) = ({ _ in [] }, inclusive) }
        #expect(try refusal(base64(Handwriting.signed(whole.xml(), signing: Handwriting.assertion))) == nil)
    }

    /// Keycloak and Okta write at every value what its type is.
    @Test func hundredsOfGroupsAreReadAlsoWhenEachDeclaresItsNamespaces() throws {
        let values = (0..<300).map {
            """
            <saml:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" \
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">group \($0)</saml:AttributeValue>
            """
        }
        let basic = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
        let text = ResponseText {
            $0.signer.sign = { _ in [] }
            $0.attributes = """
                <saml:AttributeStatement><saml:Attribute Name="groups" NameFormat="\(basic)">\(values.joined())\
                </saml:Attribute></saml:AttributeStatement>
                """
        }
        let signed = try Handwriting.signed(text.xml(), signing: Handwriting.assertion)
        let assertion = try Parties.party().accept(base64(signed), expecting: Parties.expectation())
        #expect(assertion.values(of: "groups").count == 300)
    }

    @Test func aQueryMayBeSignedByEitherKey() throws {
        let text = Messages.unsigned(Messages.signOutRequest())
        for key in [Parties.providerKey, Parties.nextProviderKey] {
            let query = try Messages.query(text, field: "SAMLRequest", key: key)
            #expect(try Parties.party().acceptSignOut(.query(query), now: Parties.now).id == "_logout-1")
        }
    }
}
