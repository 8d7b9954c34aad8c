import EventLoop

/// The replies that one caller waits for. It stays in line when the caller gives up, so that its replies are dropped
/// and nobody else's are taken for them.
///
/// `@unchecked Sendable`: confined to its lane's loop; the cancellation handler only passes it there.
final class PendingReply: @unchecked Sendable {
    /// The encoded commands, until they are given to a connection.
    var bytes: [UInt8]
    let commandCount: Int
    let deadline: Deadline
    let since: ContinuousClock.Instant
    /// Where the commands begin in the connection's output; nil before they are given to one.
    var offset: Int?

    private var replies: [RedisValue] = []
    private var received = 0
    private var continuation: CheckedContinuation<Result<[RedisValue], RedisError>, Never>?
    private var outcome: Result<[RedisValue], RedisError>?

    init(bytes: [UInt8], commandCount: Int, deadline: Deadline) {
        self.bytes = bytes
        self.commandCount = commandCount
        self.deadline = deadline
        since = ContinuousClock.now
        replies.reserveCapacity(commandCount)
    }

    var isFinished: Bool { outcome != nil }

    /// Takes one reply; true when it was the last.
    func take(_ reply: RedisValue) -> Bool {
        received += 1
        if outcome == nil { replies.append(reply) }
        guard received == commandCount else { return false }
        finish(.success(replies))
        return true
    }

    /// Ends the wait; later calls are without effect.
    func finish(_ result: Result<[RedisValue], RedisError>) {
        guard outcome == nil else { return }
        outcome = result
        replies = []
        continuation?.resume(returning: result)
        continuation = nil
    }

    /// Suspends the caller until `finish`.
    func value() async -> Result<[RedisValue], RedisError> {
        await withCheckedContinuation { continuation in
            if let outcome { return continuation.resume(returning: outcome) }
            self.continuation = continuation
        }
    }
}

/// First in, first out, in amortised constant time.
struct Line<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { elements.count - head }
    var isEmpty: Bool { count == 0 }
    var first: Element? { isEmpty ? nil : elements[head] }
    var all: [Element] { elements[head...].compactMap(\.self) }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func removeFirst() {
        elements[head] = nil
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: head < 4096)
            head = 0
        } else if head > 4096, head > elements.count / 2 {
            elements.removeFirst(head)
            head = 0
        }
    }

    mutating func removeAll() { self = Line() }

    mutating func removeAll(where predicate: (Element) -> Bool) {
        elements = all.filter { !predicate($0) }
        head = 0
    }
}
