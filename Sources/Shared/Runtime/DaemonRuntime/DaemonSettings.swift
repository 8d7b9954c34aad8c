internal import Glibc
internal import Logging
internal import Observability
internal import Settings
internal import SpanExport

/// What every daemon can be told about itself.
struct DaemonSettings: Sendable {
    let logLevel: Logger.Level
    let logFormat: LogFormat
    let loops: Int?
    let gracePeriod: Duration
    let drainDelay: Duration
    let internalListener: ListenerSettings
    /// Where this process alone answers what the internal listener answers, when several share that one's socket.
    let instanceListener: ListenerSettings
    let traces: SpanExportSettings

    /// What log lines look like.
    enum LogFormat: String, Sendable, CaseIterable {
        /// Text on a terminal, JSON elsewhere.
        case auto
        case json
        case text

        /// The form for standard output as it is now.
        func output(environment: [String: String]) -> LogOutput.Format {
            let isTerminal = isatty(STDOUT_FILENO) == 1
            let colours = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
            return switch self {
            case .auto: isTerminal ? .text(colours: colours) : .json
            case .json: .json
            case .text: .text(colours: colours)
            }
        }
    }

    /// Reads them; the internal listener listens at `internalPort` when nothing is set.
    init(
        _ reader: SettingsReader, internalPort: Int, capacity: ListenerCapacity = .usual
    ) throws(SettingsError) {
        let log = reader.root.section("log")
        logLevel = try log.choice("level", default: .info, help: "The least important messages that are logged.")
        logFormat = try log.choice(
            "format", default: .auto, help: "What log lines look like; auto is text on a terminal and JSON elsewhere.")
        traces = try SpanExportSettings(from: reader.root.section("traces"))
        let own = reader.own
        let count = try own.int(
            "loops", default: 0, range: 0...256, help: "How many event loops serve; 0 for one a processor core.")
        loops = count == 0 ? nil : count
        gracePeriod = try own.duration(
            "grace_period", default: .seconds(30), range: .seconds(1) ... .seconds(3600),
            help: "How long work that has begun may go on after SIGTERM.")
        drainDelay = try own.duration(
            "drain_delay", default: .zero, range: .zero ... .seconds(300),
            help: "How long to go on accepting requests after SIGTERM, until load balancers have noticed.")
        internalListener = try ListenerSettings(
            from: own.section("internal"), default: .tcp(address: "127.0.0.1", port: internalPort), capacity: capacity)
        instanceListener = internalListener.moved(
            to: try own.section("instance").value(
                "listen", ListenAddress.setting, default: .off,
                help: """
                    Where this process alone answers what the internal listener answers: for probes, metrics and operators \
                    when several processes share one socket.
                    """))
    }
}
