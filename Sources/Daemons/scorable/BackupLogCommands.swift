import ArgumentParser
import EventLoop
import Launcher
import Logging
import Observability

extension BackupCommand {
    struct WALPush: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "wal-push", abstract: "Archives a file of the write-ahead log: for archive_command.")
        @OptionGroup var options: StateOptions
        @Argument(help: "The file: %p.") var path: String

        func run() throws {
            let (installation, path) = (try options.installation, StateOptions.absolute(path))
            onLoop { loops in try await BackupAdministration(installation, on: loops).pushLog(path) }
        }
    }

    struct WALFetch: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "wal-fetch", abstract: "Brings a file of the write-ahead log: for restore_command.")
        @OptionGroup var options: StateOptions
        @Argument(help: "Its name: %f.") var name: String
        @Argument(help: "Where to: %p.") var path: String
        @Option(help: "The directory of the backups, where it is not that of the settings.") var from: String?
        @Option(help: "The file of the recovery key.") var keyFile: String?

        func run() throws {
            let installation = try options.installation
            let (name, path, from, keyFile) = (
                name, StateOptions.absolute(path), from.map(StateOptions.absolute), keyFile
            )
            onLoop { loops in
                try await BackupAdministration(installation, on: loops)
                    .fetchLog(name, to: path, from: from, keyFile: keyFile)
            }
        }
    }

    struct Schedule: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes backups when they are due, until it is ended.", shouldDisplay: false)
        @OptionGroup var options: StateOptions

        func run() throws {
            let installation = try options.existing
            let log = LogOutput(format: .text(colours: false), level: .info)
            onLoop { loops in
                try await BackupSchedule(installation, on: loops, logger: log.logger(label: "backup")).run()
            }
        }
    }
}
