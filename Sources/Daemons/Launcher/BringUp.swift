package import EventLoop
internal import SystemCalls

extension Installation {
    /// Brings everything up, as far as it is not, and returns what to tell a new user.
    ///
    /// `offset` is how far the ports of a new installation are from the usual ones.
    /// `tell` is given each step as it begins.
    /// - Throws: `LauncherFailure` with one line that says what to do.
    package func up(offset: Int, on loops: LoopGroup, _ tell: (String) -> Void) async throws -> FirstSteps {
        try state.make()
        try InstallationSecrets(state: state).make()
        let ports = try await settledPorts(offset: offset)
        if supervisor == nil {
            try await requireFree(
                ports, orElse: "change the port in \(state.settings)", within: Self.lastWords)
            tell("Starting Scorable in \(state.path)")
            try startSupervisor()
        }
        try await followSupervisor(tell)
        try await untilReady(ports, loops)
        let account = try await FirstAccount(state: state, loops: loops).makeIfMissing()
        return FirstSteps(
            programs: programs, stateOption: state.option(environment: environment), ports: ports, account: account)
    }

    /// The ports that the settings name; settings are written now, with free ones, where there are none.
    private func settledPorts(offset: Int) async throws -> Ports {
        let wanted = Ports(offset: offset)
        let document = SettingsDocument(state: state, ports: wanted)
        guard document.exists else {
            try await requireFree(wanted, orElse: "choose others with --port-offset, such as --port-offset 100")
            try document.make()
            return wanted
        }
        let ports = try ports()
        guard offset == 0 || ports == wanted else {
            throw LauncherFailure(
                "This installation has other ports already. Leave --port-offset out, or change them in "
                    + "\(state.settings).")
        }
        return ports
    }

    /// How long the daemons of a supervisor that was killed may take to end.
    private static let lastWords = Duration.seconds(10)

    private func requireFree(_ ports: Ports, orElse way: String, within patience: Duration = .zero) async throws {
        let deadline = Deadline.after(patience)
        for (port, owner) in ports.all {
            while try !PortProbe.isFree(port) {
                guard !deadline.hasPassed else {
                    throw LauncherFailure(
                        "Port \(port), which \(owner) needs, is in use by another program. Stop that one, or \(way).")
                }
                try await Loop.current?.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Returns when every daemon says that it is ready.
    private func untilReady(_ ports: Ports, _ loops: LoopGroup) async throws {
        let deadline = Deadline.after(.seconds(60))
        let daemons = [
            ("llmproxyd", ports.proxy), ("evald", ports.evaluations), ("apid", ports.operators),
            ("workerd", ports.worker),
        ]
        let probe = ReadinessProbe(loops: loops)
        for (name, port) in daemons {
            while await !probe.isReady(port: port) {
                guard !deadline.hasPassed else {
                    throw LauncherFailure("scorable-\(name) does not become ready; see \(state.log(of: name)).")
                }
                try await Loop.current?.sleep(for: .milliseconds(50))
            }
        }
    }
}
