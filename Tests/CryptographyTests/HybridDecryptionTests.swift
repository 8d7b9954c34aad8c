import Cryptography
import Foundation
import Testing

@Suite struct HybridDecryptionTests {
    private static let made = Result {
        try SelfSignedCertificate.generate(commonName: "test", now: testTime, days: 10)
    }

    /// A key encrypted by the program of OpenSSL.
    private func sealed(_ secret: [UInt8], _ digest: String, _ mask: String) throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        let peer = try PythonPeer(
            """
            import subprocess, sys
            certificate, secret, digest, mask = sys.argv[1:]
            sealed = subprocess.run(
                ["openssl", "pkeyutl", "-encrypt", "-certin", "-inkey", certificate, "-pkeyopt",
                 "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:" + digest, "-pkeyopt", "rsa_mgf1_md:" + mask],
                input=bytes.fromhex(secret), capture_output=True, check=True).stdout
            print(sealed.hex())
            """,
            [
                try directory.write(Self.made.get().certificatePEM, "certificate.pem"), Hexadecimal.encode(secret),
                digest, mask,
            ])
        return try #require(Hexadecimal.decode(try peer.line()))
    }

    @Test(arguments: [("sha1", "sha1"), ("sha256", "sha1"), ("sha256", "sha256"), ("sha512", "sha512")])
    func keysAreOpenedWithTheHashesThatTheyWereSealedWith(digest: String, mask: String) throws {
        let hashes: [String: HybridDecryption.Digest] = ["sha1": .sha1, "sha256": .sha256, "sha512": .sha512]
        let secret = [UInt8](0..<32)
        let sealed = try sealed(secret, digest, mask)
        let key = try HybridDecryption(privateKeyPEM: Self.made.get().privateKeyPEM)
        let opened = try key.openKey(
            sealed, digest: try #require(hashes[digest]), mask: try #require(hashes[mask]))
        #expect(opened.exposed == secret)
        #expect(throws: CryptographyError.self) { try key.openKey(sealed, digest: .sha384, mask: .sha384) }
        #expect(throws: CryptographyError.self) {
            try key.openKey(sealed.reversed(), digest: .sha1, mask: .sha1)
        }
    }

    /// NIST SP 800-38A, F.2.1: the first block of AES-128 in CBC, whose last byte is read as padding here.
    @Test func blocksAreChained() throws {
        let key = SecretBytes(Hexadecimal.decode("2b7e151628aed2a6abf7158809cf4f3c") ?? [])
        let vector = try #require(Hexadecimal.decode("000102030405060708090a0b0c0d0e0f"))
        let block = try #require(Hexadecimal.decode("7649abac8119b246cee98e9b12e9197d"))
        #expect(throws: CryptographyError.self) { try HybridDecryption.open(vector + block, mode: .cbc, key: key) }
        // Changing the vector changes what comes first: here the padding, from 2a to 01.
        let changed = vector.dropLast() + [vector[15] ^ 0x2A ^ 0x01]
        let opened = try HybridDecryption.open(changed + block, mode: .cbc, key: key)
        #expect(Hexadecimal.encode(opened) == "6bc1bee22e409f96e93d7e11739317")
    }

    @Test func whatWasSealedWithATagIsOpenedUnchangedOrNotAtAll() throws {
        let key = SecretBytes(randomCount: 32)
        var sealed = try AESGCM.seal(Array("secret".utf8), key: key)
        #expect(try HybridDecryption.open(sealed, mode: .gcm, key: key) == Array("secret".utf8))
        sealed[14] ^= 1
        #expect(throws: CryptographyError.self) { try HybridDecryption.open(sealed, mode: .gcm, key: key) }
        #expect(throws: CryptographyError.self) { try HybridDecryption.open([1, 2, 3], mode: .gcm, key: key) }
    }

    @Test func aCertificateTellsItsKeyAndItsDates() throws {
        let made = try Self.made.get()
        let certificate = try PublicCertificate(text: made.certificatePEM)
        #expect(certificate.isRSA && certificate.bits == 3072)
        #expect(abs(certificate.expires.timeIntervalSince(certificate.starts) - 864_000) < 1)
        #expect(abs(certificate.starts.timeIntervalSince(testTime) + 3600) < 1)
        #expect(certificate.fingerprint.count == 95)
        #expect(try certificate.belongs(toPrivateKey: made.privateKeyPEM))
        let other = try CertificateAuthority.generate(commonName: "other", now: testTime).root
        #expect(try !certificate.belongs(toPrivateKey: other.privateKeyPEM))
        #expect(try !PublicCertificate(text: other.certificatePEM).isRSA)
        #expect(throws: CryptographyError.self) { try PublicCertificate(text: "nothing") }
    }
}
