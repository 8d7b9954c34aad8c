package import EventLoop
package import Logging
internal import SystemCalls

extension Installation {
    /// The daemons of an installation.
    package static let daemons = Supervisor.daemons

    /// What runs, a line each.
    package func status(on loops: LoopGroup) async throws -> String {
        guard let supervisor else { return "Scorable is not running in \(state.path). Start it: scorable up\n" }
        let ports = try ports()
        let probe = ReadinessProbe(loops: loops)
        var lines = ["Scorable runs in \(state.path) (supervisor \(supervisor))"]
        let daemons = [
            ("apid", ports.operators), ("evald", ports.evaluations), ("llmproxyd", ports.proxy),
            ("workerd", ports.worker),
        ]
        for (name, port) in daemons {
            let isReady = await probe.isReady(port: port)
            lines.append("  scorable-\(name)\t127.0.0.1:\(port)\t\(isReady ? "ready" : "not ready")")
        }
        lines.append("  public API\thttps://localhost:\(ports.publicHTTPS)")
        return lines.map { $0 + "\n" }.joined()
    }

    /// What clients need to know.
    /// - Throws: `LauncherFailure` when there is no key yet.
    package func clientEnvironment() throws -> ClientEnvironment {
        guard FileContents.exists(state.apiKey) else {
            throw LauncherFailure("There is no API key in \(state.path) yet. Make one: scorable up")
        }
        let key = try FileContents.read(state.apiKey).filter { $0 > 0x20 }
        return ClientEnvironment(
            state: state, ports: try ports(), apiKey: String(decoding: key, as: UTF8.self))
    }

    /// Runs the supervisor in this process until it is told to stop.
    package func supervise(on loops: LoopGroup, logger: Logger) async throws {
        try await Supervisor(state: state, programs: programs, environment: environment, logger: logger).run(on: loops)
    }

    /// Prints the settings that a daemon would use.
    package func showSettings(of daemon: String) async throws {
        var environment = environment
        if state.isMade, environment["SCORABLE_CONFIG"] == nil { environment["SCORABLE_CONFIG"] = state.settings }
        let code = try await ChildProcess.run(
            ChildProcess.Start(command: ["\(programs)/scorable-\(daemon)", "--check-config"], environment: environment))
        guard code == 0 else { throw LauncherFailure("The settings of \(daemon) cannot be used; see above.") }
    }
}
