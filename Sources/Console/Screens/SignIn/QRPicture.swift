import QRCodes
import Terminal

/// A QR code in half blocks, two modules a cell: dark on white in every theme, with a white border around it.
struct QRPicture {
    /// Modules of white around the code: four by the standard, and two are enough for cameras.
    private static let borders = [4, 2]

    /// The cells that it takes.
    let size: Size
    private let code: QRCode
    private let border: Int

    /// `nil` where the terminal has no half blocks, or no room for it.
    init?(_ text: String, fitting room: Size, _ charset: Charset) {
        guard charset == .unicode, let code = Self.code(of: text) else { return nil }
        let sizes = Self.borders.map { border in
            let side = code.size + 2 * border
            return (border, Size(columns: side, rows: (side + 1) / 2))
        }
        guard let (border, size) = sizes.first(where: { $0.1.columns <= room.columns && $0.1.rows <= room.rows })
        else { return nil }
        self.code = code
        self.border = border
        self.size = size
    }

    /// A text that is too long for a code has none.
    private static func code(of text: String) -> QRCode? {
        do { return try QRCode(text) } catch { return nil }
    }

    func draw(into frame: inout Frame, _ row: Int, _ column: Int) {
        for line in 0..<size.rows {
            let cells = (0..<size.columns).map { place in
                let isUpperDark = code[line * 2 - border, place - border]
                let isLowerDark = code[line * 2 + 1 - border, place - border]
                return isUpperDark ? (isLowerDark ? "█" : "▀") : isLowerDark ? "▄" : " "
            }
            frame.put(cells.joined(), row + line, column, Style(.plain, on: .paper), width: size.columns)
        }
    }
}
