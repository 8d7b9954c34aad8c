import Cryptography
import Foundation
import SAML
import Testing

/// A response that must sign nobody in, and why it is refused.
struct BadMessage: Sendable, CustomTestStringConvertible {
    let name: String
    let reason: SAMLRefusal.Reason
    /// The value of the form's field.
    let form: @Sendable () throws -> String

    init(_ name: String, _ reason: SAMLRefusal.Reason, form: @escaping @Sendable () throws -> String) {
        self.name = name
        self.reason = reason
        self.form = form
    }

    /// XML that is not what it should be.
    static func xml(_ name: String, _ reason: SAMLRefusal.Reason, _ xml: @escaping @Sendable () throws -> String)
        -> BadMessage
    {
        BadMessage(name, reason) { base64(try xml()) }
    }

    /// A response that says something wrong, and is signed.
    static func saying(
        _ name: String, _ reason: SAMLRefusal.Reason, _ change: @escaping @Sendable (inout ResponseText) -> Void
    ) -> BadMessage {
        BadMessage(name, reason) { try ResponseText(change).form() }
    }

    /// A right response of which a text was changed after it was signed.
    static func changed(
        _ name: String, _ reason: SAMLRefusal.Reason, _ change: @escaping @Sendable (String) -> String
    ) -> BadMessage {
        .xml(name, reason) { change(try ResponseText().xml()) }
    }

    var testDescription: String { name }

    static let all = unreadable + unsigned + badlySigned + wrapped + misdirected + outOfTime + incomplete
}

extension BadMessage {
    private static func doctype(_ text: String) -> @Sendable () throws -> String {
        { text + (try ResponseText().xml()) }
    }

    static let unreadable: [BadMessage] = [
        BadMessage("nothing", .malformed) { "" },
        BadMessage("no base64", .malformed) { "<Response>" },
        BadMessage("half of base64", .malformed) { String(try ResponseText().form().dropLast(3)) },
        BadMessage("no text", .malformed) { Base64.encode([0xFF, 0xFE, 0x00]) },
        BadMessage("compressed", .malformed) { Base64.encode(Messages.deflated(try ResponseText().xml())) },
        BadMessage("5 MB", .malformed) { String(repeating: "QUFB", count: 1_250_000) },
        .changed("longer than 128 KB", .malformed) {
            $0.changing("</samlp:Response>", to: String(repeating: " ", count: 131_072) + "</samlp:Response>")
        },
        .changed("broken off", .malformed) { String($0.dropLast(20)) },
        .changed("something after the end", .malformed) { $0 + "<a/>" },
        .xml("10,000 deep", .malformed) {
            String(repeating: "<a>", count: 10_000) + String(repeating: "</a>", count: 10_000)
        },
        .xml("50,000 elements", .malformed) { "<a>" + String(repeating: "<b/>", count: 50_000) + "</a>" },
        .xml("10,000 attributes", .malformed) {
            "<a" + (0..<10_000).map { " a\($0)='1'" }.joined() + "/>"
        },
        .xml("10,000 namespaces", .malformed) {
            "<a>"
                + (0..<1_000).map { i in "<b" + (0..<10).map { " xmlns:n\(i)x\($0)='u:\($0)'" }.joined() + "/>" }
                .joined()
                + "</a>"
        },
        .saying("namespaces within namespaces", .malformed) {
            let open = (0..<16).map { depth in
                "<saml:a" + (0..<31).map { " xmlns:n\(depth)x\($0)=\"u:\($0)\"" }.joined() + ">"
            }
            $0.signer.canonicalForm = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
            $0.attributes +=
                open.joined() + String(repeating: "<saml:b></saml:b>", count: 650)
                + String(repeating: "</saml:a>", count: 16)
        },
        .changed("a tag that is not closed", .malformed) { $0.changing("</saml:Subject>", to: "") },
        .changed("an attribute twice", .malformed) { $0.changing("Version=", to: "ID=\"_other\" Version=") },
        .changed("a prefix of nothing", .malformed) { $0.changing("<saml:NameID>", to: "<saml:NameID evil:a=\"1\">") },
        .changed("a control character", .malformed) { $0.changing("alice@", to: "alice\u{1}@") },
        .changed("a NUL by reference", .malformed) { $0.changing("alice@", to: "alice&#0;@") },
        .changed("an entity of nobody's", .malformed) { $0.changing("alice@", to: "&admin;@") },
        .changed("CDATA", .malformed) { $0.changing("alice@", to: "<![CDATA[admin]]>@") },
        .changed("a processing instruction", .malformed) { $0.changing("alice@", to: "<?php x?>alice@") },
        .changed("a comment that cuts a name short", .malformed) {
            $0.changing("alice@example.org</saml:NameID>", to: "alice@example.org<!---->.evil.example</saml:NameID>")
        },
        .xml("a document type", .malformed, doctype("<!DOCTYPE a>")),
        .xml(
            "a billion laughs", .malformed,
            doctype(
                "<!DOCTYPE a [<!ENTITY a \"ha\">"
                    + (0..<20).map { "<!ENTITY a\($0 + 1) \"&a\($0);&a\($0);\">" }.joined() + "]>")),
        .xml("a file as an entity", .malformed, doctype("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>")),
        .xml("a document type from elsewhere", .malformed, doctype("<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/a.dtd\">")),
        .xml("another character set", .malformed) {
            "<?xml version=\"1.0\" encoding=\"UTF-7\"?>" + (try ResponseText().xml())
        },
        .xml("another XML", .malformed) { "<?xml version=\"1.1\"?>" + (try ResponseText().xml()) },
        .xml("another message", .malformed) { Messages.unsigned(Messages.signOutAnswer(to: Parties.request)) },
        .changed("no SAML 2.0", .malformed) { $0.changing("Version=\"2.0\"", to: "Version=\"1.1\"") },
    ]

