import Cryptography
import Foundation
import Testing

let testTime = Date()

@Suite struct CertificateTests {
    /// Client and server in memory, the client as strict as Python 3.13 is by default.
    private static let handshake = """
        import ssl, sys
        root, chain, key, name = sys.argv[1:]
        client = ssl.create_default_context(cafile=root)
        client.verify_flags |= ssl.VERIFY_X509_STRICT
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(chain, key)
        a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
        c = client.wrap_bio(a, b, server_hostname=name)
        s = server.wrap_bio(b, a, server_side=True)
        done = set()
        try:
            for _ in range(10):
                for side in (c, s):
                    try:
                        side.do_handshake()
                        done.add(side)
                    except ssl.SSLWantReadError:
                        pass
            print("ok" if len(done) == 2 else "stuck")
        except ssl.SSLError as error:
            print(error.verify_message if hasattr(error, "verify_message") else error)
        """

    private func verdict(_ root: String, _ server: TLSCredentials, name: String) throws -> String {
        let directory = try TemporaryDirectory()
        let peer = try PythonPeer(
            Self.handshake,
            [
                try directory.write(root, "root.pem"), try directory.write(server.certificatePEM, "server.pem"),
                try directory.write(server.privateKeyPEM, "server.key"), name,
            ])
        return try peer.rest().trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test func strictClientsAcceptAServersNamesAndNoOthers() throws {
        let authority = try CertificateAuthority.generate(commonName: "Scorable test root", now: testTime)
        let server = try authority.issue(
            for: ["localhost", "api.example.test", "*.wild.test", "127.0.0.1", "::1"], now: testTime)
        let root = authority.root.certificatePEM
        for name in ["localhost", "api.example.test", "a.wild.test", "127.0.0.1", "::1"] {
            #expect(try verdict(root, server, name: name) == "ok", "\(name)")
        }
        #expect(try verdict(root, server, name: "other.test").contains("mismatch"))
        #expect(try verdict(root, server, name: "127.0.0.2").contains("mismatch"))
    }

    @Test func aReloadedAuthorityIssuesToo() throws {
        let authority = try CertificateAuthority.generate(commonName: "Scorable test root", now: testTime)
        let reloaded = CertificateAuthority(root: authority.root)
        let server = try reloaded.issue(for: ["localhost"], now: testTime)
        #expect(try verdict(authority.root.certificatePEM, server, name: "localhost") == "ok")
        let stranger = try CertificateAuthority.generate(commonName: "Scorable test root", now: testTime)
        #expect(try verdict(stranger.root.certificatePEM, server, name: "localhost") != "ok")
    }

    @Test func expiredCertificatesAreRefused() throws {
        let authority = try CertificateAuthority.generate(commonName: "Scorable test root", now: testTime)
        let old = try authority.issue(for: ["localhost"], now: testTime.addingTimeInterval(-10 * 86_400), days: 5)
        #expect(try verdict(authority.root.certificatePEM, old, name: "localhost") == "certificate has expired")
    }

    @Test(arguments: ["a,DNS:b", "", "a b", "é.test", "1.2.3.4:80"]) func otherNamesAreRefused(_ name: String) throws {
        let authority = try CertificateAuthority.generate(commonName: "x", now: testTime)
        #expect(throws: CryptographyError.self) { try authority.issue(for: [name], now: testTime) }
        #expect(throws: CryptographyError.self) { try authority.issue(for: [], now: testTime) }
    }
}
