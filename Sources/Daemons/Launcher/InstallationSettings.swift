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

    /// Where the listeners of a private installation are.
    static func ports(of state: StateDirectory) throws -> Ports {
        let file = try SettingsFile.find(named: state.settings, else: state.settings)
        let root = reader(SettingsInputs(file: file)).root
        func read(_ program: String, _ listener: String, into port: inout Int) throws {
            let address = try root.section(program).section(listener).value(
                "listen", ListenAddress.setting, default: .tcp(address: "127.0.0.1", port: port), help: "")
            guard case .tcp(_, let named) = address else {
                throw LauncherFailure(
                    "\(program).\(listener).listen in \(state.settings) is \(address); a private installation needs "
                        + "a TCP port there, such as 127.0.0.1:\(port).")
            }
            port = named
        }
        var ports = Ports(offset: 0)
        try read("apid", "public", into: &ports.publicHTTPS)
        try read("apid", "loopback", into: &ports.publicHTTP)
        try read("apid", "internal", into: &ports.operators)
        try read("evald", "internal", into: &ports.evaluations)
        try read("llmproxyd", "internal", into: &ports.proxy)
        try read("workerd", "internal", into: &ports.worker)
        return ports
    }

    private static func reader(_ inputs: SettingsInputs) -> SettingsReader {
        SettingsReader(inputs, vocabulary: Deployment.vocabulary(of: "up"))
    }
}
