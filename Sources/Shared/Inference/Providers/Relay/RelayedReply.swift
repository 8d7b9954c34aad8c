package import ChatModel
internal import Dialects
internal import JSON

/// What the proxy reads in an answer that it passes on as it is.
package struct RelayedReply: Sendable, Hashable {
    /// What was used; `nil` when the server does not count.
    package let usage: ChatUsage?
    /// The model by the name that the server gives it.
    package let model: String?

    /// Checks that the body of a status 200 is an answer of the dialect, without decoding it.
    /// - Throws: ``ChatFailure``; a body that is anything else is never passed on as an answer.
    package init(_ body: [UInt8], dialect: ChatDialect, from endpoint: ModelEndpoint) throws(ChatFailure) {
        let root: JSONNode
        do throws(JSONDecodingError) {
            root = try JSONNode(body)
            guard root.isObject else { throw root.mismatch("an object") }
        } catch {
            let what = body.isEmpty ? "an empty body" : "something that is no JSON"
            throw endpoint.failure(.invalidResponse, "answered \(what)", body.isEmpty ? nil : error.message)
        }
        guard !FailureReport.isStated(in: root) else { throw endpoint.failure(unexpected: FailureReport(root)) }
        switch Self.end(of: root, dialect) {
        case .answered: break
        case .brokenOff: throw endpoint.failure(.providerError, "broke the answer off with an error")
        case nil: throw endpoint.failure(.invalidResponse, "answered JSON that is no \(dialect.answerName)")
        }
        model = root.string("model")
        usage = root["usage"].flatMap { RelayedUsage.read($0, dialect) }
    }

    /// What was used by the word of a document that is no answer; `nil` when it does not say.
    package static func statedUsage(in body: [UInt8], dialect: ChatDialect) -> ChatUsage? {
        do {
            return try JSONNode(body)["usage"].flatMap { RelayedUsage.read($0, dialect) }
        } catch {
            // What is no JSON states nothing.
            return nil
        }
    }

    /// How an answer ended.
    private enum End { case answered, brokenOff }

    /// How the document's answers ended; `nil` when it has none.
    private static func end(of root: JSONNode, _ dialect: ChatDialect) -> End? {
        switch dialect {
        case .responses: return root.list("output") == nil ? nil : .answered
        case .messages: return root.list("content") == nil ? nil : .answered
        case .chatCompletions:
            guard let choices = root.list("choices") else { return nil }
            var end: End?
            for choice in choices where choice.isObject {
                // The first reason is the one that is told.
                if let reason = choice.string("finish_reason") { return reason == "error" ? .brokenOff : .answered }
                end = .answered
            }
            return end
        }
    }
}

extension ModelEndpoint {
    /// The failure of an answer of status 200 that is none.
    fileprivate func failure(_ code: ChatFailure.Code, _ what: String, _ message: String? = nil) -> ChatFailure {
        ChatFailure(
            code, "provider \(provider.name) \(what)", provider: provider.name, providerStatus: 200,
            providerMessage: message)
    }
}

/// The usage of an answer that passes by; what cannot be read counts as not given.
enum RelayedUsage {
    static func read(_ node: JSONNode, _ dialect: ChatDialect) -> ChatUsage? {
        switch dialect {
        case .chatCompletions: return CompletionUsage.read(node)
        case .responses: return ResponsesUsage.read(node)
        case .messages:
            guard node["input_tokens"] != nil else { return nil }
            var usage = MessagesUsage()
            usage.take(node)
            return usage.usage
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
