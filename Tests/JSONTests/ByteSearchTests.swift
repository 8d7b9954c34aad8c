import JSON
import Testing

@Suite struct ByteSearchTests {
    @Test func theFirstPlaceIsFoundWhereverItIs() {
        for length in 0...40 {
            for place in 0..<length {
                // Neighbours that differ in one bit, and ones with the highest bit set, must not be taken for it.
                var bytes = [UInt8](repeating: 0x5D, count: length)
                for index in bytes.indices where index % 3 == 0 { bytes[index] = 0xDC }
                bytes[place] = 0x5C
                #expect(ByteSearch.first(0x5C, in: bytes.span, 0..<length) == place)
                #expect(ByteSearch.first(0x5C, in: bytes.span, 0..<place) == place)
                #expect(ByteSearch.first(0x5C, in: bytes.span, (place + 1)..<length) == length)
            }
        }
    }

    @Test func aTextIsFoundOnlyWhole() {
        let bytes = Array(#"{"rol":"role","role":"x"}"#.utf8)
        #expect(ByteSearch.first(#""role":"#, in: bytes) == 14)
        #expect(ByteSearch.first(#""roles""#, in: bytes) == nil)
        #expect(ByteSearch.first(#"}"#, in: bytes) == bytes.count - 1)
        #expect(ByteSearch.first("longer than all of it, by a good deal", in: bytes) == nil)
    }

    @Test func aByteBeforeOneOfThreeIsFoundWhereverItStands() {
        for length in 0..<70 {
            for place in 0...length {
                // Everywhere the byte, and everywhere one of the others, but only once the one before the other.
                var bytes = (0..<length).map { $0 % 3 == 0 ? UInt8(ascii: "\"") : UInt8(ascii: "x") }
                for other in "fue".utf8 where place + 1 < length {
                    bytes[place] = UInt8(ascii: "\"")
                    bytes[place + 1] = other
                    for (start, end) in [
                        (0, length), (place, length), (0, place + 2), (place + 1, length), (0, place + 1),
                    ] {
                        let expected = (start..<max(start, end - 1)).first {
                            bytes[$0] == UInt8(ascii: "\"") && "fue".utf8.contains(bytes[$0 + 1])
                        }
                        let found = ByteSearch.first(
                            UInt8(ascii: "\""), before: (UInt8(ascii: "f"), UInt8(ascii: "u"), UInt8(ascii: "e")),
                            in: bytes.span, start..<end)
                        #expect(found == expected ?? end)
                    }
                }
            }
        }
    }
}
