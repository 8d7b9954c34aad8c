internal import EventLoop

/// A task that does one thing after the other for requests: to make one anew for each, with memory for all that it calls,
/// costs a twentieth of what a request does, and finds that memory cold.
///
/// Unstructured because a socket's readiness starts it. The exchange that it works for cancels it, after which it works for
/// no other one; the server's drain awaits what it does, and ends it.
///
/// `@unchecked Sendable`: confined to the loop of its server.
@safe final class PooledTask: @unchecked Sendable {
    /// What is to be done.
    typealias Work = @Sendable () async -> Void

    /// Is there while there is work, and dismisses those that rest before it goes.
    private unowned let pool: TaskPool
    private var work: Work?
    private var task: Task<Void, Never>?
    private var isDismissed = false
    /// Where it waits for work.
    private var rest: UnsafeContinuation<Void, Never>?

    init(of pool: TaskPool) { self.pool = pool }

    /// Does `work`, soon; returns the task. Not before what it does already is done.
    func run(_ work: @escaping Work) -> Task<Void, Never>? {
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
            await work()
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
    let loop: Loop
    private var resting: [PooledTask] = []
    private var isClosed = false
    /// At most so many are kept.
    private static let limit = 32

    init(on loop: Loop) { self.loop = loop }

    deinit { close() }

    /// Does `work`, soon, in a task that is returned.
    func run(_ work: @escaping PooledTask.Work) -> Task<Void, Never>? {
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
