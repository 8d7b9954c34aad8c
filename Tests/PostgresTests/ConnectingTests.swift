import CLinux
import Cryptography
import EventLoop
import FoundationEssentials
import Glibc
import Postgres
import TestSupport
import Testing

@Suite struct ConnectingTests {
    private func settings(_ connection: String) -> PostgresSettings {
        var settings = PostgresSettings(connection: connection)
        settings.connectTimeout = .milliseconds(300)
        settings.acquireTimeout = .seconds(5)
        return settings
    }

    /// A listener that accepts by the kernel's hand and never says a word.
    private func silentPort() throws -> (fd: Int32, port: Int) {
        let fd = unsafe cl_listen_tcp("127.0.0.1", 0, 16, 0)
        try #require(fd >= 0)
        return (fd, Int(cl_local_port(fd)))
    }

    @Test func theSecondHostIsTakenWhenTheFirstRefuses() async throws {
        let cluster = try await PrivatePostgres.shared()
        let hosts = "host=/nonexistent,\(cluster.directory) target_session_attrs=read-write"
        try await withClient(settings: settings(hosts + " user=postgres dbname=postgres")) { client in
            let one = try await client.query("SELECT 1")
            #expect(one.count == 1)
        }
    }

    @Test func theSecondHostIsTakenWhenTheFirstKeepsSilent() async throws {
        let cluster = try await PrivatePostgres.shared()
        let silent = try silentPort()
        defer { close(silent.fd) }
        let connection = "host=127.0.0.1,\(cluster.directory) port=\(silent.port),5432 user=postgres dbname=postgres"
        try await withClient(settings: settings(connection)) { client in
            let began = ContinuousClock.now
            let one = try await client.query("SELECT 1")
            #expect(one.count == 1)
            #expect(ContinuousClock.now - began < .seconds(3))
        }
    }

    @Test func aSilentServerIsUnavailableAndSaidSo() async throws {
        let silent = try silentPort()
        defer { close(silent.fd) }
        var settings = settings("host=127.0.0.1 port=\(silent.port) user=postgres")
        settings.acquireTimeout = .seconds(1)
        try await withClient(settings: settings) { client in
            let error = await postgresError { _ = try await client.query("SELECT 1") }
            #expect(error?.kind == .unavailable)
            #expect(error?.description.contains("127.0.0.1 port \(silent.port) did not answer") == true)
        }
    }

    @Test func theReasonOfARefusalIsPassedOn() async throws {
        let cluster = try await PrivatePostgres.shared()
        var absent = settings(cluster.connection(to: "no_such_database"))
        absent.acquireTimeout = .milliseconds(300)
        try await withClient(settings: absent) { client in
            let error = await postgresError { _ = try await client.query("SELECT 1") }
            #expect(error?.kind == .unavailable)
            #expect(error?.description.contains("database \"no_such_database\" does not exist") == true)
        }
    }

    @Test func aMalformedConnectionStringDoesNotLeakItsPassword() async throws {
        var malformed = settings("password=hunter2 nonsense='")
        malformed.acquireTimeout = .milliseconds(300)
        try await withClient(settings: malformed) { client in
            let error = await postgresError { _ = try await client.query("SELECT 1") }
            #expect(error?.kind == .unavailable)
            #expect(error?.description.contains("hunter2") == false)
        }
    }

    @Test func sessionsAreSetUp() async throws {
        let cluster = try await PrivatePostgres.shared()
        var settings = settings(cluster.connection(to: "postgres"))
        settings.applicationName = "the-test"
        settings.statementTimeout = .milliseconds(1234)
        try await withClient(settings: settings) { client in
            for (name, value) in [
                ("application_name", "the-test"), ("statement_timeout", "1234ms"),
                ("idle_in_transaction_session_timeout", "15s"), ("TimeZone", "UTC"), ("client_encoding", "UTF8"),
            ] {
                let rows = try await client.query("SELECT current_setting(\(name))")
                #expect(try #require(rows.first).decode(0) == value)
            }
        }
    }

    @Test func serversAreVerifiedByTheirCertificate() async throws {
        let now = Date(timeIntervalSince1970: Double(time(nil)))
        let authority = try CertificateAuthority.generate(commonName: "test", now: now)
        let credentials = try authority.issue(for: ["localhost"], now: now)
        let cluster = try await PrivatePostgres.start(
            tls: .init(certificate: credentials.certificatePEM, key: credentials.privateKeyPEM))
        let port = try #require(cluster.port)
        let root = cluster.directory + "/root.crt"
        try write(authority.root.certificatePEM, to: root)
        let base = "port=\(port) user=postgres dbname=postgres sslmode=verify-full sslrootcert=\(root)"

        try await withClient(settings: settings("host=localhost hostaddr=127.0.0.1 " + base)) { client in
            let rows = try await client.query("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            #expect(try #require(rows.first).decode("ssl", as: Bool.self))
            // Results of many TLS records, and parameters too.
            for size in [8191, 16_385, 3_000_000] as [Int32] {
                let text = try await client.query("SELECT repeat('x', \(size)) AS text")
                #expect(try #require(text.first).decode("text", as: String.self).utf8.count == Int(size))
            }
            let long = String(repeating: "y", count: 5_000_000)
            let length = try await client.query("SELECT length(\(long))")
            #expect(try #require(length.first).decode(0) == 5_000_000)
            let late = await postgresError {
                _ = try await client.query("SELECT pg_sleep(30)", until: .after(.milliseconds(50)))
            }
            #expect(late?.kind == .timedOut)
            let one = try await client.query("SELECT 1")
            #expect(one.count == 1)
        }
        var wrongName = settings("host=elsewhere.example hostaddr=127.0.0.1 " + base)
        wrongName.acquireTimeout = .milliseconds(500)
        try await withClient(settings: wrongName) { client in
            let error = await postgresError { _ = try await client.query("SELECT 1") }
            #expect(error?.kind == .unavailable)
            #expect(error?.description.contains("certificate") == true)
        }
        try await cluster.stop()
    }

    @Test func programsOfOthersGetAConnectionByTheirEnvironment() throws {
        let variables = try ConnectionVariables.of(
            connection: "postgresql://ada:p%40ss@a.example:5433,b.example/scorable?sslmode=require")
        #expect(variables["PGHOST"] == "a.example,b.example" && variables["PGPORT"] == "5433,")
        #expect(variables["PGUSER"] == "ada" && variables["PGPASSWORD"] == "p@ss")
        #expect(variables["PGDATABASE"] == "scorable" && variables["PGSSLMODE"] == "require")
        let failure = #expect(throws: PostgresError.self) {
            try ConnectionVariables.of(connection: "host=a password='secret")
        }
        #expect(failure?.description.contains("secret") == false)
    }

    private func write(_ text: String, to path: String) throws {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        try #require(file >= 0)
        defer { close(file) }
        let bytes = Array(text.utf8)
        #expect(unsafe Glibc.write(file, bytes, bytes.count) == bytes.count)
    }
}
