package import ChatModel
internal import Dialects
internal import HTTPMessages
internal import JSON

/// Follows a streamed answer on its way through: whole events in, the same bytes out, and what they tell kept.
///
/// Bytes leave at event ends only, so that a stream which breaks off never leaves half an event behind. Look at
/// ``failure`` after each call: once it is there, nothing more comes, and it has to be told to the client.
package struct RelayedStream: Sendable {
    /// The usage, once the stream has stated it.
    package private(set) var usage: ChatUsage?
    /// The model, by the name that the server gives it.
    package private(set) var model: String?
    /// The provider's identifier of the answer.
    package private(set) var id: String?
    /// Whether a part of an answer has come.
    package private(set) var hasBegun = false
    /// Whether the server has said that it is done.
    package private(set) var isComplete = false
    /// Whether the server has said why the answer ended: what it counts before is only what there was until then.
    package private(set) var isFinished = false
    /// Why the stream is no answer.
    package private(set) var failure: ChatFailure?

    private let endpoint: ModelEndpoint
    private let dialect: ChatDialect
    private let stripsUsage: Bool
    private var hasNews = false
    private var counted = MessagesUsage()
    /// The beginning of an event whose end has not come.
    private var pending: [UInt8] = []

    /// The longest event that is waited for.
    private static let longestEvent = 24 << 20

    /// Follows a stream from its beginning. With `stripsUsage` the client did not ask for the usage, and its chunk is not
    /// passed on.
    package init(from endpoint: ModelEndpoint, dialect: ChatDialect, stripsUsage: Bool) {
        self.endpoint = endpoint
        self.dialect = dialect
        self.stripsUsage = stripsUsage
    }

    // Looks at nothing but whether there is one: comparing with nil would copy it, and every piece comes through here.
    private var hasFailed: Bool {
        if case .some = failure { true } else { false }
    }

    /// Whether more than pieces of the answer's text has come since it was asked last, so that another look at the rest
    /// of this is worth it.
    package mutating func takeNews() -> Bool {
        defer { hasNews = false }
        return hasNews
    }

    /// Takes bytes of the server and says what may be passed on: whole events, unchanged.
    package mutating func receive(_ bytes: Span<UInt8>) -> Passage {
        guard !hasFailed else { return .part(0..<0) }
        guard !pending.isEmpty else {
            let (passage, end) = look(into: bytes, from: 0)
            if end < bytes.count { keep(Array(copying: bytes.extracting(end...))) }
            return passage
        }
        // An end may straddle two reads, so the search begins before the new bytes.
        let search = max(0, pending.count - 3)
        var source: [UInt8] = []
        swap(&source, &pending)
        source.append(copying: bytes)
        let (passage, end) = look(into: source.span, from: search)
        // A long event comes in many reads; copying its beginning at each would take longer and longer.
        if end < source.count { keep(end == 0 ? source : Array(source[end...])) }
        guard case .part(let range) = passage else { return passage }
        return .bytes(range.count == source.count ? source : Array(source[range]))
    }

    /// Looks at the events that end in `source`: what of them may be passed on, and where the last one ends.
    private mutating func look(into source: Span<UInt8>, from search: Int) -> (Passage, end: Int) {
        var output: [UInt8] = []
        // Most reads are whole events that all pass: they go on as they are, without a copy.
        var kept = 0..<0
        var start = hasBegun ? 0 : RelayedEvent.markLength(in: source)
        var from = max(search, start)
        while !hasFailed, let end = RelayedEvent.end(in: source, from: from) {
            if passes(source, start..<end) {
                kept = kept.isEmpty ? start..<end : kept.lowerBound..<end
            } else {
                output.append(copying: source.extracting(kept))
                kept = end..<end
            }
            start = end
            from = end
        }
        guard !output.isEmpty else { return (.part(kept), start) }
        output.append(copying: source.extracting(kept))
        return (.bytes(output), start)
    }

    /// Keeps the beginning of an event until its end comes.
    private mutating func keep(_ bytes: [UInt8]) {
        guard !hasFailed else { return }
        pending = bytes
        guard bytes.count > Self.longestEvent else { return }
        fail(.invalidResponse, "sent an event longer than \(Self.longestEvent) bytes")
    }

    /// Takes the end of the server's bytes.
    /// - Returns: What has to be added: the last event of a server that forgot its end.
    package mutating func end() -> [UInt8] {
        guard failure == nil else { return [] }
        // Some servers answer a stream that they refuse with one JSON object and the status 200.
        if !hasBegun, let first = pending.first(where: { $0 > 32 }), first == UInt8(ascii: "{") {
            do {
                _ = try RelayedReply(pending, dialect: dialect, from: endpoint)
            } catch {
                failure = error
                return []
            }
        }
        var rest: [UInt8] = []
        if !pending.isEmpty, case .bytes(let last) = receive("\n\n".utf8.span) { rest = last }
        if failure?.code == .streamInterrupted, failure?.providerMessage == nil {
            // Half an event is no mistake of the server's but the place where it broke off.
            fail(.streamInterrupted, "broke the answer off")
        }
        if failure != nil || isComplete && hasBegun { return rest }
        guard isFinished, hasBegun else {
            fail(
                hasBegun ? .streamInterrupted : .invalidResponse,
                hasBegun ? "broke the answer off" : "answered a stream without an answer")
            return rest
        }
        if dialect == .chatCompletions { rest += Array("data: [DONE]\n\n".utf8) }
        isComplete = true
        return rest
    }

    /// Looks at one event, and says whether it is passed on.
    private mutating func passes(_ bytes: Span<UInt8>, _ event: Range<Int>) -> Bool {
        switch dialect {
        case .chatCompletions: passesChunk(bytes, event)
        case .messages: passesNamed(bytes, event, telling: ["message_start", "message_delta", "message_stop", "error"])
        case .responses:
            passesNamed(
                bytes, event,
                telling: [
                    "response.created", "response.completed", "response.incomplete", "response.failed", "error",
                ])
        }
    }

    private mutating func fail(_ code: ChatFailure.Code, _ what: String) {
        hasNews = true
        let name = endpoint.provider.name
        let code = hasBegun ? .streamInterrupted : code
        failure = ChatFailure(code, "provider \(name) \(what)", provider: name, providerStatus: 200)
    }

    private mutating func fail(_ report: FailureReport) {
        hasNews = true
        var read = endpoint.failure(unexpected: report)
        if hasBegun {
            read.code = .streamInterrupted
            read.isTransient = true
        }
        failure = read
    }

    /// The document of an event that has to be looked into.
    private mutating func document(_ data: [UInt8]) -> JSONNode? {
        do {
            return try JSONNode(data)
        } catch {
            fail(.invalidResponse, "sent an event that is no JSON")
            return nil
        }
    }
}

