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
    /// Whether writability is watched: only from the first wait for it, because every reading of the peer is an edge.
    private var watchesWriting = false

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

        /// Takes an edge that has arrived already.
        mutating func take() -> Bool {
            defer { isReady = false }
            return isReady
        }
    }

    fileprivate init(_ fd: Int32, on loop: Loop) throws(SystemError) {
        self.fd = fd
        self.loop = loop
        watch = try loop.watch(fd, [.readable, .peerClosed], edgeTriggered: true) { [weak self] in
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
        loop.preconditionCurrent()
        guard watch != nil else { throw .closed }
        if reading.take() { return }
        precondition(reading.waiter == nil, "two tasks wait to read from fd \(fd)")
        let waiter = Waiter(on: loop)
        reading.waiter = waiter
        defer { if reading.waiter === waiter { reading.waiter = nil } }
        try await waiter.wait(until: deadline)
    }

    /// Returns when there may be room to write, or the peer has closed.
    package func writable(until deadline: Deadline) async throws(WaitError) {
        loop.preconditionCurrent()
        guard let watch else { throw .closed }
        if !watchesWriting {
            watchesWriting = true
            do {
                // Announces at once when there is room already.
                try watch.update([.readable, .writable, .peerClosed])
            } catch {
                throw .closed
            }
        }
        if writing.take() { return }
        precondition(writing.waiter == nil, "two tasks wait to write to fd \(fd)")
        let waiter = Waiter(on: loop)
        writing.waiter = waiter
        defer { if writing.waiter === waiter { writing.waiter = nil } }
        try await waiter.wait(until: deadline)
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
