internal import ArgumentParser
internal import Screens
internal import Terminal

/// The operator's console.
@main
struct ScorableConsole: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scorable-console", abstract: "See what an installation of scorable does, in a terminal.",
        discussion: "Keys, filters and files: man scorable-console.")

    @Argument(help: "The screen to show first: \(Room.allCases.map(\.rawValue).joined(separator: ", ")).")
    var screen: Room?

    @Option(help: "The URL of the internal API.")
    var server: String?

    @Option(help: "Who signs in.")
    var email: String?

    @Flag(help: "Sign in by a browser, at the organisation's identity provider.")
    var sso = false

    @Option(help: "What a list is filtered by from the start, such as 'failed score<0.5'.")
    var filter = ""

    @Option(help: "Certificates (PEM) to trust for an HTTPS server.")
    var caFile: String?

    @OptionGroup var form: FormOptions

    private var room: Room { screen ?? .executions }

    func validate() throws {
        guard !filter.isEmpty else { return }
        guard let list = room.makeScreen() as? any ListScreen else {
            throw ValidationError("--filter: \(room.rawValue) is not a list.")
        }
        if let problem = list.problem(of: filter) { throw ValidationError("--filter: \(problem).") }
    }

    func run() throws {
        let terminal = TerminalEnvironment.current(asciiOnly: form.ascii)
        let place = ConsolePlace()
        let connection = Connection(
            server: server, email: email, usesBrowser: sso, caFile: caFile, place: place)
        let preferences = place.preferences
        switch form.choice(terminal) {
        case .printed(let form, let limit):
            let plain = PlainMode(connection, room, filter: filter, limit: limit, terminal.charset)
            throw ExitCode(plain.show(as: form))
        case .lines:
            throw ExitCode(LineMode(connection, room, filter: filter, preferences, terminal.charset).run())
        case .screen:
            let mode = ScreenMode(connection, room, filter: filter, preferences, terminal)
            throw ExitCode(try mode.run(logPath: place.log))
        }
    }
}
