internal import ArgumentParser
internal import Screens
internal import Terminal

/// The operator's console.
@main
struct ScorableConsole: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scorable-console", abstract: "See what an installation of scorable does, in a terminal.",
        discussion: "Keys, filters and files: man scorable-console.")

    @Option(help: "The URL of the internal API.")
    var server: String?

    @Option(help: "Who signs in.")
    var email: String?

    @Option(help: "What the list is filtered by from the start, such as 'failed score<0.5'.")
    var filter = ""

    @Option(help: "Certificates (PEM) to trust for an HTTPS server.")
    var caFile: String?

    @Flag(help: "Print the newest executions as a table and leave.")
    var table = false

    @Flag(help: "Print the newest executions as JSON and leave.")
    var json = false

    @Option(help: "How many executions --table and --json print at most.")
    var limit = 50

    @Flag(help: "Use ASCII characters only.")
    var ascii = false

    func validate() throws {
        guard (1...1000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000.") }
        guard !(table && json) else { throw ValidationError("--table and --json exclude each other.") }
        do { _ = try FilterQuery.parse(filter) } catch { throw ValidationError("--filter: \(error.message).") }
    }

    func run() throws {
        // Before any thread is made: a thread that has the signals unblocked would get them.
        let signals = TerminalSignals()
        let terminal = TerminalEnvironment.current(asciiOnly: ascii)
        let place = ConsolePlace()
        let connection = Connection(server: server, email: email, caFile: caFile, place: place)
        let plain = PlainMode(connection, filter: filter, limit: limit)
        if json { throw ExitCode(plain.printJSON()) }
        if table { throw ExitCode(plain.printTable(terminal.charset)) }
        do {
            throw ExitCode(try ScreenMode(connection, filter: filter, terminal).run(signals, logPath: place.log))
        } catch let error as TerminalError {
            StandardStreams.complain("scorable-console: \(error); printing a table instead")
            throw ExitCode(plain.printTable(terminal.charset))
        }
    }
}
