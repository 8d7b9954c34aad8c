internal import EventLoop

/// A task that does one thing after the other for requests: to make one anew for each, with memory for all that it calls,
/// costs a twentieth of what a request does, and finds that memory cold.
///
/// Unstructured because a socket's readiness starts it. The exchange that it works for cancels it, after which it works for
/// no other one; the server's drain awaits what it does, and ends it.
///
/// `@unchecked Sendable`: confined to the loop of its server.
@safe final class PooledTask: @unchecked Sendable {
    /// Is there while there is work, and dismisses those that rest before it goes.
    private unowned let pool: TaskPool
    /// What it does next, or is about to do.
    private var work: Exchange?
    private var task: Task<Void, Never>?
    private var isDismissed = false
    /// Where it waits for work.
    private var rest: UnsafeContinuation<Void, Never>?

    init(of pool: TaskPool) { self.pool = pool }

    /// Works for an exchange, soon; returns the task. Not before what it does already is done.
    func run(_ work: Exchange) -> Task<Void, Never>? {
        self.work = work
        if task == nil { task = pool.loop.spawn { [self] in await serve() } } else { wake() }
        return task
    }

    /// Ends it when it waits for work.
    func dismiss() {
        isDismissed = true
        wake()
    }

    private func wake() {
        unsafe rest?.resume()
        unsafe rest = nil
    }

    private func serve() async {
        while let work, !isDismissed {
            self.work = nil
            let pool = pool
            // Called by their names and not by a closure, after which the runtime would look for where to go on.
            switch pool.purpose {
            case .answering: await work.handle()
            case .streaming: await work.writeStream()
            }
            // A cancelled task stays one.
            guard !Task.isCancelled, pool.keep(self) else { break }
            guard self.work == nil, !isDismissed else { continue }
            unsafe await withUnsafeContinuation { unsafe rest = $0 }
        }
        task = nil
    }
}

/// Tasks of one kind that wait for work, on one loop.
///
/// Of one kind, because a task keeps the memory that its deepest call has needed: what lasts long is not to be done by one
/// that has gone deep.
final class TaskPool {
    /// What its tasks do for exchanges.
    enum Purpose { case answering, streaming }

    let loop: Loop
    let purpose: Purpose
    private var resting: [PooledTask] = []
    private var isClosed = false
    /// At most so many are kept: as many as a busy loop has at once.
    private static let limit = 64

    init(on loop: Loop, for purpose: Purpose) {
        self.loop = loop
        self.purpose = purpose
    }

    deinit { close() }

    /// Works for an exchange, soon, in a task that is returned.
    func run(_ work: Exchange) -> Task<Void, Never>? {
        (resting.popLast() ?? PooledTask(of: self)).run(work)
    }

    /// Keeps a task for work to come; `false` when it is not wanted any more.
    func keep(_ task: PooledTask) -> Bool {
        guard !isClosed, resting.count < Self.limit else { return false }
        resting.append(task)
        return true
    }

    /// Keeps none any more.
    func close() {
        isClosed = true
        for task in resting { task.dismiss() }
        resting = []
    }
}
