internal import FoundationEssentials
internal import JSON
internal import Settings
internal import Terminal

/// Which server, who signs in, and where that was found: command line, environment, the last sign-in, default.
struct Connection: Sendable {
    let server: String
    let email: String
    /// For scripts; people type it.
    let password: Secret?
    let caFile: String?
    let place: ConsolePlace

    init(server: String?, email: String?, caFile: String?, place: ConsolePlace) {
        let environment = ProcessInfo.processInfo.environment
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let last = place.lastSignIn
        let chosen = server ?? value("SCORABLE_API_INTERNAL_URL") ?? last?.server ?? "http://127.0.0.1:8080"
        self.server = chosen.contains("://") ? chosen : "http://\(chosen)"
        self.email = email ?? value("SCORABLE_CONSOLE_EMAIL") ?? last?.email ?? ""
        password = value("SCORABLE_CONSOLE_PASSWORD").map { Secret($0) }
        self.caFile = caFile
        self.place = place
    }
}

/// The console's own files. Not in the state directory of an installation, which belongs to the server.
struct ConsolePlace: Sendable {
    /// What is remembered of a sign-in; never a password.
    struct LastSignIn: Codable, Sendable {
        let server: String
        let email: String
    }

    private let folder: String?

    /// The folder of the user who runs the console, made when it is not there; none where that fails.
    init() {
        let environment = ProcessInfo.processInfo.environment
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        guard let base = state ?? environment["HOME"].map({ "\($0)/.local/state" }) else {
            folder = nil
            return
        }
        let path = "\(base)/scorable-console"
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            folder = path
        } catch {
            // A home that cannot be written to is no reason not to start: nothing is remembered then.
            folder = nil
        }
    }

    /// Where standard error goes while the screen is up.
    var log: String? { folder.map { "\($0)/console.log" } }

    private var file: String? { folder.map { "\($0)/last.json" } }

    /// The last sign-in, `nil` when there was none or it cannot be read.
    var lastSignIn: LastSignIn? {
        guard let file, let data = FileManager.default.contents(atPath: file) else { return nil }
        do {
            return try JSONCodec.decode(LastSignIn.self, from: Array(data))
        } catch {
            // Someone else's file in our place: as good as none.
            return nil
        }
    }

    /// Remembers a sign-in for the next start.
    func remember(_ signIn: LastSignIn) {
        guard let file else { return }
        do {
            try Data(JSONCodec.encode(signIn)).write(to: URL(filePath: file), options: .atomic)
        } catch {
            // Only a convenience; the screen has no place for this.
            return
        }
    }
}

extension TerminalEnvironment {
    /// The terminal that the console was started on.
    static func current(asciiOnly: Bool) -> TerminalEnvironment {
        let variables = ProcessInfo.processInfo.environment
        let terminal = TerminalEnvironment(term: variables["TERM"], noColor: variables["NO_COLOR"])
        return asciiOnly ? terminal.withASCII : terminal
    }
}
