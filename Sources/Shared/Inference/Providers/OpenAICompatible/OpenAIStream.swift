package import ChatModel
internal import JSON

/// Follows a streamed answer on its way through: whole events in, the same bytes out, and what they tell kept.
///
/// Bytes leave at event ends only, so that a stream which breaks off never leaves half an event behind.
package struct OpenAIStream: Sendable {
    /// The usage, once the stream has stated it.
    package private(set) var usage: ChatUsage?
    /// The model, by the name that the server gives it.
    package private(set) var model: String?
    /// Whether a chunk of an answer has come.
    package private(set) var hasBegun = false
    /// Whether the server has said `[DONE]`.
    package private(set) var isDone = false

    private let upstream: Upstream
    private let stripsUsage: Bool
    private var isFinished = false
    /// The beginning of an event whose end has not come.
    private var pending: [UInt8] = []

    /// The longest event that is waited for.
    private static let longestEvent = 4 << 20

    /// Follows a stream from its beginning. With `stripsUsage` the client did not ask for the usage, and its chunk is not
    /// passed on.
    package init(from upstream: Upstream, stripsUsage: Bool) {
        self.upstream = upstream
        self.stripsUsage = stripsUsage
    }

    /// Takes bytes of the server and returns what may be passed on: whole events, without any of its changes but the
    /// stripped usage.
    /// - Throws: ``ChatFailure`` when the server reports an error, or sends what is no answer.
    package mutating func receive(_ bytes: [UInt8]) throws(ChatFailure) -> [UInt8] {
        pending.append(contentsOf: bytes)
        var output: [UInt8] = []
        var start = 0
        // An end may straddle two reads, so the search begins before the new bytes.
        var search = max(0, pending.count - bytes.count - 3)
        while let end = Self.eventEnd(in: pending, from: max(search, start)) {
            let event = start..<end
            if try passes(event) { output.append(contentsOf: pending[event]) }
            start = end
            search = end
        }
        if start > 0 { pending.removeSubrange(..<start) }
        guard pending.count <= Self.longestEvent else {
            throw failure(.invalidResponse, "sent an event longer than \(Self.longestEvent) bytes")
        }
        return output
    }

    /// Takes the end of the server's bytes.
    /// - Returns: What has to be added: the `[DONE]` that some servers leave out.
    /// - Throws: ``ChatFailure`` when the answer was not at its end.
    package mutating func end() throws(ChatFailure) -> [UInt8] {
        // Some servers answer a stream that they refuse with one JSON object and the status 200.
        if !hasBegun, pending.first == UInt8(ascii: "{") { _ = try OpenAIReply(pending, from: upstream) }
        let rest = try pending.isEmpty ? [] : receive(Array("\n\n".utf8))
        if isDone, hasBegun { return rest }
        guard isFinished else {
            throw failure(
                hasBegun ? .streamInterrupted : .invalidResponse,
                hasBegun ? "broke the answer off" : "answered a stream without an answer")
        }
        return rest + Array("data: [DONE]\n\n".utf8)
    }

    /// Looks at one event, and says whether it is passed on.
    private mutating func passes(_ event: Range<Int>) throws(ChatFailure) -> Bool {
        guard let data = Self.data(of: pending[event]) else { return hasBegun }
        if data.elementsEqual("[DONE]".utf8) {
            isDone = true
            return isFinished || hasBegun
        }
        // Most chunks are a few words of the answer: only those that can tell more are looked into.
        let mayEnd = data.contains(Self.finishReason)
        let mayCount = data.contains(Self.usageName)
        guard mayEnd || mayCount || !hasBegun || data.contains(Self.errorName) else { return true }
        let scanner: JSONScanner
        do {
            scanner = try JSONScanner(Array(data))
        } catch {
            throw failure(.invalidResponse, "sent an event that is no JSON")
        }
        if let error = scanner.range(of: "error"), scanner.bytes[error.lowerBound] != UInt8(ascii: "n") {
            var failure = OpenAIFailure.read(unexpected: scanner.bytes, from: upstream)
            if hasBegun { failure.code = .streamInterrupted }
            throw failure
        }
        return try take(scanner, mayEnd: mayEnd)
    }

    private mutating func take(_ chunk: JSONScanner, mayEnd: Bool) throws(ChatFailure) -> Bool {
        guard let choices = chunk.range(of: "choices") else {
            throw failure(.invalidResponse, "sent an event that is no chunk of an answer")
        }
        let isEmpty = !chunk.bytes[choices].contains(UInt8(ascii: "{"))
        model = chunk.string("model") ?? model
        if let counted = OpenAIReply.usage(in: chunk) { usage = counted }
        hasBegun = true
        if mayEnd, Self.statesFinish(chunk.bytes[choices]) { isFinished = true }
        return !(stripsUsage && isEmpty && chunk.has("usage", "prompt_tokens"))
    }

    private func failure(_ code: ChatFailure.Code, _ what: String) -> ChatFailure {
        ChatFailure(code, "provider \(upstream.provider) \(what)", provider: upstream.provider, providerStatus: 200)
    }
}

// MARK: Bytes
extension OpenAIStream {
    private static let finishReason = Array(#""finish_reason""#.utf8)
    private static let usageName = Array(#""usage""#.utf8)
    private static let errorName = Array(#""error""#.utf8)

    /// The index behind the empty line that ends the first event at or after `start`.
    private static func eventEnd(in bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\n") else {
                index += 1
                continue
            }
            var next = index + 1
            if next < bytes.count, bytes[next] == UInt8(ascii: "\r") { next += 1 }
            if next < bytes.count, bytes[next] == UInt8(ascii: "\n") { return next + 1 }
            index += 1
        }
        return nil
    }

    /// The data of an event; `nil` for a comment, or an event of none.
    private static func data(of event: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var joined: [UInt8]?
        var only: ArraySlice<UInt8>?
        for line in event.split(separator: UInt8(ascii: "\n")) {
            var line = line
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            guard line.starts(with: "data:".utf8) else { continue }
            line.removeFirst(5)
            if line.first == UInt8(ascii: " ") { line.removeFirst() }
            if let first = only {
                joined = (joined ?? Array(first)) + [UInt8(ascii: "\n")] + line
            } else {
                only = line
            }
        }
        return joined.map { $0[...] } ?? only
    }

    /// Whether a `finish_reason` among the choices has a value.
    private static func statesFinish(_ choices: ArraySlice<UInt8>) -> Bool {
        var rest = choices
        while let range = rest.firstRange(of: finishReason) {
            rest = rest[range.upperBound...]
            let value = rest.first { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: " ") }
            if value == UInt8(ascii: "\"") { return true }
        }
        return false
    }
}
