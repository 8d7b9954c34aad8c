internal import CLinux
internal import Glibc
internal import Synchronization

/// The loops of a process, one a core unless said otherwise; their threads run until `shutdown`.
package final class LoopGroup: Sendable {
    /// The loops, in the order of their indices.
    package let loops: [Loop]
    private let turn = Atomic<Int>(0)

    /// Starts `count` loop threads called `name-0`, `name-1`, …
    ///
    /// Stops the program when the system refuses a thread or a descriptor at this point: nothing can work then.
    package init(count: Int? = nil, name: String) {
        let count = max(1, count ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        loops = (0..<count).map { index in
            do {
                let loop = try Loop(index: index, name: "\(name)-\(index)")
                try startThread(named: loop.name) { loop.runThread() }
                return loop
            } catch {
                preconditionFailure("cannot start an event loop: \(error)")
            }
        }
    }

    /// The loops in turn.
    package func next() -> Loop {
        loops[turn.wrappingAdd(1, ordering: .relaxed).oldValue % loops.count]
    }

    /// Ends every loop thread and returns when they have ended. Call it from outside the loops, when their work is done.
    package func shutdown() async {
        for loop in loops {
            await withCheckedContinuation { continuation in
                loop.stop { continuation.resume() }
            }
        }
    }
}

/// One value a loop, made once; each loop reads its own.
///
/// Public, because what is of the package alone is not inlined in other modules, whatever it is marked with.
public struct LoopLocal<Value: Sendable>: Sendable {
    /// The values, in the order of the loops.
    public let all: [Value]

    /// Makes the value of each loop of `group`. `make` runs on the caller's thread.
    package init(_ group: LoopGroup, _ make: (Loop) throws -> Value) rethrows {
        all = try group.loops.map(make)
    }

    /// The value of the loop that the caller runs on.
    @inlinable public var current: Value {
        let index = Loop.currentIndex
        precondition(index >= 0, "a loop's value was asked for off the loops")
        return all[index]
    }
}

/// Starts a detached thread that runs `body` once.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
    let start = unsafe Unmanaged.passRetained(ThreadStart(body: body))
    let result = unsafe cl_start_thread(
        name,
        { argument in
            guard let argument = unsafe argument else { return nil }
            unsafe Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue().body()
            return nil
        }, start.toOpaque())
    guard result == 0 else {
        let failure = SystemError.last("start thread \(name)")
        unsafe start.release()
        throw failure
    }
}

/// The body of a thread on its way through a C pointer.
private final class ThreadStart: Sendable {
    let body: @Sendable () -> Void
    init(body: @escaping @Sendable () -> Void) { self.body = body }
}
