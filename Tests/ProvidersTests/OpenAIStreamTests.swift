import ChatModel
import Providers
import Testing

@Suite struct OpenAIStreamTests {
    private static let upstream = Upstream(
        provider: "acme", model: "gpt-x", dialect: .openAICompatible(endpoint: "http://acme"))
    private static let chunk =
        "data: {\"choices\":[{\"delta\":{\"content\":\"a \\\"usage\\\" b\"},\"finish_reason\":null}]}\n\n"
    private static let last = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
    private static let usage =
        "data: {\"choices\":[],\"model\":\"m\",\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}\n\n"
    private static let done = "data: [DONE]\n\n"

    private func run(_ pieces: [String], stripsUsage: Bool = true) throws -> (output: String, stream: OpenAIStream) {
        var stream = OpenAIStream(from: Self.upstream, stripsUsage: stripsUsage)
        var output: [UInt8] = []
        for piece in pieces { output += try stream.receive(Array(piece.utf8)) }
        output += try stream.end()
        return (String(decoding: output, as: UTF8.self), stream)
    }

    @Test func answerPassesUnchangedAndItsUsageIsKept() throws {
        let (output, stream) = try run([Self.chunk, Self.last, Self.usage, Self.done])
        #expect(output == Self.chunk + Self.last + Self.done)
        #expect(stream.usage == ChatUsage(promptTokens: 5, completionTokens: 2))
        #expect(stream.model == "m")
        let asked = try run([Self.chunk, Self.last, Self.usage, Self.done], stripsUsage: false)
        #expect(asked.output == Self.chunk + Self.last + Self.usage + Self.done)
    }

    @Test func answerIsTheSameHoweverItsBytesArrive() throws {
        let text = ": hello\r\n\r\n" + Self.chunk.replacing("\n", with: "\r\n") + Self.last + Self.usage + Self.done
        let whole = try run([text])
        #expect(whole.output == Self.chunk.replacing("\n", with: "\r\n") + Self.last + Self.done)
        for size in 1...40 {
            var pieces: [String] = []
            var rest = text.utf8[...]
            while !rest.isEmpty {
                pieces.append(String(decoding: rest.prefix(size), as: UTF8.self))
                rest = rest.dropFirst(size)
            }
            let (output, stream) = try run(pieces)
            #expect(output == whole.output)
            #expect(stream.usage == whole.stream.usage)
        }
    }

    @Test func missingDoneIsAddedAfterAFinishedAnswer() throws {
        #expect(try run([Self.chunk, Self.last]).output == Self.chunk + Self.last + Self.done)
        // The last event without its empty line is still an event.
        let cut = String(Self.last.dropLast(2))
        #expect(try run([Self.chunk, cut]).output == Self.chunk + cut + "\n\n" + Self.done)
    }

    @Test(arguments: [
        ([chunk], ChatFailure.Code.streamInterrupted), ([chunk, "data: {\"choi"], .streamInterrupted),
        ([], .invalidResponse), (["<html>busy</html>"], .invalidResponse), (["data: garbage\n\n"], .invalidResponse),
        (["data: {\"x\":1}\n\n"], .invalidResponse), ([": only\n\n: comments\n\n"], .invalidResponse),
        (["data: {\"error\":{\"message\":\"no\",\"code\":429}}\n\n"], .rateLimited),
        (["{\"error\":{\"message\":\"no\",\"code\":429}}"], .rateLimited), (["{}\n"], .invalidResponse),
        ([chunk, "data: {\"error\":{\"message\":\"no\"}}\n\n"], .streamInterrupted), ([done], .invalidResponse),
    ])
    func whatIsNoWholeAnswerFails(pieces: [String], code: ChatFailure.Code) {
        #expect { _ = try run(pieces) } throws: { ($0 as? ChatFailure)?.code == code }
    }

    @Test func nothingOfAHalfEventIsPassedOn() throws {
        var stream = OpenAIStream(from: Self.upstream, stripsUsage: true)
        #expect(try stream.receive(Array((Self.chunk + "data: {\"cho").utf8)) == Array(Self.chunk.utf8))
        #expect(try stream.receive([]).isEmpty)
    }

    @Test func endlessEventIsRefused() {
        var stream = OpenAIStream(from: Self.upstream, stripsUsage: true)
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        #expect { for _ in 0..<6 { _ = try stream.receive(piece) } } throws: {
            ($0 as? ChatFailure)?.code == .invalidResponse
        }
    }
}
