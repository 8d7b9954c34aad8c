internal import CLinux
internal import Glibc

/// Signals as events of a loop. Call `block` in the main thread before any other thread starts.
package enum Signals {
    /// Keeps `signals` pending for this thread and all it will start, so that only `stream` sees them.
    package static func block(_ signals: [Int32]) throws(SystemError) {
        guard unsafe cl_block_signals(signals, Int32(signals.count)) == 0 else { throw .last("block signals") }
    }
}

extension Loop {
    /// The blocked `signals` as they arrive; of many at once the newest 16 are kept.
    package func signals(_ signals: [Int32]) throws(SystemError) -> AsyncStream<Int32> {
        let fd = unsafe cl_signalfd(signals, Int32(signals.count))
        guard fd >= 0 else { throw .last("signalfd") }
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(16))
        submit { [self] in
            do {
                let watch = try watch(fd, .readable) { _ in
                    while case let signal = cl_signalfd_next(fd), signal > 0 { continuation.yield(signal) }
                }
                let owner = SignalWatch(watch: watch, fd: fd)
                continuation.onTermination = { [self] _ in submit { owner.end() } }
            } catch {
                close(fd)
                continuation.finish()
            }
        }
        return stream
    }
}

/// Ends a signal watch on its loop. `@unchecked Sendable`: `end` runs only there.
private final class SignalWatch: @unchecked Sendable {
    private let watch: Watch
    private let fd: Int32

    init(watch: Watch, fd: Int32) {
        self.watch = watch
        self.fd = fd
    }

    func end() {
        watch.cancel()
        close(fd)
    }
}
