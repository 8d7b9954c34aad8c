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
            StandardStreams.complain(
                "scorable-console: \(oneLine(message(for: error))) See: scorable-console --help")
            exit(withError: ExitCode(2))
        }
    }

    /// A message whose last lines list what there is to choose from, in one line.
    private static func oneLine(_ message: String) -> String {
        let lines = message.split(separator: "\n").map { line in
            line.drop { $0 == " " || $0 == "-" }
        }
        guard let first = lines.first, lines.count > 1 else { return message }
        return "\(first) \(lines.dropFirst().joined(separator: ", "))."
    }
}
