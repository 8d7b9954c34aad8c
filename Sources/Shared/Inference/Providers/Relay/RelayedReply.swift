package import ChatModel
internal import Dialects
internal import JSON

/// What the proxy reads in an answer that it passes on as it is.
package struct RelayedReply: Sendable, Hashable {
    /// What was used; `nil` when the server does not count.
    package let usage: ChatUsage?
    /// The model by the name that the server gives it.
    package let model: String?
    /// The provider's identifier of the answer.
    package let id: String?
    /// Why the first answer ended.
    package let finishReason: ChatReply.FinishReason?

    /// Checks that the body of a status 200 is an answer of the dialect, without decoding it.
    /// - Throws: ``ChatFailure``; a body that is anything else is never passed on as an answer.
    package init(_ body: [UInt8], dialect: ChatDialect, from endpoint: ModelEndpoint) throws(ChatFailure) {
        let name = endpoint.provider.name
        let scanner: JSONScanner
        do {
            scanner = try JSONScanner(body)
        } catch {
            let what = body.isEmpty ? "an empty body" : "something that is no JSON"
            throw ChatFailure(
                .invalidResponse, "provider \(name) answered \(what)", provider: name, providerStatus: 200,
                providerMessage: body.isEmpty ? nil : error.message)
        }
        if let error = scanner.range(of: "error"), body[error.lowerBound] != UInt8(ascii: "n") {
            throw endpoint.failure(unexpected: FailureReport(body))
        }
        let member = Self.answer(of: dialect)
        guard let answer = scanner.range(of: member), body[answer.lowerBound] == UInt8(ascii: "["),
            dialect != .chatCompletions || body[answer].contains(UInt8(ascii: "{"))
        else {
            throw ChatFailure(
                .invalidResponse, "provider \(name) answered JSON that is no \(dialect.answerName)", provider: name,
                providerStatus: 200)
        }
        model = scanner.string("model")
        id = scanner.string("id")
        usage = Self.usage(in: scanner, dialect)
        finishReason = Self.finish(scanner, answer, dialect)
    }

    /// The member that makes a document an answer.
    private static func answer(of dialect: ChatDialect) -> String {
        switch dialect {
        case .chatCompletions: "choices"
        case .responses: "output"
        case .messages: "content"
        }
    }

    private static func usage(in scanner: JSONScanner, _ dialect: ChatDialect) -> ChatUsage? {
        guard let range = scanner.range(of: "usage") else { return nil }
        return RelayedUsage.read(Array(scanner.bytes[range]), dialect)
    }

    private static func finish(
        _ scanner: JSONScanner, _ answer: Range<Int>, _ dialect: ChatDialect
    ) -> ChatReply.FinishReason? {
        switch dialect {
        case .chatCompletions:
            return RelayedEvent.finish(in: scanner.bytes, answer).map(ChatReply.FinishReason.init(completion:))
        case .messages: return scanner.string("stop_reason").map(ChatReply.FinishReason.init(messages:))
        case .responses:
            guard scanner.string("status") == "incomplete" else { return .stop }
            return scanner.string("incomplete_details", "reason") == "content_filter" ? .contentFilter : .length
        }
    }
}

/// The usage of an answer that passes by; what cannot be read counts as not given.
enum RelayedUsage {
    static func read(_ bytes: [UInt8], _ dialect: ChatDialect) -> ChatUsage? {
        do {
            let node = try JSONNode(bytes)
            switch dialect {
            case .chatCompletions: return CompletionUsage.read(node)
            case .responses: return ResponsesUsage.read(node)
            case .messages:
                guard node["input_tokens"] != nil else { return nil }
                var usage = MessagesUsage()
                usage.take(node)
                return usage.usage
            }
        } catch {
            return nil
        }
    }
}

extension ChatDialect {
    /// What an answer is called.
    var answerName: String {
        switch self {
        case .chatCompletions: "chat completion"
        case .responses: "response"
        case .messages: "message"
        }
    }
}
