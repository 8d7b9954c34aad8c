import Terminal
import Testing

/// Everything that a terminal may send, once.
private let samples: [(String, [Input])] = [
    ("a", [.key(.character("a"))]),
    ("é", [.key(.character("é"))]),
    ("日", [.key(.character("日"))]),
    ("👍", [.key(.character("👍"))]),
    ("\u{01}", [.key(.control("a"))]),
    ("\u{03}", [.key(.control("c"))]),
    ("\u{1A}", [.key(.control("z"))]),
    ("\u{00}", [.key(.control(" "))]),
    ("\r", [.key(Key(.enter))]),
    ("\t", [.key(Key(.tab))]),
    ("\u{7F}", [.key(Key(.backspace))]),
    ("\u{08}", [.key(Key(.backspace))]),
    ("\u{1B}[A", [.key(Key(.up))]),
    ("\u{1B}OB", [.key(Key(.down))]),
    ("\u{1B}[1;5C", [.key(Key(.right, .control))]),
    ("\u{1B}[1;2D", [.key(Key(.left, .shift))]),
    ("\u{1B}O5A", [.key(Key(.up, .control))]),
    ("\u{1B}[H", [.key(Key(.home))]),
    ("\u{1B}[4~", [.key(Key(.end))]),
    ("\u{1B}[3~", [.key(Key(.delete))]),
    ("\u{1B}[5~", [.key(Key(.pageUp))]),
    ("\u{1B}[6;3~", [.key(Key(.pageDown, .alt))]),
    ("\u{1B}OP", [.key(Key(.function(1)))]),
    ("\u{1B}[15~", [.key(Key(.function(5)))]),
    ("\u{1B}[24~", [.key(Key(.function(12)))]),
    ("\u{1B}[[B", [.key(Key(.function(2)))]),
    ("\u{1B}[Z", [.key(Key(.tab, .shift))]),
    ("\u{1B}x", [.key(Key(.character("x"), .alt))]),
    ("\u{1B}é", [.key(Key(.character("é"), .alt))]),
    ("\u{1B}\r", [.key(Key(.enter, .alt))]),
    ("\u{1B}\u{3}\u{3}", [.key(Key(.escape)), .key(.control("c")), .key(.control("c"))]),
    ("\u{1B}[97;5u", [.key(.control("a"))]),
    ("\u{1B}[<64;10;5M", [.mouse(Input.Mouse(action: .wheelUp, row: 4, column: 9))]),
    ("\u{1B}[<0;1;1M", [.mouse(Input.Mouse(action: .press, row: 0, column: 0))]),
    ("\u{1B}[<0;1;1m", [.mouse(Input.Mouse(action: .release, row: 0, column: 0))]),
    ("\u{1B}[<81;7;3M", [.mouse(Input.Mouse(action: .wheelDown, row: 2, column: 6))]),
    ("\u{1B}[<16;7;3M", [.mouse(Input.Mouse(action: .press, row: 2, column: 6))]),
    ("\u{1B}[<32;7;3M", [.mouse(Input.Mouse(action: .move, row: 2, column: 6))]),
    ("\u{1B}[I", [.focus(.gained)]),
    ("\u{1B}[O", [.focus(.lost)]),
    ("\u{1B}[0n", [.report(.status)]),
    ("\u{1B}[?2026;2$y", [.report(.mode(2026, isKnown: true))]),
    ("\u{1B}[?2026;0$y", [.report(.mode(2026, isKnown: false))]),
    ("\u{1B}[200~rm -rf /\rq\u{1B}[201~", [.paste("rm -rf /\rq")]),
    ("\u{1B}[200~a\u{1B}[20b\u{1B}[201~", [.paste("a\u{1B}[20b")]),
    ("\u{1B}[M !!", []),
    ("\u{1B}]11;rgb:0000/8080/ffff\u{1B}\\", [.report(.page(RGB(0x0080FF)))]),
    ("\u{1B}]11;rgb:ff/f/000\u{07}", [.report(.page(RGB(0xFFFF00)))]),
    ("\u{1B}]11;rgb:zz/0/0\u{07}", []),
    ("\u{1B}P>|foot(1.16.2)\u{1B}\\", [.report(.name("foot(1.16.2)"))]),
    ("\u{1B}P>|\u{1B}\\", []),
    ("\u{1B}]52;c;aGk=\u{07}", []),
    ("\u{1B}P!|00\u{1B}\\", []),
    ("\u{1B}[?62;22c", []),
    ("\u{1B}[999999999999A", [.key(Key(.up))]),
    ("\u{1B}[" + String(repeating: "1;", count: 3000) + "m", []),
]

