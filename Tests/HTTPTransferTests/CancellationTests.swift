import EventLoop
import Glibc
import HTTPMessages
import HTTPTransfer
import TestSupport
import Testing

extension TransferTests {
    @Suite struct CancellationTests {
        /// Cancels a request once the server is where `script` says, and expects it to end at once.
        private func expectEnd(
            _ moment: Comment, settings: HTTPClientSettings = HTTPClientSettings(), scheme: String = "http",
            body: OutboundRequest.Body = .none, isBeforeRequestSent: Bool = false,
            script: @escaping @Sendable (ScriptedConnection, Counter) async throws -> Void
        ) async throws {
            let reached = Counter()
            try await withServer(settings: settings, script: { try await script($0, reached) }) { client, server in
                let request = OutboundRequest(method: .post, url: server.url(scheme: scheme), body: body)
                let task = Task(executorPreference: Loops.client) { () -> Result<InboundResponse, TransferError> in
                    await Result { () async throws(TransferError) in try await client.send(request, bodyLimit: 100_000)
                    }
                }
                try await eventually({ reached.value == 1 }, "the server is reached")
                let start = ContinuousClock.now
                task.cancel()
                let outcome = await task.value
                #expect(start.duration(to: .now) < .seconds(1), moment)
                guard case .failure(let error) = outcome else {
                    Issue.record("a request cancelled \(moment) has a response")
                    return
                }
                #expect(error.kind == .cancelled, moment)
                #expect(error.isBeforeRequestSent == isBeforeRequestSent, moment)
                try await eventually({ server.closed == server.connections }, "the connection is closed")
            }
        }

        @Test func amidTheTLSHandshake() async throws {
            try await expectEnd("in the handshake", scheme: "https", isBeforeRequestSent: true) { connection, reached in
                reached.add(1)
                try await connection.waitUntilClosed()
            }
        }

        @Test func beforeTheResponse() async throws {
            try await expectEnd("before the response") { connection, reached in
                _ = try await connection.request()
                reached.add(1)
                try await connection.waitUntilClosed()
            }
        }

        @Test func amidTheHead() async throws {
            try await expectEnd("in the head") { connection, reached in
                _ = try await connection.request()
                try await connection.send("HTTP/1.1 200 OK\r\nX:")
                reached.add(1)
                try await connection.waitUntilClosed()
            }
        }

        @Test func amidTheBody() async throws {
            try await expectEnd("in the body") { connection, reached in
                _ = try await connection.request()
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
                reached.add(1)
                try await connection.waitUntilClosed()
            }
        }

        @Test func amidTheUpload() async throws {
            let body = OutboundRequest.Body.stream(length: nil) {
                try await Loops.client.sleep(for: .milliseconds(1))
                return [1, 2, 3]
            }
            try await expectEnd("in the upload", body: body) { connection, reached in
                _ = try await connection.head()
                reached.add(1)
                try await connection.waitUntilClosed()
            }
        }

        @Test func beforeItHasBegun() async throws {
            try await withServer(answering: { _ in ok("x") }) { client, server in
                let request = OutboundRequest(method: .get, url: server.url())
                let task = Task(executorPreference: Loops.client) { () -> Result<InboundResponse, TransferError> in
                    unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                    return await Result { () async throws(TransferError) in
                        try await client.send(request, bodyLimit: 10)
                    }
                }
                let outcome = await task.value
                #expect(throws: TransferError.self) { try outcome.get() }
            }
        }

        @Test func whileItWaitsForAConnection() async throws {
            let settings = HTTPClientSettings(maxConnectionsPerHost: 1)
            try await withServer(
                settings: settings,
                script: { connection in
                    while try await connection.request() != nil {
                        try await Loops.server.sleep(for: .milliseconds(50))
                        try await connection.send(ok("x"))
                    }
                }
            ) { client, server in
                let request = OutboundRequest(method: .get, url: server.url())
                let tasks = (0..<10).map { _ in
                    Task(executorPreference: Loops.client) { try await client.send(request, bodyLimit: 10).status }
                }
                try await eventually({ server.connections == 1 }, "one runs")
                for task in tasks[2..<9] { task.cancel() }
                // Those behind the cancelled ones get their turn.
                #expect(try await tasks[0].value == 200)
                #expect(try await tasks[1].value == 200)
                #expect(try await tasks[9].value == 200)
                for task in tasks[2..<9] { await #expect(throws: TransferError.self) { try await task.value } }
                #expect(server.requests == 3)
            }
        }

        @Test func tenThousandAtRandomMomentsLeaveNothingBehind() async throws {
            let before = try Self.openDescriptors()
            let survivors = Counter()
            try await withServer(
                settings: HTTPClientSettings(maxConnectionsPerHost: 24),
                script: { connection in
                    while let request = try await connection.request() {
                        try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                        for _ in 0..<(request.body.count % 3) { try await connection.send("5\r\nhello\r\n") }
                        try await connection.send("0\r\n\r\n")
                    }
                }
            ) { client, server in
                let url = server.url()
                await withTaskGroup(of: Void.self) { group in
                    for worker in 0..<32 {
                        group.addTask { await Self.cancelAtRandom(client, url, worker, survivors) }
                    }
                }
                let answer = try await client.send(OutboundRequest(method: .get, url: url), bodyLimit: 100)
                #expect(answer.status == 200)
            }
            #expect(survivors.value > 0)
            #expect(survivors.value < 10_000)
            try await eventually({ (try? Self.openDescriptors()) == before }, "no descriptor is left")
        }

        private static func cancelAtRandom(_ client: HTTPClient, _ url: String, _ worker: Int, _ survivors: Counter)
            async
        {
            for round in 0..<313 {
                let body = [UInt8](repeating: 1, count: (worker &+ round) % 7 == 0 ? 50_000 : 100)
                let request = OutboundRequest(method: .post, url: url, body: .bytes(body))
                let task = Loops.client.spawn {
                    do {
                        if round.isMultiple(of: 2) {
                            _ = try await client.send(request, bodyLimit: 1000)
                        } else {
                            let stream = try await client.open(request)
                            // Some streams are read to the end, some are let go.
                            if round % 3 != 0 { while try await stream.next() != nil {} }
                        }
                        survivors.add(1)
                    } catch {
                        #expect((error as? TransferError)?.kind == .cancelled)
                    }
                }
                // Turns of the loop are finer moments than its timers.
                for _ in 0..<Int.random(in: 0...40) { await Task.yield() }
                if round % 4 == 0 {
                    do {
                        try await Loops.client.sleep(for: .milliseconds(1))
                    } catch {
                        Issue.record("\(error)")
                    }
                }
                task.cancel()
                await task.value
            }
        }

        private static func openDescriptors() throws -> Int {
            guard let directory = unsafe opendir("/proc/self/fd") else { throw NoFailure() }
            defer { unsafe closedir(directory) }
            var count = 0
            while unsafe readdir(directory) != nil { count += 1 }
            return count
        }
    }
}
