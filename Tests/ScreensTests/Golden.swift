import FoundationEssentials
import Screens
import Terminal
import Testing

/// Compares screens with the pictures in `Tests/Fixtures/screens`. With `SCORABLE_UPDATE_SCREENS=1` in the environment the
/// files are written anew; look at the difference before it is kept.
enum Golden {
    static let sizes = [(40, 8), (80, 24), (120, 40), (200, 60)].map { Size(columns: $0.0, rows: $0.1) }

    /// Draws a story at every size and compares.
    static func check(
        _ name: String, charset: Charset = .unicode, sizes: [Size] = sizes,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ story: (Size) -> Story
    ) throws {
        var lines: [String] = []
        for size in sizes {
            let frame = story(size).picture(size)
            lines.append("== \(size.columns)x\(size.rows)")
            lines += frame.text
            for row in 0..<size.rows {
                let columns = frame[row: row].reduce(0) { $0 + ($1.glyph.base == 0 ? 0 : Int($1.glyph.width)) }
                #expect(columns == size.columns, "row \(row) at \(size)", sourceLocation: sourceLocation)
            }
            if charset == .ascii {
                #expect(frame.text.allSatisfy { $0.utf8.allSatisfy { $0 < 0x7F } }, sourceLocation: sourceLocation)
            }
        }
        let path = "\(folder)/\(name).txt"
        let text = lines.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["SCORABLE_UPDATE_SCREENS"] == "1" {
            try Data(text.utf8).write(to: URL(filePath: path))
        }
        let expected = try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        #expect(difference(expected, text) == nil, "\(name)", sourceLocation: sourceLocation)
    }

    private static var folder: String {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(2).joined(separator: "/") + "/Fixtures/screens"
    }

    /// The first line that differs, `nil` when none does.
    private static func difference(_ expected: String, _ found: String) -> String? {
        let left = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let right = found.split(separator: "\n", omittingEmptySubsequences: false)
        for index in 0..<max(left.count, right.count) {
            let before = index < left.count ? String(left[index]) : "nothing"
            let after = index < right.count ? String(right[index]) : "nothing"
            if before != after { return "line \(index + 1)\n  was: \(before)\n  is:  \(after)" }
        }
        return nil
    }
}
