import CLinux
import Cryptography
import EventLoop
import Glibc

/// One connection: bytes out, replies in, in order. It knows nothing of who waits for which reply.
///
/// `@unchecked Sendable`: confined to its loop, which every entry point checks.
final class RedisConnection: @unchecked Sendable {
    private let loop: Loop
    private let fd: Int32
    private let descriptor: Descriptor
    private let reader = ReplyReader()
    private var tls: TLSChannel?
    private var input = [UInt8](repeating: 0, count: 32 << 10)
    /// What the system has not taken yet, from `taken` on.
    private var output: [UInt8] = []
    private var taken = 0
    /// What is to be encrypted first.
    private var plaintext: [UInt8] = []
    private var isClosed = false
    private var reason = RedisError(.connectionLost(maybeExecuted: true), "the connection is closed")
    /// Bytes of commands ever given to `enqueue`, and how many of them have left this process.
    private(set) var enqueuedCount = 0
    private(set) var sentCount = 0

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

    /// Ends the connection; whoever waits on it gets `reason`. Idempotent.
    func close(_ reason: RedisError? = nil) {
        loop.preconditionCurrent()
        guard !isClosed else { return }
        isClosed = true
        if let reason { self.reason = reason }
        descriptor.cancel()
        Glibc.close(fd)
    }

    /// Speaks TLS from here on.
    func startTLS(_ channel: TLSChannel, until deadline: Deadline) async throws(RedisError) {
        tls = channel
        while true {
            let outcome: Result<Bool, CryptographyError>
            do {
                outcome = .success(try channel.handshake())
            } catch {
                outcome = .failure(error)
            }
            output += channel.takeOutput()
            switch outcome {
            case .success(let isComplete):
                try await drain(until: deadline)
                if isComplete { return }
                try await fill(until: deadline)
            case .failure(let error):
                // The server is told why, if it still listens.
                _ = try flush()
                throw RedisError(.unavailable, "no TLS with the server: \(error)")
            }
        }
    }

    // MARK: Sending

    /// Adds the bytes of commands to what the next `flush` sends.
    func enqueue(_ bytes: [UInt8]) {
        enqueuedCount += bytes.count
        if tls == nil { output += bytes } else { plaintext += bytes }
    }

    /// Gives the system as much as it takes; true when nothing is left.
    func flush() throws(RedisError) -> Bool {
        loop.preconditionCurrent()
        guard !isClosed else { throw reason }
        if let tls, !plaintext.isEmpty {
            do {
                try tls.write(plaintext)
            } catch {
                throw RedisError(.connectionLost(maybeExecuted: true), "\(error)")
            }
            plaintext.removeAll(keepingCapacity: true)
            sentCount = enqueuedCount
            output += tls.takeOutput()
        }
        while taken < output.count {
            let sent = unsafe output[taken...].withUnsafeBytes { unsafe cl_send(fd, $0.baseAddress, $0.count) }
            if sent < 0 {
                let code = errno
                if code == EAGAIN || code == EINTR {
                    if taken > 1 << 20 {
                        output.removeFirst(taken)
                        taken = 0
                    }
                    return false
                }
                throw lost(SystemError("send", code: code))
            }
            taken += sent
            if tls == nil { sentCount += sent }
        }
        // Room for a usual batch is kept, that of an unusual one is given back.
        output.removeAll(keepingCapacity: output.count < 1 << 20)
        taken = 0
        return true
    }

    /// Sends everything.
    func drain(until deadline: Deadline) async throws(RedisError) {
        while try !flush() {
            do {
                try await descriptor.writable(until: deadline)
            } catch {
                throw failure(error, "sending to Redis")
            }
        }
    }

    // MARK: Receiving

    /// A reply that has arrived completely, if any.
    func nextReply() throws(RedisError) -> RedisValue? { try reader.next() }

    /// The next reply.
    func reply(until deadline: Deadline) async throws(RedisError) -> RedisValue {
        while true {
            if let reply = try reader.next() { return reply }
            try await fill(until: deadline)
        }
    }

    /// Sends a command and returns its reply, an error reply as a value; for connections that nobody shares.
    func ask(_ command: [RedisArgument], until deadline: Deadline) async throws(RedisError) -> RedisValue {
        try await send([command], until: deadline)
        return try await reply(until: deadline)
    }

    /// Sends commands as one block and returns their replies, error replies as values; for connections that nobody
    /// shares.
    func ask(_ commands: [[RedisArgument]], until deadline: Deadline) async throws(RedisError) -> [RedisValue] {
        try await send(commands, until: deadline)
        var replies: [RedisValue] = []
        while replies.count < commands.count { replies.append(try await reply(until: deadline)) }
        return replies
    }

    private func send(_ commands: [[RedisArgument]], until deadline: Deadline) async throws(RedisError) {
        var bytes: [UInt8] = []
        for command in commands { bytes.append(command: command) }
        enqueue(bytes)
        try await drain(until: deadline)
    }

    /// Whether the connection is still open with nothing unread, as it must be between commands.
    var isIdleAndOpen: Bool {
        guard !isClosed else { return false }
        var byte: UInt8 = 0
        let count = unsafe recv(fd, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count < 0 && errno == EAGAIN
    }

    /// Waits for bytes and passes them to the reader, or to TLS first.
    func fill(until deadline: Deadline) async throws(RedisError) {
        while true {
            guard !isClosed else { throw reason }
            let count = unsafe recv(fd, &input, input.count, 0)
            if count > 0 {
                if try accept(input[..<count]) { return }
                continue
            }
            if count == 0 { throw RedisError(.connectionLost(maybeExecuted: true), "the server closed the connection") }
            let code = errno
            guard code == EAGAIN || code == EINTR else { throw lost(SystemError("receive", code: code)) }
            do {
                try await descriptor.readable(until: deadline)
            } catch {
                throw failure(error, "waiting for Redis")
            }
        }
    }

    /// True when the reader, or the handshake, has got something.
    private func accept(_ bytes: ArraySlice<UInt8>) throws(RedisError) -> Bool {
        guard let tls else {
            try reader.feed(bytes)
            return true
        }
        do {
            try tls.feed(bytes)
            guard tls.isEstablished else { return true }
            // All that can be decrypted: what stays inside OpenSSL would not make the socket readable again.
            var hasRead = false
            while case let plain = try tls.read(limit: 64 << 10), !plain.isEmpty {
                try reader.feed(plain[...])
                hasRead = true
            }
            output += tls.takeOutput()
            if !output.isEmpty { _ = try flush() }
            if !hasRead, tls.isClosedByPeer {
                throw RedisError(.connectionLost(maybeExecuted: true), "the server closed the connection")
            }
            return hasRead
        } catch let error as RedisError {
            throw error
        } catch {
            throw RedisError(.connectionLost(maybeExecuted: true), "\(error)")
        }
    }

    private func lost(_ error: SystemError) -> RedisError {
        RedisError(.connectionLost(maybeExecuted: true), "the connection to Redis broke: \(error)")
    }

    private func failure(_ error: WaitError, _ what: String) -> RedisError {
        switch error {
        case .timedOut: RedisError(.timedOut(maybeExecuted: true), "\(what) took too long")
        case .cancelled: .cancelled
        case .closed: reason
        }
    }
}
