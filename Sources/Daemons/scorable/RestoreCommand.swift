import ArgumentParser
import EventLoop
import Launcher

/// Bringing a backup back.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Brings a backup back on a host that has nothing of it.",
        discussion: """
            Without --into a whole private installation comes back to the folder that --state names.

            Examples:
              scorable restore --from /mnt/backups --key-file recovery.pem --secrets /mnt/usb/secrets
              scorable restore --from /mnt/backups --key-file recovery.pem --at 2027-01-31T12:00:00Z \\
                --into /var/lib/postgresql/15/main --objects /var/lib/scorable/blobs
            """)
    @OptionGroup var options: StateOptions
    @OptionGroup var telling: BackupCommand.Telling
    @Option(help: "The directory of the backups, where it is not that of the settings.") var from: String?
    @Option(help: "Which backup; without it the newest that leads there.") var backup: String?
    @Option(
        help: "Everything that was committed before that moment, and nothing else; without it all that is archived.")
    var at: String?
    @Option(help: "The file of the recovery key.") var keyFile: String?
    @Option(help: "Only the database, to that folder.") var into: String?
    @Option(help: "With --into: the objects, to that folder.") var objects: String?
    @Option(help: "Of a whole installation: the folder with the copies of its secrets.") var secrets: String?

    func validate() throws {
        guard (into == nil) != (secrets == nil) else {
            throw ValidationError("Either --into DATADIR, or --secrets DIR for a whole private installation.")
        }
        guard objects == nil || into != nil else { throw ValidationError("--objects goes with --into.") }
    }

    func run() throws {
        let (installation, tell) = (try options.installation, telling.tell)
        var wish = RestoreAdministration.Wish()
        wish.from = from.map(StateOptions.absolute)
        wish.backup = backup
        wish.at = at
        wish.keyFile = keyFile
        let (into, objects) = (into.map(StateOptions.absolute), objects.map(StateOptions.absolute))
        let secrets = secrets.map(StateOptions.absolute)
        onLoop { [wish] loops in
            let restore = RestoreAdministration(installation, on: loops, telling: tell)
            if let into {
                say(try await restore.database(wish, into: into, objects: objects))
            } else if let secrets {
                say(try await restore.wholeInstallation(wish, secrets: secrets))
            }
        }
    }
}
