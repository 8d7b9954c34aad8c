internal import Settings

/// The command line of a daemon.
struct DaemonArguments: Equatable {
    /// What the daemon is asked to do.
    enum Action: Equatable {
        case run
        case help
        case version
        /// Print the settings that would be used, or say what is wrong with them.
        case checkConfiguration
        /// Print what settings there are, as items of a manual page.
        case describeSettings
    }

    /// A command line that cannot be understood.
    struct Misuse: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    var action = Action.run
    var settingsPath: String?
    var flags: [Flag] = []

    struct Flag: Equatable {
        let key: String
        let value: String
    }

    private static let actions: [String: Action] = [
        "--help": .help, "-h": .help, "--version": .version, "--check-config": .checkConfiguration,
        "--describe-settings": .describeSettings,
    ]

    /// Reads `words`, the command line without the program's name.
    init(_ words: [String]) throws(Misuse) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if let action = Self.actions[word] {
                self.action = action
                continue
            }
            guard word.hasPrefix("--"), word.count > 2 else {
                throw Misuse(description: "“\(word)” is not understood: settings are given as --KEY VALUE, see --help")
            }
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = String(parts[0])
            guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
                let words = Self.actions.keys.sorted() + ["--config"]
                let meant = Spelling.nearest(to: word, among: words).map { " Did you mean \($0)?" } ?? ""
                throw Misuse(description: "--\(key) needs a value.\(meant)")
            }
            if key == "config" {
                settingsPath = value
            } else {
                flags.append(Flag(key: key, value: value))
            }
        }
    }
}
