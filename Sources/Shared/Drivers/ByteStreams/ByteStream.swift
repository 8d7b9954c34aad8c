import CLinux
package import Cryptography
package import EventLoop
import Glibc

/// A stream of bytes to one peer over TCP, or TLS over it, that knows how many of them the peer's system has acknowledged.
/// What the peer says is read and thrown away.
///
/// `@unchecked Sendable`: confined to its loop, which every entry point checks.
package final class ByteStream: @unchecked Sendable {
    private let loop: Loop
    private let fd: Int32
    private let descriptor: Descriptor
    private var tls: TLSChannel?
    private var isClosed = false
    /// Bytes that the system has taken, as they travel.
    private var carried: Int64 = 0
    /// Bytes that callers gave, all of which the system has taken.
    private var given: Int64 = 0
    /// Where in what travels the bytes of callers end, as far as it is not acknowledged.
    private var marks: [Mark] = []
    private var known: Int64 = 0

    private struct Mark {
        let carried: Int64
        let given: Int64
    }

    private static let chunk = 16 << 10

    /// Takes over a connected non-blocking socket.
    init(owning fd: Int32, _ descriptor: Descriptor, on loop: Loop) {
        self.loop = loop
        self.fd = fd
        self.descriptor = descriptor
    }

    deinit {
        guard !isClosed else { return }
        // The last reference may go on another thread, and the number must not be used again before the loop has
        // forgotten it.
        loop.submit { [descriptor, fd] in
            descriptor.cancel()
            Glibc.close(fd)
        }
    }

    /// How many of the bytes that were sent the peer's system has acknowledged. It has them then; whether its program has
    /// read them is another matter.
    package var acknowledged: Int64 {
        loop.preconditionCurrent()
        guard !isClosed, !marks.isEmpty else { return known }
        let waiting = Int64(cl_unacknowledged_output(fd))
        guard waiting >= 0 else { return known }
        let reached = carried - waiting
        let done = marks.prefix { $0.carried <= reached }
        if let last = done.last { known = last.given }
        marks.removeFirst(done.count)
        return known
    }

    /// How many bytes were sent.
    package var sent: Int64 { given }

    /// Sends bytes; returns when the system has taken them. However long that takes, the peer takes something within
    /// `patience`, again and again.
    package func send(_ bytes: [UInt8], patience: Duration) async throws(ByteStreamError) {
        loop.preconditionCurrent()
        guard !bytes.isEmpty else { return }
        try listen()
        if let tls {
            do {
                try tls.write(bytes)
            } catch {
                throw .ended("\(error)")
            }
            try await put(tls.takeOutput(), .whileMoving(patience))
        } else {
            try await put(bytes, .whileMoving(patience))
        }
        given += Int64(bytes.count)
        marks.append(Mark(carried: carried, given: given))
    }

    /// Returns at `deadline`, or when the stream has ended.
    /// - Throws: `.ended`.
    package func watch(until deadline: Deadline) async throws(ByteStreamError) {
        while !deadline.hasPassed {
            try listen()
            do {
                try await descriptor.readable(until: deadline)
            } catch {
                switch error {
                case .timedOut: return
                case .cancelled: throw .cancelled
                case .closed: throw .ended("the stream is closed")
                }
            }
        }
    }

    /// Says that nothing more comes, and waits until the peer has said so too: its program has read everything then. A peer
    /// whose program ends with something unread does not end the stream like this: it breaks.
    ///
    /// - Throws: `.ended` when the peer has ended the stream by itself, or broke it, or ended it before it had everything;
    ///   `.timedOut` when for `patience` nothing more is acknowledged.
    package func finish(patience: Duration) async throws(ByteStreamError) {
        loop.preconditionCurrent()
        try listen()
        if let tls {
            tls.close()
            try await put(tls.takeOutput(), .whileMoving(patience))
        }
        shutdown(fd, Int32(SHUT_WR))
        var (reached, end) = (acknowledged, Deadline.after(patience))
        while try !isAtEnd() {
            do {
                try await descriptor.readable(until: end.earlier(.after(.seconds(1))))
            } catch {
                switch error {
                case .timedOut:
                    if acknowledged > reached { (reached, end) = (acknowledged, Deadline.after(patience)) }
                    if end.hasPassed { throw .timedOut }
                case .cancelled: throw .cancelled
                case .closed: throw .ended("the stream is closed")
                }
            }
        }
        guard acknowledged == given else { throw .ended("the peer has closed the stream before it had everything") }
    }

    /// Ends the stream. Idempotent.
    package func close() {
        loop.preconditionCurrent()
        guard !isClosed else { return }
        isClosed = true
        descriptor.cancel()
        Glibc.close(fd)
    }

    /// Speaks TLS from here on.
    func startTLS(_ channel: TLSChannel, until deadline: Deadline) async throws(ByteStreamError) {
        tls = channel
        while true {
            let outcome: Result<Bool, CryptographyError>
            do {
                outcome = .success(try channel.handshake())
            } catch {
                outcome = .failure(error)
            }
            // The peer is told also why not.
            try await put(channel.takeOutput(), .until(deadline))
            switch outcome {
            case .success(true): return
            case .success(false): try await receive(until: deadline)
            case .failure(let error): throw .notSecure("\(error)")
            }
        }
    }

    // MARK: The socket

    /// How long the peer may take to make room.
    private enum Limit {
        case until(Deadline)
        /// As long as it takes something so often.
        case whileMoving(Duration)
    }

    private func put(_ bytes: [UInt8], _ limit: Limit) async throws(ByteStreamError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard !isClosed else { throw .ended("the stream is closed") }
            let taken = unsafe rest.withUnsafeBytes { unsafe cl_send(fd, $0.baseAddress, $0.count) }
            if taken >= 0 {
                carried += Int64(taken)
                rest = rest.dropFirst(taken)
            } else if errno == EAGAIN {
                try await waitForRoom(limit)
            } else if errno != EINTR {
                throw .ended("\(SystemError.last("send"))")
            }
        }
    }

    private func waitForRoom(_ limit: Limit) async throws(ByteStreamError) {
        let patience: Duration
        switch limit {
        case .until(let deadline):
            return try await wait { () async throws(WaitError) in try await self.descriptor.writable(until: deadline) }
        case .whileMoving(let duration): patience = duration
        }
        // There is room again only when a good part of the buffer is free; what counts is that something goes.
        var (waiting, end) = (cl_unacknowledged_output(fd), Deadline.after(patience))
        while true {
            do {
                return try await descriptor.writable(until: end.earlier(.after(.seconds(1))))
            } catch {
                switch error {
                case .timedOut:
                    let left = cl_unacknowledged_output(fd)
                    if left < waiting { (waiting, end) = (left, Deadline.after(patience)) }
                    if end.hasPassed { throw .timedOut }
                case .cancelled: throw .cancelled
                case .closed: throw .ended("the stream is closed")
                }
            }
        }
    }

    /// Whether the peer has said that nothing more comes; what it says before is thrown away.
    private func isAtEnd() throws(ByteStreamError) -> Bool {
        guard !isClosed else { throw .ended("the stream is closed") }
        var buffer = [UInt8](repeating: 0, count: Self.chunk)
        while true {
            let count = unsafe recv(fd, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count == 0 { return true }
            guard count < 0, errno != EINTR else { continue }
            if errno == EAGAIN { return false }
            throw .ended("\(SystemError.last("recv"))")
        }
    }

    /// Waits for bytes of the handshake.
    private func receive(until deadline: Deadline) async throws(ByteStreamError) {
        while try !take() {
            try await wait { () async throws(WaitError) in try await self.descriptor.readable(until: deadline) }
        }
    }

    private func wait(_ body: () async throws(WaitError) -> Void) async throws(ByteStreamError) {
        do {
            try await body()
        } catch {
            switch error {
            case .timedOut: throw .timedOut
            case .cancelled: throw .cancelled
            case .closed: throw .ended("the stream is closed")
            }
        }
    }

    /// Takes all that has arrived, and throws what it says away.
    private func listen() throws(ByteStreamError) {
        while try take() {
            guard let tls, tls.isEstablished else { continue }
            do {
                while try !tls.read(limit: Self.chunk).isEmpty {}
            } catch {
                throw .ended("the peer does not go on: \(error)")
            }
            if tls.isClosedByPeer { throw .ended("the peer has closed the stream") }
        }
    }

    /// Takes what has arrived, at most a chunk; false when nothing has.
    private func take() throws(ByteStreamError) -> Bool {
        guard !isClosed else { throw .ended("the stream is closed") }
        var buffer = [UInt8](repeating: 0, count: Self.chunk)
        let count = unsafe recv(fd, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count == 0 { throw .ended("the peer has closed the stream") }
        guard count > 0 else {
            if errno == EAGAIN || errno == EINTR { return false }
            throw .ended("\(SystemError.last("recv"))")
        }
        do {
            try tls?.feed(buffer[..<count])
        } catch {
            throw .ended("\(error)")
        }
        return true
    }
}
