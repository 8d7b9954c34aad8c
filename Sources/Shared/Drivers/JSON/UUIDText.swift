package import FoundationEssentials

/// UUIDs in lower case: Foundation writes capitals, and takes ten times as long.
package enum UUIDText {
    private static let length = 36

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
        unsafe withUnsafeBytes(of: uuid.uuid) { bytes in
            var place = 0
            for index in 0..<bytes.count {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    unsafe buffer[place] = UInt8(ascii: "-")
                    place += 1
                }
                let byte = unsafe bytes[index]
                unsafe buffer[place] = digit(byte >> 4)
                unsafe buffer[place + 1] = digit(byte & 15)
                place += 2
            }
            return place
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value &+ (value < 10 ? 0x30 : 0x57) }
}
