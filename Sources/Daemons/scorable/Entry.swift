import ArgumentParser
import DaemonRuntime

/// The administration tool and launcher.
@main struct Scorable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scorable", abstract: "Runs and administers Scorable, self-hosted.", version: Release.version,
        subcommands: [
            Up.self, Down.self, Status.self, Env.self, CleanState.self, Migrate.self, Config.self, ProviderCommand.self,
            UserCommand.self, KeyCommand.self, Supervise.self,
        ])
}
