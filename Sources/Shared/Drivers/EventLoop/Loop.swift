internal import CLinux
internal import Glibc
internal import Synchronization

/// One thread, one epoll set, and the executor of every task that prefers it.
///
/// Descriptors, timers and jobs of a loop run on its thread, one at a time and to completion, so what is confined to a
/// loop needs no lock. Nothing that runs here may block: hand that to `WorkerThreads`.
///
/// `@unchecked Sendable`: `inbox` is behind a mutex, `epoll`, `wakeup`, `index` and `name` never change, and all else is
/// touched only by the loop's own thread (`preconditionCurrent` guards the entry points).
@usableFromInline package final class Loop: TaskExecutor, @unchecked Sendable {
    /// The place of this loop in its group.
    @usableFromInline package let index: Int
    /// The thread's name.
    package let name: String

    let epoll: Int32
    private let wakeup: Int32
    private let inbox = Mutex(Inbox())

    var timers = TimerHeap()
    private var jobs: [UnownedJob] = []
    private var spareJobs: [UnownedJob] = []
    private var chores: [Chore] = []
    private var spareChores: [Chore] = []
    private var watches: [Watch?] = []
    private var freeWatches: [Int] = []
    private var generation: UInt32 = 0
    /// When this turn began: when what is being worked on now was reported.
    private(set) var turn = Moment.now
    private var isStopping = false
    /// How many times in a row there were as many reports as fit.
    private var fullReports = 0
    private static let fullReportsBeforeTimers = 16
    private static let fewReports = 12
    /// Whether more was reported to this turn than can be done one after the other. What is sent is better held until the end
    /// of such a turn then: who receives it wakes up once, and the system does the same thing for all of it.
    package private(set) var isCrowded = false
    private var onStop: (@Sendable () -> Void)?

    /// What waits to be run. No mere closure, because an array puts each of those into another one.
    private enum Chore {
        case closure(() -> Void)
        case turnWork(any TurnWork)
        case done

        func run() {
            switch self {
            case .closure(let body): body()
            case .turnWork(let work): work.turnEnds()
            case .done: break
            }
        }
    }

    /// What other threads left for the loop.
    private struct Inbox {
        var jobs: [UnownedJob] = []
        var closures: [@Sendable () -> Void] = []
        var isSignalled = false
    }

    /// The loop whose thread this is, if any.
    @usableFromInline package static var current: Loop? {
        unsafe cl_thread_pointer().map { unsafe Unmanaged<Loop>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The place of that loop in its group, -1 off the loops. Asking for it does not count the loop.
    @usableFromInline static var currentIndex: Int {
        guard let pointer = unsafe cl_thread_pointer() else { return -1 }
        // The pointer is set while the loop's thread runs, which keeps the loop.
        return unsafe Unmanaged<Loop>.fromOpaque(pointer)._withUnsafeGuaranteedRef { $0.index }
    }

    init(index: Int, name: String) throws(SystemError) {
        self.index = index
        self.name = name
        epoll = cl_epoll_create()
        guard epoll >= 0 else { throw .last("epoll_create") }
        wakeup = cl_eventfd(0, 1)
        guard wakeup >= 0 else { throw .last("eventfd") }
        guard cl_epoll_add(epoll, wakeup, Readiness.readable.rawValue, 0, Self.wakeupToken) == 0 else {
            throw .last("epoll_ctl add eventfd")
        }
    }

    // Not when the thread ends: what is submitted later must not be written to somebody else's descriptor.
    deinit {
        close(epoll)
        close(wakeup)
    }

    /// Whether the caller runs on this loop's thread.
    package var isCurrent: Bool {
        unsafe cl_thread_pointer() == Unmanaged.passUnretained(self).toOpaque()
    }

    /// Stops the program when the caller is on another thread: loop-confined state would be torn.
    @usableFromInline package func preconditionCurrent() {
        precondition(isCurrent, "loop-confined state used off its loop")
    }

    // MARK: Work

    @usableFromInline package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            jobs.append(job)
        } else {
            post { $0.jobs.append(job) }
        }
    }

    /// Runs `body` on the loop soon; from any thread, in the order of submission.
    package func submit(_ body: @escaping @Sendable () -> Void) {
        if isCurrent {
            chores.append(.closure(body))
        } else {
            post { $0.closures.append(body) }
        }
    }

    /// Runs `body` when what is runnable now has run: the place to flush what was gathered. On the loop only.
    package func atEndOfTurn(_ body: consuming @escaping () -> Void) {
        preconditionCurrent()
        chores.append(.closure(body))
    }

    /// The same for what needs no closure to be made for it, as what every request has to do.
    package func atEndOfTurn(_ work: any TurnWork) {
        preconditionCurrent()
        chores.append(.turnWork(work))
    }

    /// Starts an unstructured task on this loop. Its owner keeps the handle, cancels and awaits it.
    @discardableResult
    package func spawn(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: self, operation: body)
    }

    /// Runs `body` on this loop and comes back with its result.
    package func run<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async rethrows -> R {
        try await withTaskExecutorPreference(self) { @concurrent in
            // The synchronous call matters: without one the compiler drops the hop, seeing only an await, and `body`,
            // which stays where its caller is, would run off the loop.
            preconditionCurrent()
            return try await body()
        }
    }

    private func post(_ change: (inout sending Inbox) -> Void) {
        let mustWake = inbox.withLock { inbox in
            change(&inbox)
            defer { inbox.isSignalled = true }
            return !inbox.isSignalled
        }
        // A failed write means the counter is full, and then the loop is awake anyway.
        if mustWake { _ = cl_eventfd_add(wakeup) }
    }

    // MARK: Descriptors and timers

    /// Calls `handler` on the loop whenever `fd` is ready; level-triggered unless asked otherwise.
    package func watch(
        _ fd: Int32, _ interest: Interest, edgeTriggered: Bool = false, _ handler: @escaping (Readiness) -> Void
    ) throws(SystemError) -> Watch {
        preconditionCurrent()
        let watch = Watch(fd: fd, edgeTriggered: edgeTriggered, loop: self, handler: handler)
        let slot = freeWatches.popLast() ?? watches.count
        generation &+= 1
        watch.token = UInt64(generation) << 32 | UInt64(slot)
        guard cl_epoll_add(epoll, fd, interest.rawValue, edgeTriggered ? 1 : 0, watch.token) == 0 else {
            let failure = SystemError.last("epoll_ctl add fd \(fd)")
            if slot < watches.count { freeWatches.append(slot) }
            throw failure
        }
        if slot == watches.count { watches.append(watch) } else { watches[slot] = watch }
        return watch
    }

    func forget(_ watch: Watch) {
        preconditionCurrent()
        // Fails only when the descriptor was closed already, and then the kernel has forgotten it too.
        _ = cl_epoll_remove(epoll, watch.fd)
        let slot = Int(watch.token & 0xffff_ffff)
        watches[slot] = nil
        freeWatches.append(slot)
    }

    /// Calls `body` on the loop after `delay` (rounded up to a millisecond).
    package func after(_ delay: Duration, _ body: @escaping () -> Void) -> LoopTimer { at(.now + delay, body) }

    /// Calls `body` on the loop at `moment`, or soon after.
    package func at(_ moment: Moment, _ body: @escaping () -> Void) -> LoopTimer {
        preconditionCurrent()
        let timer = LoopTimer(moment: moment, loop: self, body: body)
        timers.insert(timer)
        return timer
    }

    // MARK: The thread

    /// Runs until `stop`; the body of the loop's thread.
    func runThread() {
        unsafe cl_set_thread_pointer(Unmanaged.passUnretained(self).toOpaque())
        var reports = [cl_event](repeating: cl_event(), count: 256)
        while !isStopping {
            runReady()
            let count = unsafe reports.withUnsafeMutableBufferPointer { buffer in
                unsafe cl_epoll_wait(epoll, buffer.baseAddress, Int32(buffer.count), pollTimeout())
            }
            turn = .now
            isCrowded = count > Self.fewReports
            for report in reports.prefix(Int(max(0, count))) {
                deliver(report)
                // What a report has begun does not wait for the others, as long as they are few. Of many it is cheaper to do
                // first the one thing for all of them, then the other.
                guard !isCrowded else { continue }
                var rounds = Self.rounds
                runJobs(&rounds)
            }
            // There may be more than fits: what has happened in time is heard before a timer says that it has not.
            fullReports = count == reports.count ? fullReports + 1 : 0
            if fullReports.isMultiple(of: Self.fullReportsBeforeTimers) { fireTimers() }
        }
        cl_set_thread_pointer(nil)
        onStop?()
    }

    /// Ends the thread after the current turn; work that is still queued is dropped.
    func stop(_ whenStopped: @escaping @Sendable () -> Void) {
        submit { [self] in
            onStop = whenStopped
            isStopping = true
        }
    }

    /// The token of the wake-up descriptor: no watch has generation zero.
    private static let wakeupToken: UInt64 = 0

    private func deliver(_ report: cl_event) {
        guard report.token != Self.wakeupToken else { return takeInbox() }
        let slot = Int(report.token & 0xffff_ffff)
        // A watch cancelled earlier in this turn, or its slot reused: the report is about nobody.
        guard slot < watches.count, let watch = watches[slot], watch.token == report.token else { return }
        watch.handler?(Readiness(rawValue: report.events))
    }

    private func takeInbox() {
        _ = cl_eventfd_take(wakeup)
        let taken = inbox.withLock { inbox in
            defer { inbox = Inbox() }
            return (inbox.jobs, inbox.closures)
        }
        jobs.append(contentsOf: taken.0)
        for body in taken.1 { chores.append(.closure(body)) }
    }

    /// How many rounds of what is ready, and of what that makes ready, run before something else has its turn.
    private static let rounds = 16

    /// Runs jobs, and those they make ready.
    private func runJobs(_ rounds: inout Int) {
        while rounds > 0, !jobs.isEmpty {
            rounds -= 1
            swap(&jobs, &spareJobs)
            for job in spareJobs { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
            spareJobs.removeAll(keepingCapacity: true)
        }
    }

    /// Runs jobs and chores, and those they make ready, a bounded number of rounds before polling again.
    private func runReady() {
        var rounds = Self.rounds
        while rounds > 0, !jobs.isEmpty || !chores.isEmpty {
            runJobs(&rounds)
            rounds -= 1
            swap(&chores, &spareChores)
            for index in spareChores.indices {
                // Taken out, so that it is neither copied nor kept until the others have run.
                var chore = Chore.done
                swap(&chore, &spareChores[index])
                chore.run()
            }
            spareChores.removeAll(keepingCapacity: true)
        }
    }

    private func pollTimeout() -> Int32 {
        guard jobs.isEmpty, chores.isEmpty, !isStopping else { return 0 }
        guard let next = timers.first else { return -1 }
        let wait = next.moment.nanoseconds - Moment.now.nanoseconds
        // Rounded up, so that a timer is due when the wait ends; far ones are looked at again after an hour.
        return wait <= 0 ? 0 : Int32(min(3_600_000, (wait - 1) / 1_000_000 + 1))
    }

    private func fireTimers() {
        while let timer = timers.first, timer.moment <= turn {
            timers.remove(timer)
            let body = timer.body
            timer.body = nil
            body?()
        }
    }
}

/// What gathers something in the course of a turn of its loop and sees to it when the turn ends.
package protocol TurnWork: AnyObject {
    /// What is runnable now has run. Called once for every time it was asked for.
    func turnEnds()
}
