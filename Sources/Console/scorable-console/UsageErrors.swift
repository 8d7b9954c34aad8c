internal import ArgumentParser
internal import Terminal

extension ScorableConsole {
    /// Like every program here, 2 and one line for a command line that is not understood.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            StandardStreams.complain("scorable-console: \(message(for: error)) See: scorable-console --help")
            exit(withError: ExitCode(2))
        }
    }
}
