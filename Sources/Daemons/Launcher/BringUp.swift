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
        try SettingsDocument(state: state, ports: Ports(offset: offset)).makeIfMissing()
        let ports = try ports()
        if supervisor == nil {
            try requireFree(ports)
            tell("Starting Scorable in \(state.path)")
            try startSupervisor()
        }
        try await followSupervisor(tell)
        try await untilReady(ports, loops)
        let account = try await FirstAccount(state: state, loops: loops).makeIfMissing()
        return FirstSteps(programs: programs, state: state, ports: ports, account: account)
    }

    private func requireFree(_ ports: Ports) throws {
        for (port, owner) in ports.all where try !PortProbe.isFree(port) {
            throw LauncherFailure(
                "Port \(port), which \(owner) needs, is in use by another program. Stop that one, or change the port in "
                    + "\(state.settings).")
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
