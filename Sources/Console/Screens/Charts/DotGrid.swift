import Terminal

/// A picture of dots, 2 by 4 in a cell of braille, or one in a cell of ASCII. The lower left dot is (0, 0).
struct DotGrid {
    let columns: Int
    let rows: Int
    private let charset: Charset
    private var bits: [UInt8]
    private var inks: [Ink]
    private var characters: [Character]

    init(columns: Int, rows: Int, _ charset: Charset) {
        self.columns = max(0, columns)
        self.rows = max(0, rows)
        self.charset = charset
        bits = Array(repeating: 0, count: self.columns * self.rows)
        inks = Array(repeating: .plain, count: self.columns * self.rows)
        characters = Array(repeating: "#", count: self.columns * self.rows)
    }

    /// Dots beside each other.
    var width: Int { columns * (charset == .unicode ? 2 : 1) }
    /// Dots above each other.
    var height: Int { rows * (charset == .unicode ? 4 : 1) }

    /// The bits of the left and the right dots of a cell, from the lowest up.
    private static let masks: [[UInt8]] = [[0x40, 0x04, 0x02, 0x01], [0x80, 0x20, 0x10, 0x08]]

    /// Sets a dot; the ink and, in ASCII, the character of the whole cell are those of its last dot.
    mutating func set(_ x: Int, _ y: Int, _ ink: Ink, ascii: Character = "#") {
        guard x >= 0, y >= 0, x < width, y < height else { return }
        let cell = charset == .unicode ? (rows - 1 - y / 4) * columns + x / 2 : (rows - 1 - y) * columns + x
        bits[cell] |= charset == .unicode ? Self.masks[x % 2][y % 4] : 1
        inks[cell] = ink
        characters[cell] = ascii
    }

    /// Sets the dots of a column from the ground up.
    mutating func fill(_ x: Int, to height: Int, _ ink: Ink, ascii: Character = "#") {
        for y in 0..<max(0, height) { set(x, y, ink, ascii: ascii) }
    }

    /// The character of a cell, a blank for none.
    func character(_ row: Int, _ column: Int) -> Character {
        let bits = bits[row * columns + column]
        guard bits != 0 else { return " " }
        guard charset == .unicode else { return characters[row * columns + column] }
        return Unicode.Scalar(0x2800 + UInt32(bits)).map { Character($0) } ?? " "
    }

    /// Draws the cells that have a dot; the others keep what is there.
    func draw(into frame: inout Frame, _ row: Int, _ column: Int) {
        for y in 0..<rows {
            for x in 0..<columns where bits[y * columns + x] != 0 {
                frame.put(String(character(y, x)), row + y, column + x, Style(inks[y * columns + x]))
            }
        }
    }
}
