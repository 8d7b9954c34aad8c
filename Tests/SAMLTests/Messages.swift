import Compression
import Cryptography
import Foundation
import SAML

/// Messages of single logout as an identity provider sends them.
enum Messages {
    static func inflated(_ parameter: String) throws -> String {
        let bytes = try Inflation.inflateRaw(Base64.decode(parameter) ?? [], limit: 1 << 20)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What zlib calls a stored block: deflated without being any smaller.
    static func deflated(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var start = 0
        repeat {
            let end = min(start + 65_535, bytes.count)
            let count = UInt16(end - start)
            result.append(end == bytes.count ? 1 : 0)
            result += [UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)]
            result += bytes[start..<end]
            start = end
        } while start < bytes.count
        return result
    }

    /// A redirect's query, signed.
    static func query(
        _ text: String, field: String, key: SAMLKey = Parties.providerKey, relay: String? = "r",
        method: String = "rsa-sha256", sign: (([UInt8]) throws -> [UInt8])? = nil
    ) throws -> String {
        var parts = ["\(field)=\(encoded(Base64.encode(deflated(text))))"]
        if let relay { parts.append("RelayState=\(encoded(relay))") }
        parts.append("SigAlg=\(encoded("http://www.w3.org/2001/04/xmldsig-more#\(method)"))")
        let signed = parts.joined(separator: "&")
        let signature =
            try sign?(Array(signed.utf8)) ?? SigningKey(pem: key.privateKey).signature(of: Array(signed.utf8))
        return "\(signed)&Signature=\(encoded(Base64.encode(signature)))"
    }

    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    static func signOutRequest(
        issuer: String = Parties.providerID, destination: String = Parties.service.signOut, issued: String = moment(0),
        sessions: [String] = ["_session-1"]
    ) -> String {
        let indexes = sessions.map { "<samlp:SessionIndex>\($0)</samlp:SessionIndex>" }.joined()
        return """
            <samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="\(destination)" \
            ID="_logout-1" IssueInstant="\(issued)" Version="2.0"><saml:Issuer \
            xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">\(issuer)</saml:Issuer>{signature}<saml:NameID \
            xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">alice@example.org</saml:NameID>\(indexes)\
            </samlp:LogoutRequest>
            """
    }

    static func signOutAnswer(to request: String, status: String = "Success") -> String {
        """
        <samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" \
        Destination="\(Parties.service.signOut)" ID="_answer-1" InResponseTo="\(request)" IssueInstant="\(moment(0))" \
        Version="2.0"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">\(Parties.providerID)</saml:Issuer>\
        {signature}<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:\(status)">\
        </samlp:StatusCode></samlp:Status></samlp:LogoutResponse>
        """
    }

    static func unsigned(_ text: String) -> String { text.replacingOccurrences(of: "{signature}", with: "") }
}
