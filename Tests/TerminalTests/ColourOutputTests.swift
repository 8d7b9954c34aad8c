import CVTerm
import Terminal
import Testing

extension ProcessWideTests {
    /// Colours, themes and links as they reach a terminal.
    @Suite(.serialized) struct ColourOutputTests {
        init() { cvt_use_utf8() }

        private static let size = Size(columns: 40, rows: 8)

        /// A picture that has every style, and the cells where each can be looked at.
        private static func sampler(_ size: Size = Size(columns: 150, rows: 12)) -> (Frame, [(Int, Int, Style)]) {
            var frame = Frame(size: size, charset: .unicode)
            var places: [(Int, Int, Style)] = []
            for ground in Ground.allCases {
                for ink in Ink.allCases {
                    let (row, column) = (Int(ground.rawValue), Int(ink.rawValue) * 3)
                    let style = Style(ink, on: ground)
                    frame.put("ab", row, column, style)
                    places.append((row, column, style))
                }
            }
            return (frame, places)
        }

        private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

        private static func expect(_ cell: cvt_cell, _ look: Look, _ comment: Comment) {
            func number(_ colour: Colour) -> Int32 {
                switch colour {
                case .own: -1
                case .palette(let number): Int32(number)
                case .direct: -2
                }
            }
            func hex(_ colour: Colour) -> Int32 {
                guard case .direct(let rgb) = colour else { return -1 }
                return Int32(rgb.red) << 16 | Int32(rgb.green) << 8 | Int32(rgb.blue)
            }
            #expect(cell.ink == number(look.ink) && cell.ink_rgb == hex(look.ink), comment)
            #expect(cell.ground == number(look.ground) && cell.ground_rgb == hex(look.ground), comment)
            #expect(cell.bold == (look.attributes.contains(.bold) ? 1 : 0), comment)
            #expect(cell.underline == (look.attributes.contains(.underline) ? 1 : 0), comment)
            #expect(cell.reverse == (look.attributes.contains(.reverse) ? 1 : 0), comment)
        }

        @Test(
            arguments: ThemeName.allCases,
            ["xterm-256color", "xterm-256color direct", "tmux-256color", "xterm", "screen"])
        func everyStyleLooksAsTheThemeSays(_ name: ThemeName, _ type: String) throws {
            let (frame, places) = Self.sampler()
            let emulator = try Emulator(frame.size)
            let screen = try #require(
                CursesScreen(
                    type: type.split(separator: " ").first.map(String.init) ?? type, size: frame.size, theme: name,
                    isDirect: type.hasSuffix("direct")))
            if type.hasSuffix("direct") { #expect(screen.theme.depth == .direct) }
            // In an order that has every style follow others.
            for row in 0..<2 {
                emulator.show(screen.draw(row == 0 ? Frame(size: frame.size, charset: .unicode) : frame))
            }
            for (row, column, style) in places {
                let look = screen.theme.look(of: style)
                Self.expect(emulator.cell(row, column), look, "\(style) in \(name) on \(type)")
            }
        }

        @Test func anotherThemeRepaintsEverything() throws {
            let (frame, places) = Self.sampler()
            let emulator = try Emulator(frame.size)
            let screen = try #require(CursesScreen(type: "xterm-256color", size: frame.size, isDirect: true))
            emulator.show(screen.draw(frame))
            for name in ThemeName.allCases.reversed() + ThemeName.allCases {
                screen.use(name)
                emulator.show(screen.draw(frame))
                #expect(emulator.text == frame.text)
                for (row, column, style) in places {
                    Self.expect(emulator.cell(row, column), screen.theme.look(of: style), "\(style) in \(name)")
                }
            }
        }

        @Test func randomChangesNeverLeaveAWrongColour() throws {
            var generator = SeededGenerator(seed: 11)
            for isDirect in [false, true] {
                let emulator = try Emulator(Self.size)
                let screen = try #require(
                    CursesScreen(type: "xterm-256color", size: Self.size, theme: .colourBlind, isDirect: isDirect))
                screen.showsLinks = true
                var frame = Frame(size: Self.size, charset: .unicode)
                for _ in 0..<300 {
                    let row = Int.random(in: 0..<Self.size.rows, using: &generator)
                    let column = Int.random(in: 0..<30, using: &generator)
                    let style = Style(
                        Ink.allCases.randomElement(using: &generator) ?? .plain,
                        on: Ground.allCases.randomElement(using: &generator) ?? .page)
                    if Bool.random(using: &generator) { frame.fill(row, style, from: column, width: 9) }
                    let end = frame.put(
                        ["word", "日本", "    "].randomElement(using: &generator) ?? "", row, column, style)
                    if Int.random(in: 0..<4, using: &generator) == 0, end > column {
                        frame.link("https://example.com/\(end)", row, column..<end)
                    }
                    emulator.show(screen.draw(frame))
                    #expect(emulator.text == frame.text)
                    for (place, cell) in frame[row: row].enumerated() where cell.glyph != .blank && cell.glyph.base != 0
                    {
                        Self.expect(emulator.cell(row, place), screen.theme.look(of: cell.style), "\(cell.style)")
                    }
                }
            }
        }

