import Terminal
import Testing

struct DisplayTextTests {
    @Test(arguments: [
        ("hello", 5), ("日本", 4), ("e\u{301}", 1), ("e\u{301}\u{302}\u{303}", 1), ("👍", 2), ("a\tb", 3),
        ("👩\u{200D}👩", 4), ("✔\u{FE0F}", 1), ("", 0), ("\u{301}", 0), ("ｱ", 1), ("Ａ", 2),
    ])
    func columnsAreCountedAsTheyAreDrawn(_ text: String, _ columns: Int) {
        #expect(text.columns == columns)
        var frame = Frame(size: Size(columns: 20, rows: 1), charset: .unicode)
        #expect(frame.put(text, 0, 0) == columns)
    }

    @Test(arguments: ["\u{1B}[31m", "\u{9B}31m", "\u{202E}abc", "\u{2066}x", "\u{E0041}", "\u{7F}", "\u{2028}"])
    func whatCouldMoveOrHideTextIsShownAsAMark(_ text: String) {
        var frame = Frame(size: Size(columns: 20, rows: 1), charset: .unicode)
        frame.put(text, 0, 0)
        #expect(frame.text[0].unicodeScalars.first == "\u{FFFD}")
        #expect(frame.text[0].unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
    }

    @Test func asciiLetsNoMarkThroughOnAPlainLetter() {
        var frame = Frame(size: Size(columns: 10, rows: 1), charset: .ascii)
        frame.put("cafe\u{301} x", 0, 0)
        #expect(frame.text == ["cafe x"])
    }

    @Test func asciiHasAStandInForEverything() {
        var frame = Frame(size: Size(columns: 40, rows: 1), charset: .ascii)
        frame.put("Zürich – “naïve” 日本 … ● ▸ ■│→", 0, 0, ending: .cut)
        #expect(frame.text[0] == "Zurich - \"naive\" ?? . * > #|>")
    }
}

struct FrameTests {
    @Test func longTextEndsInAnEllipsis() {
        var frame = Frame(size: Size(columns: 10, rows: 2), charset: .unicode)
        frame.put("abcdefgh", 0, 0, width: 5)
        frame.put("abcdefgh", 1, 5)
        #expect(frame.text == ["abcd…", "     abcd…"])
    }

    @Test func aWideCharacterIsNeverCutInHalf() {
        var frame = Frame(size: Size(columns: 5, rows: 3), charset: .unicode)
        frame.put("日本語", 0, 0, ending: .cut)
        frame.put("日本語", 1, 0)
        frame.put("日本", 2, 0)
        frame.put("x", 2, 1)
        #expect(frame.text == ["日本", "日本…", " x本"])
        var narrow = Frame(size: Size(columns: 4, rows: 1), charset: .unicode)
        narrow.put("日本語", 0, 0)
        #expect(narrow.text == ["日 …"])
    }

    @Test func nothingCanBePutOutside() {
        var frame = Frame(size: Size(columns: 3, rows: 1), charset: .unicode)
        frame.put("日", 0, -1)
        frame.put("日", 0, 2)
        frame.put("abc", 7, 0)
        frame.put("abc", -1, 0)
        frame.put("abcdef", 0, -2, ending: .cut)
        frame.fill(0, Style(.bad), from: -5, width: 2)
        frame.fill(9, Style(.bad))
        frame.rule("─", 0, Style(.faint), from: 3)
        #expect(frame.text == ["cde"] || frame.text == ["def"])
    }

    @Test func whatReachesBeyondItsPartIsCut() {
        var frame = Frame(size: Size(columns: 12, rows: 4), charset: .unicode)
        frame.put("............", 1, 0, ending: .cut)
        frame.clipped(to: 1..<3, 3..<9) { frame in
            frame.put("abcdefghijkl", 1, 0, ending: .cut)
            frame.put("日本語日本", 2, 2, ending: .cut)
            frame.put("long text", 0, 3)
            frame.rule("-", 3, .plain)
            frame.clipped(to: 0..<9, 0..<5) { $0.put("XXXXXXXX", 1, 0, ending: .cut) }
            frame.put("......", 2, endingAt: 20)
        }
        frame.put("after", 3, 0)
        #expect(frame.text == ["", "...XXfghi...", "    本語", "after"])
    }

    @Test func everyRowIsAsWideAsThePicture() {
        var generator = SeededGenerator(seed: 3)
        let texts = ["plain", "日本語テキスト", "e\u{301}e\u{301}", "👍👍👍", "\u{1B}[1mx", "a…b"]
        for _ in 0..<2000 {
            let size = Size(columns: Int.random(in: 1...30, using: &generator), rows: 3)
            var frame = Frame(size: size, charset: .unicode)
            for _ in 0..<8 {
                frame.put(
                    texts.randomElement(using: &generator) ?? "", Int.random(in: 0..<3, using: &generator),
                    Int.random(in: -3...30, using: &generator), width: Int.random(in: 0...12, using: &generator))
            }
            for row in 0..<3 {
                var columns = 0
                for cell in frame[row: row] where cell.glyph.base != 0 { columns += Int(cell.glyph.width) }
                #expect(columns == size.columns)
            }
        }
    }
}