    static let unsigned: [BadMessage] = [
        .saying("no signature at all", .signature) { $0.signsAssertion = false },
        .xml("a signature taken off", .signature) {
            let xml = try ResponseText { $0.signsResponse = true }.xml()
            return xml.replacing(#/<ds:Signature .*?<\/ds:Signature>/#, with: "")
        },
        .changed("an empty signature", .signature) {
            $0.replacing(
                #/<ds:SignatureValue>.*?<\/ds:SignatureValue>/#, with: "<ds:SignatureValue></ds:SignatureValue>")
        },
        .changed("another name", .signature) {
            $0.changing("alice@example.org</saml:NameID>", to: "root@example.org</saml:NameID>")
        },
        .changed("another group", .signature) { $0.changing(">eng<", to: ">owners<") },
        .changed("a later end", .signature) { $0.changing(moment(300), to: moment(3000)) },
        .changed("a name in the signed element's comment of white space", .signature) {
            $0.changing("<saml:Subject>", to: "<saml:Subject> ")
        },
        .saying("a stranger's key", .signature) { $0.signer.key = Parties.strangerKey },
        .saying("a stranger's key, brought along", .signature) {
            $0.signer.key = Parties.strangerKey
            $0.signer.keyInfo = XMLSigner.certificate(Parties.strangerKey)
        },
        .saying("a stranger's key under the right certificate", .signature) {
            $0.signer.key = Parties.strangerKey
            $0.signer.keyInfo = XMLSigner.certificate(Parties.providerKey)
        },
        .saying("our own key", .signature) { $0.signer.key = Parties.ownKey },
        .xml("a broken signature of the response over a good one", .signature) {
            try ResponseText { $0.signsResponse = true }.xml().changing("<samlp:Status>", to: "<samlp:Status> ")
        },
        .xml("a good signature of the response over a broken one") {
            var text = ResponseText { $0.signsResponse = true }
            let forged = try text.signedAssertion().changing(">eng<", to: ">owners<")
            text.signsAssertion = false
            return try text.response(around: forged)
        },
    ]

    private static func xml(_ name: String, _ xml: @escaping @Sendable () throws -> String) -> BadMessage {
        .xml(name, .signature, xml)
    }

    static let badlySigned: [BadMessage] = [
        .saying("SHA-1", .algorithm) { $0.signer.method = "http://www.w3.org/2000/09/xmldsig#rsa-sha1" },
        .saying("a digest by SHA-1", .algorithm) { $0.signer.digest = "http://www.w3.org/2000/09/xmldsig#sha1" },
        .saying("MD5", .algorithm) { $0.signer.method = "http://www.w3.org/2001/04/xmldsig-more#rsa-md5" },
        .saying("DSA", .algorithm) { $0.signer.method = "http://www.w3.org/2000/09/xmldsig#dsa-sha1" },
        .saying("no method", .algorithm) { $0.signer.method = "none" },
        .saying("HMAC by the public key", .algorithm) {
            $0.signer.method = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
            let secret = Array(Parties.providerKey.certificatePEM.utf8)
            $0.signer.sign = { HMACSHA256.authenticate($0, key: secret) }
        },
        .saying("a canonical form with comments", .algorithm) {
            $0.signer.canonicalForm = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"
        },
        .saying("a stylesheet", .algorithm) {
            $0.signer.transforms = transform("http://www.w3.org/TR/1999/REC-xslt-19991116")
        },
        .saying("a path", .algorithm) {
            $0.signer.transforms = transform(
                "http://www.w3.org/TR/1999/REC-xpath-19991116", "<ds:XPath>not(//*//*//*//*//*)</ds:XPath>")
        },
        .saying("a hundred transforms", .algorithm) {
            $0.signer.transforms = String(repeating: transform(XMLSigner().canonicalForm), count: 100)
        },
        .saying("a transform with something in it", .algorithm) {
            $0.signer.transforms = transform(
                "http://www.w3.org/2000/09/xmldsig#enveloped-signature", "<ds:XPath>a</ds:XPath>")
        },
        .saying("a hundred prefixes to keep", .algorithm) {
            $0.signer.transforms = kept((0..<100).map { "n\($0)" })
        },
        .saying("one prefix to keep, a hundred times", .algorithm) {
            $0.signer.transforms = kept([String](repeating: "n", count: 100))
        },
        .changed("a hundred prefixes to keep in what is signed", .algorithm) {
            $0.replacing(#/<ds:CanonicalizationMethod ([^>]*)><\/ds:CanonicalizationMethod>/#) { found in
                "<ds:CanonicalizationMethod \(found.1)>\(inclusive((0..<100).map { "n\($0)" }))</ds:CanonicalizationMethod>"
            }
        },
        .saying("prefixes to keep where all are kept", .algorithm) {
            $0.signer.canonicalForm = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
            $0.signer.transforms =
                transform("http://www.w3.org/2000/09/xmldsig#enveloped-signature")
                + transform($0.signer.canonicalForm, inclusive(["xs"]))
        },
        .saying("no transform", .algorithm) { $0.signer.transforms = "" },
        .saying("about the whole document", .signature) { $0.signer.reference = "" },
        .saying("about another element", .signature) { $0.signer.reference = "#_response-1" },
        .saying("about a path", .signature) { $0.signer.reference = "#xpointer(//*//*//*//*)" },
        .saying("about a path that is called like the assertion", .signature) {
            $0.assertionID = "xpointer(//*//*//*//*)"
        },
        .saying("about a file", .signature) { $0.signer.reference = "file:///etc/hostname" },
        .saying("about an address", .signature) { $0.signer.reference = "http://127.0.0.1:1/" },
        .saying("a key to be fetched", .signature) {
            $0.signer.keyInfo = "<ds:RetrievalMethod URI=\"file:///etc/hostname\"></ds:RetrievalMethod>"
        },
        .changed("about two things", .signature) {
            $0.replacing(#/<ds:Reference .*?<\/ds:Reference>/#) { "\($0.output)\($0.output)" }
        },
        .changed("about nothing", .signature) { $0.replacing(#/<ds:Reference .*?<\/ds:Reference>/#, with: "") },
        .changed("a shortened code", .algorithm) {
            $0.changing("rsa-sha256\">", to: "rsa-sha256\"><ds:HMACOutputLength>0</ds:HMACOutputLength>")
        },
        .changed("two signatures", .signature) {
            $0.replacing(#/<ds:Signature .*?<\/ds:Signature>/#) { "\($0.output)\($0.output)" }
        },
        .changed("a signature in the subject", .signature) { xml in
            let signature = xml.firstMatch(of: #/<ds:Signature .*?<\/ds:Signature>/#).map { String($0.output) } ?? ""
            return xml.changing(signature, to: "").changing("<saml:Subject>", to: "<saml:Subject>" + signature)
        },
        .changed("an identifier twice", .signature) {
            $0.changing("<saml:Subject>", to: "<saml:Subject ID=\"_assertion-1\">")
        },
        .changed("an identifier of XML's own", .signature) {
            $0.changing("<samlp:Status>", to: "<samlp:Status xml:id=\"_assertion-1\">")
        },
    ]

    private static func inclusive(_ prefixes: [String]) -> String {
        "<ec:InclusiveNamespaces xmlns:ec=\"\(XMLSigner().canonicalForm)\" "
            + "PrefixList=\"\(prefixes.joined(separator: " "))\"></ec:InclusiveNamespaces>"
    }

    private static func kept(_ prefixes: [String]) -> String {
        transform("http://www.w3.org/2000/09/xmldsig#enveloped-signature")
            + transform(XMLSigner().canonicalForm, inclusive(prefixes))
    }

    private static func transform(_ algorithm: String, _ content: String = "") -> String {
        "<ds:Transform Algorithm=\"\(algorithm)\">\(content)</ds:Transform>"
    }
}
