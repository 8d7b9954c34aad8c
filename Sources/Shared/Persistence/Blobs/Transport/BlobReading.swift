internal import Cryptography
internal import HTTPMessages
internal import HTTPTransfer
internal import Synchronization

/// Reads a blob over a network: goes on where the connection broke off, as long as it is the same blob, and compares at the
/// end what was promised of the whole.
final class BlobReading: Sendable {
    /// What is known of the whole, to be compared.
    enum Promise: Sendable {
        case none
        case sha256([UInt8])
        case crc32c(UInt32)
    }

    private struct State {
        var stream: InboundStream?
        var place: Int64
        var breaks = 0
        var crc = CRC32C()
    }

    private let key: BlobKey
    private let bytes: Range<Int64>
    private let promise: Promise
    private let sum = SHA256Sum()
    private let state: Mutex<State>
    /// Opens the rest from a byte on.
    private let reopen: @Sendable (Range<Int64>) async throws(BlobError) -> InboundStream

    /// How often the rest is asked for without any byte in between.
    private static let mostBreaks = 3

    /// `promise` is compared when all bytes of the blob are read.
    init(
        _ key: BlobKey, _ bytes: Range<Int64>, from stream: InboundStream?, promise: Promise,
        reopen: @escaping @Sendable (Range<Int64>) async throws(BlobError) -> InboundStream
    ) {
        self.key = key
        self.bytes = bytes
        self.promise = promise
        self.reopen = reopen
        state = Mutex(State(stream: stream, place: bytes.lowerBound))
    }

    /// The next piece; `nil` at the end.
    func next() async throws(BlobError) -> [UInt8]? {
        while true {
            let (stream, place) = state.withLock { ($0.stream, $0.place) }
            guard place < bytes.upperBound else {
                try compare()
                return nil
            }
            var reason = "the connection ended before the blob did"
            do throws(TransferError) {
                if let stream, let piece = try await stream.next() {
                    // A store that sends more than was asked for is not believed.
                    let wanted = piece.prefix(Int(min(Int64(piece.count), bytes.upperBound - place)))
                    take(Array(wanted), from: place)
                    return Array(wanted)
                }
            } catch {
                guard error.kind != .cancelled else {
                    throw BlobError(.unavailable, "read \(key)", because: "it was cancelled")
                }
                reason = error.message
            }
            try await goOn(from: place, after: reason)
        }
    }

    private func take(_ piece: [UInt8], from place: Int64) {
        switch promise {
        case .none: break
        case .sha256: sum.update(piece)
        case .crc32c: state.withLock { $0.crc.update(piece) }
        }
        state.withLock { state in
            state.place = place + Int64(piece.count)
            state.breaks = 0
        }
    }

    private func goOn(from place: Int64, after reason: String) async throws(BlobError) {
        let breaks = state.withLock { state in
            state.breaks += 1
            state.stream = nil
            return state.breaks
        }
        guard breaks <= Self.mostBreaks else {
            throw BlobError(.unavailable, "read \(key)", because: reason)
        }
        let stream = try await reopen(place..<bytes.upperBound)
        state.withLock { $0.stream = stream }
    }

    private func compare() throws(BlobError) {
        let isAsPromised =
            switch promise {
            case .none: true
            case .sha256(let promised): sum.finish() == promised
            case .crc32c(let promised): state.withLock { $0.crc.value } == promised
            }
        guard isAsPromised else {
            throw BlobError(
                .unavailable, "read \(key)", because: "it is damaged: its checksum is not the one it was stored with")
        }
    }
}

/// Ranges as HTTP has them (RFC 9110 §14).
enum ByteRangeField {
    /// The value of `range`; to the end where that is unknown.
    static func text(_ range: Range<Int64>) -> String {
        range.upperBound == .max
            ? "bytes=\(range.lowerBound)-" : "bytes=\(range.lowerBound)-\(range.upperBound - 1)"
    }

    /// The size of the whole that `content-range` says: `bytes 0-9/100`, `bytes */100`.
    static func size(_ value: String?) -> Int64? {
        value.flatMap { $0.split(separator: "/").last }.flatMap { Int64($0) }
    }
}
