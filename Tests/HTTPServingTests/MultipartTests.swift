import HTTPMessages
import Testing

@testable import HTTPServing

/// Forms with files, in pieces of any size and as clients label them.
@Suite struct MultipartTests {
    private static let body = [
        "preamble nobody reads\r\n--XyZ\r\n", "Content-Disposition: form-data; name=\"name\"\r\n\r\nQuestions\r\n",
        "--XyZ\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\".csv\"\r\n",
        "Content-Type: text/csv\r\n\r\n", "a,b\r\n--Xy is no boundary\r\n1,2\r\n", "\r\n--XyZ--\r\nepilogue",
    ].joined()

    /// What the pieces come to: fields, files and their bytes.
    private func read(_ body: String, type: String, limit: Int = 1 << 20) async throws -> [FormPiece] {
        var form = Requests.context(
            "/x", .post, headers: ["content-type": type], body: body, bodyLimit: limit
        ).formReader()
        var pieces: [FormPiece] = []
        while let piece = try await form.next() {
            if case .bytes(let more) = piece, case .bytes(let known) = pieces.last {
                pieces[pieces.count - 1] = .bytes(known + more)
            } else {
                pieces.append(piece)
            }
        }
        return pieces
    }

    @Test(arguments: [1, 2, 3, 7, 64, 4096])
    func piecesOfAnySizeGiveTheSameParts(size: Int) throws {
        var parser = MultipartParser(boundary: "XyZ")
        var parts: [MultipartPart] = []
        var contents: [[UInt8]] = []
        let bytes = Array(Self.body.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            for event in try parser.feed(Array(bytes[start..<min(bytes.count, start + size)])) {
                switch event {
                case .part(let part):
                    parts.append(part)
                    contents.append([])
                case .bytes(let more): contents[contents.count - 1] += more
                }
            }
        }
        #expect(parser.hasEnded)
        #expect(parts.map(\.name) == ["name", "file"])
        #expect(parts.map(\.fileName) == [nil, "a \"b\".csv"])
        #expect(parts.last?.contentType == "text/csv")
        #expect(
            contents.map { String(decoding: $0, as: UTF8.self) } == [
                "Questions", "a,b\r\n--Xy is no boundary\r\n1,2\r\n",
            ])
    }

    @Test func aFormIsReadAlsoWhenItIsLabelledAsJSON() async throws {
        let body = "--b1\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\nx\r\n--b1--\r\n"
        for type in ["application/json", "multipart/form-data; boundary=b1"] {
            #expect(try await read(body, type: type) == [.field(name: "tags", value: "x")])
        }
    }

    @Test func urlencodedFieldsAndJSONComeTheSameWay() async throws {
        #expect(
            try await read("name=a+b&tags=x", type: "application/x-www-form-urlencoded")
                == [.field(name: "name", value: "a b"), .field(name: "tags", value: "x")])
        #expect(try await read("{}", type: "application/json") == [.document(Array("{}".utf8))])
        #expect(try await read("", type: "application/json") == [])
    }

    @Test func whatIsTooLongOrTornIsRefused() async {
        let torn = "--b1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc"
        let problem = await #expect(throws: APIProblem.self) {
            try await read(torn, type: "multipart/form-data; boundary=b1")
        }
        #expect(problem?.status == 400)
        let large = await #expect(throws: APIProblem.self) {
            try await read(
                torn + String(repeating: "x", count: 100), type: "multipart/form-data; boundary=b1", limit: 80)
        }
        #expect(large?.status == 413)
        let nameless = await #expect(throws: APIProblem.self) {
            try await read("--b1\r\nContent-Type: a\r\n\r\nabc\r\n--b1--", type: "multipart/form-data; boundary=b1")
        }
        #expect(nameless?.status == 400)
    }
}
