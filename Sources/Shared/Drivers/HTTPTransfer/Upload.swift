/// What a request still has to send when its body is too large to hand over at once, or is made piece by piece.
///
/// A plain value: the transfer moves bytes in, libcurl's read callback moves them out.
struct Upload {
    /// What libcurl gets for an answer.
    enum Piece {
        /// So many bytes were copied.
        case bytes(Int)
        /// Nothing to send at the moment.
        case nothingYet
        /// The body is complete.
        case end
    }

    private var chunks: [[UInt8]] = []
    private var offset = 0
    private var current = 0
    private let isRewindable: Bool
    private let length: Int?
    private var isComplete = false
    private var taken = 0

    /// The bytes that were offered and not yet taken.
    private(set) var waiting = 0

    /// A body that is known, and can be sent twice.
    init(known bytes: [UInt8]) {
        chunks = [bytes]
        waiting = bytes.count
        length = bytes.count
        isComplete = true
        isRewindable = true
    }

    /// A body that will be offered in pieces, of `length` bytes in all when that is known.
    init(length: Int?) {
        self.length = length
        isRewindable = false
    }

    /// Whether libcurl has all bytes, so that it will not ask again.
    var isTaken: Bool { taken == length }

    /// One more piece.
    mutating func offer(_ chunk: [UInt8]) {
        guard !chunk.isEmpty else { return }
        chunks.append(chunk)
        waiting += chunk.count
    }

    /// No more pieces.
    mutating func complete() {
        isComplete = true
    }

    /// Copies what there is, as far as `buffer` takes it.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Piece {
        guard current < chunks.count else { return isComplete ? .end : .nothingYet }
        let count = min(buffer.count, chunks[current].count - offset)
        unsafe chunks[current].withUnsafeBytes { bytes in
            unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)]))
        }
        offset += count
        waiting -= count
        taken += count
        if offset == chunks[current].count {
            offset = 0
            if isRewindable { current += 1 } else { chunks.removeFirst() }
        }
        return .bytes(count)
    }

    /// Back to the first byte; `false` when what was sent is gone.
    mutating func rewind() -> Bool {
        guard isRewindable || taken == 0 else { return false }
        current = 0
        offset = 0
        waiting += taken
        taken = 0
        return true
    }
}
