internal import JSON

/// Why an answer of a model is not what was asked for, in words that the model can act on.
struct AnswerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, as it is counted.
    enum Reason: String, Sendable, CaseIterable {
        case empty
        /// There is no JSON object in it.
        case notJSON = "not_json"
        /// There are several.
        case ambiguous
        /// Not the members that were asked for.
        case shape
        /// A score below 0 or above 1.
        case outOfRange = "out_of_range"
        /// It ends before its end.
        case cutOff = "cut_off"
        /// It has the form that was asked for, and says what cannot be.
        case content
    }

    var reason = Reason.content
    let message: String

    var description: String { message }
}

/// The JSON object in a model's answer: alone or in the only code block of the text, behind the thoughts that some models
/// write out first. Nothing is guessed.
enum AnswerText {
    /// The object's text, as the model wrote it.
    static func object(in text: String) throws(AnswerError) -> Substring {
        var rest = text.trimmingSpace
        if rest.hasPrefix("<think>"), let end = rest.firstRange(of: "</think>") {
            rest = rest[end.upperBound...].trimmingSpace
        }
        if rest.utf8.first == UInt8(ascii: "{") { return rest }
        guard !rest.isEmpty else { throw AnswerError(reason: .empty, message: "the answer is empty") }
        let blocks = codeBlocks(in: rest)
        guard let only = blocks.first else {
            throw AnswerError(reason: .notJSON, message: "the answer is not a JSON object")
        }
        guard blocks.count == 1 else {
            // Which of them is meant would be a guess, and one of them may be quoted from the material.
            throw AnswerError(
                reason: .ambiguous, message: "the answer has \(blocks.count) code blocks instead of one JSON object")
        }
        return only.trimmingSpace
    }

    /// Decodes the object in `text`.
    static func decode<Wire: Decodable>(_ text: String) throws(AnswerError) -> Wire {
        let json = try object(in: text)
        do {
            return try JSONCodec.decode(Wire.self, from: Array(json.utf8), limits: JSONLimits(depth: 32))
        } catch {
            throw AnswerError(reason: .shape, message: error.message)
        }
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

}

extension StringProtocol where SubSequence == Substring {
    /// Without the white space at both ends.
    var trimmingSpace: Substring {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
