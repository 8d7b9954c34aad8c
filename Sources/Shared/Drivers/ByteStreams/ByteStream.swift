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

    /// Sends bytes; returns when the system has taken them.
    package func send(_ bytes: [UInt8], until deadline: Deadline) async throws(ByteStreamError) {
        loop.preconditionCurrent()
        guard !bytes.isEmpty else { return }
        try listen()
        if let tls {
            do {
                try tls.write(bytes)
            } catch {
                throw .ended("\(error)")
            }
            try await put(tls.takeOutput(), until: deadline)
        } else {
            try await put(bytes, until: deadline)
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

    /// Says that nothing more comes, and waits until the peer has said so too: it has read everything then.
    package func finish(until deadline: Deadline) async throws(ByteStreamError) {
        loop.preconditionCurrent()
        if let tls {
            tls.close()
            try await put(tls.takeOutput(), until: deadline)
        }
        shutdown(fd, Int32(SHUT_WR))
        do {
            try await watch(until: deadline)
        } catch {
            guard case .ended = error else { throw error }
            return
        }
        throw .timedOut
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
            try await put(channel.takeOutput(), until: deadline)
            switch outcome {
            case .success(true): return
            case .success(false): try await receive(until: deadline)
            case .failure(let error): throw .notSecure("\(error)")
            }
        }
    }

    // MARK: The socket

    private func put(_ bytes: [UInt8], until deadline: Deadline) async throws(ByteStreamError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard !isClosed else { throw .ended("the stream is closed") }
            let taken = unsafe rest.withUnsafeBytes { unsafe cl_send(fd, $0.baseAddress, $0.count) }
            if taken >= 0 {
                carried += Int64(taken)
                rest = rest.dropFirst(taken)
            } else if errno == EAGAIN {
                try await wait { () async throws(WaitError) in try await self.descriptor.writable(until: deadline) }
            } else if errno != EINTR {
                throw .ended("\(SystemError.last("send"))")
            }
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
