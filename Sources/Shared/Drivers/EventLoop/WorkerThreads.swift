internal import CLinux
internal import Glibc
internal import Synchronization

/// A few named threads for what blocks: name resolution, scrypt, fsync.
package final class WorkerThreads: Sendable {
    private let name: String
    private let queueLimit: Int
    /// Counts the queued pieces of work; every thread waits on it.
    private let available: Int32
    private let queue = Mutex(Queue())

    private struct Queue {
        var work: [@Sendable () -> Void] = []
        var isShutDown = false
    }

    /// More work was offered than the queue holds.
    package struct Overloaded: Error, CustomStringConvertible {
        /// The name of the threads.
        package let name: String
        package var description: String { "the \(name) threads have too much queued work; try again later" }
    }

    /// Which share of the processors the threads get when others want them too.
    package enum Share: Sendable, Hashable {
        case equal
        /// Little: what they do must not slow down anybody.
        case little
    }

    /// Starts `count` threads; at most `queueLimit` pieces of work wait for one.
    package init(name: String, count: Int, queueLimit: Int, share: Share = .equal) {
        self.name = name
        self.queueLimit = queueLimit
        available = cl_eventfd(1, 0)
        precondition(available >= 0, "cannot make an eventfd for the \(name) threads")
        for number in 0..<count {
            do {
                try startThread(named: "\(name)-\(number)") { [self] in
                    // Of the calling thread alone, on Linux. Anybody may be nicer than before, so it cannot fail.
                    if share == .little { _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, 5) }
                    work()
                }
            } catch {
                preconditionFailure("\(error)")
            }
        }
    }

    /// Runs `body` on one of the threads. Cancellation does not interrupt it: the result is awaited.
    /// - Throws: `Overloaded` at once when the queue is full or shut down, else what `body` threw.
    package func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            let accepted = queue.withLock { queue in
                guard !queue.isShutDown, queue.work.count < queueLimit else { return false }
                queue.work.append { continuation.resume(with: Result(catching: body)) }
                return true
            }
            guard accepted else { return continuation.resume(throwing: Overloaded(name: name)) }
            _ = cl_eventfd_add(available)
        }
    }

    /// Takes no more work; the threads end when what is queued is done.
    package func shutdown() {
        queue.withLock { $0.isShutDown = true }
        _ = cl_eventfd_add(available)
    }

    private func work() {
        while cl_eventfd_take(available) == 0 {
            let (next, isShutDown) = queue.withLock { queue in
                (queue.work.isEmpty ? nil : queue.work.removeFirst(), queue.isShutDown)
            }
            next?()
            guard next == nil, isShutDown else { continue }
            // Pass the end on to the next thread.
            _ = cl_eventfd_add(available)
            return
        }
    }
}
