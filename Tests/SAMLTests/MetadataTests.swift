import Cryptography
import Foundation
import SAML
import Testing

@Suite struct MetadataTests {
    /// What a document says, in short.
    struct Expected: Sendable, CustomTestStringConvertible {
        let name: String
        let id: String
        var certificates = [Parties.providerKey]
        var redirects = true
        var signsOut = false
        var isDated = false
        var testDescription: String { name }
    }

    private static let documents = [
        Expected(
            name: "entra", id: "https://sts.windows.net/11111111-2222-3333-4444-555555555555/",
            certificates: [Parties.providerKey, Parties.nextProviderKey], signsOut: true),
        Expected(name: "okta", id: "http://www.okta.com/exk1fcia6d6EMsf331d8"),
        Expected(name: "google", id: "https://accounts.google.com/o/saml2?idpid=C01abcdef", isDated: true),
        Expected(name: "adfs", id: "http://adfs.example.com/adfs/services/trust", signsOut: true),
        Expected(name: "keycloak", id: "https://keycloak.example/realms/staff", signsOut: true),
        Expected(name: "simplesamlphp", id: "https://ssp.example/saml2/idp/metadata.php", signsOut: true),
        Expected(
            name: "shibboleth", id: "https://shib.example/idp/shibboleth",
            certificates: [Parties.nextProviderKey, Parties.providerKey], isDated: true),
    ]

    @Test(arguments: documents) func metadataOfAllMakersAreRead(_ expected: Expected) throws {
        let provider = try IdentityProvider(metadata: Handwriting.document("\(expected.name)-metadata"))
        #expect(provider.id == expected.id)
        #expect(provider.certificates == expected.certificates.map(\.certificate))
        #expect((provider.signInByRedirect != nil) == expected.redirects)
        #expect(provider.canSignOut == expected.signsOut)
        #expect((provider.validUntil != nil) == expected.isDated)
        let request = try SAMLParty(service: Parties.service, provider: provider).signIn(relay: "r")
        #expect(request.url.hasPrefix(try #require(provider.signInByRedirect)))
    }

    /// Metadata in their canonical form, with the place of a signature marked.
    private static let signable = """
        <EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" ID="_metadata" entityID="\(Parties.providerID)">\
        {signature}<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">\
        <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#">\
        \(XMLSigner.certificate(Parties.providerKey).replacingOccurrences(of: "ds:", with: ""))</KeyInfo></KeyDescriptor>\
        <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" \
        Location="https://idp.example/sso"></SingleSignOnService></IDPSSODescriptor></EntityDescriptor>
        """

    @Test func metadataBearTheSignatureThatIsAskedFor() throws {
        let signer = try MetadataSigner(certificate: Parties.nextOwnKey.certificatePEM)
        let stranger = try MetadataSigner(certificate: Parties.strangerKey.certificatePEM)
        var hand = XMLSigner()
        hand.key = Parties.nextOwnKey
        let signed = try hand.signed(Self.signable, id: "_metadata")
        let unsigned = Self.signable.changing("{signature}", to: "")
        func refused(_ text: String, by signer: MetadataSigner) -> SAMLRefusal.Reason? {
            do throws(SAMLRefusal) {
                _ = try IdentityProvider(metadata: text, signedBy: signer)
                return nil
            } catch {
                return error.reason
            }
        }
        #expect(refused(signed, by: signer) == nil)
        #expect(try IdentityProvider(metadata: unsigned).id == Parties.providerID)
        #expect(refused(unsigned, by: signer) == .signature)
        #expect(refused(signed, by: stranger) == .signature)
        let redirected = signed.changing("https://idp.example/sso", to: "https://evil.example/sso")
        #expect(refused(redirected, by: signer) == .signature)
        // What is signed within a list is not the list.
        let list = "<EntitiesDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\">\(signed)</EntitiesDescriptor>"
        #expect(refused(list, by: signer) == .signature)
        hand.method = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
        #expect(refused(try hand.signed(Self.signable, id: "_metadata"), by: signer) == .algorithm)
        #expect(throws: SAMLRefusal.self) { try MetadataSigner(certificate: "no certificate") }
    }

    @Test func anAddressWithAQueryKeepsIt() throws {
        let provider = try IdentityProvider(metadata: Handwriting.document("google-metadata"))
        let request = try SAMLParty(service: Parties.service, provider: provider).signIn(relay: "r")
        let items = try #require(URLComponents(string: request.url)?.queryItems)
        #expect(items.map(\.name) == ["idpid", "forceauthn", "SAMLRequest", "RelayState", "SigAlg", "Signature"])
    }

