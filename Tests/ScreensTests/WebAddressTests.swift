import Terminal
import Testing

@testable import Screens

struct WebAddressTests {
    @Test(
        arguments: [
            ("see https://a.example/x?y=1.", ["https://a.example/x?y=1"]),
            ("(http://b.example) and <https://c.example/>", ["http://b.example", "https://c.example/"]),
            ("no address: https:// nor ftp://x", []), ("", []),
        ] as [(String, [String])])
    func addressesAreFoundWithoutWhatFollowsThem(_ text: String, _ expected: [String]) {
        #expect(WebAddress.all(in: text).map(\.url) == expected)
    }

    @Test func anAddressBehindWideCharactersIsLinkedWhereItStands() {
        var frame = Frame(size: Size(columns: 40, rows: 1), charset: .unicode)
        _ = frame.putLinked("返金 https://a.example", 0, 2, .plain, width: 38)
        #expect(frame.links(onRow: 0).map(\.url) == ["https://a.example"])
        #expect(frame.links(onRow: 0).map(\.columns) == [7..<24])
    }
}
