import Cryptography
import EventLoop
import FoundationEssentials
import SystemCalls
import Testing

/// A real rsyslogd that takes messages over TLS and writes each as a line. Whoever sends to it shows a certificate.
final class Rsyslog: Sendable {
    let port: Int
    let authority: CertificateAuthority
    let client: TLSCredentials
    private let folder: String
    private static let program = "/usr/sbin/rsyslogd"

    /// Makes its folder; it does not run yet.
    init(port: Int) throws {
        self.port = port
        folder = FileManager.default.temporaryDirectory.path() + "/rsyslog-\(UUID().uuidString)"
        authority = try CertificateAuthority.generate(commonName: "Receivers", now: Date())
        client = try authority.issue(for: ["scorable.example.com"], usage: .client, now: Date())
        let server = try authority.issue(for: ["127.0.0.1", "localhost"], now: Date())
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write(authority.root.certificatePEM, to: "ca.pem")
        try write(server.certificatePEM, to: "server.pem")
        try write(server.privateKeyPEM, to: "server.key")
        try write(
            """
            global(workDirectory="\(folder)" defaultNetstreamDriver="ossl" maxMessageSize="64k"
                   defaultNetstreamDriverCAFile="\(folder)/ca.pem" defaultNetstreamDriverCertFile="\(folder)/server.pem"
                   defaultNetstreamDriverKeyFile="\(folder)/server.key")
            module(load="imtcp")
            template(name="line" type="list") {
                property(name="msgid") constant(value=" ") property(name="structured-data") constant(value="\\n")
            }
            ruleset(name="keep") { action(type="omfile" file="\(folder)/out" template="line") }
            input(type="imtcp" port="\(port)" address="127.0.0.1" streamDriver.name="ossl" streamDriver.mode="1"
                  streamDriver.authMode="x509/certvalid" ruleset="keep")

            """, to: "rsyslog.conf")
    }

    /// Starts it and returns its process.
    func start() throws -> Int32 {
        var start = ChildProcess.Start(
            command: [Self.program, "-n", "-f", "\(folder)/rsyslog.conf", "-i", "\(folder)/pid"], environment: [:],
            logPath: "\(folder)/log")
        start.ownSession = true
        return try ChildProcess.start(start)
    }

    /// Whether the one that was started, and told to end, has done so as far as another one asks before it begins.
    var hasEnded: Bool { !FileManager.default.fileExists(atPath: "\(folder)/pid") }

    /// The positions of the entries of a chain that it has written, in order.
    func positions(of chain: String) throws -> [Int64] {
        guard let data = FileManager.default.contents(atPath: "\(folder)/out") else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { line in
            guard line.contains("chain=\"\(chain)\""), let name = line.firstRange(of: "position=\"") else { return nil }
            return Int64(line[name.upperBound...].prefix { $0 != "\"" })
        }
    }

    var log: String {
        FileManager.default.contents(atPath: "\(folder)/log").map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }
}
