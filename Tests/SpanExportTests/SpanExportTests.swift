import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPServing
import HTTPTransfer
import Logging
import OTLP
import Observability
import Records
import SpanExport
import Synchronization
import Tenancy
import Testing

/// Our own traces, as a collector gets them over HTTP.
@Suite struct SpanExportTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// What collectors are told.
    private final class Collector: Sendable {
        let bodies = Mutex<[[UInt8]]>([])
        let statuses: Mutex<[Int]>

        /// Answers with these statuses, and with 200 when there are no more.
        init(_ statuses: [Int] = []) { self.statuses = Mutex(statuses) }

        func answer(_ request: HTTPRequest) async -> HTTPResponse {
            do {
                let body = try await request.body.collect(upTo: 1 << 20)
                let status = statuses.withLock { $0.isEmpty ? 200 : $0.removeFirst() }
                if status == 200 { bodies.withLock { $0.append(body) } }
                return HTTPResponse(
                    status: request.path == "/v1/traces" ? status : 404, headers: [:], body: .bytes([]))
            } catch {
                return HTTPResponse(status: 400, headers: [:], body: .bytes([]))
            }
        }

        var spans: [TraceSpan] {
            get throws { try bodies.withLock { $0 }.flatMap { try TraceExport(protobuf: $0).spans } }
        }
    }

    /// Runs `body` on a loop beside a collector.
    private func beside(
        _ collector: Collector, _ body: @escaping @Sendable (HTTPClient, _ url: String) async throws -> Void
    ) async throws {
        let loops = LoopGroup(count: 1, name: "test")
        let listener = HTTPListener(
            settings: HTTPListenerSettings(), loops: loops, refusal: { $0.response },
            handler: { await collector.answer($0) })
        try await loops.next().run {
            try await listener.start()
            let client = HTTPClient(loops: loops)
            do {
                try await body(client, "http://127.0.0.1:\(listener.port)/v1/traces")
            } catch {
                Issue.record(error)
            }
            await client.close()
            await listener.drain(within: .seconds(1))
        }
        await loops.shutdown()
    }

    /// One daemon: what it records, and how it serves.
    private struct Process {
        let buffer: SpanBuffer
        let recorder: SpanRecorder
        let metrics = Metrics()

        init(limit: Int = 100, samplePercent: Int = 100) {
            buffer = SpanBuffer(limit: limit, metrics: metrics)
            recorder = SpanRecorder(buffer, samplePercent: samplePercent)
        }

        func pipeline(_ pattern: String, _ handler: @escaping Handler) -> RequestPipeline {
            var router = Router()
            router.on(.get, pattern) { try await handler($0) }
            return RequestPipeline(
                router, RequestPipeline.Options(listener: "internal"),
                in: RequestPipeline.Surroundings(
                    logger: logger, metrics: metrics, identifiers: IdentifierSource(now: { Date() }),
                    traceIdentifiers: TraceIdentifiers(), spans: recorder))
        }

        func exporter(_ service: String, _ client: HTTPClient, _ url: String) -> SpanExporter {
            SpanExporter(
                buffer, to: SpanExportSettings.Collector(url: url), by: client, service: service, version: "1",
                instance: "a:1", pauses: [.zero, .zero], metrics: metrics, logger: logger)
        }

        var told: String { String(decoding: metrics.exposition(), as: UTF8.self) }
    }

    private static func request(_ path: String, _ headers: HTTPHeaders = [:]) -> HTTPRequest {
        HTTPRequest(
            method: .get, path: path, query: nil, headers: headers, remoteAddress: "127.0.0.1", isSecure: false,
            body: HTTPRequestBody([]))
    }

    @Test func aRequestThroughTwoDaemonsIsOneTraceAtTheCollector() async throws {
        let collector = Collector()
        try await beside(collector) { client, url in
            let (first, second) = (Process(), Process())
            let behind = second.pipeline("/evaluate") { _ in HTTPResponse(status: 503, headers: [:], body: .bytes([])) }
            let front = first.pipeline("/v1/things/{id}/") { context in
                await behind.handle(Self.request("/evaluate", context.propagation))
            }
            _ = await front.handle(Self.request("/v1/things/secret-id/"))
            await first.exporter("scorable-apid", client, url).flush()
            await second.exporter("scorable-evald", client, url).flush()
            let spans = try collector.spans
            let root = try #require(spans.first { $0.origin.serviceName == "scorable-apid" })
            let child = try #require(spans.first { $0.origin.serviceName == "scorable-evald" })
            #expect(spans.count == 2 && root.parentID == nil)
            #expect(child.traceID == root.traceID && child.parentID == root.spanID)
            #expect(root.name == "GET /v1/things/{id}/" && root.kind == .server && root.end >= root.start)
            #expect(child.attributes["http.response.status_code"] == .integer(503) && child.hasError)
            #expect(first.told.contains("scorable_spans_exported_total 1"))
        }
    }

    @Test func onlyTracesThatAreSampledAreRecorded() async throws {
        let never = Process(samplePercent: 0)
        let pipeline = never.pipeline("/x") { _ in HTTPResponse(status: 200, headers: [:], body: .bytes([])) }
        _ = await pipeline.handle(Self.request("/x"))
        #expect(never.buffer.take(10).isEmpty)
        let trace = "0af7651916cd43dd8448eb211c80319c"
        _ = await pipeline.handle(Self.request("/x", ["traceparent": "00-\(trace)-b7ad6b7169203331-01"]))
        #expect(never.buffer.take(10).map(\.trace.traceID) == [trace])
    }

    @Test func whatACollectorDoesNotTakeYetIsSentAgain() async throws {
        let collector = Collector([503, 429])
        try await beside(collector) { client, url in
            let process = Process()
            let pipeline = process.pipeline("/x") { _ in HTTPResponse(status: 200, headers: [:], body: .bytes([])) }
            _ = await pipeline.handle(Self.request("/x"))
            let exporter = process.exporter("scorable-apid", client, url)
            for _ in 0..<3 { await exporter.flush() }
            let taken = try collector.spans
            #expect(taken.count == 1)
            #expect(process.told.contains(#"scorable_spans_dropped_total{reason="collector"} 0"#))
        }
    }

    @Test func aCollectorThatIsAwayCostsSpansAndNothingElse() async throws {
        let collector = Collector([503, 503, 503])
        try await beside(collector) { client, url in
            let process = Process(limit: 3)
            let pipeline = process.pipeline("/x") { _ in HTTPResponse(status: 200, headers: [:], body: .bytes([])) }
            for _ in 0..<5 { _ = await pipeline.handle(Self.request("/x")) }
            #expect(process.told.contains(#"scorable_spans_dropped_total{reason="buffer_full"} 2"#))
            let exporter = process.exporter("scorable-apid", client, url)
            for _ in 0..<3 { await exporter.flush() }
            #expect(process.told.contains(#"scorable_spans_dropped_total{reason="collector"} 3"#))
            _ = await pipeline.handle(Self.request("/x"))
            await exporter.flush()
            let taken = try collector.spans
            #expect(taken.count == 1)
        }
    }
}
