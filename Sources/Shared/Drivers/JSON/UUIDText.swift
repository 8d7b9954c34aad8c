package import FoundationEssentials

/// UUIDs in lower case: Foundation writes capitals, and takes ten times as long.
package enum UUIDText {
    private static let length = 36
    private static let hyphen = UInt8(ascii: "-")

    /// The hyphenated form in lower case.
    package static func string(_ uuid: UUID) -> String {
        unsafe String(unsafeUninitializedCapacity: length) { unsafe write(uuid, to: $0) }
    }

    /// The same as ASCII.
    static func bytes(_ uuid: UUID) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            count = unsafe write(uuid, to: buffer)
        }
    }

    private static func write(_ uuid: UUID, to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let out = UnsafeMutableRawBufferPointer(buffer)
        // Four bytes of the identifier are eight digits, and are written at once. All places are below the length.
        return unsafe withUnsafeBytes(of: uuid.uuid) { bytes in
            unsafe put(digits(bytes, at: 0), in: out, at: 0)
            let second = unsafe digits(bytes, at: 4)
            let third = unsafe digits(bytes, at: 8)
            unsafe put(UInt32(truncatingIfNeeded: second >> 32), in: out, at: 9)
            unsafe put(UInt32(truncatingIfNeeded: second), in: out, at: 14)
            unsafe put(UInt32(truncatingIfNeeded: third >> 32), in: out, at: 19)
            unsafe put(UInt32(truncatingIfNeeded: third), in: out, at: 24)
            unsafe put(digits(bytes, at: 12), in: out, at: 28)
            unsafe (out[8], out[13], out[18], out[23]) = (hyphen, hyphen, hyphen, hyphen)
            return length
        }
    }

    private static func put(_ digits: some FixedWidthInteger, in out: UnsafeMutableRawBufferPointer, at place: Int) {
        unsafe out.storeBytes(of: digits.bigEndian, toByteOffset: place, as: type(of: digits))
    }

    /// The eight digits of four bytes, the first one on top.
    private static func digits(_ bytes: UnsafeRawBufferPointer, at place: Int) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var spread = UInt64(UInt32(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
        spread = (spread << 16 | spread) & 0x0000_ffff_0000_ffff
        spread = (spread << 8 | spread) & 0x00ff_00ff_00ff_00ff
        spread = (spread << 4 | spread) & 0x0f0f_0f0f_0f0f_0f0f
        // From ten on a digit is a letter, which stands 39 places further on.
        let letters = (spread &+ 6 &* ones) >> 4 & ones
        return spread &+ 0x30 &* ones &+ letters &* 0x27
    }
}
