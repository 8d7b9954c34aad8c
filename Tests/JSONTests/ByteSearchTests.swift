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
}
