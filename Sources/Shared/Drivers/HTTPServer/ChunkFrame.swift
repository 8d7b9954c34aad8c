/// A piece of a body in the chunked coding (RFC 9112 §7.1).
enum ChunkFrame {
    /// How many bytes there are around a piece at the most.
    static let overhead = 20

    /// A piece with its frame.
    static func bytes(of piece: Span<UInt8>) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: piece.count + overhead) { buffer, count in
            count = unsafe write(piece, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// Writes a piece with its frame to where there is room for both, and returns how long they are.
    static func write(_ piece: Span<UInt8>, into room: UnsafeMutableRawBufferPointer) -> Int {
        precondition(room.count >= piece.count + overhead, "a chunk is longer than its room")
        var count = 0
        func add(_ byte: UInt8) {
            unsafe room[count] = byte
            count += 1
        }
        var shift = max(0, (piece.count.bitWidth - piece.count.leadingZeroBitCount - 1) / 4 * 4)
        while shift >= 0 {
            let digit = UInt8(piece.count >> shift & 15)
            add(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
            shift -= 4
        }
        add(13)
        add(10)
        unsafe piece.withUnsafeBytes {
            unsafe UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: $0)
        }
        count += piece.count
        add(13)
        add(10)
        return count
    }
}