        @Test func aStyleIsSaidOnceAndEndsWithThePicture() throws {
            let screen = try #require(CursesScreen(type: "xterm-256color", size: Self.size))
            _ = screen.draw(Frame(size: Self.size, charset: .unicode))
            var frame = Frame(size: Self.size, charset: .unicode)
            frame.put("one ", 0, 0, Style(.good, on: .selection))
            frame.put("two", 0, 4, Style(.bad, on: .selection))
            let text = Self.text(screen.draw(frame))
            #expect(text.split(separator: "48;5;24").count == 2, "the ground is said once: \(text.debugDescription)")
            #expect(text.hasSuffix("\u{1B}[m"))
        }

        // MARK: Links

        @Test func aLinkIsSaidWhereTheTerminalTakesItAndNowhereElse() throws {
            var frame = Frame(size: Self.size, charset: .unicode)
            let end = frame.put("see the manual", 1, 2, Style(.link))
            frame.link("https://example.com/manual", 1, 2..<end)
            let screen = try #require(CursesScreen(type: "xterm-256color", size: Self.size))
            #expect(!Self.text(screen.draw(frame)).contains("]8;"))
            screen.showsLinks = true
            let text = Self.text(screen.draw(frame))
            let opening = try #require(text.range(of: "\u{1B}]8;id=1;https://example.com/manual\u{1B}\\"))
            let closing = try #require(text.range(of: "\u{1B}]8;;\u{1B}\\"))
            #expect(text[opening.upperBound..<closing.lowerBound].contains("see the manual"))
            #expect(screen.draw(frame).isEmpty)
            let few = try #require(CursesScreen(type: "xterm", size: Self.size))
            few.showsLinks = true
            #expect(!few.canShowLinks && !Self.text(few.draw(frame)).contains("]8;"))
        }

        @Test func aChangedAddressIsSaidAndAnUnchangedOneCostsNothing() throws {
            let screen = try #require(CursesScreen(type: "xterm-256color", size: Self.size))
            screen.showsLinks = true
            var frame = Frame(size: Self.size, charset: .unicode)
            frame.put("here", 0, 0)
            frame.link("https://example.com/1", 0, 0..<4)
            _ = screen.draw(frame)
            for number in 2...300 {
                var next = Frame(size: Self.size, charset: .unicode)
                next.put("here", 0, 0)
                next.link("https://example.com/\(number)", 0, 0..<4)
                #expect(Self.text(screen.draw(next)).contains("https://example.com/\(number)\u{1B}"))
            }
            var none = Frame(size: Self.size, charset: .unicode)
            none.put("here", 0, 0)
            none.put("x", 7, 0)
            let text = Self.text(screen.draw(none))
            #expect(text.contains("here") && !text.contains("]8;id"))
        }

        @Test func whatIsDrawnOverALinkLeadsNowhere() throws {
            var frame = Frame(size: Self.size, charset: .unicode)
            frame.link("https://example.com", 1, 0..<20)
            frame.put("panel", 1, 5)
            #expect(frame.links(onRow: 1).map(\.columns) == [0..<5, 10..<20])
            frame.fill(1, .plain)
            #expect(frame.links(onRow: 1).isEmpty)
        }

        @Test(arguments: [
            "javascript:alert(1)", "https://example.com/\u{1B}\\", "https://example.com/ä", "https://a b",
            "https://" + String(repeating: "x", count: 600), "", "file:///etc/passwd",
        ])
        func anAddressThatCouldDoHarmIsNoLink(_ url: String) {
            var frame = Frame(size: Self.size, charset: .unicode)
            frame.link(url, 0, 0..<3)
            #expect(frame.links(onRow: 0).isEmpty)
        }

        @Test func manyLinksCostABoundedNumberOfBytes() throws {
            let size = Size(columns: 120, rows: 40)
            var frame = Frame(size: size, charset: .unicode)
            for row in 0..<40 {
                frame.put("row \(row)", row, 0)
                frame.link("https://example.com/" + String(repeating: "x", count: 400) + "\(row)", row, 0..<5)
            }
            #expect((0..<40).flatMap { frame.links(onRow: $0) }.count == 32)
            let screen = try #require(CursesScreen(type: "xterm-256color", size: size))
            screen.showsLinks = true
            #expect(screen.draw(frame).count < 32 * 480 + 2000)
        }
    }
}

extension String {
    /// Where a text occurs first.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        indices.first { self[$0...].hasPrefix(text) }.map { $0..<index($0, offsetBy: text.count) }
    }
}
