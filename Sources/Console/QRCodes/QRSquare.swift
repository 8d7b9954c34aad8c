/// The modules of a code: what every code has at its place, the codewords around it, and a mask over these.
struct QRSquare {
    let size: Int
    private let version: Int
    private(set) var modules: [Bool]
    /// What is the same in every code of the version, or says how to read it: no mask changes it.
    private var isFixed: [Bool]

    /// The square with the mask that a camera reads best.
    static func best(_ codewords: [UInt8], version: Int, correction: QRCode.Correction) -> QRSquare {
        var plain = QRSquare(version: version)
        plain.drawFunctions()
        plain.place(codewords)
        let masked = (0..<8).map { mask in
            var square = plain
            square.apply(mask)
            square.drawFormat(correction, mask: mask)
            return square
        }
        return masked.min { $0.penalty < $1.penalty } ?? plain
    }

    private init(version: Int) {
        self.version = version
        size = version * 4 + 17
        modules = [Bool](repeating: false, count: size * size)
        isFixed = modules
    }

    private mutating func fix(_ row: Int, _ column: Int, _ isDark: Bool) {
        modules[row * size + column] = isDark
        isFixed[row * size + column] = true
    }

    private mutating func drawFunctions() {
        for index in 0..<size {
            fix(6, index, index % 2 == 0)
            fix(index, 6, index % 2 == 0)
        }
        for (row, column) in [(3, 3), (3, size - 4), (size - 4, 3)] { drawFinder(row, column) }
        let centres = QRLayout.alignment(version)
        let last = centres.count - 1
        for (i, row) in centres.enumerated() {
            for (j, column) in centres.enumerated()
            where !((i == 0 && j == 0) || (i == 0 && j == last) || (i == last && j == 0)) {
                drawAlignment(row, column)
            }
        }
        drawFormat(.low, mask: 0)
        drawVersion()
    }

    private mutating func drawFinder(_ row: Int, _ column: Int) {
        for y in -4...4 {
            for x in -4...4 where (0..<size).contains(row + y) && (0..<size).contains(column + x) {
                let ring = max(abs(x), abs(y))
                fix(row + y, column + x, ring != 2 && ring != 4)
            }
        }
    }

    private mutating func drawAlignment(_ row: Int, _ column: Int) {
        for y in -2...2 {
            for x in -2...2 { fix(row + y, column + x, max(abs(x), abs(y)) != 1) }
        }
    }

    /// The level and the mask, twice, with their own correction. Source: ISO/IEC 18004:2015, section 7.9.
    private mutating func drawFormat(_ correction: QRCode.Correction, mask: Int) {
        let data = correction.rawValue << 3 | mask
        var rest = data
        for _ in 0..<10 { rest = rest << 1 ^ (rest >> 9) * 0x537 }
        let bits = (data << 10 | rest) ^ 0x5412
        func bit(_ index: Int) -> Bool { bits >> index & 1 == 1 }
        for index in 0...5 { fix(index, 8, bit(index)) }
        fix(7, 8, bit(6))
        fix(8, 8, bit(7))
        fix(8, 7, bit(8))
        for index in 9..<15 { fix(8, 14 - index, bit(index)) }
        for index in 0..<8 { fix(8, size - 1 - index, bit(index)) }
        for index in 8..<15 { fix(size - 15 + index, 8, bit(index)) }
        fix(size - 8, 8, true)
    }

    /// The version, twice, from the seventh on. Source: ISO/IEC 18004:2015, section 7.10.
    private mutating func drawVersion() {
        guard version >= 7 else { return }
        var rest = version
        for _ in 0..<12 { rest = rest << 1 ^ (rest >> 11) * 0x1F25 }
        let bits = version << 12 | rest
        for index in 0..<18 {
            let isDark = bits >> index & 1 == 1
            let (near, far) = (index / 3, size - 11 + index % 3)
            fix(near, far, isDark)
            fix(far, near, isDark)
        }
    }

    /// Places the codewords in columns of two, from the right, upwards and downwards in turns.
    private mutating func place(_ codewords: [UInt8]) {
        var index = 0
        for right in stride(from: size - 1, through: 1, by: -2) {
            let pair = right <= 6 ? right - 1 : right
            for step in 0..<size {
                for column in [pair, pair - 1] {
                    let row = (pair + 1) & 2 == 0 ? size - 1 - step : step
                    guard !isFixed[row * size + column], index < codewords.count * 8 else { continue }
                    modules[row * size + column] = codewords[index >> 3] >> UInt8(7 - index & 7) & 1 == 1
                    index += 1
                }
            }
        }
    }

    private mutating func apply(_ mask: Int) {
        for row in 0..<size {
            for column in 0..<size where !isFixed[row * size + column] && Self.inverts(mask, row, column) {
                modules[row * size + column].toggle()
            }
        }
    }

    private static func inverts(_ mask: Int, _ row: Int, _ column: Int) -> Bool {
        switch mask {
        case 0: (row + column) % 2 == 0
        case 1: row % 2 == 0
        case 2: column % 3 == 0
        case 3: (row + column) % 3 == 0
        case 4: (row / 2 + column / 3) % 2 == 0
        case 5: row * column % 2 + row * column % 3 == 0
        case 6: (row * column % 2 + row * column % 3) % 2 == 0
        default: ((row + column) % 2 + row * column % 3) % 2 == 0
        }
    }
}
