import Settings
import Synchronization
import Testing

@testable import DaemonRuntime

@Suite struct CommandLineTests {
    @Test func settingsAreGivenWithOrWithoutAnEqualsSign() throws {
        let arguments = try DaemonArguments([
            "--config", "/etc/x.yaml", "--public.listen=:8000", "--log.level", "debug",
        ])
        #expect(arguments.action == .run)
        #expect(arguments.settingsPath == "/etc/x.yaml")
        #expect(
            arguments.flags == [.init(key: "public.listen", value: ":8000"), .init(key: "log.level", value: "debug")])
    }

    @Test(arguments: [
        ("--help", DaemonArguments.Action.help), ("-h", .help), ("--version", .version),
        ("--check-config", .checkConfiguration), ("--describe-settings", .describeSettings),
    ])
    func actionsAreRecognised(word: String, action: DaemonArguments.Action) throws {
        #expect(try DaemonArguments([word]).action == action)
    }

    @Test(arguments: [
        (["start"], "“start” is not understood: settings are given as --KEY VALUE, see --help"),
        (["--log.level"], "--log.level needs a value."), (["--hepl"], "--hepl needs a value. Did you mean --help?"),
    ])
    func misuseIsExplained(words: [String], message: String) {
        let misuse = #expect(throws: DaemonArguments.Misuse.self) { try DaemonArguments(words) }
        #expect(misuse?.description == message)
    }

    @Test(arguments: [
        ("127.0.0.1:8080", ListenAddress.tcp(address: "127.0.0.1", port: 8080)),
        ("[::1]:0", .tcp(address: "::1", port: 0)), ("*:8443", .tcp(address: "::", port: 8443)),
        ("localhost:80", .tcp(address: "127.0.0.1", port: 80)), ("unix:/run/x.sock", .unix(path: "/run/x.sock")),
        ("fd:public", .inherited(name: "public")), ("off", .off),
    ])
    func addressesAreReadAndWritten(text: String, address: ListenAddress) {
        #expect(ListenAddress(text) == address)
        #expect(ListenAddress("\(address)") == address)
    }

    @Test(arguments: [
        "", "8080", "host:80", "127.0.0.1", "127.0.0.1:65536", "300.1.1.1:80", "[x]:80", "unix:x", "fd:", "1.2.3:4",
    ])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    // MARK: What a daemon does with its command line

    private struct Values: Sendable {
        init(_ reader: SettingsReader) throws(SettingsError) {
            _ = try reader.root.secret("service_token", help: "Token.")
        }
    }

    private func exitCode(_ words: [String], _ environment: [String: String] = [:]) -> Int32? {
        let daemon = Daemon<Values>(
            "evald", summary: "tests", internalPort: 0,
            settings: { reader throws(SettingsError) in try Values(reader) }, compose: { _, _ in })
        let code = Mutex<Int32?>(nil)
        daemon.begin(arguments: words, environment: environment) { ended in code.withLock { $0 = ended } }
        return code.withLock { $0 }
    }

    @Test func questionsAreAnsweredWithoutAnySettings() {
        for word in ["--help", "--version", "--describe-settings"] { #expect(exitCode([word]) == 0) }
    }

    @Test func settingsAreCheckedWithoutStarting() {
        #expect(exitCode(["--check-config"], ["SCORABLE_SERVICE_TOKEN": "x"]) == 0)
        #expect(exitCode(["--check-config"]) == 2)
    }

    @Test(arguments: [
        ["nonsense"], ["--lop.level", "x"], ["--log.level", "loud"], ["--config", "/nonexistent.yaml"],
    ])
    func whatCannotBeUsedEndsWithTwo(words: [String]) {
        #expect(exitCode(words, ["SCORABLE_SERVICE_TOKEN": "x"]) == 2)
    }
}
