import Terminal
import Testing

extension ProcessTests {
    /// Every kind of terminal, locale and wish for colours, as a process meets them.
    @Suite(.serialized) struct TerminalMatrixTests {
        static let drawn = [
            "xterm", "xterm-256color", "tmux-256color", "screen", "screen-256color", "linux", "vt100", "vt220",
            "xterm-kitty", "xterm-ghostty", "alacritty", "no-such-terminal",
        ]
        /// What `ansi` stands for goes to the next row behind the last column; the emulator here does not.
        static let used = drawn + ["ansi"]
        static let locales = ["C.UTF-8", "C", "en_US.ISO-8859-1"]

        @Test(arguments: drawn, locales)
        func aPictureIsDrawnInCharactersThatAreThere(_ type: String, _ locale: String) throws {
            let probe = try ProbeProcess(environment: ["TERM": type, "LANG": locale])
            #expect(probe.terminal.shows("size 80x24"), "\(type) in \(locale)")
            probe.terminal.type("r")
            #expect(probe.terminal.shows("entry ") && probe.terminal.shows("for \(type),"))
            #expect(probe.terminal.shows(locale == "C.UTF-8" ? "probe —" : "probe -"))
            probe.terminal.type("q")
            #expect(probe.end() == 7)
            probe.expectRestored("\(type) in \(locale)")
            guard locale != "C.UTF-8" else { return }
            #expect(probe.terminal.bytes.allSatisfy { $0 < 0x80 }, "\(type) in \(locale)")
            // Line drawing by another character set would be no ASCII either.
            #expect(!probe.terminal.bytes.contains(0x0E), "\(type) in \(locale)")
        }

        @Test(arguments: used, ["1", nil])
        func coloursAreUsedWhereTheyAreAndWanted(_ type: String, _ noColour: String?) throws {
            let probe = try ProbeProcess(environment: ["TERM": type, "NO_COLOR": noColour])
            #expect(probe.terminal.shows("80x24"))
            probe.terminal.type("q")
            #expect(probe.end() == 7)
            probe.expectRestored("\(type)")
            let hasNone = noColour != nil || type.hasPrefix("vt")
            #expect(probe.coloursSent.isEmpty == hasNone, "\(type): \(probe.coloursSent.prefix(3))")
        }

        @Test(arguments: ["dumb", "unknown", ""])
        func aTerminalThatCannotPlaceTextIsLeftAlone(_ type: String) throws {
            let probe = try ProbeProcess(environment: ["TERM": type])
            #expect(probe.end() == 3)
            #expect(!probe.terminal.bytes.contains(0x1B), "no sequence was sent")
            #expect(probe.terminal.emulator.text.joined().contains("this terminal cannot place text"))
            #expect(probe.terminal.isCooked)
        }

        @Test func anUnsetTypeIsLikeAnEmptyOne() throws {
            let probe = try ProbeProcess(environment: ["TERM": nil])
            #expect(probe.end() == 3)
            #expect(probe.terminal.emulator.text.joined().contains("TERM is not set"))
        }

        @Test func askedForASCIIIsASCII() throws {
            let probe = try ProbeProcess(["--ascii"])
            #expect(probe.terminal.shows("probe - dark, indexed"))
            #expect(probe.terminal.bytes.allSatisfy { $0 < 0x80 })
        }

        @Test(arguments: [("xterm-256color", "direct"), ("xterm", "direct"), ("linux", "eight"), ("vt100", "none")])
        func anyColourIsUsedWhereTheTerminalClaimsItAndTheEntryCanCarryIt(_ type: String, _ depth: String) throws {
            let probe = try ProbeProcess(environment: ["TERM": type, "COLORTERM": "truecolor"])
            #expect(probe.terminal.shows("probe — dark, \(depth)"))
            #expect(probe.coloursSent.contains { $0.contains("8;2;") } == (depth == "direct"))
        }

        /// Older terminals show what they do not understand, so they are asked nothing but for a status report.
        @Test(arguments: ["linux", "vt100", "vt220", "ansi", "screen"])
        func olderTerminalsAreNotAsked(_ type: String) throws {
            let probe = try ProbeProcess(environment: ["TERM": type])
            #expect(probe.terminal.shows("size 80x24"))
            let text = String(decoding: probe.terminal.bytes, as: UTF8.self)
            #expect(!text.contains("$p") && !text.contains("\u{1B}]") && !text.contains("\u{1B}[>"))
        }

        @Test func questionsComeBeforeTheFirstPicture() throws {
            let probe = try ProbeProcess(answersQuestions: true)
            #expect(probe.terminal.shows("answer name(\"kitty(0.32.2)\")"))
            let text = String(decoding: probe.terminal.bytes, as: UTF8.self)
            let parts = text.split(separator: "\u{1B}[?2026$p", maxSplits: 1)
            #expect(parts.count == 2 && parts[0].contains("\u{1B}[?1049h") && !parts[0].contains("probe"))
            #expect(parts.count == 2 && parts[1].contains("\u{1B}[2J") || parts[1].contains("\u{1B}[J"))
            // Links are said once the terminal is known to take them.
            #expect(
                probe.terminal.pump { String(decoding: probe.terminal.bytes, as: UTF8.self).contains("\u{1B}]8;id=") })
        }
    }
}
