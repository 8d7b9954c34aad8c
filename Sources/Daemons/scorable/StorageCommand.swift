import ArgumentParser
import EventLoop
import Launcher

/// The object storage.
struct StorageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage", abstract: "The object storage, where exports and uploaded files are kept.",
        discussion: """
            Examples:
              scorable storage check
              scorable storage check --delete
            """,
        subcommands: [CheckStorage.self])
}

struct CheckStorage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Compares the object storage with the database, both ways.",
        discussion: """
            Says which objects the database names that are not there, and which are there that nobody names any more. \
            Ends with 1 when something is missing.
            """)
    @OptionGroup var options: StateOptions
    @Flag(help: "Delete what is older than a day and named by nobody, 10,000 objects at most.") var delete = false
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let (installation, delete) = (try options.installation, delete)
        let form: QueueAdministration.Form = json ? .json : .text
        onLoop { loops in
            let found = try await StorageAdministration(installation, on: loops, form: form).check(deleting: delete)
            say(found.text)
            guard found.isWhole else { throw ExitCode(1) }
        }
    }
}
