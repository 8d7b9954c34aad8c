/// How a version divides its codewords. Source: ISO/IEC 18004:2015, tables 1, 7 and 9, annex E.
struct QRLayout: Sendable {
    let version: Int
    /// Codewords of data and correction together.
    let total: Int
    /// By correction level: correction codewords of each block, and how many blocks there are.
    private let low: (correction: Int, blocks: Int)
    private let medium: (correction: Int, blocks: Int)

    /// The bits that say how long the text is.
    var lengthBits: Int { version < 10 ? 8 : 16 }

    func blocks(_ correction: QRCode.Correction) -> (correction: Int, blocks: Int) {
        switch correction {
        case .low: low
        case .medium: medium
        }
    }

    /// How many codewords are left for data.
    func dataCount(_ correction: QRCode.Correction) -> Int {
        let (each, blocks) = blocks(correction)
        return total - each * blocks
    }

    static let all = [
        QRLayout(version: 1, total: 26, low: (7, 1), medium: (10, 1)),
        QRLayout(version: 2, total: 44, low: (10, 1), medium: (16, 1)),
        QRLayout(version: 3, total: 70, low: (15, 1), medium: (26, 1)),
        QRLayout(version: 4, total: 100, low: (20, 1), medium: (18, 2)),
        QRLayout(version: 5, total: 134, low: (26, 1), medium: (24, 2)),
        QRLayout(version: 6, total: 172, low: (18, 2), medium: (16, 4)),
        QRLayout(version: 7, total: 196, low: (20, 2), medium: (18, 4)),
        QRLayout(version: 8, total: 242, low: (24, 2), medium: (22, 4)),
        QRLayout(version: 9, total: 292, low: (30, 2), medium: (22, 5)),
        QRLayout(version: 10, total: 346, low: (18, 4), medium: (26, 5)),
    ]

    /// Where the small squares are that a camera aligns itself by: rows and columns of their centres.
    static func alignment(_ version: Int) -> [Int] {
        switch version {
        case 1: []
        case 2...6: [6, version * 4 + 10]
        default: [6, version * 2 + 8, version * 4 + 10]
        }
    }
}
