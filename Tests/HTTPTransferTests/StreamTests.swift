import EventLoop
import HTTPMessages
import HTTPTransfer
import Synchronization
import TestSupport
import Testing

extension TransferTests {
    @Suite struct StreamTests {
        @Test func fiftyMegabytesPassASlowReaderInABoundedBuffer() async throws {
            let total = 50_000_000
            let sent = Counter()
            try await withServer(script: { connection in
                _ = try await connection.request()
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
                let piece = [UInt8](repeating: 7, count: 100_000)
                while sent.value < total {
                    try await connection.send(piece)
                    sent.add(piece.count)
                }
                try await connection.waitUntilClosed()
            }) { client, server in
                let stream = try await client.open(OutboundRequest(method: .get, url: server.url()))
                #expect(stream.status == 200)
                // Nobody reads: the server must come to a stop long before it is done.
                var before = -1
                while sent.value != before {
                    before = sent.value
                    try await Loops.client.sleep(for: .milliseconds(100))
                }
                #expect(sent.value < total / 2)
                var received = 0
                var largest = 0
                while let piece = try await stream.next() {
                    received += piece.count
                    largest = max(largest, piece.count)
                    if received < 2_000_000 { try await Loops.client.sleep(for: .milliseconds(5)) }
                }
                #expect(received == total)
                #expect(largest <= (256 << 10) + (16 << 10))
            }
        }

        @Test func chunksArriveWhenTheyAreSent() async throws {
            let acknowledged = Counter()
            try await withServer(script: { connection in
                _ = try await connection.request()
                try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                for number in 1...5 {
                    try await connection.send("3\r\nab\(number)\r\n")
                    while acknowledged.value < number { try await Loops.server.sleep(for: .milliseconds(1)) }
                }
                try await connection.send("0\r\nX-Trailer: 1\r\n\r\n")
                try await connection.waitUntilClosed()
            }) { client, server in
                let stream = try await client.open(OutboundRequest(method: .get, url: server.url()))
                for number in 1...5 {
                    let piece = try await stream.next()
                    #expect(piece == Array("ab\(number)".utf8))
                    acknowledged.add(1)
                }
                #expect(try await stream.next() == nil)
                #expect(try await stream.next() == nil)
                #expect(stream.headers["x-trailer"] == nil)
            }
        }

        @Test func aStreamThatIsLetGoClosesItsConnection() async throws {
            try await withServer(script: { connection in
                _ = try await connection.request()
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nstart")
                try await connection.waitUntilClosed()
            }) { client, server in
                let url = server.url()
                var stream: InboundStream? = try await client.open(OutboundRequest(method: .get, url: url))
                #expect(stream?.status == 200)
                #expect(server.closed == 0)
                stream = nil
                try await eventually({ server.closed == 1 }, "the connection of the stream is closed")
            }
        }

        @Test func aStreamCanBeCollectedUpToALimit() async throws {
            try await withServer(answering: { _ in ok("0123456789") }) { client, server in
                for limit in [10, 9] {
                    let stream = try await client.open(OutboundRequest(method: .get, url: server.url()))
                    let outcome = await Result { () async throws(TransferError) in
                        try await stream.collect(upTo: limit)
                    }
                    switch outcome {
                    case .success(let body): #expect(limit == 10 && body == Array("0123456789".utf8))
                    case .failure(let error): #expect(limit == 9 && error.kind == .tooLarge)
                    }
                }
            }
        }

        @Test func aCancelledStreamThrows() async throws {
            try await withServer(script: { connection in
                _ = try await connection.request()
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                try await connection.waitUntilClosed()
            }) { client, server in
                let stream = try await client.open(OutboundRequest(method: .get, url: server.url()))
                stream.cancel()
                let error = try await failure { () throws(TransferError) in _ = try await stream.next() }
                #expect(error.kind == .cancelled)
            }
        }

        @Test func aStreamOutlivesItsClientsLastReference() async throws {
            try await withServer(answering: { _ in ok("body") }) { _, server in
                var client: HTTPClient? = HTTPClient(loops: Loops.group)
                let stream = try await client?.open(OutboundRequest(method: .get, url: server.url()))
                client = nil
                let piece = try await stream?.next()
                #expect(piece == Array("body".utf8))
            }
        }
    }

