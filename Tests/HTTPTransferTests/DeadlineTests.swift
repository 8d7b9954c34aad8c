import EventLoop
import HTTPMessages
@testable import HTTPTransfer
import TestSupport
import Testing

extension TransferTests {
    /// Silence in each phase.
    @Suite struct DeadlineTests {
        private static let short = Duration.milliseconds(150)

        private func expect(
            _ phase: TransferPhase, _ deadlines: TransferDeadlines, settings: HTTPClientSettings = HTTPClientSettings(),
            scheme: String = "http", body: OutboundRequest.Body = .none, isBeforeRequestSent: Bool = false,
            script: @escaping ScriptedServer.Script
        ) async throws {
            try await withServer(settings: settings, script: script) { client, server in
                let request = OutboundRequest(
                    method: .post, url: server.url(scheme: scheme), body: body, deadlines: deadlines)
                let start = ContinuousClock.now
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(request, bodyLimit: 100_000)
                }
                let elapsed = start.duration(to: .now)
                #expect(error.kind == .timedOut(phase))
                #expect(error.isBeforeRequestSent == isBeforeRequestSent)
                #expect(elapsed >= Self.short && elapsed < .seconds(10))
                // The connection is gone with the request, so that no late answer meets the next one.
                try await eventually({ server.closed == server.connections }, "the connection is closed")
            }
        }

        @Test func silenceInTheTLSHandshake() async throws {
            try await expect(
                .connect, TransferDeadlines(connect: Self.short), scheme: "https", isBeforeRequestSent: true
            ) { try await $0.waitUntilClosed() }
        }

        @Test func silenceInABodyIsNoticedInTimeHoweverLateItBegan() async throws {
            // The clock that is set then is the one for a later moment.
            let deadlines = TransferDeadlines(
                connect: .milliseconds(1), firstByte: .seconds(600), idle: Self.short, total: nil)
            try await withServer(script: { connection in
                _ = try await connection.request()
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                _ = try await connection.request()
                try await Loop.current?.sleep(for: .milliseconds(20))
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
                try await connection.waitUntilClosed()
            }) { client, server in
                _ = try await client.send(OutboundRequest(method: .get, url: server.url()), bodyLimit: 1)
                let start = ContinuousClock.now
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(
                        OutboundRequest(method: .get, url: server.url(), deadlines: deadlines), bodyLimit: 100)
                }
                #expect(error.kind == .timedOut(.idle))
                #expect(error.head?.status == 200)
                #expect(start.duration(to: .now) < .seconds(10))
            }
        }

        @Test func noFreeConnection() async throws {
            try await withServer(
                settings: HTTPClientSettings(maxConnectionsPerHost: 1), script: { try await $0.waitUntilClosed() }
            ) { client, server in
                let url = server.url()
                let blocking = Loops.client.spawn {
                    _ = await Result { () async throws(TransferError) in
                        try await client.send(OutboundRequest(method: .get, url: url), bodyLimit: 1)
                    }
                }
                try await eventually({ server.connections == 1 }, "the one connection is taken")
                let waiting = OutboundRequest(method: .get, url: url, deadlines: TransferDeadlines(connect: Self.short))
                let error = try await failure { () throws(TransferError) in
                    _ = try await client.send(waiting, bodyLimit: 1)
                }
                #expect(error.kind == .timedOut(.connect))
                #expect(error.isBeforeRequestSent)
                blocking.cancel()
                await blocking.value
            }
        }

        @Test func silenceAfterTheRequest() async throws {
            try await expect(.firstByte, TransferDeadlines(firstByte: Self.short)) { try await $0.waitUntilClosed() }
            try await expect(
                .firstByte, TransferDeadlines(firstByte: Self.short),
                body: .bytes([UInt8](repeating: 0, count: 200_000))
            ) { try await $0.waitUntilClosed() }
        }

        @Test func silenceAmidTheHead() async throws {
            try await expect(.firstByte, TransferDeadlines(firstByte: Self.short)) { connection in
                _ = try await connection.request()
                try await connection.send("HTTP/1.1 200 OK\r\nX: ")
                try await connection.waitUntilClosed()
            }
        }

        @Test func silenceAmidTheBody() async throws {
            try await expect(.idle, TransferDeadlines(idle: Self.short)) { connection in
                _ = try await connection.request()
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
                try await connection.waitUntilClosed()
            }
        }

        @Test func aServerThatStopsReadingTheBody() async throws {
            let large = [UInt8](repeating: 0, count: 20_000_000)
            try await expect(.idle, TransferDeadlines(idle: Self.short), body: .bytes(large)) { connection in
                _ = try await connection.head()
                try await Loops.server.sleep(for: .seconds(2))
            }
        }

        @Test func aDripThatNeverPauses() async throws {
            let deadlines = TransferDeadlines(idle: .seconds(5), total: Self.short)
            try await expect(.total, deadlines) { connection in
                _ = try await connection.request()
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while true {
                    try await connection.send("x")
                    try await Loops.server.sleep(for: .milliseconds(5))
                }
            }
        }

        @Test func ourOwnSilenceDoesNotCount() async throws {
            try await withServer(answering: { _ in ok(String(repeating: "x", count: 2_000_000)) }) { client, server in
                // The body is made more slowly than the server may be silent, and read later than that.
                let made = Counter()
                let request = OutboundRequest(
                    method: .post, url: server.url(),
                    body: .stream(length: nil) {
                        try await Loops.client.sleep(for: .milliseconds(600))
                        return made.add(1) == 1 ? [1] : nil
                    }, deadlines: TransferDeadlines(idle: .milliseconds(500)))
                let stream = try await client.open(request)
                try await Loops.client.sleep(for: .milliseconds(700))
                var received = 0
                while let piece = try await stream.next() { received += piece.count }
                #expect(received == 2_000_000)
            }
        }

        @Test func oneOfManyThatRunsLateIsTheOnlyOneToFail() async throws {
            try await withServer(script: { connection in
                while let request = try await connection.request() {
                    let isLate = request.text == "7"
                    try await Loops.server.sleep(for: .milliseconds(isLate ? 2000 : 5))
                    try await connection.send(ok("x"))
                }
            }) { client, server in
                let url = server.url()
                let failed = try await withThrowingTaskGroup(of: Int?.self) { group in
                    for number in 0..<20 {
                        group.addTask {
                            let request = OutboundRequest(
                                method: .post, url: url, body: .bytes(Array("\(number)".utf8)),
                                deadlines: TransferDeadlines(firstByte: .milliseconds(500)))
                            do {
                                _ = try await client.send(request, bodyLimit: 10)
                                return nil
                            } catch {
                                #expect((error as? TransferError)?.kind == .timedOut(.firstByte))
                                return number
                            }
                        }
                    }
                    return try await group.reduce(into: [Int]()) { if let number = $1 { $0.append(number) } }
                }
                #expect(failed == [7])
            }
        }
    }
}

