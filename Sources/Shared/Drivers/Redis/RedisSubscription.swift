import EventLoop

/// What a subscription hears.
package enum RedisMessage: Sendable, Hashable {
    case message(channel: String, payload: [UInt8])
    /// The subscription holds from here on: comes first, and again after each loss of the connection. What was
    /// published before has not been heard.
    case resumed
}

/// Messages as they are published. Iterate it in one task on a loop; it ends when the task is cancelled or the client is
/// closed, and throws only when the server refuses the user.
///
/// Nothing is buffered here: a consumer that falls far behind is disconnected by the server and resumes.
package struct RedisSubscription: AsyncSequence, Sendable {
    package typealias Element = RedisMessage
    package typealias Failure = RedisError

    let shelves: LoopLocal<ConnectionShelf>
    let channels: [String]
    let patterns: [String]

    package func makeAsyncIterator() -> Iterator {
        Iterator(state: Subscriber(shelf: shelves.current, channels: channels, patterns: patterns))
    }

    /// One pass over the messages, with a connection of its own.
    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let state: Subscriber

        package mutating func next() async throws(RedisError) -> RedisMessage? { try await state.next() }
    }
}

/// One subscription's connection. Confined to its loop and used by one task.
private final class Subscriber {
    private let shelf: ConnectionShelf
    private let channels: [String]
    private let patterns: [String]
    private var connection: RedisConnection?
    private var backoff = Backoff()
    private var isPinged = false
    private var heard = 0

    /// With silence for this long, the server is asked whether it is still there; with silence for as long again, it is
    /// taken for gone.
    private static let patience = Duration.seconds(10)

    init(shelf: ConnectionShelf, channels: [String], patterns: [String]) {
        self.shelf = shelf
        self.channels = channels
        self.patterns = patterns
    }

    func next() async throws(RedisError) -> RedisMessage? {
        while true {
            do {
                guard let connection else {
                    try await subscribe()
                    return .resumed
                }
                if let reply = try connection.nextReply() {
                    isPinged = false
                    heard += 1
                    // A flood of messages must not keep the loop from others.
                    if heard.isMultiple(of: 128) { await Task.yield() }
                    if let message = try message(reply) { return message }
                } else {
                    try await listen(connection)
                }
            } catch {
                connection?.close()
                connection = nil
                switch error.kind {
                case .cancelled, .closed: return nil
                case .authentication, .settings: throw error
                default: break
                }
                guard await pause(after: error) else { return nil }
            }
        }
    }

    private func listen(_ connection: RedisConnection) async throws(RedisError) {
        do {
            try await connection.fill(until: .after(Self.patience))
        } catch {
            guard case .timedOut = error.kind, !isPinged else { throw error }
            isPinged = true
            var ping: [UInt8] = []
            ping.append(command: ["PING"])
            connection.enqueue(ping)
            try await connection.drain(until: .after(Self.patience))
        }
    }

    private func subscribe() async throws(RedisError) {
        let connection = try await shelf.take()
        self.connection = connection
        isPinged = false
        var bytes: [UInt8] = []
        if !channels.isEmpty { bytes.append(command: ["SUBSCRIBE"] + channels.map { RedisArgument($0) }) }
        if !patterns.isEmpty { bytes.append(command: ["PSUBSCRIBE"] + patterns.map { RedisArgument($0) }) }
        connection.enqueue(bytes)
        let deadline = Deadline.after(Self.patience)
        try await connection.drain(until: deadline)
        var confirmed = 0
        while confirmed < channels.count + patterns.count {
            let reply = try await connection.reply(until: deadline)
            if case .error(let text) = reply { throw .server(text) }
            // A message on a channel that is confirmed already may come in between; it belongs to before `resumed`.
            if let word = reply.array?.first?.text, word.hasSuffix("subscribe") { confirmed += 1 }
        }
        backoff.reset()
    }

    private func message(_ reply: RedisValue) throws(RedisError) -> RedisMessage? {
        if case .error(let text) = reply { throw .server(text) }
        guard let parts = reply.array, let word = parts.first?.text else {
            throw RedisError(.protocolViolation, "not a message")
        }
        switch (word, parts.count) {
        case ("message", 3):
            guard let channel = parts[1].text, let payload = parts[2].bytes else { break }
            return .message(channel: channel, payload: payload)
        case ("pmessage", 4):
            guard let channel = parts[2].text, let payload = parts[3].bytes else { break }
            return .message(channel: channel, payload: payload)
        case ("pong", _), ("subscribe", _), ("psubscribe", _): return nil
        default: break
        }
        throw RedisError(.protocolViolation, "an unknown message: \(word)")
    }

    /// False when the task was cancelled meanwhile.
    private func pause(after error: RedisError) async -> Bool {
        var random = SystemRandomNumberGenerator()
        do {
            try await shelf.loop.sleep(for: backoff.next(after: error, using: &random))
            return true
        } catch {
            return false
        }
    }
}
