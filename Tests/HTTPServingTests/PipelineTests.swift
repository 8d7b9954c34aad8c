import EventLoop
import HTTPMessages
import HTTPServer
import HTTPServing
import Logging
import Observability
import Synchronization
import Testing

@Suite struct PipelineTests {
    private func router(_ handler: @escaping Handler) -> Router {
        var router = Router()
        router.on(.get, "/x/{id}", RouteOptions()) { try await handler($0) }
        return router
    }

    @Test func everyAnswerNamesItsRequest() async throws {
        let pipeline = Requests.pipeline(router { .text($0.requestID) })
        let given = await pipeline.handle(Requests.make(.get, "/x/1", headers: ["X-Request-ID": "client-id-1"]))
        #expect(given.headers["x-request-id"] == "client-id-1")
        #expect(given.text == "client-id-1")
        let fresh = await pipeline.handle(Requests.make(.get, "/x/1"))
        #expect(fresh.headers["x-request-id"]?.count == 36)
        #expect(await pipeline.handle(Requests.make(.get, "/none")).headers["x-request-id"]?.count == 36)
    }

    @Test(arguments: ["short", "with space in it", "line\r\nbreak-inside", String(repeating: "x", count: 129)])
    func oddRequestIdentifiersAreReplaced(text: String) async {
        let pipeline = Requests.pipeline(router { .text($0.requestID) })
        let response = await pipeline.handle(Requests.make(.get, "/x/1", headers: ["x-request-id": text]))
        #expect(response.headers["x-request-id"]?.count == 36)
    }

    @Test func theTraceIsContinuedAndHandedOn() async throws {
        let field = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let pipeline = Requests.pipeline(
            router { context in
                HTTPResponse(status: 200, headers: context.propagation, body: .bytes([]))
            })
        let response = await pipeline.handle(
            Requests.make(.get, "/x/1", headers: ["traceparent": field, "x-scorable-deadline-ms": "5000"]))
        let passed = try #require(response.headers["traceparent"].flatMap { TraceContext(traceparent: $0) })
        #expect(passed.traceID == "0af7651916cd43dd8448eb211c80319c")
        #expect(passed.spanID != 0xb7ad_6b71_6920_3331)
        let left = try #require(response.headers["x-scorable-deadline-ms"].flatMap { Int($0) })
        #expect((1...5000).contains(left))
    }

    @Test func aDeadlineEndsTheHandler() async throws {
        let group = LoopGroup(count: 1, name: "test")
        let pipeline = Requests.pipeline(
            router { _ in
                try await Loop.current?.sleep(for: .seconds(60))
                return .text("late")
            })
        let request = Requests.make(.get, "/x/1", headers: ["x-scorable-deadline-ms": "20"])
        let started = ContinuousClock.now
        let response = await group.next().run { await pipeline.handle(request) }
        #expect(response.status == 504)
        #expect(started.duration(to: .now) < .seconds(30))
        await group.shutdown()
    }

    @Test func whatIsTooMuchIsTurnedAwayButForHealth() async {
        let inside = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        let release = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        var router = router { _ in
            inside.continuation.yield()
            for await _ in release.stream { break }
            return .text("done")
        }
        router.on(.get, "/livez", RouteOptions(isExemptFromShedding: true)) { _ in .text("alive") }
        let metrics = Metrics()
        let pipeline = Requests.pipeline(router, metrics: metrics) { $0.maximumConcurrency = 1 }
        async let first = pipeline.handle(Requests.make(.get, "/x/1"))
        for await _ in inside.stream { break }
        let second = await pipeline.handle(Requests.make(.get, "/x/2"))
        #expect(second.status == 503)
        #expect(second.headers["retry-after"] == "1")
        #expect(await pipeline.handle(Requests.make(.get, "/livez")).status == 200)
        release.continuation.yield()
        #expect(await first.status == 200)
        #expect(await pipeline.handle(Requests.make(.get, "/livez")).status == 200)
        let shown = String(decoding: metrics.exposition(), as: UTF8.self)
        #expect(shown.contains("scorable_http_shed_requests_total{listener=\"test\"} 1\n"))
        #expect(shown.contains("scorable_http_requests_in_progress{listener=\"test\"} 0\n"))
    }

    @Test func requestsAreCountedByRouteAndClassOfStatus() async {
        let metrics = Metrics()
        let pipeline = Requests.pipeline(
            router { context in
                if context.pathParameters["id"] == "bad" { throw APIProblem.invalid("No.") }
                return .text("ok")
            }, metrics: metrics)
        for path in ["/x/1", "/x/2", "/x/bad", "/elsewhere/secret-token"] {
            _ = await pipeline.handle(Requests.make(.get, path))
        }
        let shown = String(decoding: metrics.exposition(), as: UTF8.self)
        let labels = #"listener="test",method="GET",route="/x/{id}""#
        #expect(shown.contains("scorable_http_requests_total{\(labels),status=\"2xx\"} 2\n"))
        #expect(shown.contains("scorable_http_requests_total{\(labels),status=\"4xx\"} 1\n"))
        #expect(shown.contains("scorable_http_request_duration_seconds_count{\(labels)} 3\n"))
        #expect(shown.contains(#"{listener="test",method="any",route="(none)",status="4xx"} 1"#))
        #expect(!shown.contains("secret-token"))
    }

    @Test func onlyWantedRequestsAreLogged() async {
        let lines = Lines()
        func answer(_ log: AccessLog) async -> [String] {
            var options = RequestPipeline.Options(listener: "test")
            options.accessLog = log
            let surroundings = RequestPipeline.Surroundings(
                logger: Logger(label: "t") { _ in lines }, metrics: Metrics(),
                identifiers: Requests.surroundings.identifiers,
                traceIdentifiers: Requests.surroundings.traceIdentifiers)
            let pipeline = RequestPipeline(router { _ in .text("ok") }, options, in: surroundings)
            for path in ["/x/1?secret=1", "/none"] { _ = await pipeline.handle(Requests.make(.get, path)) }
            return lines.taken()
        }
        #expect(await answer(.off).isEmpty)
        #expect(await answer(.errors).map { $0.contains("path=/none") } == [true])
        let all = await answer(.all)
        #expect(all.count == 2)
        #expect(all.allSatisfy { $0.contains("request_id=") && !$0.contains("secret") })
    }

    /// Keeps what is logged.
    private final class Lines: LogHandler, Sendable {
        private let kept = Mutex<[String]>([])

        var metadata: Logger.Metadata {
            get { own.withLock { $0 } }
            set { own.withLock { $0 = newValue } }
        }
        var logLevel: Logger.Level {
            get { .trace }
            set { precondition(newValue == .trace, "the level is fixed") }
        }
        private let own = Mutex<Logger.Metadata>([:])

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { own.withLock { $0[key] = newValue } }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let text = all.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
            kept.withLock { $0.append("\(event.message) \(text)") }
        }

        func taken() -> [String] {
            kept.withLock { kept in
                defer { kept = [] }
                return kept
            }
        }
    }
}
