import Cryptography
import Foundation
import SAML
import Testing

@Suite struct EncryptionTests {
    private static let transports = [
        Encryption.Transport(), .init(digest: "sha256"), .init(digest: "sha512"),
        .init(algorithm: Encryption.xenc11 + "rsa-oaep", digest: "sha256"),
        .init(algorithm: Encryption.xenc11 + "rsa-oaep", digest: "sha256", mask: "sha256"),
        .init(algorithm: Encryption.xenc11 + "rsa-oaep", digest: "sha512", mask: "sha512"),
    ]

    private func encrypted(_ text: ResponseText, _ seal: (String) throws -> String) throws -> String {
        base64(try text.response(around: seal(text.signedAssertion())))
    }

    @Test(arguments: transports) func keysAreCarriedInManyWays(_ transport: Encryption.Transport) throws {
        let form = try encrypted(ResponseText()) { try Encryption.assertion($0, transport: transport) }
        let found = try refusal(form)
        #expect(found == nil, "\(String(describing: found))")
    }

    @Test(arguments: [128, 192, 256]) func keysMayBeOfAnyLength(bits: Int) throws {
        #expect(try refusal(encrypted(ResponseText()) { try Encryption.assertion($0, bits: bits) }) == nil)
    }

    @Test(arguments: [
        ("aes-128", Encryption.xenc + "aes128-cbc"), ("aes-256", Encryption.xenc + "aes256-cbc"),
        ("aes-128", Encryption.xenc11 + "aes128-gcm"), ("aes-192", Encryption.xenc11 + "aes192-gcm"),
        ("aes-256", Encryption.xenc11 + "aes256-gcm"), ("des-192", Encryption.xenc + "tripledes-cbc"),
    ]) func whatAnotherLibraryHasEncryptedIsRead(session: String, cipher: String) throws {
        for isKeyBeside in [false, true] {
            let form = try encrypted(ResponseText()) {
                try Encryption.byXMLSec($0, cipher: cipher, session: session, isKeyBeside: isKeyBeside)
            }
            let found = try refusal(form)
            #expect(found == nil, "\(isKeyBeside) \(String(describing: found))")
        }
    }

    @Test func theKeyBeforeTheChangeStillDecrypts() throws {
        #expect(try refusal(encrypted(ResponseText()) { try Encryption.assertion($0, for: Parties.nextOwnKey) }) == nil)
    }

    @Test func aSignedResponseVouchesForWhatItCarriesEncrypted() throws {
        for transport in [Encryption.Transport(), .init(digest: "sha256")] {
            for signsAssertion in [false, true] {
                let text = ResponseText { ($0.signsAssertion, $0.signsResponse) = (signsAssertion, true) }
                // What is signed has to be in its canonical form, which has no empty tags.
                let form = try encrypted(text) { Self.canonical(try Encryption.assertion($0, transport: transport)) }
                let found = try refusal(form)
                #expect(found == nil, "\(transport) \(signsAssertion) \(String(describing: found))")
                let tampered = String(decoding: Base64.decode(form) ?? [], as: UTF8.self)
                    .changing("<samlp:Status>", to: "<samlp:Status> ")
                #expect(try refusal(base64(tampered))?.reason == .signature)
            }
        }
    }

    static func canonical(_ xml: String) -> String {
        xml.replacing(#/<([a-z]+:[A-Za-z]+)( [^>]*)?\/>/#) { "<\($0.1)\($0.2 ?? "")></\($0.1)>" }
            .replacingOccurrences(
                of: "xmlns:xenc=\"\(Encryption.xenc)\" xmlns:ds=\"\(Encryption.ds)\" Type",
                with: "xmlns:xenc=\"\(Encryption.xenc)\" Type"
            )
            .replacingOccurrences(of: "<ds:KeyInfo>", with: "<ds:KeyInfo xmlns:ds=\"\(Encryption.ds)\">")
    }

    @Test(arguments: BadMessage.encrypted) func encryptingGetsNobodyIn(_ message: BadMessage) throws {
        let found = try refusal(message.form())
        #expect(found?.reason == message.reason, "\(String(describing: found))")
    }
}

extension BadMessage {
    /// A response that says something wrong in an assertion that is encrypted.
    private static func inside(
        _ name: String, _ reason: SAMLRefusal.Reason, _ change: @escaping @Sendable (inout ResponseText) -> Void
    ) -> BadMessage {
        .xml(name, reason) {
            let text = ResponseText(change)
            return try text.response(around: Encryption.assertion(text.signedAssertion()))
        }
    }

