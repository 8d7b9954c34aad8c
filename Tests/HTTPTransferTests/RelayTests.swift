import EventLoop
import HTTPMessages
import HTTPTransfer
import Synchronization
import TestSupport
import Testing

extension TransferTests {
    /// Streams whose pieces are taken as they arrive.
    @Suite struct RelayTests {
        /// What a test's taker was given.
        private final class Taken {
            var pieces: [String] = []
            /// After how many pieces it has to wait.
            var room = Int.max

            func take(_ bytes: Span<UInt8>) -> Bool {
                pieces.append(HTTPHeaders.text(bytes))
                return pieces.count < room
            }
        }

        @Test func aPieceIsTakenWhenItArrives() async throws {
            let acknowledged = Counter()
            try await withServer(script: { connection in
                _ = try await connection.request()
                try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                for number in 1...5 {
                    try await connection.send("3\r\nab\(number)\r\n")
                    while acknowledged.value < number { try await Loops.server.sleep(for: .milliseconds(1)) }
                }
                // Several chunks that come together are one piece, and the end comes with them.
                try await connection.send("1\r\nx\r\n2;y\r\nyz\r\n0\r\n\r\n")
                try await connection.waitUntilClosed()
            }) { client, server in
                let stream = try await client.open(OutboundRequest(method: .get, url: server.url()))
                let taken = Taken()
                let pause = try await stream.relay { bytes in
                    acknowledged.add(1)
                    return taken.take(bytes)
                }
                #expect(pause == .over)
                #expect(taken.pieces == ["ab1", "ab2", "ab3", "ab4", "ab5", "xyz"])
                #expect(try await stream.next() == nil)
            }
        }

        @Test func whatArrivesWhileNobodyTakesWaits() async throws {
            let asked = Counter()
            try await withServer(script: { connection in
                _ = try await connection.request()
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
                while asked.value < 1 { try await Loops.server.sleep(for: .milliseconds(1)) }
                try await connection.send("def")
                while asked.value < 2 { try await Loops.server.sleep(for: .milliseconds(1)) }
                try await connection.send("ghi")
                try await connection.waitUntilClosed()
            }) { client, server in
                let stream = try await client.open(OutboundRequest(method: .get, url: server.url()))
                let taken = Taken()
                taken.room = 1
                #expect(try await stream.relay(taken.take) == .taken)
                #expect(taken.pieces == ["abc"])
                asked.add(1)
                // What is waited for is read by the other way here, and then by the first one again.
                #expect(try await stream.next() == Array("def".utf8))
                asked.add(1)
                taken.room = .max
                #expect(try await stream.relay(taken.take) == .over)
                #expect(taken.pieces == ["abc", "ghi"])
            }
        }

        @Test func whatCameBeforeABreakIsTaken() async throws {
            try await withServer(script: { connection in
                _ = try await connection.request()
                try await connection.send(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\nxyz\r\n")
                try await connection.waitUntilClosed()
            }) { client, server in
                let stream = try await client.open(OutboundRequest(method: .get, url: server.url()))
                let taken = Taken()
                let error = try await failure { () throws(TransferError) in _ = try await stream.relay(taken.take) }
                #expect(error.kind == .truncated)
                #expect(taken.pieces.joined() == "abcd")
            }
        }

        @Test func aReaderWhoIsSlowHoldsTheServerBack() async throws {
            let total = 20_000_000
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
                let received = Counter()
                // Each time a piece, and then it has to wait.
                let take = { (bytes: Span<UInt8>) in
                    received.add(bytes.count)
                    return false
                }
                #expect(try await stream.relay(take) == .taken)
                var before = -1
                while sent.value != before {
                    before = sent.value
                    try await Loops.client.sleep(for: .milliseconds(100))
                }
                #expect(sent.value < total)
                var pause = InboundStream.Pause.taken
                while pause == .taken { pause = try await stream.relay(take) }
                #expect(received.value == total)
            }
        }

        @Test func cancellingTheTaskEndsTheTransfer() async throws {
            try await withServer(script: { connection in
                _ = try await connection.request()
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
                try await connection.waitUntilClosed()
            }) { client, server in
                let stream = try await client.open(OutboundRequest(method: .get, url: server.url()))
                let began = Counter()
                let reading = Loops.client.spawn {
                    do throws(TransferError) {
                        _ = try await stream.relay { _ in
                            began.add(1)
                            return true
                        }
                        Issue.record("it ended by itself")
                    } catch {
                        #expect(error.kind == .cancelled)
                    }
                }
                try await eventually({ began.value == 1 }, "the first piece is taken")
                reading.cancel()
                await reading.value
                try await eventually({ server.closed == 1 }, "the connection is closed")
            }
        }
    }
}
