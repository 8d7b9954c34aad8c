import Testing

@testable import Compression

@Suite struct InflationTests {
    /// A gzip member that holds its bytes uncompressed: what every reader must understand.
    private func stored(_ bytes: [UInt8]) -> [UInt8] {
        precondition(bytes.count < 1 << 16)
        let length = UInt16(bytes.count)
        var member: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1]
        for part in [length, ~length] {
            member.append(UInt8(truncatingIfNeeded: part))
            member.append(UInt8(truncatingIfNeeded: part >> 8))
        }
        member += bytes
        for word in [Self.checksum(bytes), UInt32(bytes.count)] {
            for shift in [UInt32(0), 8, 16, 24] { member.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return member
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = .max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }

    /// The fixed code's shortest form of a byte repeated: 258 bytes for each thirteen bits.
    private static let bomb: [UInt8] = {
        var bits: [UInt8] = [1, 1, 0]
        func put(_ value: Int, _ count: Int, msbFirst: Bool) {
            for index in 0..<count { bits.append(UInt8(value >> (msbFirst ? count - 1 - index : index) & 1)) }
        }
        put(0x30 + 97, 8, msbFirst: true)
        for _ in 0..<20_000 {
            put(0xC0 + 285 - 280, 8, msbFirst: true)
            put(0, 5, msbFirst: true)
        }
        put(0, 7, msbFirst: true)
        var packed: [UInt8] = []
        for start in stride(from: 0, to: bits.count, by: 8) {
            packed.append(
                bits[start..<min(start + 8, bits.count)].enumerated().reduce(0) { $0 | $1.element << $1.offset })
        }
        return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff] + packed
    }()

    @Test func whatWasCompressedComesBack() throws {
        let text = Array("what an exporter sends, ".utf8)
        #expect(try Inflation.inflate(stored(text), limit: 100) == text)
        #expect(try Inflation.inflate(stored([]), limit: 100) == [])
    }

    @Test func severalMembersAreOneAfterTheOther() throws {
        #expect(try Inflation.inflate(stored([1, 2]) + stored([3]), limit: 100) == [1, 2, 3])
    }

    @Test func nothingIsInflatedBeyondTheLimit() throws {
        #expect(Self.bomb.count < 40_000)
        #expect(throws: InflationError.tooLarge(limit: 1_000_000)) {
            try Inflation.inflate(Self.bomb, limit: 1_000_000)
        }
        #expect(throws: InflationError.tooLarge(limit: 3)) { try Inflation.inflate(stored([1, 2, 3, 4]), limit: 3) }
        #expect(try Inflation.inflate(stored([1, 2, 3, 4]), limit: 4) == [1, 2, 3, 4])
    }

    @Test func whatEndsTooEarlyIsSaidToBeTruncated() throws {
        let member = stored(Array(repeating: 7, count: 300))
        for count in 0..<member.count {
            #expect(throws: InflationError.truncated, "\(count) bytes") {
                try Inflation.inflate(Array(member.prefix(count)), limit: 1000)
            }
        }
    }

    @Test func damagedBytesAreRefusedAndNeverCrash() throws {
        #expect(throws: InflationError.malformed) { try Inflation.inflate(Array("no gzip at all".utf8), limit: 100) }
        let member = stored(Array(repeating: 7, count: 200))
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var damaged = member
            let place = Int.random(in: 0..<damaged.count, using: &random)
            damaged[place] ^= UInt8.random(in: 1...255, using: &random)
            do {
                let inflated = try Inflation.inflate(damaged, limit: 1000)
                // Only what is no part of the content may be different.
                #expect(inflated == Array(repeating: 7, count: 200), "byte \(place)")
            } catch {
                #expect([.malformed, .truncated].contains(error), "byte \(place)")
            }
        }
    }

    @Test func bytesWithoutAHeaderAreInflatedToo() throws {
        let bytes = Array("no header".utf8)
        #expect(try Inflation.inflateRaw(Array(stored(bytes)[10...].dropLast(8)), limit: 100) == bytes)
        #expect(throws: InflationError.malformed) { try Inflation.inflateRaw(stored(bytes), limit: 100) }
        #expect(throws: InflationError.tooLarge(limit: 3)) {
            try Inflation.inflateRaw(Array(stored(bytes)[10...].dropLast(8)), limit: 3)
        }
    }

    @Test func whatIsDeflatedComesBack() throws {
        for bytes in [[], Array("once".utf8), [UInt8](repeating: 7, count: 1 << 20)] {
            let deflated = Deflation.deflate(bytes)
            #expect(try Inflation.inflate(deflated, limit: 1 << 20) == bytes)
        }
        #expect(Deflation.deflate([UInt8](repeating: 7, count: 1 << 20)).count < 10_000)
    }
}