    @Test func answersOfSingleLogoutGoWhereTheyAreWanted() throws {
        let provider = try IdentityProvider(metadata: Handwriting.document("simplesamlphp-metadata"))
        let party = try SAMLParty(service: Parties.service, provider: provider)
        let text = Messages.unsigned(Messages.signOutRequest(issuer: provider.id))
        let request = SAMLMessage.query(try Messages.query(text, field: "SAMLRequest"))
        let answer = try party.answerSignOut(request, hasEnded: true, relay: nil)
        #expect(answer.url.hasPrefix("https://ssp.example/saml2/idp/Answer.php?"))
    }

    @Test(arguments: [
        ("entra", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"),
        ("okta", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"),
        ("shibboleth", "urn:oasis:names:tc:SAML:2.0:protocol:Response"),
    ]) func responsesOfAllMakersAreRead(name: String, signed: String) throws {
        let xml = try Handwriting.response(name, signing: signed)
        let assertion = try Parties.party().accept(base64(xml), expecting: Parties.expectation())
        let values = assertion.attributes.flatMap(\.values)
        #expect(values.contains("alice@example.org"))
        #expect(!values.contains(""))
        switch name {
        case "entra":
            #expect(
                assertion.values(of: "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups") == [
                    "0a1b", "2c3d",
                ])
        case "okta": #expect(assertion.values(of: "groups") == ["Everyone"])
        default:
            #expect(assertion.subject.spNameQualifier == Parties.service.id)
            #expect(assertion.values(of: "eduPersonTargetedID") == ["opaque-1"])
        }
        let tampered = xml.changing("alice@example.org", to: "root@example.org")
        #expect(try refusal(base64(tampered))?.reason == .signature)
    }

    @Test func oneOfSeveralIsFoundByItsName() throws {
        let okta = try Handwriting.document("okta-metadata").replacing(#/<\?xml[^>]*\?>/#, with: "")
        let keycloak = try Handwriting.document("keycloak-metadata")
        let federation = """
            <EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" validUntil="2029-01-01T00:00:00Z">\(okta)\(keycloak)\
            </EntitiesDescriptor>
            """
        let provider = try IdentityProvider(metadata: federation, id: "https://keycloak.example/realms/staff")
        #expect(provider.signInByForm == "https://keycloak.example/realms/staff/protocol/saml")
        #expect(provider.validUntil == Date(timeIntervalSince1970: 1_861_920_000))
        let several = problem { _ = try IdentityProvider(metadata: federation) }
        #expect(several.contains("several") && several.contains("okta.com"))
        #expect(
            problem { _ = try IdentityProvider(metadata: federation, id: "x") }.contains("no identity provider “x”"))
    }

    @Test func whatIsWrongWithMetadataIsSaid() throws {
        let text = try Handwriting.document("okta-metadata")
        func problem(_ old: String, _ new: String) -> String {
            self.problem { _ = try IdentityProvider(metadata: text.changing(old, to: new)) }
        }
        #expect(problem("IDPSSODescriptor", "SPSSODescriptor").contains("no identity provider"))
        #expect(
            problem(
                "protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"",
                "protocolSupportEnumeration=\"x\""
            ).contains("SAML 2.0"))
        #expect(problem("use=\"signing\"", "use=\"encryption\"").contains("no certificate"))
        #expect(problem("<md:SingleSignOnService", "<md:OtherService").contains("no address"))
        #expect(problem("https://example.okta.com", "javascript:alert(1)//").contains("no address of the web"))
        #expect(problem("<ds:X509Certificate>", "<ds:X509Certificate>A").contains("not a certificate"))
        #expect(problem("<md:EntityDescriptor", "<!DOCTYPE a><md:EntityDescriptor").contains("cannot be read"))
    }

    @Test func oursNameEveryKeyAndAddress() {
        let read = Parties.service.metadata
        #expect(read.contains("entityID=\"\(Parties.service.id)\""))
        #expect(read.contains("AuthnRequestsSigned=\"true\"") && read.contains("WantAssertionsSigned=\"true\""))
        #expect(read.contains("Location=\"\(Parties.service.callback)\" index=\"0\""))
        #expect(read.ranges(of: "Location=\"\(Parties.service.signOut)\"").count == 2)
        for key in [Parties.ownKey, Parties.nextOwnKey] {
            #expect(read.ranges(of: key.certificate.base64).count == 2, "one to verify with, one to encrypt with")
        }
    }

    @Test func aKeyThatDoesNotFitItsCertificateIsRefused() {
        #expect(
            problem { _ = try SAMLKey(privateKey: "x", certificate: Parties.ownKey.certificatePEM) }.contains("PEM"))
        #expect(
            problem {
                _ = try SAMLKey(
                    privateKey: Parties.strangerKey.privateKey, certificate: Parties.ownKey.certificatePEM)
            }.contains("another key"))
    }

    private func problem(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return "\(error)"
        }
    }
}
