internal import ChatModel
internal import JSON
internal import Scoring

extension Verdict {
    /// The schema of an answer, and its name.
    static let schema = ChatRequest.ReplySchema(
        name: "verdict",
        json: #"{"type":"object","properties":{"#
            + #""justification":{"type":"string","description":"The reasoning that leads to the score."},"#
            + #""score":{"type":"number","description":"From 0 (worst) to 1 (best)."}},"#
            + #""required":["justification","score"],"additionalProperties":false}"#)

    /// Reads the answer of a model: a JSON object, alone or in the only code block of the text, behind the thoughts that
    /// some models write out first. Nothing is guessed and nothing is clamped.
    init(parsing text: String) throws(VerdictError) {
        let json = try Self.object(in: text)
        let wire: Wire
        do {
            wire = try JSONCodec.decode(Wire.self, from: Array(json.utf8), limits: JSONLimits(depth: 32))
        } catch {
            throw VerdictError(message: error.message)
        }
        do {
            score = try Score(wire.score)
        } catch {
            throw VerdictError(message: "score: \(error)")
        }
        justification = wire.justification
    }

    private struct Wire: Decodable {
        let justification: String
        let score: Double
    }

    private static func object(in text: String) throws(VerdictError) -> Substring {
        var rest = trimmed(text[...])
        if rest.hasPrefix("<think>"), let end = rest.firstRange(of: "</think>") {
            rest = trimmed(rest[end.upperBound...])
        }
        if rest.utf8.first == UInt8(ascii: "{") { return rest }
        guard !rest.isEmpty else { throw VerdictError(message: "the answer is empty") }
        let blocks = codeBlocks(in: rest)
        guard let only = blocks.first else {
            throw VerdictError(message: "the answer is not a JSON object")
        }
        guard blocks.count == 1 else {
            // Which of them is meant would be a guess, and one of them may be quoted from the material.
            throw VerdictError(message: "the answer has \(blocks.count) code blocks instead of one JSON object")
        }
        return trimmed(only)
    }

    /// What stands between lines that begin with three backticks.
    private static func codeBlocks(in text: Substring) -> [Substring] {
        var blocks: [Substring] = []
        var start: Substring.Index?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.drop(while: { $0 == " " }).hasPrefix("```") else { continue }
            if let begun = start {
                blocks.append(text[begun..<line.startIndex])
                start = nil
            } else {
                start = line.endIndex
            }
        }
        return blocks
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
