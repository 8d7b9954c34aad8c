/// A text as codewords: its bytes, filled up, with Reed-Solomon correction, in the order in which they are placed.
enum QRCodewords {
    static func of(_ bytes: [UInt8], layout: QRLayout, correction: QRCode.Correction) -> [UInt8] {
        let data = padded(bytes, layout: layout, count: layout.dataCount(correction))
        let (each, count) = layout.blocks(correction)
        let short = data.count / count
        let longer = data.count % count
        let generator = ReedSolomon.generator(each)
        var (blocks, corrections): ([ArraySlice<UInt8>], [[UInt8]]) = ([], [])
        var start = 0
        for index in 0..<count {
            let length = short + (index >= count - longer ? 1 : 0)
            blocks.append(data[start..<(start + length)])
            corrections.append(ReedSolomon.remainder(data[start..<(start + length)], generator))
            start += length
        }
        var placed: [UInt8] = []
        for index in 0...short {
            for block in blocks where index < block.count { placed.append(block[block.startIndex + index]) }
        }
        for index in 0..<each {
            for correction in corrections { placed.append(correction[index]) }
        }
        return placed
    }

    private static func padded(_ bytes: [UInt8], layout: QRLayout, count: Int) -> [UInt8] {
        var bits = QRBits()
        bits.append(0b0100, count: 4)
        bits.append(bytes.count, count: layout.lengthBits)
        for byte in bytes { bits.append(Int(byte), count: 8) }
        bits.append(0, count: min(4, count * 8 - bits.count))
        bits.append(0, count: (8 - bits.count % 8) % 8)
        var codewords = bits.bytes
        var filler: UInt8 = 0xEC
        while codewords.count < count {
            codewords.append(filler)
            filler ^= 0xEC ^ 0x11
        }
        return codewords
    }
}

/// Bits, the highest of each number first.
struct QRBits {
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    mutating func append(_ value: Int, count: Int) {
        for index in stride(from: count - 1, through: 0, by: -1) {
            if self.count % 8 == 0 { bytes.append(0) }
            if value >> index & 1 == 1 { bytes[bytes.count - 1] |= 0x80 >> UInt8(self.count % 8) }
            self.count += 1
        }
    }
}

/// Reed-Solomon correction over GF(256) with the polynomial 0x11D.
enum ReedSolomon {
    /// The generator polynomial of a degree, without its leading coefficient.
    static func generator(_ degree: Int) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: degree - 1) + [1]
        var root: UInt8 = 1
        for _ in 0..<degree {
            for index in 0..<degree {
                result[index] = product(result[index], root) ^ (index + 1 < degree ? result[index + 1] : 0)
            }
            root = product(root, 2)
        }
        return result
    }

    static func remainder(_ data: ArraySlice<UInt8>, _ generator: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: generator.count)
        for byte in data {
            let factor = byte ^ result.removeFirst()
            result.append(0)
            for index in generator.indices { result[index] ^= product(generator[index], factor) }
        }
        return result
    }

    private static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
        var result = 0
        for index in stride(from: 7, through: 0, by: -1) {
            result = result << 1 ^ (result >> 7) * 0x11D
            result ^= Int(b) >> index & 1 == 1 ? Int(a) : 0
        }
        return UInt8(truncatingIfNeeded: result)
    }
}
