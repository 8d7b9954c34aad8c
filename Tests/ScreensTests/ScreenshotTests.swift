import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing

/// With `SCORABLE_SCREENSHOTS` set to a folder: every picture of the gallery at three sizes as text, and in four themes as
/// cells with their colours, which `screenshots/render.py` makes PNG files of.
struct ScreenshotTests {
    private struct Cells: Encodable {
        let columns: Int
        let rows: Int
        let page: String
        let spans: [Span]
    }

    private struct Span: Encodable {
        let row: Int
        let column: Int
        let text: String
        let ink: String
        let ground: String
        let isBold: Bool
        let isUnderlined: Bool
    }

    private static let sizes = [(80, 24), (120, 40), (200, 60)].map { Size(columns: $0.0, rows: $0.1) }
    private static let themes: [ThemeName] = [.dark, .light, .colourBlind, .highContrast]

    @Test func everyPictureIsDrawnInEveryTheme() throws {
        let folder = ProcessInfo.processInfo.environment["SCORABLE_SCREENSHOTS"]
        for picture in Picture.all {
            for size in Self.sizes {
                let frame = picture.story(size).picture(size)
                #expect(frame.text.contains { !$0.isEmpty }, "\(picture.name)")
                guard let folder else { continue }
                let name = "\(folder)/\(picture.name)-\(size.columns)x\(size.rows)"
                try write(Array((frame.text.joined(separator: "\n") + "\n").utf8), "\(name).txt")
                for theme in Self.themes {
                    let cells = Self.cells(frame, Theme(name: theme, depth: .direct))
                    try write(JSONCodec.encode(cells), "\(name)-\(theme.rawValue).json")
                }
            }
        }
    }

    private func write(_ bytes: [UInt8], _ path: String) throws { try Data(bytes).write(to: URL(filePath: path)) }

    /// Neighbours of one style are one span.
    private static func cells(_ frame: Frame, _ theme: Theme) -> Cells {
        var spans: [Span] = []
        for row in 0..<frame.size.rows {
            var column = 0
            var start = 0
            var text = ""
            var style: Style?
            func finish() {
                guard let style, !text.isEmpty else { return }
                let colours = theme.colours(of: style)
                let attributes = theme.look(of: style).attributes
                spans.append(
                    Span(
                        row: row, column: start, text: text, ink: hex(colours.ink), ground: hex(colours.ground),
                        isBold: attributes.contains(.bold), isUnderlined: attributes.contains(.underline)))
            }
            for cell in frame[row: row] {
                if cell.style != style {
                    finish()
                    (text, style, start) = ("", cell.style, column)
                }
                if cell.glyph.base != 0 {
                    text.unicodeScalars.append(Unicode.Scalar(cell.glyph.base) ?? " ")
                    if cell.glyph.mark != 0, let mark = Unicode.Scalar(cell.glyph.mark) {
                        text.unicodeScalars.append(mark)
                    }
                }
                column += 1
            }
            finish()
        }
        let page = theme.colours(of: .plain).ground
        return Cells(columns: frame.size.columns, rows: frame.size.rows, page: hex(page), spans: spans)
    }

    private static func hex(_ colour: RGB) -> String {
        let digits = Array("0123456789abcdef")
        return "#"
            + [colour.red, colour.green, colour.blue].map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined()
    }
}
