internal import Synchronization

/// Where a piece of work stands in a distributed trace: W3C Trace Context, `traceparent` and `tracestate`.
package struct TraceContext: Sendable, Hashable {
    /// The halves of the 16-byte trace identifier; not both zero.
    package let traceIDHigh: UInt64
    package let traceIDLow: UInt64
    /// The 8-byte identifier of this piece of work; not zero.
    package let spanID: UInt64
    /// The span that caused this one, `nil` at the root of a trace.
    package let parentSpanID: UInt64?
    /// Whether whoever started the trace records it.
    package let isSampled: Bool
    /// What other vendors' tracers wrote, handed on unchanged.
    package let state: String?

    /// A new trace.
    package init(startedWith identifiers: TraceIdentifiers) {
        self.init(
            high: identifiers.next(), low: identifiers.next(), span: identifiers.next(), parent: nil, sampled: false,
            state: nil)
    }

    /// The position that a `traceparent` field states; `nil` when the field is not well formed.
    ///
    /// A version later than 00 is read by its first four parts, as the specification asks.
    package init?(traceparent: String, tracestate: String? = nil) {
        // 00-<32 digits>-<16 digits>-<2 digits>, and in later versions perhaps more behind another hyphen.
        let bytes = Array(traceparent.utf8)
        guard bytes.count >= 55, [2, 35, 52].allSatisfy({ bytes[$0] == UInt8(ascii: "-") }),
            let version = Self.hexadecimal(bytes[0..<2]), version != 0xff,
            bytes.count == 55 || (version != 0 && bytes[55] == UInt8(ascii: "-")),
            let high = Self.hexadecimal(bytes[3..<19]), let low = Self.hexadecimal(bytes[19..<35]), high | low != 0,
            let span = Self.hexadecimal(bytes[36..<52]), span != 0, let flags = Self.hexadecimal(bytes[53..<55])
        else { return nil }
        // More than the specification's limit is dropped, not cut: half a member means something else.
        let usableState = tracestate.flatMap { (1...512).contains($0.utf8.count) ? $0 : nil }
        self.init(high: high, low: low, span: span, parent: nil, sampled: flags & 1 == 1, state: usableState)
    }

    private init(high: UInt64, low: UInt64, span: UInt64, parent: UInt64?, sampled: Bool, state: String?) {
        traceIDHigh = high
        traceIDLow = low
        spanID = span
        parentSpanID = parent
        isSampled = sampled
        self.state = state
    }

    /// A piece of work that this one causes.
    package func child(_ identifiers: TraceIdentifiers) -> TraceContext {
        TraceContext(
            high: traceIDHigh, low: traceIDLow, span: identifiers.next(), parent: spanID, sampled: isSampled,
            state: state)
    }

    /// The same, of a trace that is recorded.
    var sampled: TraceContext {
        TraceContext(
            high: traceIDHigh, low: traceIDLow, span: spanID, parent: parentSpanID, sampled: true, state: state)
    }

    /// The trace identifier as 32 lower-case hexadecimal digits.
    package var traceID: String { Self.digits(traceIDHigh) + Self.digits(traceIDLow) }

    /// The value of a `traceparent` field for a call made by this piece of work.
    package var traceparent: String {
        "00-\(traceID)-\(Self.digits(spanID))-\(isSampled ? "01" : "00")"
    }

    private static func digits(_ value: UInt64) -> String {
        String(decoding: (0..<16).map { digit(value >> (60 - 4 * UInt64($0)) & 0xf) }, as: UTF8.self)
    }

    private static func digit(_ value: UInt64) -> UInt8 {
        UInt8(value) + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }

    /// Lower-case digits only: an upper-case identifier is not a valid field.
    private static func hexadecimal(_ text: ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }
}

/// Makes trace and span identifiers, from any thread and without a lock.
///
/// SplitMix64 over a counter: well spread and never repeated within a process, but guessable. A system call for each
/// identifier would cost more than the routing of the request it names; nothing is protected by these values.
package final class TraceIdentifiers: Sendable {
    private let counter: Atomic<UInt64>

    /// - Parameter seed: where the sequence starts; different in every process.
    package init(seed: UInt64 = .random(in: .min ... .max)) { counter = Atomic(seed) }

    /// The next identifier, never zero.
    package func next() -> UInt64 {
        var mixed = counter.wrappingAdd(0x9e37_79b9_7f4a_7c15, ordering: .relaxed).newValue
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        mixed ^= mixed >> 31
        return mixed == 0 ? 1 : mixed
    }
}
