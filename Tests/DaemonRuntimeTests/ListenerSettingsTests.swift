import HTTPServer
import Settings
import Testing

@testable import DaemonRuntime

@Suite struct ListenerSettingsTests {
    private func settings(_ values: [String: String]) throws -> ListenerSettings {
        let entries = Dictionary(
            uniqueKeysWithValues: values.map { ("apid.public.\($0.key)", SettingsFile.Entry(text: $0.value, line: 1)) })
        let reader = SettingsReader(
            SettingsInputs(file: SettingsFile(path: "test", entries: entries)),
            vocabulary: Deployment.vocabulary(of: "apid"))
        return try ListenerSettings(from: reader.own.section("public"), default: .tcp(address: "0.0.0.0", port: 8443))
    }

    @Test func whatIsSetReachesTheServer() throws {
        let settings = try settings([
            "listen": "[::1]:80", "body_limit": "2MiB", "connections": "7", "idle_timeout": "9s",
        ])
        let server = try #require(try settings.server(sockets: [:], setting: "apid.public"))
        #expect(server.address == "::1")
        #expect(server.port == 80)
        #expect(server.limits.bodyBytes == 2 << 20)
        #expect(server.limits.idleTimeout == .seconds(9))
        #expect(server.maximumConnections == 7)
        #expect(server.tls == nil)
    }

    @Test func aListenerCanBeOffOrInherited() throws {
        #expect(try settings(["listen": "off"]).server(sockets: [:], setting: "apid.public") == nil)
        let inherited = try settings(["listen": "fd:web"])
        #expect(try inherited.server(sockets: ["web": 5], setting: "apid.public")?.listeningDescriptor == 5)
        let failure = #expect(throws: DaemonFailure.self) { try inherited.server(sockets: [:], setting: "apid.public") }
        #expect(failure?.description.contains("no socket called web") == true)
    }

    @Test func aCertificateNeedsItsKey() {
        let error = #expect(throws: SettingsError.self) { try settings(["tls.certificate": "/x.crt"]) }
        #expect(error?.key == "apid.public.tls.key")
    }

    @Test func aCertificateThatCannotBeReadIsNamed() throws {
        let settings = try settings(["tls.certificate": "/nonexistent.crt", "tls.key": "/nonexistent.key"])
        let failure = #expect(throws: DaemonFailure.self) { try settings.server(sockets: [:], setting: "apid.public") }
        #expect(
            failure?.description
                == "apid.public.tls.certificate: open /nonexistent.crt: No such file or directory")
    }

    @Test(arguments: ["scorable", "/scorable/", "//scorable"])
    func aPrefixIsAPath(text: String) {
        #expect(throws: SettingsError.self) { try settings(["prefix": text]) }
    }
}
