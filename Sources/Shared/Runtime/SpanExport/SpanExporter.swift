internal import HTTPMessages
package import HTTPTransfer
package import Logging
internal import OTLP
package import Observability
internal import Records
internal import Synchronization

/// Sends recorded spans to a collector, some at a time. It is in nobody's way: what the collector does not take, though asked
/// again and again for a minute, is dropped and counted.
package final class SpanExporter: Sendable {
    private let buffer: SpanBuffer
    private let client: HTTPClient
    private let collector: SpanExportSettings.Collector
    private let origin: SpanOrigin
    private let sent: Counter
    private let refused: Counter
    private let logger: Logger
    private let state = Mutex(State())

    private static let batch = 512
    private static let patience = Duration.seconds(5)
    /// How long a collector may ask to be left alone.
    private static let longestPause = Duration.seconds(60)
    private let pauses: [Duration]

    private struct State {
        /// What the collector has not taken yet, and how often it was asked.
        var waiting: [FinishedSpan] = []
        var failures = 0
        /// Before this it is not asked again.
        var resting: ContinuousClock.Instant?
        /// Whether the last attempt failed: that is logged once.
        var isAway = false
    }

    /// How long a batch waits after each time that the collector did not take it: as long as one takes to be restarted.
    package static let usualPauses: [Duration] = [
        .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(16), .seconds(30),
    ]

    /// The spans in `buffer` are those of `service`; `instance` tells its replicas apart. A batch is dropped that the collector
    /// does not take after all of `pauses`.
    package init(
        _ buffer: SpanBuffer, to collector: SpanExportSettings.Collector, by client: HTTPClient, service: String,
        version: String, instance: String, pauses: [Duration] = SpanExporter.usualPauses, metrics: Metrics,
        logger: Logger
    ) {
        self.pauses = pauses
        self.buffer = buffer
        self.client = client
        self.collector = collector
        origin = SpanOrigin(
            resource: [
                TraceAttribute("service.name", .string(service)), TraceAttribute("service.version", .string(version)),
                TraceAttribute("service.instance.id", .string(instance)),
                TraceAttribute("service.namespace", .string("scorable")),
            ], scopeName: "scorable", scopeVersion: version)
        sent = metrics.counter("scorable_spans_exported_total", "Spans of traces that a collector has taken.")
        refused = metrics.counter(
            "scorable_spans_dropped_total", "Spans of traces that no collector is told of, by reason.",
            labels: ["reason": "collector"])
        self.logger = logger
    }

    /// Sends what there is although the collector may not take it yet: the process ends. On a loop.
    package func finish() async {
        state.withLock { $0.resting = nil }
        await flush()
    }

    /// Sends what there is, until there is nothing or the collector does not take it; does nothing while it is left alone. On
    /// a loop.
    package func flush() async {
        guard state.withLock({ $0.resting.map { $0 <= .now } ?? true }) else { return }
        while true {
            let spans = state.withLock { state in
                if state.waiting.isEmpty { state.waiting = buffer.take(Self.batch) }
                return state.waiting
            }
            guard !spans.isEmpty, await send(spans) else { return }
        }
    }

    private func send(_ spans: [FinishedSpan]) async -> Bool {
        var headers: HTTPHeaders = ["content-type": "application/x-protobuf"]
        for (name, value) in collector.headers { headers[name] = value }
        let request = OutboundRequest(
            method: .post, url: collector.url, headers: headers,
            body: .bytes(TraceExportRequest.protobuf(spans.compactMap { TraceSpan($0, origin) }, from: origin)),
            deadlines: TransferDeadlines(connect: .seconds(2), total: Self.patience))
        do {
            let response = try await client.send(request, bodyLimit: 1 << 16)
            let status = response.status
            guard (200..<300).contains(status) else {
                // A collector says by 4xx that it will not like them better the next time.
                let isFinal = (400..<500).contains(status) && status != 429 && status != 408
                let wished = response.headers["retry-after"].flatMap { Int($0) }.map { Duration.seconds(max(0, $0)) }
                fail("it answered \(status)", isFinal ? .forGood : .forNow(wished))
                return false
            }
            sent.increment(by: UInt64(spans.count))
            let wasAway = state.withLock { state in
                defer { state = State() }
                return state.isAway
            }
            if wasAway { logger.notice("the collector takes traces again") }
            return true
        } catch {
            fail("\(error)", .forNow(nil))
            return false
        }
    }

    private enum Refusal {
        /// With how long the collector wants to be left alone.
        case forNow(Duration?)
        case forGood
    }

    private func fail(_ reason: String, _ refusal: Refusal) {
        let (dropped, isNews) = state.withLock { state in
            state.failures += 1
            let isNews = !state.isAway
            state.isAway = true
            if case .forNow(let wished) = refusal, state.failures <= pauses.count {
                let pause = max(pauses[state.failures - 1], wished ?? .zero)
                state.resting = .now.advanced(by: min(pause, Self.longestPause))
                return (0, isNews)
            }
            let count = state.waiting.count
            state.waiting = []
            state.failures = 0
            state.resting = nil
            return (count, isNews)
        }
        refused.increment(by: UInt64(dropped))
        guard isNews else { return }
        logger.warning("the collector does not take traces", metadata: ["reason": .string(reason)])
    }
}

extension TraceSpan {
    /// The span as OTLP has it.
    fileprivate init?(_ span: FinishedSpan, _ origin: SpanOrigin) {
        let trace = span.trace
        guard let id = TraceID(bytes: SpanID(trace.traceIDHigh).bytes + SpanID(trace.traceIDLow).bytes) else {
            return nil
        }
        self.init(
            traceID: id, spanID: SpanID(trace.spanID), parentID: trace.parentSpanID.map { SpanID($0) },
            name: span.name, kind: SpanKind(rawValue: span.kind.rawValue) ?? .unspecified,
            start: UnixNanoseconds(Int64(clamping: span.start)), end: UnixNanoseconds(Int64(clamping: span.end)),
            status: span.failure == nil ? .unset : .error, statusMessage: span.failure ?? "",
            traceState: trace.state ?? "",
            attributes: span.attributes.map { attribute in
                switch attribute.value {
                case .text(let text): TraceAttribute(attribute.name, .string(text))
                case .number(let number): TraceAttribute(attribute.name, .integer(number))
                }
            }, origin: origin)
    }
}