struct KeyParserTests {
    @Test(arguments: samples.indices)
    func everySequenceMeansOneThing(_ index: Int) {
        var parser = KeyParser()
        #expect(parser.feed(samples[index].0.utf8) == samples[index].1)
        #expect(parser.patience == nil)
    }

    @Test func splittingAtAnyByteChangesNothing() {
        let bytes = samples.flatMap { Array($0.0.utf8) }
        var whole = KeyParser()
        let expected = whole.feed(bytes)
        #expect(expected == samples.flatMap(\.1))
        // One cut at every place, then one byte at a time.
        for cut in stride(from: 0, to: bytes.count, by: 1) {
            var parser = KeyParser()
            #expect(parser.feed(bytes[..<cut]) + parser.feed(bytes[cut...]) == expected)
        }
        var single = KeyParser()
        #expect(bytes.flatMap { single.feed([$0]) } == expected)
    }

    @Test func noiseNeverStopsTheKeysAfterIt() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            var parser = KeyParser()
            let noise = (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let cut = Int.random(in: 0...noise.count, using: &generator)
            var pieces = KeyParser()
            #expect(pieces.feed(noise[..<cut]) + pieces.feed(noise[cut...]) == parser.feed(noise))
            _ = parser.expire()
            _ = parser.expire()
            #expect(parser.patience == nil)
            #expect(parser.feed("k".utf8) == [.key(.character("k"))])
        }
    }

    @Test func aLoneEscapeIsTheKeyOnceNothingFollows() {
        var parser = KeyParser()
        #expect(parser.feed([0x1B]).isEmpty)
        #expect(parser.patience == .escape)
        #expect(parser.expire() == [.key(Key(.escape))])
    }

    @Test func theRestOfATornArrowIsStillAnArrow() {
        var parser = KeyParser()
        _ = parser.feed([0x1B])
        _ = parser.expire()
        #expect(parser.feed("[A".utf8) == [.key(Key(.up))])
    }

    @Test func aBracketTypedLongAfterEscapeIsABracket() {
        var parser = KeyParser()
        _ = parser.feed([0x1B])
        _ = parser.expire()
        _ = parser.expire()
        #expect(parser.feed("[".utf8) == [.key(.character("["))])
    }

    @Test func twoEscapesAreTwoKeys() {
        var parser = KeyParser()
        #expect(parser.feed([0x1B, 0x1B]) == [.key(Key(.escape))])
        #expect(parser.expire() == [.key(Key(.escape))])
    }

    @Test func aTornCharacterDoesNotEatTheNextKey() {
        var parser = KeyParser()
        #expect(parser.feed([0xE6, 0x97, 0x71]) == [.key(.character("q"))])
    }

    @Test func anEndlessPasteIsCutAndEnds() {
        var parser = KeyParser()
        let inputs = parser.feed(
            Array("\u{1B}[200~".utf8) + Array(repeating: 0x61, count: 3 << 20) + Array("\u{1B}[201~q".utf8))
        #expect(inputs.count == 2)
        guard case .paste(let text) = inputs[0] else { return #expect(Bool(false), "not a paste") }
        #expect(text.utf8.count <= (1 << 20) + 64)
        #expect(inputs[1] == .key(.character("q")))
    }
}
