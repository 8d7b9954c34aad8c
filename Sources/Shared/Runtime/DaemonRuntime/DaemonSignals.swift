internal import EventLoop
internal import Glibc
internal import Logging
internal import SystemCalls

/// The signals that a daemon answers to.
enum DaemonSignals {
    private static let followed = [SIGTERM, SIGINT, SIGHUP]

    /// Whether this is the thread that the process began with.
    static var isOnMainThread: Bool {
        do {
            let stat = String(decoding: try FileContents.read("/proc/thread-self/stat"), as: UTF8.self)
            return stat.hasPrefix("\(getpid()) ")
        } catch {
            return true  // Without /proc nobody can tell.
        }
    }

    /// Keeps the signals for `follow`, and makes writing to a closed connection an error instead of the end of the
    /// process. Call it while the process has one thread: those that are started later inherit this.
    static func prepare() throws(SystemError) {
        try Signals.block(followed)
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Calls `body` for every signal until the returned task is cancelled, which is its owner's part. On a loop.
    ///
    /// The second request to stop ends the process at once: whoever sends it does not want to wait any longer.
    static func follow(
        logger: Logger, _ body: @escaping @Sendable (Int32) -> Void
    ) throws(SystemError) -> Task<Void, Never>? {
        guard let loop = Loop.current else { return nil }
        let signals = try loop.signals(followed)
        return loop.spawn {
            var isStopping = false
            for await signal in signals {
                if isStopping, signal != SIGHUP {
                    logger.critical("aborted by a second signal", metadata: ["signal": .stringConvertible(signal)])
                    _exit(1)
                }
                if signal != SIGHUP { isStopping = true }
                body(signal)
            }
        }
    }
}
