package import ChatModel
package import JSON

/// Follows one streamed answer, event by event.
package protocol AnswerReader: Sendable {
    /// What an event of the server tells. It is no error, and not the `[DONE]` of chat completions.
    mutating func read(_ event: JSONNode) throws(JSONDecodingError) -> [ChatEvent]
    /// Whether a part of an answer has come.
    var isBegun: Bool { get }
    /// Whether the answer has come to its own end.
    var isComplete: Bool { get }
    /// Whether nothing comes after the end of the answer, so that waiting for more is needless.
    var endsItself: Bool { get }
    /// Whether a mark behind the answer, such as `[DONE]`, says that the stream has come to its end.
    var isEndedByMark: Bool { get }
}

extension AnswerReader {
    package var isEndedByMark: Bool { false }
}
