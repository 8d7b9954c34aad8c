internal import Cryptography
internal import EventLoop
internal import FoundationEssentials
internal import Glibc
internal import Logging
internal import Observability
package import Settings
internal import SpanExport
internal import SystemCalls
internal import Tenancy
internal import WireAPI

/// The one way a daemon starts, reports that it is ready, drains and stops.
///
/// Exit codes: 0 after a clean stop, 1 when something failed while it ran or started, 2 for settings or a command line
/// that cannot be used.
package struct Daemon<Values: Sendable>: Sendable {
    private let name: String
    private let summary: String
    private let internalPort: Int
    private let capacity: ListenerCapacity
    private let read: @Sendable (SettingsReader) throws(SettingsError) -> Values
    private let compose: @Sendable (inout Composition<Values>, Values) async throws -> Void

    /// - Parameters:
    ///   - name: the daemon's name without `scorable-`: its section of the settings file and its log label.
    ///   - summary: what it does, in a line for `--help`.
    ///   - internalPort: where its internal listener listens when nothing is set.
    ///   - capacity: how much the internal listener serves when nothing is set.
    ///   - settings: reads the daemon's settings.
    ///   - compose: adds the daemon's parts; runs on a loop.
    package init(
        _ name: String, summary: String, internalPort: Int, capacity: ListenerCapacity = .usual,
        settings: @escaping @Sendable (SettingsReader) throws(SettingsError) -> Values,
        compose: @escaping @Sendable (inout Composition<Values>, Values) async throws -> Void
    ) {
        self.name = name
        self.summary = summary
        self.internalPort = internalPort
        self.capacity = capacity
        read = settings
        self.compose = compose
    }

    /// Does what the command line asks for, and ends the process. Call it first thing in a `main` that is not `async`:
    /// only then is this the process's one thread, and signals blocked here are blocked everywhere.
    package func run() -> Never {
        precondition(DaemonSignals.isOnMainThread, "a daemon is run by the main thread, so by a main that is not async")
        begin(arguments: Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment) {
            // Not `exit`: what libraries clean up then, other threads may still be using.
            _exit($0)
        }
        while true { pause() }
    }

    /// The same with everything that the process was given as values; `end` gets the exit code, perhaps much later.
    func begin(arguments: [String], environment: [String: String], end: @escaping @Sendable (Int32) -> Void) {
        do {
            let arguments = try DaemonArguments(arguments)
            switch arguments.action {
            case .help: end(tell(help))
            case .version: end(tell("scorable-\(name) \(Release.version)\n"))
            case .describeSettings:
                let reader = SettingsReader(describing: Deployment.vocabulary(of: name))
                _ = try DaemonSettings(reader, internalPort: internalPort, capacity: capacity)
                _ = try read(reader)
                end(tell(SettingsReport.manual(reader.effective.map(\.declaration))))
            case .checkConfiguration:
                end(tell(SettingsReport.effective(try load(arguments, environment).reader.effective)))
            case .run: live(try load(arguments, environment), arguments, environment, end)
            }
        } catch {
            CompleteOutput.write("scorable-\(name): \(error)\n", to: 2)
            end(2)
        }
    }

    private func tell(_ text: String) -> Int32 {
        CompleteOutput.write(text, to: 1)
        return 0
    }

    private var help: String {
        """
        scorable-\(name): \(summary)

        usage: scorable-\(name) [--config PATH] [--KEY VALUE]...
          --config PATH        the settings file (default \(Deployment.defaultSettingsPath))
          --KEY VALUE          sets one setting, such as --log.level debug
          --check-config       print the settings that would be used and where they come from
          --describe-settings  print all settings as items of a manual page
          --version, --help

        Settings are described in scorable.yaml(5), this daemon in scorable-\(name)(8).

        """
    }

    // MARK: Settings

    private struct Loaded {
        let reader: SettingsReader
        let daemon: DaemonSettings
        let values: Values
    }

    private func load(_ arguments: DaemonArguments, _ environment: [String: String]) throws(SettingsError) -> Loaded {
        let inputs = SettingsInputs(
            flags: arguments.flags.map { ($0.key, $0.value) }, environment: environment,
            file: try SettingsFile.find(
                named: arguments.settingsPath ?? environment[Deployment.settingsPathVariable],
                else: Deployment.defaultSettingsPath, documents: Deployment.documents))
        let vocabulary = Deployment.vocabulary(of: name)
        let reader = SettingsReader(inputs, vocabulary: vocabulary)
        do throws(SettingsError) {
            return try read(all: reader)
        } catch {
            // What is missing may be there under a mistyped name, which then is what to tell.
            if error.kind == .missing { _ = try read(all: SettingsReader(describing: vocabulary, for: inputs)) }
            throw error
        }
    }

    private func read(all reader: SettingsReader) throws(SettingsError) -> Loaded {
        let daemon = try DaemonSettings(reader, internalPort: internalPort, capacity: capacity)
        let values = try read(reader)
        try reader.refuseUnknown()
        return Loaded(reader: reader, daemon: daemon, values: values)
    }

    // MARK: Running

    private func live(
        _ loaded: Loaded, _ arguments: DaemonArguments, _ environment: [String: String],
        _ end: @escaping @Sendable (Int32) -> Void
    ) {
        let log = LogOutput(
            descriptor: STDOUT_FILENO, format: loaded.daemon.logFormat.output(environment: environment),
            level: loaded.daemon.logLevel,
            marksPriority: JournalStream.isReached(by: STDOUT_FILENO, environment["JOURNAL_STREAM"]))
        let logger = log.logger(label: name)
        // Libraries that make their own loggers are to be heard in the same way.
        LoggingSystem.bootstrap { log.handler(label: $0) }
        for variable in loaded.reader.unknownVariables {
            logger.warning("an environment variable names no setting", metadata: ["variable": .string(variable)])
        }
        let (settings, values) = (loaded.daemon, loaded.values)
        let instance = OperatorInstance(
            daemon: name, address: "\(loaded.daemon.internalListener.address)", settings: loaded.reader,
            id: UUID(), now: Date())
        @Sendable func finish(_ code: Int32, because error: (any Error)? = nil) {
            if let error { logger.critical("cannot start", metadata: ["reason": "\(error)"]) }
            log.flush()
            end(code)
        }
        do {
            try DaemonSignals.prepare()
        } catch {
            return finish(1, because: error)
        }
        OpenFiles.allowAll()
        let loops = LoopGroup(count: settings.loops, name: name)
        // Lives as long as the process, which it ends.
        loops.loops[0].spawn {
            do {
                let isClean = try await life(loops, log, logger, settings, values, instance, arguments, environment)
                finish(isClean ? 0 : 1)
            } catch {
                finish(1, because: error)
            }
        }
    }

    private func life(
        _ loops: LoopGroup, _ log: LogOutput, _ logger: Logger, _ settings: DaemonSettings, _ values: Values,
        _ instance: OperatorInstance, _ arguments: DaemonArguments, _ environment: [String: String]
    ) async throws -> Bool {
        let (events, feed) = AsyncStream.makeStream(
            of: Lifecycle<Values>.Event.self, bufferingPolicy: .bufferingOldest(64))
        let signals = try DaemonSignals.follow(logger: logger) { signal in
            feed.yield(signal == SIGHUP ? .reload : .terminate(signal))
        }
        defer { signals?.cancel() }
        // Lines that waited for a reader are moved on also when no others follow.
        let drainer = Repetition.start(every: .seconds(1)) { log.drain() }
        defer { drainer?.cancel() }
        let metrics = Metrics()
        metrics.addProcessFigures(version: Release.version)
        metrics.counter("scorable_log_dropped_lines_total", "Log lines that were dropped because nobody read them.") {
            Double(log.droppedLines)
        }
        let buffer = settings.traces.collector.map { _ in SpanBuffer(metrics: metrics) }
        let spans = buffer.map { SpanRecorder($0, samplePercent: settings.traces.samplePercent) } ?? .off
        var composition = Composition<Values>(
            loops: loops, logger: logger, metrics: metrics,
            identifiers: IdentifierSource(now: { Date() }, randomBytes: randomBytes),
            traceIdentifiers: TraceIdentifiers(), spans: spans, instance: instance,
            reportFailure: { part, error in feed.yield(.failed(DaemonFailure.part(part, error))) })
        if let buffer, let collector = settings.traces.collector {
            composition.export(buffer, to: collector, as: name)
        }
        try await compose(&composition, values)
        let lifecycle = Lifecycle(
            settings: settings, section: name, composition: composition,
            supervisor: Supervisor(environment: environment), events: events, feed: feed,
            certificates: CertificateFigures(metrics),
            reread: {
                let loaded = try load(arguments, environment)
                log.level = loaded.daemon.logLevel
                return loaded.values
            })
        return await lifecycle.run()
    }
}