struct PacerTests {
    @Test func keysThatAreCloseShareAPicture() {
        var pacer = Pacer()
        #expect(pacer.decide(at: .zero) == .draw)
        pacer.drawn(at: .zero, bytes: 100)
        pacer.reported(at: .milliseconds(1))
        #expect(pacer.decide(at: .milliseconds(2)) == .idle)
        pacer.changed(by: .person)
        #expect(pacer.decide(at: .milliseconds(2)) == .wait(until: .milliseconds(15)))
        #expect(pacer.decide(at: .milliseconds(15)) == .draw)
    }

    @Test func whatArrivesTogetherIsShownTogetherAndSoon() {
        var pacer = Pacer()
        pacer.drawn(at: .zero, bytes: 100)
        pacer.reported(at: .milliseconds(1))
        pacer.changed(by: .data)
        #expect(pacer.decide(at: .seconds(9)) == .wait(until: .milliseconds(9033)))
        pacer.changed(by: .data)
        #expect(pacer.decide(at: .milliseconds(9020)) == .wait(until: .milliseconds(9033)))
        #expect(pacer.decide(at: .milliseconds(9033)) == .draw)
    }

    @Test func whatKeepsArrivingIsShownTheMoreSeldomTheMoreItCosts() {
        func wait(afterBytes bytes: Int) -> Pacer.Decision {
            var pacer = Pacer()
            pacer.drawn(at: .zero, bytes: bytes)
            pacer.reported(at: .milliseconds(1))
            pacer.changed(by: .data)
            return pacer.decide(at: .milliseconds(2))
        }
        #expect(wait(afterBytes: 50) == .wait(until: .milliseconds(200)))
        #expect(wait(afterBytes: 400) == .wait(until: .milliseconds(400)))
        #expect(wait(afterBytes: 6000) == .wait(until: .seconds(1)))
        #expect(wait(afterBytes: 40_000) == .wait(until: .seconds(5)))
    }

    @Test func aKeyDoesNotWaitForWhatArrives() {
        var pacer = Pacer()
        pacer.drawn(at: .zero, bytes: 8000)
        pacer.reported(at: .milliseconds(1))
        pacer.changed(by: .data)
        #expect(pacer.decide(at: .milliseconds(100)) == .wait(until: .seconds(1)))
        pacer.changed(by: .person)
        pacer.changed(by: .data)
        #expect(pacer.decide(at: .milliseconds(100)) == .draw)
    }

    @Test func aTerminalThatComesBackIsDrawnAtOnceAndKnownStill() {
        var pacer = Pacer()
        pacer.drawn(at: .zero, bytes: 100)
        pacer.reported(at: .milliseconds(10))
        pacer.changed(by: .person)
        pacer.drawn(at: .milliseconds(20), bytes: 100)
        pacer.restart()
        #expect(pacer.decide(at: .milliseconds(21)) == .draw)
        #expect(pacer.roundTrip == .milliseconds(10))
        #expect(!pacer.awaitsReport)
    }

    @Test func theNextPictureWaitsForTheReportOfTheLast() {
        var pacer = Pacer()
        pacer.drawn(at: .zero, bytes: 100)
        pacer.reported(at: .milliseconds(10))
        pacer.changed(by: .person)
        pacer.drawn(at: .milliseconds(50), bytes: 100)
        pacer.changed(by: .person)
        #expect(pacer.decide(at: .milliseconds(400)) == .wait(until: .milliseconds(5050)))
        pacer.reported(at: .milliseconds(400))
        #expect(pacer.decide(at: .milliseconds(400)) == .draw)
        #expect(pacer.roundTrip == .milliseconds(350))
    }

    @Test func aTerminalThatNeverAnswersIsNotAskedAgain() {
        var pacer = Pacer()
        pacer.drawn(at: .zero, bytes: 100)
        pacer.changed(by: .person)
        #expect(pacer.decide(at: .milliseconds(500)) == .wait(until: .seconds(1)))
        #expect(pacer.decide(at: .seconds(1)) == .draw)
        #expect(!pacer.asksForReport)
    }

    @Test func aPictureThatChangedNothingCostsNothing() {
        var pacer = Pacer()
        pacer.drawn(at: .zero, bytes: 0)
        #expect(!pacer.awaitsReport)
        #expect(pacer.decide(at: .zero) == .idle)
    }
}
