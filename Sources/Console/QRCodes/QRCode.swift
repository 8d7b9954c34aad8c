/// A QR code of a short text: a square of dark and light modules, as a phone's camera reads it.
///
/// Byte mode, versions 1 to 10, that is up to 271 bytes: enough for an address to sign in at, and small enough for a
/// terminal. Source: ISO/IEC 18004:2015.
package struct QRCode: Sendable, Hashable {
    /// How much of the code may be unreadable.
    package enum Correction: Int, Sendable, CaseIterable {
        /// 7 %
        case low = 1
        /// 15 %
        case medium = 0
    }

    /// Modules along each side, without the quiet zone around it.
    package let size: Int
    private let isDark: [Bool]

    /// - Throws: ``TextTooLong`` when the text does not fit into the largest version.
    package init(_ text: String, correction: Correction = .low) throws(TextTooLong) {
        let bytes = Array(text.utf8)
        guard
            let layout = QRLayout.all.first(where: {
                $0.dataCount(correction) * 8 >= 4 + $0.lengthBits + bytes.count * 8
            })
        else { throw TextTooLong(bytes: bytes.count) }
        let codewords = QRCodewords.of(bytes, layout: layout, correction: correction)
        let square = QRSquare.best(codewords, version: layout.version, correction: correction)
        size = square.size
        isDark = square.modules
    }

    /// Whether a module is dark; what lies outside is the quiet zone, which is light.
    package subscript(row: Int, column: Int) -> Bool {
        guard (0..<size).contains(row), (0..<size).contains(column) else { return false }
        return isDark[row * size + column]
    }

    /// A text that no code here can hold.
    package struct TextTooLong: Error, Sendable, Hashable {
        package let bytes: Int
    }
}
