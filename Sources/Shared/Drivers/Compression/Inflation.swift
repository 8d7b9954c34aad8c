internal import CZlib

/// Why compressed bytes were not inflated.
package enum InflationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// They are neither gzip nor zlib, or damaged.
    case malformed
    /// They end in the middle.
    case truncated
    /// They are more than so many bytes when inflated.
    case tooLarge(limit: Int)

    package var description: String {
        switch self {
        case .malformed: "the compressed bytes are damaged"
        case .truncated: "the compressed bytes end too early"
        case .tooLarge(let limit): "the bytes are more than \(limit) when inflated"
        }
    }
}

/// Inflating, by zlib.
package enum Inflation {
    /// How much is asked of zlib at once.
    private static let piece = 64 << 10

    /// What was compressed with gzip or zlib; several gzip members are one after the other. Never holds more than `limit`
    /// bytes and a piece, whatever the compressed bytes claim.
    package static func inflate(_ compressed: [UInt8], limit: Int) throws(InflationError) -> [UInt8] {
        try inflate(compressed, limit: limit, InflatingStream())
    }

    /// What was compressed without a header around (RFC 1951), within the same bounds.
    package static func inflateRaw(_ compressed: [UInt8], limit: Int) throws(InflationError) -> [UInt8] {
        try inflate(compressed, limit: limit, InflatingStream(isRaw: true))
    }

    private static func inflate(_ compressed: [UInt8], limit: Int, _ stream: InflatingStream) throws(InflationError)
        -> [UInt8]
    {
        var output: [UInt8] = []
        output.reserveCapacity(min(limit, compressed.count * 4))
        var position = 0
        while position < compressed.count {
            var isAtEnd = false
            while !isAtEnd {
                let step = stream.step(compressed[position...], room: Self.piece)
                position += step.taken
                output.append(contentsOf: step.bytes)
                guard output.count <= limit else { throw .tooLarge(limit: limit) }
                switch step.outcome {
                case .goesOn where step.taken == 0 && step.bytes.isEmpty: throw .truncated
                case .goesOn: continue
                case .ended: isAtEnd = true
                case .damaged: throw .malformed
                }
            }
            guard position < compressed.count else { break }
            stream.reset()
        }
        guard !compressed.isEmpty else { throw .truncated }
        return output
    }
}

/// Owns one inflating `z_stream`; ends it exactly once.
@safe private final class InflatingStream {
    enum Outcome { case goesOn, ended, damaged }

    struct Step {
        let taken: Int
        let bytes: ArraySlice<UInt8>
        let outcome: Outcome
    }

    private let raw: UnsafeMutablePointer<z_stream>
    private var room: [UInt8] = []

    init(isRaw: Bool = false) {
        unsafe raw = .allocate(capacity: 1)
        unsafe raw.initialize(to: z_stream())
        let status = unsafe isRaw ? scorable_inflate_raw_init(raw) : scorable_inflate_init(raw)
        precondition(status == Z_OK, "out of memory")
    }

    deinit {
        unsafe inflateEnd(raw)
        unsafe raw.deallocate()
    }

    /// Begins with another member.
    func reset() { unsafe inflateReset(raw) }

    /// Inflates as much of the input as fits into so many bytes.
    func step(_ input: ArraySlice<UInt8>, room size: Int) -> Step {
        if room.count != size { room = [UInt8](repeating: 0, count: size) }
        let (status, left, free) = unsafe input.withUnsafeBufferPointer { given in
            unsafe room.withUnsafeMutableBufferPointer { target in
                // zlib only reads what it is given; its declaration says so nowhere.
                unsafe raw.pointee.next_in = UnsafeMutablePointer(mutating: given.baseAddress)
                unsafe raw.pointee.avail_in = UInt32(clamping: given.count)
                unsafe raw.pointee.next_out = target.baseAddress
                unsafe raw.pointee.avail_out = UInt32(clamping: target.count)
                let status = unsafe inflate(raw, Z_NO_FLUSH)
                return unsafe (status, Int(raw.pointee.avail_in), Int(raw.pointee.avail_out))
            }
        }
        let given = min(input.count, Int(UInt32.max))
        let outcome: Outcome
        switch status {
        case Z_OK, Z_BUF_ERROR: outcome = .goesOn
        case Z_STREAM_END: outcome = .ended
        default: outcome = .damaged
        }
        return Step(taken: given - left, bytes: room[..<(size - free)], outcome: outcome)
    }
}
