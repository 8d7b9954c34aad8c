import Cryptography
import Foundation
import SAML
import TestSupport
import Testing

/// Encrypts as identity providers do, by the programs of two other libraries: `openssl` and `xmlsec1`.
enum Encryption {
    static let xenc = "http://www.w3.org/2001/04/xmlenc#"
    static let xenc11 = "http://www.w3.org/2009/xmlenc11#"
    static let ds = "http://www.w3.org/2000/09/xmldsig#"

    /// How the key is encrypted.
    struct Transport: Sendable, CustomStringConvertible {
        var algorithm = xenc + "rsa-oaep-mgf1p"
        var digest = "sha1"
        var mask = "sha1"
        var description: String { "\(algorithm.split(separator: "#")[1]) \(digest) \(mask)" }

        var method: String {
            let names = ["sha1": ds + "sha1", "sha256": xenc + "sha256", "sha512": xenc + "sha512"]
            return """
                <xenc:EncryptionMethod Algorithm="\(algorithm)"><ds:DigestMethod Algorithm="\(names[digest] ?? "")"/>\
                \(mask == "sha1" ? "" : "<m:MGF xmlns:m=\"\(xenc11)\" Algorithm=\"\(xenc11)mgf1\(mask)\"/>")\
                </xenc:EncryptionMethod>
                """
        }
    }

    static func assertion(
        _ text: String, for key: SAMLKey = Parties.ownKey, bits: Int = 256, transport: Transport = Transport()
    ) throws -> String {
        let secret = Array((0..<(bits / 8)).map { UInt8($0 * 7 & 0xFF) })
        let vector = [UInt8](repeating: 9, count: 16)
        let sealed = try run(
            [
                "openssl", "enc", "-aes-\(bits)-cbc", "-K", Hexadecimal.encode(secret), "-iv",
                Hexadecimal.encode(vector),
            ],
            input: Array(text.utf8))
        return element(
            data: vector + sealed, cipher: xenc + "aes\(bits)-cbc", key: try self.key(secret, for: key, transport),
            method: transport.method)
    }

    /// The key as `openssl` encrypts it.
    private static func key(_ secret: [UInt8], for key: SAMLKey, _ transport: Transport) throws -> [UInt8] {
        let directory = try Directory()
        let certificate = try directory.write(key.certificatePEM, "certificate.pem")
        return try run(
            [
                "openssl", "pkeyutl", "-encrypt", "-certin", "-inkey", certificate, "-pkeyopt", "rsa_padding_mode:oaep",
                "-pkeyopt", "rsa_oaep_md:\(transport.digest)", "-pkeyopt", "rsa_mgf1_md:\(transport.mask)",
            ], input: secret)
    }

    static func element(data: [UInt8], cipher: String, key: [UInt8], method: String = Transport().method) -> String {
        """
        <saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><xenc:EncryptedData \
        xmlns:xenc="\(xenc)" xmlns:ds="\(ds)" Type="\(xenc)Element"><xenc:EncryptionMethod Algorithm="\(cipher)"/>\
        <ds:KeyInfo><xenc:EncryptedKey>\(method)<xenc:CipherData><xenc:CipherValue>\(Base64.encode(key))\
        </xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>\
        \(Base64.encode(data))</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>
        """
    }

    /// As `xmlsec1` encrypts: also with GCM, and the key beside the data when that is wanted.
    static func byXMLSec(_ text: String, cipher: String, session: String, isKeyBeside: Bool = false) throws -> String {
        let directory = try Directory()
        let template = element(data: [], cipher: cipher, key: [])
            .replacing(#/<saml:EncryptedAssertion [^>]*>/#, with: "")
            .replacingOccurrences(of: "</saml:EncryptedAssertion>", with: "")
            .replacing(#/<ds:DigestMethod [^>]*>/#, with: "")
        let output = try run([
            "xmlsec1", "--encrypt", "--pubkey-cert-pem", try directory.write(Parties.ownKey.certificatePEM, "own.pem"),
            "--session-key", session, "--xml-data", try directory.write(text, "data.xml"),
            try directory.write(template, "template.xml"),
        ])
        var data = String(decoding: output, as: UTF8.self).replacingOccurrences(
            of: "<?xml version=\"1.0\"?>\n", with: "")
        var beside = ""
        if isKeyBeside, let key = data.firstMatch(of: #/<xenc:EncryptedKey>[\s\S]*<\/xenc:EncryptedKey>/#) {
            beside = key.output.replacingOccurrences(
                of: "<xenc:EncryptedKey>",
                with: "<xenc:EncryptedKey xmlns:xenc=\"\(xenc)\" xmlns:ds=\"\(ds)\" Id=\"_key\">")
            data = data.replacingOccurrences(
                of: String(key.output), with: "<ds:RetrievalMethod Type=\"\(xenc)EncryptedKey\" URI=\"#_key\"/>")
        }
        return """
            <saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">\(data)\(beside)\
            </saml:EncryptedAssertion>
            """
    }

    static func run(_ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
        let outcome = try ConnectedProgram.run(arguments, input: input)
        guard outcome.code == 0 else { throw Failure(command: arguments[0...1].joined(separator: " ")) }
        return outcome.output
    }

    struct Failure: Error { let command: String }
}

/// A directory that goes away with its owner.
final class Directory {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("scorable-saml-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit {
        do { try FileManager.default.removeItem(at: url) } catch { Issue.record("cannot remove \(url.path): \(error)") }
    }

    func write(_ text: String, _ name: String) throws -> String {
        let file = url.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return file.path
    }
}
