/// A non-blocking file descriptor whose readiness tasks on the loop can await.
///
/// Edge-triggered: read or write until the call would block, then wait. One waiter a direction. It does not own the
/// descriptor: `cancel` it before the descriptor is closed.
///
/// `@unchecked Sendable`: confined to its loop, which every entry point checks.
package final class Descriptor: @unchecked Sendable {
    /// The file descriptor.
    package let fd: Int32
    private let loop: Loop
    private var watch: Watch?
    private var reading = Direction()
    private var writing = Direction()

    private struct Direction {
        /// An edge arrived while nobody waited.
        var isReady = false
        var waiter: Waiter?

        mutating func arrived() {
            guard let waiter else {
                isReady = true
                return
            }
            self.waiter = nil
            waiter.resume(.success(()))
        }
    }

    fileprivate init(_ fd: Int32, on loop: Loop) throws(SystemError) {
        self.fd = fd
        self.loop = loop
        watch = try loop.watch(fd, [.readable, .writable, .peerClosed], edgeTriggered: true) { [weak self] in
            self?.deliver($0)
        }
    }

    deinit {
        // The last reference may go on another thread; the watch must be cancelled on the loop.
        guard let watch else { return }
        if loop.isCurrent {
            watch.cancel()
        } else {
            let orphan = Orphan(watch: watch)
            loop.submit { orphan.watch.cancel() }
        }
    }

    /// Returns when there may be something to read, or the peer has closed.
    package func readable(until deadline: Deadline) async throws(WaitError) {
        try await wait(\.reading, deadline)
    }

    /// Returns when there may be room to write, or the peer has closed.
    package func writable(until deadline: Deadline) async throws(WaitError) {
        try await wait(\.writing, deadline)
    }

    /// Deregisters the descriptor and ends both waits with `.closed`. Idempotent; does not close the descriptor.
    package func cancel() {
        loop.preconditionCurrent()
        watch?.cancel()
        watch = nil
        reading.waiter?.resume(.failure(.closed))
        writing.waiter?.resume(.failure(.closed))
        reading.waiter = nil
        writing.waiter = nil
    }

    private func wait(_ direction: ReferenceWritableKeyPath<Descriptor, Direction>, _ deadline: Deadline)
        async throws(WaitError)
    {
        loop.preconditionCurrent()
        guard watch != nil else { throw .closed }
        if self[keyPath: direction].isReady {
            self[keyPath: direction].isReady = false
            return
        }
        precondition(self[keyPath: direction].waiter == nil, "two tasks wait for the same direction of fd \(fd)")
        let waiter = Waiter(on: loop)
        self[keyPath: direction].waiter = waiter
        defer { if self[keyPath: direction].waiter === waiter { self[keyPath: direction].waiter = nil } }
        try await waiter.wait(until: deadline)
    }

    private func deliver(_ readiness: Readiness) {
        let failed = !readiness.isDisjoint(with: [.error, .hangup])
        if failed || !readiness.isDisjoint(with: [.readable, .peerClosed]) { reading.arrived() }
        if failed || readiness.contains(.writable) { writing.arrived() }
    }

    /// Carries a watch to its loop. `@unchecked Sendable`: the descriptor was its only other owner and is gone.
    private struct Orphan: @unchecked Sendable { let watch: Watch }
}

extension Loop {
    /// Registers `fd`, which must be non-blocking, so that tasks on this loop can await its readiness.
    package func descriptor(_ fd: Int32) throws(SystemError) -> Descriptor {
        try Descriptor(fd, on: self)
    }
}
