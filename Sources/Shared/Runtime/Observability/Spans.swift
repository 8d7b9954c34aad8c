internal import FoundationEssentials
internal import Synchronization

/// A piece of work that is over, as a collector of traces is told of it.
package struct FinishedSpan: Sendable, Hashable {
    /// What it was, by the numbers of OTLP.
    package enum Kind: Int, Sendable, Hashable {
        /// Within the process.
        case inside = 1
        /// A request that was answered.
        case server = 2
        /// A call of something else.
        case client = 3
        /// A job that was taken from a queue.
        case consumer = 5
    }

    /// A fact about it, from closed sets and identifiers: never a prompt, an answer or a key.
    package struct Attribute: Sendable, Hashable {
        /// What a fact is.
        package enum Value: Sendable, Hashable {
            case text(String)
            case number(Int64)
        }

        package let name: String
        package let value: Value

        package init(_ name: String, _ text: String) { (self.name, value) = (name, .text(text)) }

        package init(_ name: String, _ number: Int) { (self.name, value) = (name, .number(Int64(number))) }
    }

    package let trace: TraceContext
    package let name: String
    package let kind: Kind
    /// Nanoseconds since 1970.
    package let start: UInt64
    package let end: UInt64
    package let attributes: [Attribute]
    /// Why it failed, in a word; `nil` when it did not.
    package let failure: String?
}

/// Keeps spans until a collector is told of them. Bounded: what finds no room is dropped and counted, and nobody waits.
package final class SpanBuffer: Sendable {
    private let limit: Int
    private let kept = Mutex<[FinishedSpan]>([])
    private let dropped: Counter

    /// Holds up to `limit` spans.
    package init(limit: Int = 8192, metrics: Metrics) {
        self.limit = limit
        dropped = metrics.counter(
            "scorable_spans_dropped_total", "Spans of traces that no collector is told of, by reason.",
            labels: ["reason": "buffer_full"])
    }

    func add(_ span: FinishedSpan) {
        let isKept = kept.withLock { kept in
            guard kept.count < limit else { return false }
            kept.append(span)
            return true
        }
        if !isKept { dropped.increment() }
    }

    /// Takes up to `most` of them out, the oldest first.
    package func take(_ most: Int) -> [FinishedSpan] {
        kept.withLock { kept in
            let taken = Array(kept.prefix(most))
            kept.removeFirst(taken.count)
            return taken
        }
    }
}

/// Records what takes part in traces that are sampled; without a buffer it records nothing.
package struct SpanRecorder: Sendable {
    private let buffer: SpanBuffer?
    /// Of the traces that begin here, those are sampled whose identifier's lower half is at most this.
    private let threshold: UInt64

    /// Records into `buffer` what belongs to traces whose beginner samples them, and to so many percent of those that begin
    /// here.
    package init(_ buffer: SpanBuffer, samplePercent: Int) {
        self.buffer = buffer
        threshold = samplePercent >= 100 ? .max : UInt64.max / 100 * UInt64(max(0, samplePercent))
    }

    private init() {
        buffer = nil
        threshold = 0
    }

    /// Records nothing.
    package static var off: SpanRecorder { SpanRecorder() }

    /// A trace that begins here.
    package func root(_ identifiers: TraceIdentifiers) -> TraceContext {
        let trace = TraceContext(startedWith: identifiers)
        return buffer != nil && trace.traceIDLow <= threshold ? trace.sampled : trace
    }

    /// Whether a piece of work of a trace is kept: to ask costs less than to make up what would be kept of it.
    package func records(_ trace: borrowing TraceContext) -> Bool { trace.isSampled && buffer != nil }

    /// Keeps a piece of work that ends now.
    package func record(
        _ trace: TraceContext, _ name: @autoclosure () -> String, _ kind: FinishedSpan.Kind, took duration: Duration,
        failure: String? = nil, _ attributes: @autoclosure () -> [FinishedSpan.Attribute]
    ) {
        guard let buffer, trace.isSampled else { return }
        let end = UInt64(max(0, Date().timeIntervalSince1970 * 1_000_000)) * 1000
        let length = UInt64(max(0, duration.inSeconds * 1_000_000_000))
        buffer.add(
            FinishedSpan(
                trace: trace, name: name(), kind: kind, start: end > length ? end - length : 0, end: end,
                attributes: attributes(), failure: failure))
    }
}
