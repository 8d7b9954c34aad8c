internal import DaemonRuntime
internal import Settings

/// What the launcher and the administration tool read in the settings that they share with the daemons.
enum InstallationSettings {
    /// A reader of the file that the environment names, else of a private installation's, else of the usual one.
    static func reader(of installation: Installation) throws -> SettingsReader {
        let named = installation.environment[Deployment.settingsPathVariable]
        let own = installation.state.isMade ? installation.state.settings : nil
        let file = try SettingsFile.find(named: named ?? own, else: Deployment.defaultSettingsPath)
        return reader(SettingsInputs(environment: installation.environment, file: file))
    }

    /// Whether the demonstration model is to be offered by a private installation.
    static func isDemonstrationOn(_ state: StateDirectory) throws -> Bool {
        let file = try SettingsFile.find(named: state.settings, else: state.settings)
        return try reader(SettingsInputs(file: file)).root.bool("demo_provider", default: false, help: "")
    }

    private static func reader(_ inputs: SettingsInputs) -> SettingsReader {
        SettingsReader(inputs, vocabulary: Deployment.vocabulary(of: "up"))
    }
}
