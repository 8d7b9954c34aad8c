internal import FoundationEssentials
internal import JSON
internal import Screens
internal import Settings
internal import Synchronization
internal import Terminal

/// Which server, who signs in, and where that was found: command line, environment, the last sign-in, default.
struct Connection: Sendable {
    let server: String
    let email: String
    /// For scripts; people type it.
    let password: Secret?
    /// Whether a browser signs in, in the place of a password.
    let usesBrowser: Bool
    let caFile: String?
    let place: ConsolePlace

    init(server: String?, email: String?, usesBrowser: Bool, caFile: String?, place: ConsolePlace) {
        let environment = ProcessInfo.processInfo.environment
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let last = place.lastSignIn
        let chosen = server ?? value("SCORABLE_API_INTERNAL_URL") ?? last?.server ?? "http://127.0.0.1:8080"
        self.server = chosen.contains("://") ? chosen : "http://\(chosen)"
        self.email = email ?? value("SCORABLE_CONSOLE_EMAIL") ?? last?.email ?? ""
        password = value("SCORABLE_CONSOLE_PASSWORD").map { Secret($0) }
        self.usesBrowser = usesBrowser
        self.caFile = caFile
        self.place = place
    }
}

extension Connection {
    /// What the machine calls itself that the console runs on.
    var machine: String { ProcessInfo.processInfo.hostName }
}

/// The console's own files. Not in the state directory of an installation, which belongs to the server.
struct ConsolePlace: Sendable {
    /// What is remembered of a sign-in; never a password.
    struct LastSignIn: Codable, Sendable {
        let server: String
        let email: String
    }

    private let folder: String?
    private let merging = PreferenceMerging()

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

    /// The last sign-in, `nil` when there was none or it cannot be read.
    var lastSignIn: LastSignIn? { read(LastSignIn.self, "last.json") }

    /// What the person prefers, as it was left last time.
    var preferences: Preferences {
        let stored = storedPreferences
        merging.begin(with: stored)
        return stored
    }

    /// Remembers a sign-in for the next start.
    func remember(_ signIn: LastSignIn) { write(signIn, "last.json") }

    /// Remembers what the person prefers for the next start.
    func remember(_ preferences: Preferences) {
        write(merging.merge(preferences, into: storedPreferences), "preferences.json")
    }

    private var storedPreferences: Preferences { read(Preferences.self, "preferences.json") ?? Preferences() }

    private func read<Value: Decodable>(_ type: Value.Type, _ name: String) -> Value? {
        guard let folder, let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else { return nil }
        do {
            return try JSONCodec.decode(type, from: Array(data))
        } catch {
            // Someone else's file in our place: as good as none.
            return nil
        }
    }

    private func write(_ value: some Encodable, _ name: String) {
        guard let folder else { return }
        do {
            try Data(JSONCodec.encode(value)).write(to: URL(filePath: "\(folder)/\(name)"), options: .atomic)
        } catch {
            // Only a convenience; the screen has no place for this.
            return
        }
    }
}

/// What this console has had of the preferences that another one may change as well.
private final class PreferenceMerging: Sendable {
    private let state = Mutex(PreferenceMerge())

    func begin(with stored: Preferences) { state.withLock { $0 = PreferenceMerge(stored) } }

    func merge(_ new: Preferences, into stored: Preferences) -> Preferences {
        state.withLock { $0.merge(new, into: stored) }
    }
}

extension TerminalEnvironment {
    /// The terminal that the console was started on.
    static func current(asciiOnly: Bool) -> TerminalEnvironment {
        let variables = ProcessInfo.processInfo.environment
        return TerminalEnvironment(variables: { variables[$0] }, asciiOnly: asciiOnly)
    }
}
