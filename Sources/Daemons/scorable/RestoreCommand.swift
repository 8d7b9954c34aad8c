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
                --into /var/lib/postgresql/15/main --objects /var/lib/scorable/blobs --settings scorable.yaml.then
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
    @Option(help: "Which timeline of the log; without it that of the newest backup.") var timeline: UInt32?
    @Option(help: "The objects, to that folder, or object-storage for the one of the settings; alone, only these.")
    var objects: String?
    @Option(help: "With --into: the settings of the backup, without secrets, to that new file.") var settings: String?
    @Option(help: "Of a whole installation: the folder with the copies of its secrets.") var secrets: String?

    func validate() throws {
        guard into == nil || secrets == nil, into != nil || secrets != nil || objects != nil else {
            throw ValidationError(
                "Either --into DATADIR, or --secrets DIR for a whole private installation, or only --objects.")
        }
        guard objects == nil || secrets == nil else { throw ValidationError("--objects does not go with --secrets.") }
        guard settings == nil || into != nil else { throw ValidationError("--settings goes with --into.") }
    }

    func run() throws {
        let (installation, tell) = (try options.installation, telling.tell)
        var wish = RestoreAdministration.Wish()
        wish.from = from.map(StateOptions.absolute)
        wish.backup = backup
        wish.at = at
        wish.timeline = timeline
        wish.keyFile = keyFile
        let (into, settings) = (into.map(StateOptions.absolute), settings.map(StateOptions.absolute))
        let objects = objects.map { RestoredObjects.Place($0, absolute: StateOptions.absolute) }
        let secrets = secrets.map(StateOptions.absolute)
        onLoop { [wish] loops in
            let restore = RestoreAdministration(installation, on: loops, telling: tell)
            if let into {
                say(try await restore.database(wish, into: into, objects: objects, settings: settings))
            } else if let secrets {
                say(try await restore.wholeInstallation(wish, secrets: secrets))
            } else if let objects {
                say(try await restore.objects(wish, to: objects))
            }
        }
    }
}
