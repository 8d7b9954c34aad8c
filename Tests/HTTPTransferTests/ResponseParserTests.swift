import HTTPMessages
import TestSupport
import Testing

@testable import HTTPTransfer

/// What a parser makes of some bytes that arrive in pieces.
private struct Reading: Equatable {
    var status: Int?
    var fields: [String] = []
    var body: [UInt8] = []
    /// What the end of the connection would mean, when the response is not complete before.
    var ending: ResponseParser.Ending?
    /// What is not of the response.
    var rest = 0
    var isReusable = false
    var violation: ResponseParser.Violation?

    init(_ bytes: [UInt8], cuts: [Int] = [], isAnswerToHead: Bool = false, headLimit: Int = 4096) {
        var parser = ResponseParser(isAnswerToHead: isAnswerToHead, headLimit: headLimit)
        var start = 0
        for cut in cuts + [bytes.count] {
            let piece = Array(bytes[start..<cut])
            start = cut
            do {
                var position = 0
                reading: while true {
                    let before = position
                    switch try parser.next(piece.span, &position) {
                    case .hungry:
                        #expect(position == piece.count)
                        break reading
                    case .head(let head):
                        status = head.status
                        fields = head.headers.fields.map { "\($0.name)=\($0.value)" }
                    case .body(let range):
                        #expect(range.lowerBound >= before && range.upperBound <= position && !range.isEmpty)
                        // The end of a chunk is passed over at once.
                        #expect([[], [13, 10]].contains(Array(piece[range.upperBound..<position])))
                        body += piece[range]
                    case .end:
                        rest = bytes.count - cut + piece.count - position
                        isReusable = parser.leavesConnectionUsable
                        return
                    }
                }
            } catch {
                violation = error
                return
            }
        }
        ending = parser.ended()
    }

    init(_ text: String, isAnswerToHead: Bool = false, headLimit: Int = 4096) {
        self.init(Array(text.utf8), isAnswerToHead: isAnswerToHead, headLimit: headLimit)
    }

    var text: String { String(decoding: body, as: UTF8.self) }
    var isMalformed: Bool { if case .malformed = violation { true } else { false } }
    var isTooLarge: Bool { if case .tooLarge = violation { true } else { false } }
}

