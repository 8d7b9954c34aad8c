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
    /// How many events were passed on, comments not counted: about as many as the answer has tokens.
    package private(set) var passedEvents = 0
    /// Why the stream is no answer.
    package private(set) var failure: ChatFailure?

    private let endpoint: ModelEndpoint
    private let dialect: ChatDialect
    private let stripsUsage: Bool
    private var hasNews = false
    private var counted = MessagesUsage()
    /// The answers, of those whose number is below 64, that the server has given a reason for the end of.
    private var finishedChoices: UInt64 = 0
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
                if source[start] != UInt8(ascii: ":") { passedEvents += 1 }
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

    /// Takes the end of the server's bytes. `isTold` is whether the server has said that they end here: the mere end of its
    /// connection looks the same when it dies.
    /// - Returns: What has to be added: the last event of a server that forgot its end.
    package mutating func end(isTold: Bool = true) -> [UInt8] {
        guard failure == nil else { return [] }
        // Some servers answer a stream that they refuse with one JSON object and the status 200.
        if let document {
            do {
                _ = try RelayedReply(document, dialect: dialect, from: endpoint)
            } catch {
                failure = error
                return []
            }
        }
        var rest: [UInt8] = []
        let isBetweenEvents = isBetweenEvents
        // Half an event is none: it is where the server died.
        let isWhole = isBetweenEvents || hasWholeEvent
        if !isBetweenEvents, isWhole, case .bytes(let last) = receive("\n\n".utf8.span) { rest = last }
        if failure != nil || isComplete && hasBegun { return rest }
        guard hasBegun else {
            fail(.invalidResponse, "answered a stream without an answer")
            return rest
        }
        // Only of chat completions there are servers that forget how they end.
        guard dialect == .chatCompletions, isFinished, isTold, isWhole else {
            fail(.streamInterrupted, "broke the answer off")
            return rest
        }
        isComplete = true
        return rest + Array("data: [DONE]\n\n".utf8)
    }

    /// What came in place of a stream, when it is a JSON document.
    package var document: [UInt8]? {
        guard !hasBegun, let first = pending.first(where: { $0 > 32 }), first == UInt8(ascii: "{") else { return nil }
        return pending
    }

    /// Whether nothing has begun, but for a comment, that has not ended.
    private var isBetweenEvents: Bool {
        guard let first = pending.first(where: { $0 > 32 }) else { return true }
        return first == UInt8(ascii: ":")
    }

    /// Whether only the end is missing of the event that has begun.
    private var hasWholeEvent: Bool {
        guard let data = RelayedEvent.data(in: pending.span, pending.indices) else { return false }
        if data.elementsEqual("[DONE]".utf8) { return true }
        do {
            _ = try JSONNode(data)
            return true
        } catch {
            return false
        }
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
        model = chunk.string("model") ?? model
        id = chunk.string("id") ?? id
        if signs.counts, let counted = CompletionUsage.read(chunk["usage"] ?? chunk["x_groq"]?["usage"]) {
            usage = counted
        }
        if signs.finishes, Self.isBrokenOff(choices) {
            fail(.providerError, "broke the answer off with an error")
            return false
        }
        // The usage comes by itself or, as from LiteLLM, beside a choice that says nothing. Of several answers some may go
        // on when others have ended, with a usage in each of their chunks.
        let saysNothing = choices.count == 0 || isFinished && !isSaying(choices)
        if signs.finishes {
            isFinished = true
            if let ended = choices.list {
                for choice in ended where choice["finish_reason"] != nil { finishedChoices |= Self.bit(of: choice) }
            }
        }
        return !(stripsUsage && saysNothing && chunk["usage"] != nil)
    }

    /// Whether there is a word of an answer among the choices of a chunk, or the end of one that had not ended.
    private func isSaying(_ choices: JSONNode) -> Bool {
        choices.list?.contains { choice in
            if choice["finish_reason"] != nil, finishedChoices & Self.bit(of: choice) == 0 { return true }
            do {
                return try choice["delta"]?.members().contains { name, value in
                    name != "role" && !Self.isEmpty(value)
                } ?? false
            } catch {
                return true
            }
        } ?? false
    }

    private static func isEmpty(_ value: JSONNode) -> Bool {
        switch value.kind {
        case .null: true
        case .string: value.string?.isEmpty ?? true
        case .array, .object: value.count == 0
        case .bool, .number: false
        }
    }

    private static func bit(of choice: JSONNode) -> UInt64 {
        let index = choice.integer("index") ?? 0
        return (0..<64).contains(index) ? 1 << UInt64(index) : 0
    }
}

extension RelayedStream {
    /// Whether a server ends an answer by the reason that it failed.
    private static func isBrokenOff(_ choices: JSONNode) -> Bool {
        choices.list?.contains { $0.has("finish_reason", text: "error") } ?? false
    }
}

// MARK: Dialects whose events have names
extension RelayedStream {
    private mutating func passesNamed(_ bytes: Span<UInt8>, _ event: Range<Int>, telling: Set<String>) -> Bool {
        if let name = RelayedEvent.name(in: bytes, event), !telling.contains(name) { return true }
        hasNews = true
        guard let data = RelayedEvent.data(in: bytes, event) else { return hasBegun }
        guard let document = document(data) else { return false }
        let type = document.string("type") ?? ""
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
            model = event.string("message", "model")
            id = event.string("message", "id")
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
        model = response.string("model") ?? model
        id = response.string("id") ?? id
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
