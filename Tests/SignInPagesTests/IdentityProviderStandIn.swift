import Cryptography
import FoundationEssentials
import SAML
import Tenancy
import WireAPI

/// An identity provider as far as its words go: it describes itself, and signs what a test wants it to say.
struct IdentityProviderStandIn: Sendable {
    let id: String
    let key: SAMLKey

    private static let sharedKey = Task {
        try SAMLKey.generate(commonName: "identity provider", now: Date(), days: 30)
    }

    /// One of its own for each test; its key is made once for all.
    init() async throws {
        id = "https://idp.example/\(UUID().uuidString.lowercased())"
        key = try await Self.sharedKey.value
    }

    var metadata: String {
        """
        <EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="\(id)"><IDPSSODescriptor \
        protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo \
        xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>\(key.certificate.base64)\
        </X509Certificate></X509Data></KeyInfo></KeyDescriptor><SingleLogoutService \
        Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example/slo"/>\
        <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" \
        Location="https://idp.example/sso"/></IDPSSODescriptor></EntityDescriptor>
        """
    }

    /// The same, signed by its key.
    func signedMetadata() throws -> String {
        var text = metadata.replacing(" entityID=", with: " ID=\"_metadata\" entityID=")
        for service in ["Logout", "SignOn"] {
            let name = "Single\(service)Service"
            guard let start = text.firstRange(of: "<\(name) "),
                let end = text[start.upperBound...].firstRange(of: "/>")
            else { continue }
            text.replaceSubrange(end, with: "></\(name)>")
        }
        return try signed(text.replacing("<IDPSSODescriptor ", with: "{signature}<IDPSSODescriptor "), id: "_metadata")
    }

    /// Somebody as it knows them.
    struct Person: Sendable {
        var name: String
        var email: String
        var groups: [String] = ["eng"]
    }

    /// A response that says who somebody is, as a form has it; `request` is what it answers.
    func response(
        to request: String?, for ours: OperatorServiceProvider, _ person: Person, assertion: String = "_\(UUID())",
        askedAgo: TimeInterval = 0
    ) throws -> String {
        let (now, end) = (Self.moment(0), Self.moment(300))
        let answered = request.map { " InResponseTo=\"\($0)\"" } ?? ""
        let groups = person.groups.map { "<saml:AttributeValue>\($0)</saml:AttributeValue>" }.joined()
        let text = """
            <saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="\(assertion)" IssueInstant="\(now)" \
            Version="2.0"><saml:Issuer>\(id)</saml:Issuer>{signature}<saml:Subject><saml:NameID>\(person.name)\
            </saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">\
            <saml:SubjectConfirmationData\(answered) NotOnOrAfter="\(end)" Recipient="\(ours.callbackAddress)">\
            </saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject><saml:Conditions \
            NotBefore="\(now)" NotOnOrAfter="\(end)"><saml:AudienceRestriction><saml:Audience>\(ours.entityID)\
            </saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="\(Self.moment(-askedAgo))" \
            SessionIndex="_session-of-\(person.name)"><saml:AuthnContext><saml:AuthnContextClassRef>\
            urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext>\
            </saml:AuthnStatement><saml:AttributeStatement><saml:Attribute Name="mail"><saml:AttributeValue>\
            \(person.email)</saml:AttributeValue></saml:Attribute><saml:Attribute Name="groups">\(groups)\
            </saml:Attribute></saml:AttributeStatement></saml:Assertion>
            """
        return Self.base64(
            """
            <samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="\(ours.callbackAddress)" \
            ID="_response"\(answered) IssueInstant="\(now)" Version="2.0"><saml:Issuer \
            xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">\(id)</saml:Issuer><samlp:Status><samlp:StatusCode \
            Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode></samlp:Status>\
            \(try signed(text, id: assertion))</samlp:Response>
            """)
    }

    /// A request to sign somebody out, as a form has it; made so many seconds from now.
    func signOut(of person: Person, at ours: OperatorServiceProvider, in seconds: TimeInterval = 0) throws -> String {
        let text = """
            <samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" \
            Destination="\(ours.signOutAddress)" ID="_logout" IssueInstant="\(Self.moment(seconds))" Version="2.0">\
            <saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">\(id)</saml:Issuer>{signature}<saml:NameID \
            xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">\(person.name)</saml:NameID></samlp:LogoutRequest>
            """
        return Self.base64(try signed(text, id: "_logout"))
    }

    /// Signs XML that is in its canonical form already.
    private func signed(_ text: String, id: String) throws -> String {
        let plain = text.replacing("{signature}", with: "")
        let information = """
            <ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod>\
            <ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>\
            <ds:Reference URI="#\(id)"><ds:Transforms><ds:Transform \
            Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform><ds:Transform \
            Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform></ds:Transforms><ds:DigestMethod \
            Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>\
            \(Base64.encode(SHA256.hash(plain)))</ds:DigestValue></ds:Reference></ds:SignedInfo>
            """
        let canonical = "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">" + information
        let value = try SigningKey(pem: key.privateKey).signature(of: Array(canonical.utf8))
        return text.replacing(
            "{signature}",
            with: """
                <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>\(information)\
                <ds:SignatureValue>\(Base64.encode(value))</ds:SignatureValue></ds:Signature>
                """)
    }

    private static func base64(_ text: String) -> String { Base64.encode(Array(text.utf8)) }

    /// Seconds from now as SAML writes them.
    private static func moment(_ seconds: TimeInterval) -> String {
        Date().addingTimeInterval(seconds).formatted(.iso8601)
    }
}
