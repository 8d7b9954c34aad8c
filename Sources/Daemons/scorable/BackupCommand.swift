import ArgumentParser
import EventLoop
import Launcher
import Logging
import Observability
import SystemCalls

/// Backups: making them, looking at them, and trying whether they can be restored.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Makes backups, looks at them, and tries whether they can be restored.",
        discussion: """
            Examples:
              scorable backup keys --out recovery.pem
              scorable backup create
              scorable backup list
              scorable backup verify --key-file recovery.pem
              scorable backup drill --key-file recovery.pem
              scorable backup prune --keep 7 --dry-run
            """,
        subcommands: [
            Keys.self, Create.self, List.self, Verify.self, Drill.self, Delete.self, Prune.self, WALPush.self,
            WALFetch.self,
            Schedule.self,
        ])

    /// Whether the steps are told.
    struct Telling: ParsableArguments {
        @Flag(help: "Do not say how far it is.") var quiet = false

        var tell: @Sendable (String) -> Void {
            let isQuiet = quiet
            return { if !isQuiet { say("\($0) …\n", to: 2) } }
        }
    }

    struct Keys: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a recovery key: its public half is for the settings, the file for whoever may restore.")
        @Option(help: "The new file of the recovery key.") var out: String

        func run() throws {
            do {
                say(try BackupAdministration.makeKey(at: StateOptions.absolute(out)))
            } catch {
                fail(error)
            }
        }
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a backup, and removes those that are not kept any more.")
        @OptionGroup var options: StateOptions
        @OptionGroup var telling: Telling
        @Flag(help: "Remove nothing.") var noPrune = false
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
            let (tell, pruning) = (telling.tell, !noPrune)
            onLoop { loops in
                say(
                    try await BackupAdministration(installation, on: loops, form: form, telling: tell)
                        .create(pruning: pruning))
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the backups, the newest last.")
        @OptionGroup var options: StateOptions
        @Option(help: "The directory of the backups, where it is not that of the settings.") var from: String?
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
            let from = from.map(StateOptions.absolute)
            onLoop { loops in
                say(try await BackupAdministration(installation, on: loops, form: form).list(from: from))
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Goes over a backup: every part, the log behind it, every copy; 1 when anything is amiss.")
        @OptionGroup var options: StateOptions
        @OptionGroup var telling: Telling
        @Argument(help: "Which; the newest without it.") var id: String?
        @Option(help: "The directory of the backups, where it is not that of the settings.") var from: String?
        @Option(help: "The file of the recovery key: then it is opened too.") var keyFile: String?
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
            let (id, from, keyFile, tell) = (id, from.map(StateOptions.absolute), keyFile, telling.tell)
            onLoop { loops in
                let verdict = try await BackupAdministration(installation, on: loops, form: form, telling: tell)
                    .verify(id, from: from, keyFile: keyFile)
                say(verdict.text)
                if !verdict.isWhole { throw ExitCode(1) }
            }
        }
    }

    struct Drill: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Restores a backup to a folder that goes again, and compares; 1 when anything is amiss.")
        @OptionGroup var options: StateOptions
        @OptionGroup var telling: Telling
        @Argument(help: "Which; the newest without it.") var id: String?
        @Option(help: "The file of the recovery key.") var keyFile: String?
        @Option(help: "Where there is room for a second database.") var `in` = "/var/tmp"
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
            let (id, keyFile, folder, tell) = (id, keyFile, StateOptions.absolute(`in`), telling.tell)
            onLoop { loops in
                let report = try await BackupAdministration(installation, on: loops, form: form, telling: tell)
                    .drill(id, keyFile: keyFile, in: folder)
                say(report.text)
                if !report.isGood { throw ExitCode(1) }
            }
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Removes a backup with what only it needs.")
        @OptionGroup var options: StateOptions
        @Argument(help: "Which.") var id: String
        @Flag(help: "Only say what would be removed.") var dryRun = false
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
            let (id, isTrial) = (id, dryRun)
            onLoop { loops in
                say(
                    try await BackupAdministration(installation, on: loops, form: form).delete(id, isTrial: isTrial))
            }
        }
    }

    struct Prune: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes old backups with what only they need, and what runs left that were killed.")
        @OptionGroup var options: StateOptions
        @Option(help: "How many are kept; without it, as backup.keep says.") var keep: Int?
        @Flag(help: "Only say what would be removed.") var dryRun = false
        @Flag(help: "Print JSON.") var json = false

        func validate() throws {
            guard keep.map({ $0 >= 1 }) ?? true else { throw ValidationError("--keep is at least 1.") }
        }

        func run() throws {
            let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
            let (keep, isTrial) = (keep, dryRun)
            onLoop { loops in
                say(
                    try await BackupAdministration(installation, on: loops, form: form).prune(
                        keep: keep, isTrial: isTrial))
            }
        }
    }
}
