package import FoundationEssentials
package import Logging
internal import Synchronization
internal import SystemCalls

/// Where log lines go: standard output of a daemon, standard error of a tool, in one of two forms.
///
/// A line is written by the thread that logs it, so that it is with the kernel when the call returns and a crash loses
/// nothing; a thread of its own would cost a switch for every line. The write never waits for a reader: what does not
/// fit goes to a bounded backlog, which later lines and `drain` move on, and beyond that lines are dropped and counted.
package final class LogOutput: Sendable {
    /// What a line looks like.
    package enum Format: Sendable, Hashable {
        /// One JSON object.
        case json
        /// For people, with or without colours.
        case text(colours: Bool)
    }

    private let descriptor: Int32
    private let format: Format
    private let marksPriority: Bool
    private let backlogLimit: Int
    private let now: @Sendable () -> Date
    private let levelIndex: Atomic<Int>
    private let backlog = Mutex(Backlog())

    /// What could not be written yet. Whole lines, but for the first, whose beginning may have been written.
    private struct Backlog {
        private var bytes: [UInt8] = []
        /// How many of the bytes are written.
        private var start = 0
        var droppedLines: UInt64 = 0
        var reportedLines: UInt64 = 0

        var isEmpty: Bool { bytes.isEmpty }
        var count: Int { bytes.count - start }

        mutating func append(_ rest: ArraySlice<UInt8>) { bytes.append(contentsOf: rest) }

        /// Hands what is waiting to `write`, which says how much it took.
        mutating func drain(_ write: (ArraySlice<UInt8>) -> Int) {
            guard !bytes.isEmpty else { return }
            start += write(bytes[start...])
            if start == bytes.count {
                bytes = []
                start = 0
            } else if start > bytes.count / 2 {
                // Moved down now and then, not for every line: while a reader is slow, lines come often.
                bytes.removeFirst(start)
                start = 0
            }
        }
    }

    /// Lines go to `descriptor`, which is not closed; up to `backlogLimit` bytes wait for a reader before lines are
    /// dropped. With `marksPriority` every line begins with its priority in the form that systemd's journal takes off again,
    /// so that `journalctl -p err` finds errors.
    package init(
        descriptor: Int32 = 2, format: Format, level: Logger.Level, marksPriority: Bool = false,
        backlogLimit: Int = 1 << 20,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.descriptor = descriptor
        self.format = format
        self.marksPriority = marksPriority
        self.backlogLimit = backlogLimit
        self.now = now
        levelIndex = Atomic(Self.index(of: level))
    }

    /// The least important level that is written; may change while the daemon runs.
    package var level: Logger.Level {
        get { Logger.Level.allCases[levelIndex.load(ordering: .relaxed)] }
        set { levelIndex.store(Self.index(of: newValue), ordering: .relaxed) }
    }

    /// How many lines nobody will see.
    package var droppedLines: UInt64 { backlog.withLock { $0.droppedLines } }

    /// A logger that writes here.
    package func logger(label: String) -> Logger {
        Logger(label: label) { handler(label: $0) }
    }

    /// What a logger called `label` hands its events to.
    package func handler(label: String) -> any LogHandler {
        LineLog(label: label, output: self)
    }

    /// Writes what is waiting, as far as that is possible without waiting. True when nothing is left.
    @discardableResult
    package func drain() -> Bool {
        backlog.withLock { drain(&$0) }
    }

    /// Gives the reader a second to take what is waiting, and blocks meanwhile: the last thing a process does.
    package func flush() {
        let deadline = ContinuousClock.now.advanced(by: .seconds(1))
        while !drain(), ContinuousClock.now < deadline {
            _ = PatientOutput.waitUntilWritable(descriptor, milliseconds: 100)
        }
    }

    /// Formats and writes one event.
    func record(_ event: LogEvent, label: String, metadata: Logger.Metadata) {
        var line = LogLine(event: event, label: label, metadata: metadata, time: now()).bytes(format)
        if marksPriority { line = Array("<\(Self.priority(of: event.level))>".utf8) + line }
        backlog.withLock { backlog in
            guard drain(&backlog) else { return append(line[...], to: &backlog) }
            let written = PatientOutput.write(line[...], to: descriptor)
            append(line[written...], to: &backlog)
        }
    }

    private func append(_ rest: ArraySlice<UInt8>, to backlog: inout Backlog) {
        guard backlog.count + rest.count <= backlogLimit else {
            backlog.droppedLines += 1
            return
        }
        backlog.append(rest)
    }

    private func drain(_ backlog: inout Backlog) -> Bool {
        backlog.drain { PatientOutput.write($0, to: descriptor) }
        guard backlog.isEmpty else { return false }
        if backlog.droppedLines > backlog.reportedLines {
            let count = backlog.droppedLines - backlog.reportedLines
            backlog.reportedLines = backlog.droppedLines
            let event = LogEvent(
                level: .warning, message: "log lines were dropped because nobody read them", metadata: nil,
                source: "Observability", file: #fileID, function: #function, line: #line)
            let line = LogLine(
                event: event, label: "log", metadata: ["count": .stringConvertible(count)], time: now()
            ).bytes(format)
            let written = PatientOutput.write(line[...], to: descriptor)
            backlog.append(line[written...])
        }
        return backlog.isEmpty
    }

    /// As syslog counts them.
    private static func priority(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    private static func index(of level: Logger.Level) -> Int {
        Logger.Level.allCases.firstIndex(of: level) ?? 0
    }
}

/// Adds metadata and passes events on; one per logger.
struct LineLog: LogHandler {
    let label: String
    let output: LogOutput
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private var ownLevel: Logger.Level?

    init(label: String, output: LogOutput) {
        self.label = label
        self.output = output
    }

    /// The output's level, unless this logger was given its own.
    var logLevel: Logger.Level {
        get { ownLevel ?? output.level }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        output.record(event, label: label, metadata: all)
    }
}
