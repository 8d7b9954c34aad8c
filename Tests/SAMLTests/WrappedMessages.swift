import SAML

/// Signature wrapping: what was signed is moved to where nobody reads, and what is read was never signed. The eight ways of
/// “On Breaking SAML: Be Whoever You Want to Be” (Somorovsky and others, 2012), and some more.
extension BadMessage {
    private static var anySignature: Regex<Substring> { #/<ds:Signature .*?<\/ds:Signature>/# }

    /// A signed response or assertion, its signature, itself without it, and what an attacker would have it say.
    private struct Parts {
        let signed: String
        let signature: String
        let plain: String
        let evil: String

        init(_ signed: String, newID: String?) {
            self.signed = signed
            signature = signed.firstMatch(of: anySignature).map { String($0.output) } ?? ""
            plain = signed.replacing(anySignature, with: "")
            let forged = plain.changing("alice@example.org", to: "root@example.org")
            evil = newID.map { forged.changing("ID=\"_assertion-1\"", to: "ID=\"\($0)\"") } ?? forged
        }
    }

    private static func response(_ arrange: @escaping @Sendable (Parts) -> String) -> @Sendable () throws -> String {
        {
            let text = ResponseText { ($0.signsAssertion, $0.signsResponse) = (false, true) }
            return arrange(Parts(try text.xml(), newID: "_evil"))
        }
    }

    private static func assertion(
        newID: String? = "_evil", _ arrange: @escaping @Sendable (Parts) -> String
    ) -> @Sendable () throws -> String {
        {
            let text = ResponseText()
            return try text.response(around: arrange(Parts(text.signedAssertion(), newID: newID)))
        }
    }

    private static func object(_ content: String) -> String { "<ds:Object>\(content)</ds:Object></ds:Signature>" }

    static let wrapped: [BadMessage] = [
        .xml(
            "1: the response within the signature of a forged one", .malformed,
            response { parts in
                let wrapped = parts.signature.changing("</ds:Signature>", to: object(parts.plain))
                return parts.evil.changing("ID=\"_response-1\"", to: "ID=\"_evil-response\"")
                    .changing("<samlp:Status>", to: wrapped + "<samlp:Status>")
            }),
        .xml(
            "2: the response before the signature of a forged one", .malformed,
            response { parts in
                parts.evil.changing("ID=\"_response-1\"", to: "ID=\"_evil-response\"")
                    .changing("<samlp:Status>", to: parts.plain + parts.signature + "<samlp:Status>")
            }),
        .xml("3: a forged assertion before", .assertionCount, assertion { $0.evil + $0.signed }),
        .xml("3: a forged assertion after", .assertionCount, assertion { $0.signed + $0.evil }),
        .xml(
            "4: the assertion within a forged one", .assertionCount,
            assertion { $0.evil.changing("</saml:Assertion>", to: $0.signed + "</saml:Assertion>") }),
        .xml(
            "5: the signature in a forged assertion, what it signs after it", .assertionCount,
            assertion { $0.evil.changing("<saml:Subject>", to: $0.signature + "<saml:Subject>") + $0.plain }),
        .xml(
            "6: the signature in a forged assertion, what it signs in the signature", .assertionCount,
            assertion { parts in
                let wrapped = parts.signature.changing("</ds:Signature>", to: object(parts.plain))
                return parts.evil.changing("<saml:Subject>", to: wrapped + "<saml:Subject>")
            }),
        .xml(
            "7: a forged assertion of the same name in an extension", .assertionCount,
            assertion(newID: nil) { "<samlp:Extensions>\($0.evil)</samlp:Extensions>" + $0.signed }),
        .xml(
            "8: the assertion in an object of a forged one's signature", .assertionCount,
            assertion(newID: nil) { parts in
                let wrapped = parts.signature.changing("</ds:Signature>", to: object(parts.plain))
                return parts.evil.changing("<saml:Subject>", to: wrapped + "<saml:Subject>")
            }),
        .xml(
            "a forged assertion for the same identifier", .assertionCount,
            assertion(newID: nil) { $0.evil + $0.signed }),
        .xml(
            "the assertion not in its place", .assertionCount,
            assertion { "<samlp:Extensions>\($0.signed)</samlp:Extensions>" }),
        .xml(
            "a forged name beside the signed one", .subject,
            assertion { $0.signed.changing("<saml:NameID>", to: "<saml:NameID>root</saml:NameID><saml:NameID>") }),
        .xml(
            "a signed part of a forged response", .signature,
            {
                let text = ResponseText { $0.signsAssertion = false }
                let status = try XMLSigner().signature(of: "<samlp:Status></samlp:Status>", id: "_status")
                return try text.xml().changing("<samlp:Status>", to: "<samlp:Status ID=\"_status\">" + status)
            }),
        .xml(
            "two assertions, both signed", .assertionCount,
            {
                let other = ResponseText { $0.assertionID = "_assertion-2" }
                return try ResponseText().response(around: ResponseText().signedAssertion() + other.signedAssertion())
            }),
        .xml("no assertion", .assertionCount) { try ResponseText { $0.signsResponse = true }.response(around: "") },
    ]
}