@Suite struct ResponseParserTests {
    private static let responses = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: 1\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n00A;x=\"y\"\r\n0123456789\r\n0\r\nT: 1\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
        "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200\nServer:a\nContent-Length: 1\n\nx",
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX",
        "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", "<html></html>", "",
    ].map { Array($0.utf8) }

    @Test(arguments: responses)
    func itMakesNoDifferenceHowTheBytesArrive(response: [UInt8]) {
        let whole = Reading(response)
        #expect(Reading(response, cuts: Array(0..<response.count)) == whole)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<100 {
            let cuts = (0..<3).map { _ in Int.random(in: 0...response.count, using: &generator) }.sorted()
            #expect(Reading(response, cuts: cuts) == whole, "cut at \(cuts)")
        }
    }

    @Test func noBytesStopTheProgramOrMeanTwoThings() {
        var generator = SeededGenerator(seed: 20_251_125)
        let noise: [UInt8] = Array("\r\n :;,0123456789abcfxHTTP/1.\u{0}\t-".utf8) + [0x80, 0xff]
        var complete = 0
        var refused = 0
        for _ in 0..<20_000 {
            guard var bytes = Self.responses.randomElement(using: &generator) else { return }
            for _ in 0..<Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = noise.randomElement(using: &generator) ?? 0
                case 1: bytes.insert(noise.randomElement(using: &generator) ?? 0, at: place)
                case 2: bytes.remove(at: place)
                default: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
                }
            }
            let cuts = (0..<4).map { _ in Int.random(in: 0...bytes.count, using: &generator) }.sorted()
            let whole = Reading(bytes)
            let pieces = Reading(bytes, cuts: cuts)
            // What is refused is refused either way, though one may notice it before more of the body was there.
            #expect((whole.violation == nil) == (pieces.violation == nil), "\(bytes) cut at \(cuts)")
            if whole.violation == nil { #expect(whole == pieces, "\(bytes) cut at \(cuts)") }
            #expect(whole.body.count + whole.rest <= bytes.count)
            if whole.violation != nil { refused += 1 } else if whole.ending == nil { complete += 1 }
        }
        #expect(complete > 2000 && refused > 2000)
    }

    @Test func eachFramingHasItsEnd() {
        let chunked = Reading(Self.responses[1])
        #expect(chunked.text == "hello0123456789")
        #expect(chunked.isReusable && chunked.rest == 0 && chunked.ending == nil)
        let interim = Reading(Self.responses[2])
        #expect(interim.status == 404 && interim.text == "no" && interim.fields == ["Content-Length=2"])
        let close = Reading(Self.responses[6])
        #expect(close.text == "to the end" && close.ending == .complete)
        #expect(Reading(Self.responses[7]).ending == .amidBody)
        #expect(Reading("HTTP/1.1 200 OK\r\nCont").ending == .amidHead)
        #expect(Reading("").ending == .silent)
        // What follows a complete response is left alone.
        #expect(Reading(Self.responses[8]).rest == 19)
    }

    @Test(arguments: [200, 204, 304])
    func someResponsesHaveNoBodyWhateverTheirFieldsSay(status: Int) {
        let head = "HTTP/1.1 \(status) X\r\nContent-Length: 7\r\n\r\n"
        #expect(Reading(head, isAnswerToHead: true).ending == nil)
        #expect((Reading(head).ending == nil) == (status != 200))
    }

    @Test(arguments: [
        ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false),
        ("HTTP/1.1", "Connection: x, Close\r\n", false),
        ("HTTP/1.1", "Connection: x\r\nConnection:close\r\n", false), ("HTTP/1.1", "Connection: closed\r\n", true),
        ("HTTP/1.0", "", false), ("HTTP/1.0", "Connection: Keep-Alive\r\n", true), ("HTTP/1.2", "", true),
    ])
    func theServerSaysWhetherTheConnectionStays(version: String, field: String, stays: Bool) {
        #expect(Reading("\(version) 200 OK\r\n\(field)Content-Length: 0\r\n\r\n").isReusable == stays)
    }

    @Test(arguments: [
        "HTTP/2 200 OK\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.x 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n",
        " HTTP/1.1 200 OK\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 a\rb\r\n\r\n",
        "HTTP/1.1 101 Other\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA\r\n\r\n", "HTTP/1.1 200 OK\r\n: a\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\u{0}\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    ])
    func aHeadThatCouldBeUnderstoodInTwoWaysIsRefused(response: String) {
        #expect(Reading(response).isMalformed)
    }

    @Test func twoEqualLengthsAreOne() {
        let reading = Reading("HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\nx")
        #expect(reading.text == "x" && reading.isReusable)
    }

    @Test(arguments: [
        "\r\n", "x\r\n", "-1\r\n", "5 5\r\nhello", ";a\r\n", "5\nhello\r\n", "5\r\nhello0\r\n", "5\r\nhello\n0\r\n\r\n",
        "1000000000000000\r\n", "0\r\n\n", "0\r\nT: 1\n\r\n",
    ])
    func chunksThatMakeNoSenseAreRefused(chunks: String) {
        let reading = Reading("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + "\r\n\r\n")
        // A blank behind a size is one before an extension.
        #expect(reading.isMalformed || chunks.hasPrefix("5 5") && reading.text == "hello")
    }

    @Test func everythingHasItsLimit() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
        let long = String(repeating: "x", count: 5000)
        #expect(Reading("\(head)X: \(long)\r\n\r\n").isTooLarge)
        #expect(Reading("\(head)X: \(long)").isTooLarge)
        #expect(Reading("\(head)\r\n5;\(long)\r\n").isMalformed)
        #expect(Reading("\(head)\r\n0\r\nX: \(long)\r\n\r\n").isTooLarge)
        let interim = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 200)
        #expect(Reading(interim).isTooLarge)
        let fields = String(repeating: "X: y\r\n", count: ResponseHead.fieldLimit)
        #expect(Reading("\(head)\(fields)\r\n", headLimit: 100_000).isTooLarge)
        #expect(!Reading("HTTP/1.1 200 OK\r\n\(fields)\r\n", headLimit: 100_000).isTooLarge)
    }
}