// MARK: Chat completions
extension RelayedStream {
    private mutating func passesChunk(_ bytes: Span<UInt8>, _ event: Range<Int>) -> Bool {
        // Most chunks are a few words of the answer: only those that can tell more are looked into.
        let signs = RelayedEvent.signs(in: bytes, event)
        let isDone = event.count < 24
        guard !hasBegun || isDone || signs.counts || signs.fails || signs.finishes else { return true }
        hasNews = true
        guard let data = RelayedEvent.data(in: bytes, event) else { return hasBegun }
        if data.elementsEqual("[DONE]".utf8) {
            isComplete = hasBegun
            return hasBegun
        }
        guard let chunk = document(data) else { return false }
        // What is not among the signs needs not be looked up: the first piece waits for this.
        if signs.fails, FailureReport.isStated(in: chunk) {
            fail(endpoint.wire.report(data))
            return false
        }
        // Some servers leave an empty list out beside the usage.
        if signs.counts, chunk["choices"] == nil, let counted = CompletionUsage.read(chunk["usage"]) {
            usage = counted
            return hasBegun && !stripsUsage
        }
        guard let choices = chunk["choices"] else {
            fail(.invalidResponse, "sent an event that is no chunk of an answer")
            return false
        }
        hasBegun = true
        model = chunk["model"]?.string ?? model
        id = chunk["id"]?.string ?? id
        if signs.counts, let counted = CompletionUsage.read(chunk["usage"] ?? chunk["x_groq"]?["usage"]) {
            usage = counted
        }
        if signs.finishes, Self.isBrokenOff(choices) {
            fail(.providerError, "broke the answer off with an error")
            return false
        }
        // Behind the end comes nothing but the usage, by itself or, as from LiteLLM, beside a choice that says nothing.
        let isBehindTheEnd = choices.count == 0 || isFinished
        if signs.finishes { isFinished = true }
        return !(stripsUsage && isBehindTheEnd && chunk["usage"] != nil)
    }
}

extension RelayedStream {
    /// Whether a server ends an answer by the reason that it failed.
    private static func isBrokenOff(_ choices: JSONNode) -> Bool {
        choices.list?.contains { $0["finish_reason"]?.string == "error" } ?? false
    }
}

// MARK: Dialects whose events have names
extension RelayedStream {
    private mutating func passesNamed(_ bytes: Span<UInt8>, _ event: Range<Int>, telling: Set<String>) -> Bool {
        if let name = RelayedEvent.name(in: bytes, event), !telling.contains(name) { return true }
        hasNews = true
        guard let data = RelayedEvent.data(in: bytes, event) else { return hasBegun }
        guard let document = document(data) else { return false }
        let type = document["type"]?.string ?? ""
        guard telling.contains(type) else { return true }
        if type == "error" {
            fail(endpoint.wire.report(data))
            return false
        }
        if dialect == .messages { takeMessage(type, document) } else { takeResponse(type, document) }
        return failure == nil
    }

    private mutating func takeMessage(_ type: String, _ event: JSONNode) {
        switch type {
        case "message_start":
            hasBegun = true
            model = event["message"]?["model"]?.string
            id = event["message"]?["id"]?.string
            if let stated = event["message"]?["usage"] { count(stated) }
        case "message_delta":
            if event["delta"]?["stop_reason"] != nil { isFinished = true }
            if let stated = event["usage"] { count(stated) }
        default: isComplete = hasBegun
        }
    }

    private mutating func count(_ stated: JSONNode) {
        counted.take(stated)
        usage = counted.usage
    }

    private mutating func takeResponse(_ type: String, _ event: JSONNode) {
        guard let response = event["response"] else {
            return fail(.invalidResponse, "sent an event that is no part of an answer")
        }
        hasBegun = true
        model = response["model"]?.string ?? model
        id = response["id"]?.string ?? id
        if type == "response.created" { return }
        usage = ResponsesUsage.read(response["usage"]) ?? usage
        if type == "response.failed" {
            fail(FailureReport(response))
        } else {
            isFinished = true
            isComplete = true
        }
    }
}