    @Suite struct UploadTests {
        @Test(arguments: [true, false])
        func aBodyIsSentAsItIsMade(hasLength: Bool) async throws {
            let piece = [UInt8](repeating: 9, count: 70_000)
            try await withServer(answering: { request in
                ok("\(request.body.count) \(request.head.lowercased().contains("chunked"))")
            }) { client, server in
                let made = Counter()
                let request = OutboundRequest(
                    method: .post, url: server.url(),
                    body: .stream(length: hasLength ? 20 * piece.count : nil) {
                        try await Loops.client.sleep(for: .milliseconds(1))
                        guard made.add(1) <= 20 else { return nil }
                        return piece
                    })
                for _ in 0..<2 {
                    made.reset()
                    let response = try await client.send(request, bodyLimit: 100)
                    #expect(response.text == "\(20 * piece.count) \(!hasLength)")
                }
                #expect(server.connections == 1)
            }
        }

        @Test func anUploadWaitsForAServerThatDoesNotRead() async throws {
            let mayRead = Counter()
            let piece = [UInt8](repeating: 1, count: 64 << 10)
            let pieces = 800
            try await withServer(script: { connection in
                let head = try await connection.head()
                #expect(head?.contains("POST") == true)
                while mayRead.value == 0 { try await Loops.server.sleep(for: .milliseconds(1)) }
                var rest = pieces * piece.count
                while rest > 0 { rest -= try await connection.some() }
                try await connection.send(ok("done"))
            }) { client, server in
                let made = Counter()
                let request = OutboundRequest(
                    method: .post, url: server.url(),
                    body: .stream(length: pieces * piece.count) { made.add(1) <= pieces ? piece : nil })
                let sending = Task(executorPreference: Loops.client) {
                    try await client.send(request, bodyLimit: 100).text
                }
                var before = -1
                while made.value != before || made.value == 0 {
                    before = made.value
                    try await Loops.client.sleep(for: .milliseconds(50))
                }
                #expect(made.value < pieces / 2)
                mayRead.add(1)
                #expect(try await sending.value == "done")
                #expect(made.value == pieces)
            }
        }

        @Test func aBodyOfAnotherLengthThanAnnouncedIsAnError() async throws {
            for length in [5, 100] {
                try await withServer(answering: { _ in ok("x") }) { client, server in
                    let made = Counter()
                    let request = OutboundRequest(
                        method: .post, url: server.url(),
                        body: .stream(length: length) { made.add(1) == 1 ? [1, 2, 3, 4, 5, 6] : nil })
                    let error = try await failure { () throws(TransferError) in
                        _ = try await client.send(request, bodyLimit: 10)
                    }
                    #expect(error.kind == .upload)
                }
            }
        }

        @Test func aClosureThatThrowsEndsTheRequest() async throws {
            try await withServer(answering: { _ in ok("x") }) { client, server in
                let request = OutboundRequest(
                    method: .post, url: server.url(), body: .stream(length: nil) { throw NoFailure() })
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(request, bodyLimit: 10)
                }
                #expect(error.kind == .upload)
                #expect(error.message.contains("NoFailure"))
            }
        }

        @Test func anAnswerBeforeTheEndOfTheBodyIsTheResponse() async throws {
            try await withServer(script: { connection in
                _ = try await connection.head()
                try await connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
                try await connection.waitUntilClosed()
            }) { client, server in
                let request = OutboundRequest(
                    method: .post, url: server.url(),
                    body: .stream(length: 100_000_000) {
                        try await Loops.client.sleep(for: .milliseconds(1))
                        return [UInt8](repeating: 0, count: 1000)
                    })
                let response = try await client.send(request, bodyLimit: 10)
                #expect(response.status == 413)
                #expect(response.text == "no")
            }
        }
    }
}

/// A value that several tasks may set.
final class Noted<Value: Sendable>: Sendable {
    private let noted: Mutex<Value>
    init(_ value: Value) { noted = Mutex(value) }
    var value: Value {
        get { noted.withLock { $0 } }
        set { noted.withLock { $0 = newValue } }
    }
}

/// A number that several tasks count up.
final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    @discardableResult func add(_ amount: Int) -> Int {
        count.withLock {
            $0 += amount
            return $0
        }
    }
    func reset() { count.withLock { $0 = 0 } }
}
