import CLinux
import Foundation
import Glibc
import JSON
import Testing
import WireAPI

extension EndToEnd {
    /// `scorable up` and what goes with it.
    @Suite struct LauncherTests {
        // MARK: A running installation

        @Test func upOnARunningInstallationChangesNothing() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let before = try PrivateInstallation.daemons.map { try installation.program($0) }
            let again = try await installation.scorable("up")
            #expect(again.code == 0, "\(again.output)")
            #expect(again.output.contains("Scorable is ready at https://localhost:\(installation.port(8443))"))
            #expect(!again.output.contains("Password"), "a password is printed once")
            #expect(try PrivateInstallation.daemons.map { try installation.program($0) } == before)
        }

        @Test func theFirstWordsNameThreeThingsToDo() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let port = installation.port(8080)
            #expect(installation.welcome.contains("Password"))
            #expect(
                installation.welcome.contains(
                    "scorable-console --email admin@localhost --server http://127.0.0.1:\(port)"))
            #expect(installation.welcome.contains("/v1/evaluators/execute/by-name/"))
            #expect(installation.welcome.contains("scorable provider add"))
            // Another terminal would take the usual place for meant.
            #expect(installation.welcome.contains("scorable env --state \(installation.place.state))"))
        }

        @Test func thePortsOfAnInstallationStayWhatTheyAre() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let same = try await installation.scorable("up", "--port-offset", "\(installation.portOffset)")
            #expect(same.code == 0, "\(same.output)")
            let other = try await installation.scorable("up", "--port-offset", "\(installation.portOffset + 1)")
            try expectOneLine(of: other, containing: "has other ports already")
        }

        @Test func statusNamesWhatRuns() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let status = try await installation.scorable("status")
            #expect(status.code == 0)
            for daemon in PrivateInstallation.daemons {
                let line = status.lines.first { $0.contains("scorable-\(daemon)") } ?? ""
                #expect(line.hasSuffix("\tready"), "\(status.output)")
            }
        }

        @Test func envNamesTheAddressTheKeyAndTheCertificate() async throws {
            let exports = try await PrivateInstallation.demonstration().exports
            for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"] {
                #expect(FileManager.default.isReadableFile(atPath: exports[name] ?? ""), "\(name)")
            }
            #expect(exports["SCORABLE_API_URL"]?.hasPrefix("https://localhost:") == true)
            #expect(exports["SCORABLE_API_KEY"]?.hasPrefix("sk_") == true)
        }

        @Test func configShowsWhereEachSettingComesFromAndNoSecret() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let outcome = try await PrivateInstallation.scorable(
                ["config", "apid", "--state", installation.place.state],
                environment: .clean.adding(["SCORABLE_APID_EXECUTION_TIMEOUT": "77s"]))
            #expect(outcome.code == 0, "\(outcome.output)")
            let timeout = outcome.lines.first { $0.contains("execution_timeout") } ?? ""
            #expect(timeout.contains("77") && timeout.contains("SCORABLE_APID_EXECUTION_TIMEOUT"), "\(outcome.output)")
            for name in ["service_token", "credential_secret"] {
                let secret = try String(contentsOfFile: "\(installation.place.state)/secrets/\(name)", encoding: .utf8)
                #expect(outcome.output.contains(name))
                #expect(!outcome.output.contains(secret.filter { !$0.isWhitespace }))
            }
        }

        @Test func aSettingThatCannotBeUsedIsNamed() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let outcome = try await PrivateInstallation.scorable(
                ["config", "apid", "--state", installation.place.state],
                environment: .clean.adding(["SCORABLE_APID_EXECUTION_TIMEOUT": "soon"]))
            #expect(outcome.code == 1)
            #expect(outcome.output.contains("execution_timeout"), "\(outcome.output)")
            #expect(outcome.output.contains("soon"), "\(outcome.output)")
        }

        @Test func migrateHasNothingToDoOnACurrentSchema() async throws {
            let installation = try await PrivateInstallation.demonstration()
            for arguments in [["migrate", "--plan"], ["migrate"]] {
                let outcome = try await PrivateInstallation.scorable(arguments + ["--state", installation.place.state])
                #expect(outcome.code == 0)
                #expect(outcome.output == "The schema is current.\n")
            }
        }

        @Test func aNewKeyWorksAtOnce() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let made = try await installation.scorable("key", "create", "for a test", "--email", "admin@localhost")
            #expect(made.code == 0, "\(made.output)")
            let key = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(try await installation.api.showing("Api-Key \(key)").get("/v1/projects/").status == 200)
            let nobody = try await installation.scorable("key", "create", "x", "--email", "no\nbody@localhost")
            try expectOneLine(of: nobody, containing: "no body@localhost")
        }

        @Test func aConfinedKeyNeedsAProjectAndRevokingTellsWhatEndedWithIt() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let homeless = try await installation.scorable(
                "key", "create", "confined", "--email", "admin@localhost", "--confined")
            #expect(homeless.code == 2 && homeless.output.contains("--project"), "\(homeless.output)")
            let project = try #require(
                try await installation.api.get("/v1/projects/").results.first?.string("id"))
            let made = try await installation.scorable(
                "key", "create", "confined", "--email", "admin@localhost", "--confined", "--project", project, "--json")
            #expect(made.code == 0, "\(made.output)")
            let revoked = try await installation.scorable("key", "revoke", "confined", "--yes", "--json")
            #expect(revoked.code == 0 && revoked.output.contains("\"ended_with_it\""), "\(revoked.output)")
        }

        @Test func aNewPasswordReplacesTheOldOne() async throws {
            let installation = try await PrivateInstallation.demonstration()
            // Somebody else's: other tests sign in as the administrator.
            let email = try #require(try await installation.person("viewer").session).user.email
            let reset = try await installation.scorable("user", "reset-password", email, "--yes")
            #expect(reset.code == 0, "\(reset.output)")
            let password = reset.output.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(try await consoleSignsIn(as: email, with: password, to: installation))
            #expect(try await !consoleSignsIn(as: email, with: installation.password, to: installation))
            let nobody = try await installation.scorable("user", "reset-password", "nobody@localhost")
            try expectOneLine(of: nobody, containing: "nobody@localhost")
        }

        // MARK: Providers

        @Test func providersAreListedWithoutTheirKeys() async throws {
            let installation = try await PrivateInstallation.faulty()
            let list = try await installation.scorable("provider", "list")
            #expect(list.code == 0)
            let line = list.lines.first { $0.hasPrefix("faulty\t") } ?? ""
            #expect(line.contains("http://127.0.0.1:\(try await FaultyProvider.shared().port)/v1"), "\(list.output)")
            #expect(line.contains("with a key"))
            #expect(!list.output.contains(FaultyProvider.key))
        }

        @Test func aProviderIsAddedAndRemovedWithItsModels() async throws {
            let installation = try await PrivateInstallation.faulty()
            let added = try await installation.scorable(
                "provider", "add", "second", "--base-url", "http://127.0.0.1:1/v1", "--model", "second/model")
            #expect(added.code == 0, "\(added.output)")
            #expect(try await models(of: installation).contains("second/model"))
            let twice = try await installation.scorable(
                "provider", "add", "second", "--base-url", "http://127.0.0.1:1/v1", "--model", "second/other")
            try expectOneLine(of: twice, containing: "that name already")
            // A name that is taken leaves nothing half-made.
            let other = try await installation.scorable(
                "provider", "add", "third", "--base-url", "http://127.0.0.1:1/v1", "--model", "third/model", "--model",
                "second/model")
            try expectOneLine(of: other, containing: "that name already")
            #expect(try await !installation.scorable("provider", "list").output.contains("third"))
            #expect(try await !models(of: installation).contains("third/model"))
            let removed = try await installation.scorable("provider", "remove", "second")
            #expect(removed.code == 0, "\(removed.output)")
            #expect(try await !models(of: installation).contains("second/model"))
            let again = try await installation.scorable("provider", "remove", "second")
            try expectOneLine(of: again, containing: "second")
        }

        @Test(arguments: [
            (["--base-url", "ftp://example.com", "--model", "m"], "--base-url begins with http"),
            (["--base-url", "https://example.com/v1"], "Missing expected argument '--model <model> ...'"),
        ])
        func aProviderThatCannotWorkIsRefused(arguments: [String], complaint: String) async throws {
            let installation = try await PrivateInstallation.faulty()
            let outcome = try await PrivateInstallation.scorable(
                ["provider", "add", "third"] + arguments + ["--state", installation.place.state])
            #expect(outcome.code == 2)
            #expect(outcome.output.contains(complaint), "\(outcome.output)")
        }

        @Test func aKeyFileThatIsNotThereIsNamed() async throws {
            let installation = try await PrivateInstallation.faulty()
            let outcome = try await installation.scorable(
                "provider", "add", "third", "--base-url", "https://example.com/v1", "--model", "m", "--key-file",
                "/no/such/file")
            try expectOneLine(of: outcome, containing: "/no/such/file")
        }

        // MARK: What stands in the way

        @Test func aPortInUseIsNamedWithItsOwner() async throws {
            let place = try TemporaryPlace()
            let offset = PrivateInstallation.freeOffset()
            let listener = unsafe cl_listen_tcp("127.0.0.1", UInt16(8081 + offset), 1, 0)
            try #require(listener >= 0)
            defer { close(listener) }
            let outcome = try await PrivateInstallation.scorable(
                ["up", "--state", place.state, "--port-offset", "\(offset)"])
            try expectOneLine(of: outcome, containing: "Port \(8081 + offset), which the evaluation service needs")
        }

        @Test func aFolderWithOtherFilesIsLeftAlone() async throws {
            let place = try TemporaryPlace()
            try FileManager.default.createDirectory(atPath: place.state, withIntermediateDirectories: false)
            try "mine".write(toFile: "\(place.state)/notes", atomically: true, encoding: .utf8)
            let outcome = try await PrivateInstallation.scorable(["up", "--state", place.state])
            try expectOneLine(of: outcome, containing: "\(place.state) holds files that are not Scorable's")
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.state) == ["notes"])
            let clean = try await PrivateInstallation.scorable(["clean-state", "--yes", "--state", place.state])
            try expectOneLine(of: clean, containing: "There is no installation in \(place.state)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.state) == ["notes"])
        }

        @Test func aPathThatConnectionStringsCannotHoldIsRefused() async throws {
            let place = try TemporaryPlace()
            let outcome = try await PrivateInstallation.scorable(["up", "--state", "\(place.path)/my state"])
            try expectOneLine(of: outcome, containing: "has a space or a special character in its name")
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
        }

        @Test func aFolderThatPostgresMayNotEnterIsNamed() async throws {
            let place = try TemporaryPlace()
            try FileManager.default.createDirectory(
                atPath: "\(place.path)/closed", withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
            guard geteuid() == 0 else { return }
            let outcome = try await PrivateInstallation.scorable(["up", "--state", "\(place.path)/closed/state"])
            try expectOneLine(of: outcome, containing: "who may not enter \(place.path)/closed")
        }

        @Test(arguments: ["env", "status", "down", "clean-state"])
        func withoutAnInstallationEachCommandSaysHowToMakeOne(command: String) async throws {
            let place = try TemporaryPlace()
            let outcome = try await PrivateInstallation.scorable([command, "--state", place.state])
            if command == "down" {
                #expect(outcome.code == 0, "\(outcome.output)")
                #expect(outcome.output.contains("not running"))
            } else {
                try expectOneLine(of: outcome, containing: "There is no installation in \(place.state)")
            }
            #expect(!FileManager.default.fileExists(atPath: place.state), "looking makes nothing")
        }

        @Test func aCommandLineThatIsNotUnderstoodIsOne() async throws {
            for arguments in [["fly"], ["up", "--port-offset", "-1"], ["config", "mailerd"], ["up", "--what"]] {
                let outcome = try await PrivateInstallation.scorable(arguments)
                #expect(outcome.code == 2, "\(arguments): \(outcome.output)")
                #expect(outcome.output.split(separator: "\n").count == 1, "\(arguments): \(outcome.output)")
            }
        }
    }
}

/// Exit code 1 and one line of complaint, which contains `text`.
func expectOneLine(of outcome: ChildProgram.Outcome, containing text: String) throws {
    #expect(outcome.code == 1, "\(outcome.output)")
    let complaints = outcome.lines.filter { $0.hasPrefix("scorable: ") }
    #expect(complaints.count == 1 && outcome.lines.last == complaints.first, "\(outcome.output)")
    #expect(complaints.first?.contains(text) == true, "\(outcome.output)")
}

/// The names of the models that the API lists.
private func models(of installation: PrivateInstallation) async throws -> [String] {
    try await installation.api.get("/v1/models/?page_size=100").results.map { $0.string("name") }
}

private func consoleSignsIn(
    as email: String, with password: String, to installation: PrivateInstallation
) async throws -> Bool {
    let outcome = try await ChildProgram.run(
        [
            BuiltFiles.program("scorable-console"), "--json", "--server", "http://127.0.0.1:\(installation.port(8080))",
            "--email", email,
        ],
        environment: .clean.adding(["SCORABLE_CONSOLE_PASSWORD": password, "HOME": installation.place.path]))
    return outcome.code == 0
}
