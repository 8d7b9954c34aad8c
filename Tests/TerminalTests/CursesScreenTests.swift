import CVTerm
import Terminal
import Testing

extension ProcessWideTests {
    @Suite(.serialized) struct CursesScreenTests {
        init() { cvt_use_utf8() }

        private static func picture(_ size: Size, _ charset: Charset = .unicode, seed: UInt64 = 1) -> Frame {
            var generator = SeededGenerator(seed: seed)
            var frame = Frame(size: size, charset: charset)
            let texts = ["scorable", "日本語", "e\u{301}tude", "■■■■", "0.82", "│", "👍 ok", "\u{202E}abc"]
            for _ in 0..<size.rows * 3 {
                frame.put(
                    texts.randomElement(using: &generator) ?? "", Int.random(in: 0..<size.rows, using: &generator),
                    Int.random(in: 0..<size.columns, using: &generator),
                    Style(
                        Ink.allCases.randomElement(using: &generator) ?? .plain,
                        on: Ground.allCases.randomElement(using: &generator) ?? .page))
            }
            return frame
        }

        @Test(arguments: ["xterm-256color", "xterm", "linux", "vt220", "vt100", "tmux-256color", "screen"])
        func everyTerminalShowsThePicture(_ type: String) throws {
            let size = Size(columns: 60, rows: 12)
            let emulator = try Emulator(size)
            let screen = try #require(CursesScreen(type: type, size: size))
            for seed in 1...20 as ClosedRange<UInt64> {
                let frame = Self.picture(size, seed: seed)
                emulator.show(screen.draw(frame))
                #expect(emulator.text == frame.text)
            }
        }

        @Test(arguments: [(1, 1), (2, 1), (1, 40), (5, 2), (80, 24), (120, 40), (500, 200)])
        func everySizeWorks(_ columns: Int, _ rows: Int) throws {
            let size = Size(columns: columns, rows: rows)
            let emulator = try Emulator(size)
            let screen = try #require(CursesScreen(type: "xterm-256color", size: size))
            let frame = Self.picture(size)
            emulator.show(screen.draw(frame))
            #expect(emulator.text == frame.text)
        }

        @Test func anUnchangedPictureCostsNoByte() throws {
            let size = Size(columns: 60, rows: 12)
            let screen = try #require(CursesScreen(type: "xterm-256color", size: size))
            let frame = Self.picture(size)
            #expect(!screen.draw(frame).isEmpty)
            #expect(screen.draw(frame).isEmpty)
            var changed = frame
            changed.put("x", 3, 3)
            #expect(screen.draw(changed).count < 40)
        }

        @Test func aNewSizeIsDrawnWhole() throws {
            let screen = try #require(CursesScreen(type: "xterm-256color", size: Size(columns: 60, rows: 12)))
            _ = screen.draw(Self.picture(Size(columns: 60, rows: 12)))
            for size in [Size(columns: 20, rows: 5), Size(columns: 1, rows: 1), Size(columns: 100, rows: 30)] {
                let emulator = try Emulator(size)
                let frame = Self.picture(size, seed: 5)
                emulator.show(screen.draw(frame))
                #expect(emulator.text == frame.text)
            }
        }

        @Test func leavingGivesTheTerminalBackAndComingBackDrawsAll() throws {
            let size = Size(columns: 30, rows: 5)
            let emulator = try Emulator(size)
            let screen = try #require(CursesScreen(type: "xterm-256color", size: size))
            let frame = Self.picture(size)
            emulator.show(screen.draw(frame))
            #expect(emulator.isAlternate)
            emulator.show(screen.leave())
            #expect(!emulator.isAlternate)
            emulator.show(screen.draw(frame))
            #expect(emulator.isAlternate)
            #expect(emulator.text == frame.text)
        }

        @Test func aForeignWriteIsPaintedOver() throws {
            let size = Size(columns: 30, rows: 5)
            let emulator = try Emulator(size)
            let screen = try #require(CursesScreen(type: "xterm-256color", size: size))
            let frame = Self.picture(size)
            emulator.show(screen.draw(frame))
            emulator.show(Array("\u{1B}[2J\u{1B}[Hkernel: hello".utf8))
            screen.forget()
            emulator.show(screen.draw(frame))
            #expect(emulator.text == frame.text)
        }

        @Test func coloursFollowTheThemeAndCanBeUnwanted() throws {
            let size = Size(columns: 10, rows: 1)
            var frame = Frame(size: size, charset: .unicode)
            frame.put("bad", 0, 0, Style(.bad, on: .selection))
            let emulator = try Emulator(size)
            emulator.show(try #require(CursesScreen(type: "xterm-256color", size: size)).draw(frame))
            #expect(emulator.cell(0, 0).ink == 223)
            #expect(emulator.cell(0, 0).ground == 24)
            let plain = try Emulator(size)
            plain.show(try #require(CursesScreen(type: "xterm-256color", size: size, wantsColour: false)).draw(frame))
            #expect(plain.cell(0, 0).ink == -1)
            #expect(plain.cell(0, 0).reverse == 1)
            #expect(plain.cell(0, 0).bold == 1)
        }

        @Test func unknownTypesFallBackAndDumbOnesHaveNone() {
            func candidates(_ type: String) -> [String] {
                TerminalEnvironment(type: type, wantsColour: true, charset: .unicode).candidates
            }
            #expect(CursesScreen(type: "no-such-terminal", size: Size(columns: 9, rows: 3)) == nil)
            #expect(candidates("xterm-ghostty") == ["xterm-ghostty", "xterm-256color", "xterm", "vt100"])
            #expect(candidates("dumb").isEmpty)
            #expect(candidates("").isEmpty)
            #expect(candidates("vt320").last == "vt100")
        }

        @Test func widthsAgreeWithTheLibraryWhereTextIsCommon() {
            // Latin, Greek, Cyrillic, CJK, Hangul, box drawing, blocks and the emoji of the base set.
            let ranges: [ClosedRange<UInt32>] = [
                0x20...0x7E, 0xA1...0xAC, 0xAE...0x36F, 0x391...0x3A1, 0x400...0x482, 0x2500...0x25A1, 0x25B8...0x25CF,
                0x3041...0x3096, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xFF01...0xFF60, 0x1F600...0x1F64F, 0x2800...0x28FF,
            ]
            for value in ranges.joined() {
                guard let scalar = Unicode.Scalar(value) else { continue }
                let ours = "a\(scalar)".columns - 1
                #expect(ours == Int(cvt_library_width(value)), "U+\(String(value, radix: 16))")
            }
        }
    }
}