/// The same rules without a socket or a clock.
@Suite struct TransferProgressTests {
    private let start = Moment(nanoseconds: 1_000_000_000_000)

    private func at(_ seconds: Int64) -> Moment { start.advanced(by: seconds * 1_000_000_000) }

    @Test func eachStageHasItsOwnPatience() {
        let deadlines = TransferDeadlines(
            connect: .seconds(1), firstByte: .seconds(2), idle: .seconds(3), total: .seconds(100))
        var progress = TransferProgress(deadlines, at: start)
        #expect(progress.expiry.moment == at(1))
        #expect(progress.expiry.phase == .connect)
        progress.connectionReady(isStreamingBody: true, at: at(1))
        #expect(progress.expiry.moment == at(4))
        #expect(progress.expiry.phase == .idle)
        progress.moved(at: at(3))
        #expect(progress.expiry.moment == at(6))
        progress.requestSent(at: at(4))
        #expect(progress.expiry.moment == at(6))
        #expect(progress.expiry.phase == .firstByte)
        #expect(progress.isSilent)
        progress.answered(at: at(5))
        progress.headComplete(at: at(6))
        #expect(progress.expiry.moment == at(9))
        progress.moved(at: at(98))
        #expect(progress.expiry.moment == at(100))
        #expect(progress.expiry.phase == .total)
        progress.conclude(at: at(99))
        let timing = progress.timing(at: at(200))
        #expect(timing == TransferTiming(connect: .seconds(1), firstByte: .seconds(5), total: .seconds(99)))
    }

    @Test func whatThinksBehindItsHeadHasTheTimeToThink() {
        let deadlines = TransferDeadlines(
            firstByte: .seconds(20), firstPiece: .seconds(20), idle: .seconds(3), total: .seconds(100))
        var progress = TransferProgress(deadlines, at: start)
        progress.connectionReady(isStreamingBody: true, at: start)
        progress.requestSent(at: at(1))
        progress.headComplete(at: at(2))
        #expect(progress.expiry.moment == at(21))
        #expect(progress.expiry.phase == .firstByte)
        var late = progress
        late.headComplete(at: at(20))
        #expect(late.expiry.moment == at(23))
        #expect(late.expiry.phase == .idle)
        var refused = progress
        refused.headComplete(at: at(2), isRefusal: true)
        #expect(refused.expiry.moment == at(5))
        progress.moved(at: at(10))
        #expect(progress.expiry.moment == at(13))
        #expect(progress.expiry.phase == .idle)
        progress.shorten(to: .seconds(1), at: at(11))
        #expect(progress.expiry.moment == at(12))
        #expect(progress.expiry.phase == .total)
    }

    @Test func aHeldTransferHasOnlyItsTotal() {
        var progress = TransferProgress(TransferDeadlines(idle: .seconds(1), total: nil), at: start)
        progress.connectionReady(isStreamingBody: false, at: start)
        progress.headComplete(at: start)
        progress.hold()
        #expect(progress.expiry.moment == Moment(nanoseconds: .max))
        progress.release(at: at(50))
        #expect(progress.expiry.moment == at(51))
    }
}
