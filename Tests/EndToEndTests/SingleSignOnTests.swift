import Foundation
import HTTPMessages
import JSON
import Testing
import WireAPI

extension EndToEnd {
    /// Signing in from a terminal, by a browser and an identity provider in another language.
    @Suite struct SingleSignOnTests {
        @Test func aPersonSignsInByTheirIdentityProviderAndOutAgain() async throws {
            let scene = try await SingleSignOnScene()
            let terminal = try await scene.begin()
            #expect(try await scene.outcome(of: terminal) == "pending")
            let page = try await scene.browse(terminal, as: "ada", press: "Allow")
            #expect(page.status == 200 && page.text.contains("You are signed in"), "\(page)")
            let session = try await scene.session(of: terminal)
            let own = scene.api.showing("Bearer \(session.string("token"))")
            #expect(session["user"]?.string("email") == "ada@example.org")
            #expect(session["user"]?.string("role") == "engineer", "as the group says")
            #expect(try await own.get("/internal/session").status == 200)

            // What was posted then is nothing now.
            let posted = try #require(page.posted.first { $0.fields["SAMLResponse"] != nil })
            let again = try await scene.post(posted)
            #expect(again.contains("You were not signed in") && again.contains("Reference"), "\(again)")

            let logout = try await own.post("/internal/session/single-logout", [:])
            let end = try await scene.open(logout.string("url"))
            #expect(end.text.contains("You are signed out"), "\(end)")
            #expect(try await own.get("/internal/session").status == 401)
        }

        @Test func newKeysAndGroupsAreFollowed() async throws {
            let scene = try await SingleSignOnScene()
            try await scene.provider("/settings", ["name_format": "persistent"])
            #expect(try await scene.signIn(as: "ada")["user"]?.string("role") == "engineer")

            // With what the library chooses by itself, which is triple DES.
            try await scene.provider("/settings", ["encrypts": true])
            #expect(try await scene.signIn(as: "ada")["user"]?.string("role") == "engineer")

            try await scene.provider("/settings", ["renews_key": true])
            let refused = try await scene.browse(try await scene.begin(), as: "ada", press: "Allow")
            #expect(refused.status == 403, "a key that nobody has told us of")
            let refreshed = try await scene.installation.scorable("identity-provider", "refresh", "Test")
            #expect(refreshed.code == 0, "\(refreshed.output)")
            try await scene.provider("/settings", ["people": .object(SingleSignOnScene.people(groups: ["ops"]))])
            #expect(try await scene.signIn(as: "ada")["user"]?.string("role") == "operator")
            #expect(
                try await scene.installation.query(
                    "SELECT count(*) FROM audit_entries WHERE action = 'saml.sign_in' AND outcome = 'refused'") == ["1"]
            )
        }

        @Test func whoIsDeactivatedOrComesUnaskedIsRefused() async throws {
            let scene = try await SingleSignOnScene()
            let unasked = try await scene.open("\(scene.address)/unasked", ["username=ada"])
            #expect(unasked.status == 403 && unasked.text.contains("You were not signed in"), "\(unasked)")
            _ = try await scene.signIn(as: "ada")
            let gone = try await scene.installation.scorable("user", "deactivate", "ada@example.org", "--yes")
            #expect(gone.code == 0, "\(gone.output)")
            let page = try await scene.browse(try await scene.begin(), as: "ada", press: "Allow")
            #expect(page.status == 403, "\(page)")
            let test = try await scene.installation.scorable("identity-provider", "test", "Test")
            #expect(test.output.contains("deactivated"), "\(test.output)")
        }
    }
}

/// An installation with an identity provider that knows Ada.
struct SingleSignOnScene: Sendable {
    let installation: PrivateInstallation
    /// Where the identity provider is.
    let address: String
    private let program: ChildProgram

    /// What the last page said, and what was posted on the way.
    struct Page: Decodable {
        struct Posted: Decodable {
            let url: String
            let fields: [String: String]
        }

        let status: Int
        let url: String
        let text: String
        let posted: [Posted]
    }

