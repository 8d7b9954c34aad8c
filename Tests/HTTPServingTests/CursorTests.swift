import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPServing
import JSON
import Tenancy
import Testing

@Suite struct CursorTests {
    private static func cursor(_ random: inout SplitMix) -> Cursor {
        // Whole microseconds, as the database stores them.
        let microseconds = Int64.random(in: 0...4_000_000_000_000_000, using: &random)
        return Cursor(
            Bool.random(using: &random) ? .after : .before,
            Keyset(
                createdAt: Date(timeIntervalSince1970: Double(microseconds) / 1_000_000),
                id: UUID(high: random.next(), low: random.next())))
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
            return isPlain ? String(UnicodeScalar(byte)) : "%\(String(byte, radix: 16, uppercase: true))"
        }.joined()
    }

    @Test func everyShapeThatClientsSendLeadsToTheSamePlace() throws {
        var random = SplitMix(seed: 3)
        for _ in 0..<200 {
            let cursor = Self.cursor(&random)
            let url = "https://h.example:8443/v1/evaluators/?page_size=2&cursor=\(cursor.token)"
            let shapes = [
                cursor.token, "\(cursor.token)&page_size=2", url, Self.encoded(cursor.token), Self.encoded(url),
                "https://h/v1/x/?cursor=\(cursor.token)&page_size=3", Self.encoded(Self.encoded(url)),
            ]
            for shape in shapes {
                let read = try #require(Cursor(shape), "\(shape)")
                #expect(read.direction == cursor.direction)
                #expect(read.keyset.id == cursor.keyset.id)
                #expect(abs(read.keyset.createdAt.timeIntervalSince(cursor.keyset.createdAt)) < 0.000_000_5)
                #expect(read.token == cursor.token)
            }
        }
    }

    @Test(arguments: ["", "x", "cD00ODY", "https://h/v1/x/?page_size=2", "AQAA", String(repeating: "A", count: 35)])
    func whatIsNoCursorIsRefused(text: String) {
        // The last one has the right length and a version that does not exist.
        #expect(Cursor(text) == nil)
    }

    @Test func tokensNeedNoEncoding() {
        var random = SplitMix(seed: 4)
        for _ in 0..<200 {
            let token = Self.cursor(&random).token
            #expect(
                token.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == 0x2D || $0 == 0x5F
                })
        }
    }

    // MARK: Pages

    private let keyset = Keyset(createdAt: Date(timeIntervalSince1970: 1_767_323_045), id: UUID(high: 1, low: 2))

    @Test func thePageSizeIsClampedAndHasADefault() throws {
        #expect(try Requests.context("/v1/x/").pageRequest().limit == 20)
        #expect(try Requests.context("/v1/x/?page_size=250").pageRequest().limit == 100)
        #expect(try Requests.context("/v1/x/?page_size=0").pageRequest().limit == 1)
    }

    @Test func aCursorThatIsNoneIsAnError() {
        let problem = #expect(throws: APIProblem.self) { try Requests.context("/v1/x/?cursor=abc").pageRequest() }
        #expect(problem?.status == 400)
        #expect(problem?.fields["cursor"] == ["Invalid cursor."])
    }

    @Test func linksAreAbsoluteKeepFiltersAndEndWithTheCursor() throws {
        let old = Cursor(.after, keyset).token
        let context = Requests.context(
            "//v1/evaluators?name=a%20b&cursor=\(old)&page_size=2",
            headers: ["host": "h.example:8000", "x-forwarded-proto": "https", "x-forwarded-prefix": "/scorable/"])
        let slice = Slice(items: ["one"], hasPrevious: true, hasNext: true)
        let object = try context.page(slice) { _ in keyset }.object
        let next = try #require(object["next"]?.stringValue)
        let start = "https://h.example:8000/scorable/v1/evaluators/?name=a%20b&page_size=2&cursor="
        #expect(next == start + Cursor(.after, keyset).token)
        #expect(object["previous"]?.stringValue == start + Cursor(.before, keyset).token)
        #expect(object["results"] == ["one"])
        let following = Requests.context("/v1/evaluators/?cursor=\(Self.encoded(next))")
        #expect(try following.pageRequest().position == .after(keyset))
    }

    @Test func theLastPageLeadsNowhere() throws {
        let slice = Slice(items: ["one"], hasPrevious: false, hasNext: false)
        let text = Requests.context("/v1/x/").page(slice) { _ in keyset }.text
        #expect(text == #"{"next":null,"previous":null,"results":["one"]}"#)
    }

    @Test(arguments: [
        ("evil.example/path", "http://localhost"), ("h.example", "http://h.example"), ("[::1]:80", "http://[::1]:80"),
        ("a b", "http://localhost"), ("", "http://localhost"),
    ])
    func onlyWellFormedHostsMakeLinks(host: String, origin: String) {
        #expect(ExternalAddress(of: Requests.make(.get, "/", headers: ["host": host])).origin == origin)
    }
}
