import CVTerm
import FoundationEssentials
import Terminal
import Testing

/// The columns that characters take, against Unicode's table and against a terminal.
struct CharacterWidthTests {
    /// Counted as wide by libraries and many terminals, though Unicode 15.0 leaves them open.
    private static let widened: [ClosedRange<UInt32>] = [0x3248...0x324F, 0x4DC0...0x4DFF]

    @Test func theTableIsThatOfUnicode() throws {
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(
            separator: "/")
        let path = "\(folder)/Fixtures/unicode/EastAsianWidth-15.0-wide.txt"
        let lines = try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self).split(separator: "\n")
        var isWide = [Bool](repeating: false, count: 0x40000)
        for line in lines where !line.hasPrefix("#") {
            let ends = line.prefix { $0 != ";" }.split(separator: "..").compactMap { UInt32($0, radix: 16) }
            for value in ends[0]...(ends.last ?? ends[0]) where value < 0x40000 { isWide[Int(value)] = true }
        }
        #expect(isWide.filter { $0 }.count > 180_000)
        var frame = Frame(size: Size(columns: 3, rows: 1), charset: .unicode)
        for value in UInt32(0x100)..<0x40000 {
            guard let scalar = Unicode.Scalar(value), !Self.widened.contains(where: { $0.contains(value) }) else {
                continue
            }
            // The library may know more characters than the table was made for.
            guard let age = scalar.properties.age, (age.major, age.minor) <= (15, 0) else { continue }
            let text = String(Character(scalar))
            let columns = text.columns
            if columns == 2 { #expect(isWide[Int(value)], "U+\(String(value, radix: 16)) is not wide") }
            guard columns == 1, isWide[Int(value)] else { continue }
            // What is not assigned, or would move the cursor, is a mark of one column.
            frame.put(text, 0, 0)
            #expect(frame.text[0].unicodeScalars.first == "\u{FFFD}", "U+\(String(value, radix: 16)) is wide")
        }
    }

    @Test(arguments: [
        ("🇫🇮🇯🇵", "FIJP"), ("👍🏽", "👍"), ("👩\u{200D}👩\u{200D}👧", "👩👩👧"), ("✔\u{FE0F}", "✔"),
        ("1\u{FE0F}\u{20E3}", "1\u{20E3}"), ("\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}", "한글"),
        ("\u{1112}\u{1161}", "하"), ("\u{AC00}\u{11A8}", "각"), ("שָׁלוֹם", "שָלוֹם"), ("a\u{200E}b\u{200F}c\u{61C}d", "abcd"),
        ("a\u{202E}b", "a\u{FFFD}b"), ("\u{2066}x\u{2069}", "\u{FFFD}x\u{FFFD}"),
        ("Z\u{301}\u{302}\u{303}", "Z\u{301}"),
    ])
    func whatTerminalsDisagreeAboutIsMadePlain(_ text: String, _ shown: String) {
        var frame = Frame(size: Size(columns: 40, rows: 1), charset: .unicode)
        frame.put(text, 0, 0)
        #expect(Array(frame.text[0].unicodeScalars) == Array(shown.unicodeScalars))
    }
}

extension ProcessWideTests {
    /// The same text on a terminal.
    @Suite(.serialized) struct ShownWidthTests {
        init() { cvt_use_utf8() }

        @Test(arguments: [
            "日本語テキスト", "한국어", "\u{1112}\u{1161}\u{11AB}", "e\u{301}tude", "Z\u{301}\u{302}\u{303}\u{304}algo",
            "👩\u{200D}👩\u{200D}👧\u{200D}👦 family", "✔\u{FE0F} done", "🇫🇮 flag", "👍🏽 tone", "1\u{FE0F}\u{20E3}",
            "مَرْحَبًا بالعالم", "שָׁלוֹם עוֹלָם", "नमस्ते दुनिया", "தமிழ்", "สวัสดีชาวโลก", "ខ្មែរ", "Tiếng Việt",
            "ｱｲｳ ＡＢＣ", "■●▸│…—“”", "⠁⣿⡇", "▁▂▃▄▅▆▇█", "a\u{202E}b\u{202C}c", "a\u{200B}b\u{FEFF}c", "\u{1B}[31mred",
            "tab\tnew\nline", "𝒜𝓁𝓅𝒽𝒶", "🀄🃏", "〈〉《》", "①㉈", "ﷺ", "\u{E000}\u{10FFFF}",
        ])
        func textTakesAsManyColumnsAsWereCounted(_ text: String) throws {
            let size = Size(columns: 60, rows: 2)
            let emulator = try Emulator(size)
            let screen = try #require(CursesScreen(type: "xterm-256color", size: size))
            var frame = Frame(size: size, charset: .unicode)
            frame.put("|", 0, frame.put(text, 0, 0))
            frame.put("below", 1, 0)
            emulator.show(screen.draw(frame))
            #expect(emulator.cell(0, text.columns).characters.0 == 0x7C)
            #expect(emulator.text[1] == "below")
            #expect(emulator.text[0] == frame.text[0])
        }
    }
}
