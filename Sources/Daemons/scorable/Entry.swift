import ArgumentParser
import DaemonRuntime

/// The administration tool and launcher.
///
/// Not asynchronous: the main thread of an asynchronous program waits with no signal blocked, and takes from the supervisor
/// what it must learn of.
@main struct Scorable: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scorable", abstract: "Runs and administers Scorable, self-hosted.", version: Release.version,
        subcommands: [
            Up.self, Down.self, Status.self, Env.self, CleanState.self, Migrate.self, Config.self, ProviderCommand.self,
            UserCommand.self, KeyCommand.self, Supervise.self,
        ])
}
