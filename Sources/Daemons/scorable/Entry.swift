import ArgumentParser
import DaemonRuntime
import Launcher

/// The administration tool and launcher.
///
/// Not asynchronous: the main thread of an asynchronous program waits with no signal blocked, and takes from the supervisor
/// what it must learn of.
@main struct Scorable: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scorable", abstract: "Runs and administers Scorable, self-hosted.", version: Release.version,
        subcommands: [
            Up.self, Down.self, Status.self, Env.self, CleanState.self, Migrate.self, Config.self, DoctorCommand.self,
            SupportBundleCommand.self, ProviderCommand.self,
            OrganizationCommand.self, UserCommand.self, IdentityProviderCommand.self, ServiceAccountCommand.self,
            PermissionsCommand.self,
            KeyCommand.self, SessionCommand.self, QueueCommand.self, ExportCommand.self, WebhookCommand.self,
            AuditCommand.self, StorageCommand.self, RetentionCommand.self, BackupCommand.self, RestoreCommand.self,
            Supervise.self,
        ])

    /// Like every program here, 2 and one line for a command line that is not understood.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            say("scorable: \(PrintedText.line(message(for: error))) See: scorable --help\n", to: 2)
            exit(withError: ExitCode(2))
        }
    }
}