    init() async throws {
        // An identity provider on this machine is nothing that metadata are fetched from by themselves.
        let installation = try await PrivateInstallation(
            environment: ["SCORABLE_LLMPROXYD_WEBHOOK_HOSTS": "127.0.0.1"])
        let python = try await PythonEnvironment.identityProvider.path(of: "python")
        let program = try await ChildProgram.start([
            python, BuiltFiles.client("identity_provider.py"), installation.place.path,
        ])
        address = try await eventualValue("the identity provider listens: \(program.written)") {
            // Beside what its libraries warn of.
            program.written.split(separator: "\n", omittingEmptySubsequences: false).dropLast().first {
                $0.hasPrefix("http://127.0.0.1:")
            }.map(String.init)
        }.value
        (self.installation, self.program) = (installation, program)
        let added = try await installation.scorable(
            "identity-provider", "add", "--name", "Test", "--metadata-url", "\(address)/metadata", "--group",
            "ops=operator", "--group", "eng=engineer", "--groups-attribute", "eduPersonAffiliation", "--json")
        try #require(added.code == 0, "\(added.output)")
        let made = try JSONCodec.decode(OperatorIdentityProvider.self, from: Array(added.output.utf8))
        let path = try #require(URL(string: made.ours.entityID)).path
        let metadata = try await APIClient(base: "http://127.0.0.1:\(installation.port(8000))").get(path)
        try await provider("/service", metadata.bytes)
        try await provider("/settings", ["people": .object(Self.people(groups: ["eng"]))])
    }

    static func people(groups: [JSONValue]) -> JSONObject {
        [
            "ada": [
                "mail": ["ada@example.org"], "givenName": ["Ada"], "sn": ["Lovelace"],
                "eduPersonAffiliation": .array(groups),
            ]
        ]
    }

    /// Tells the identity provider how to be.
    func provider(_ path: String, _ settings: JSONValue) async throws {
        try await provider(path, JSONWriter.bytes(of: settings))
    }

    private func provider(_ path: String, _ body: [UInt8]) async throws {
        try #require(try await APIClient(base: address).send(.post, path, body: body).status == 204)
    }

    // MARK: The terminal

    var api: APIClient { APIClient(base: "http://127.0.0.1:\(installation.port(8080))") }

    func begin() async throws -> Reply {
        let begun = try await api.post("/internal/device-logins", ["client": "test/1", "host": "desk"])
        try #require(begun.status == 201, "\(begun.text)")
        return begun
    }

    func outcome(of terminal: Reply) async throws -> String {
        try await ask(terminal).string("state")
    }

    func session(of terminal: Reply) async throws -> JSONValue {
        try #require(try await ask(terminal)["session"])
    }

    private func ask(_ terminal: Reply) async throws -> Reply {
        try await api.post(
            "/internal/device-logins/token", ["device_code": .string(terminal.string("device_code"))])
    }

    /// The session of somebody who signs in and allows it.
    func signIn(as person: String) async throws -> JSONValue {
        let terminal = try await begin()
        _ = try await browse(terminal, as: person, press: "Allow")
        return try await session(of: terminal)
    }

    // MARK: The browser

    func browse(_ terminal: Reply, as person: String, press button: String) async throws -> Page {
        try await open(
            terminal.string("verification_uri_complete"), ["username=\(person)", "--press", button])
    }

    func open(_ url: String, _ words: [String] = []) async throws -> Page {
        let environment = [String: String].clean.adding(
            ["SSL_CERT_FILE": installation.exports["SSL_CERT_FILE"] ?? ""])
        let outcome = try await ChildProgram.run(
            ["/usr/bin/env", "python3", BuiltFiles.client("browser.py"), url] + words, environment: environment)
        try #require(outcome.code == 0, "\(outcome.output)")
        return try JSONDecoder().decode(Page.self, from: Data(outcome.output.utf8))
    }

    /// Posts once more what was posted.
    func post(_ posted: Page.Posted) async throws -> String {
        let path = try #require(URL(string: posted.url)).path
        let fields = posted.fields.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
        }.joined(separator: "&")
        return try await APIClient(base: "http://127.0.0.1:\(installation.port(8000))").send(
            .post, path, body: Array(fields.utf8), headers: ["content-type": "application/x-www-form-urlencoded"]
        ).text
    }
}