    /// A response the assertion of which is right, and encrypted in a way of its own.
    private static func sealed(
        _ name: String, _ reason: SAMLRefusal.Reason, _ seal: @escaping @Sendable (String) throws -> String
    ) -> BadMessage {
        .xml(name, reason) {
            let text = ResponseText()
            return try text.response(around: seal(text.signedAssertion()))
        }
    }

    static let encrypted: [BadMessage] = [
        inside("nothing signed", .signature) { $0.signsAssertion = false },
        inside("a stranger's signature", .signature) { $0.signer.key = Parties.strangerKey },
        inside("another recipient", .recipient) { $0.recipient = "https://other.example" },
        sealed("for somebody else", .encryption) { try Encryption.assertion($0, for: Parties.strangerKey) },
        sealed("a comment inside", .malformed) {
            try Encryption.assertion($0.changing("alice@example.org</", to: "alice@example.org<!---->.evil</"))
        },
        sealed("a document type inside", .malformed) { try Encryption.assertion("<!DOCTYPE a>" + $0) },
        inside("an expensive path inside", .signature) {
            $0.signer.reference = "#xpointer(//*//*//*//*//*//*//*)"
        },
        inside("a file to be fetched inside", .encryption) { text in
            text.attributes +=
                "<x:CipherData xmlns:x=\"\(Encryption.xenc)\"><x:CipherReference URI=\"file:///\"></x:CipherReference></x:CipherData>"
        },
        sealed("two assertions inside", .malformed) { try Encryption.assertion($0 + $0) },
        sealed("two that are encrypted", .assertionCount) { try Encryption.assertion($0) + Encryption.assertion($0) },
        sealed("one that is and one that is not", .assertionCount) { try Encryption.assertion($0) + $0 },
        sealed("something else inside", .malformed) { _ in try Encryption.assertion("<a/>") },
        sealed("nonsense", .encryption) { _ in
            Encryption.element(
                data: [UInt8](repeating: 7, count: 64), cipher: Encryption.xenc + "aes256-cbc",
                key: [UInt8](repeating: 7, count: 384))
        },
        sealed("cut off", .encryption) {
            try Encryption.assertion($0).replacing(
                #/[A-Za-z0-9+\/]{64}=*<\/xenc:CipherValue><\/xenc:CipherData><\/xenc:EncryptedData>/#,
                with: "</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>")
        },
        sealed("an old way to carry keys", .algorithm) {
            try Encryption.assertion($0).changing("xmlenc#rsa-oaep-mgf1p", to: "xmlenc#rsa-1_5")
        },
        sealed("an old cipher", .algorithm) {
            try Encryption.assertion($0).changing("xmlenc#aes256-cbc", to: "xmlenc#arcfour")
        },
        sealed("an unknown hash", .algorithm) {
            try Encryption.assertion($0).changing("xmldsig#sha1\"", to: "xmldsig-more#md5\"")
        },
        sealed("a file to be decrypted", .encryption) {
            try Encryption.assertion($0).replacing(
                #/<xenc:CipherValue>[^<]*<\/xenc:CipherValue>/#,
                with: "<xenc:CipherReference URI=\"file:///etc/hostname\"/>")
        },
        sealed("a key to be fetched", .encryption) {
            try Encryption.assertion($0).changing(
                "<ds:KeyInfo>", to: "<ds:KeyInfo><ds:RetrievalMethod URI=\"http://127.0.0.1:1/\"/>")
        },
        sealed("a hundred keys", .encryption) {
            try Encryption.assertion($0).replacing(#/<xenc:EncryptedKey>.*<\/xenc:EncryptedKey>/#) {
                String(repeating: String($0.output), count: 100)
            }
        },
        sealed("no key", .encryption) {
            try Encryption.assertion($0).replacing(#/<xenc:EncryptedKey>.*<\/xenc:EncryptedKey>/#, with: "")
        },
    ]
}
