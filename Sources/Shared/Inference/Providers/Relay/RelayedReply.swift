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
        let root: JSONNode
        do throws(JSONDecodingError) {
            root = try JSONNode(body)
            guard root.kind == .object else { throw root.mismatch("an object") }
        } catch {
            let what = body.isEmpty ? "an empty body" : "something that is no JSON"
            throw ChatFailure(
                .invalidResponse, "provider \(name) answered \(what)", provider: name, providerStatus: 200,
                providerMessage: body.isEmpty ? nil : error.message)
        }
        guard !FailureReport.isStated(in: root) else { throw endpoint.failure(unexpected: FailureReport(root)) }
        guard let answers = Self.answers(root, dialect) else {
            throw ChatFailure(
                .invalidResponse, "provider \(name) answered JSON that is no \(dialect.answerName)", provider: name,
                providerStatus: 200)
        }
        model = root["model"]?.string
        id = root["id"]?.string
        usage = root["usage"].flatMap { RelayedUsage.read($0, dialect) }
        finishReason = Self.finish(root, answers, dialect)
        if dialect == .chatCompletions, finishReason == .other("error") {
            throw ChatFailure(
                .providerError, "provider \(name) broke the answer off with an error", provider: name,
                providerStatus: 200)
        }
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

    /// The elements of the member that makes a document an answer; `nil` when it is none.
    private static func answers(_ root: JSONNode, _ dialect: ChatDialect) -> JSONNode.Elements? {
        let member =
            switch dialect {
            case .chatCompletions: root["choices"]
            case .responses: root["output"]
            case .messages: root["content"]
            }
        guard let list = member?.list else { return nil }
        return dialect != .chatCompletions || list.contains { $0.kind == .object } ? list : nil
    }

    private static func finish(
        _ root: JSONNode, _ answers: JSONNode.Elements, _ dialect: ChatDialect
    ) -> ChatReply.FinishReason? {
        switch dialect {
        case .chatCompletions:
            // The first answer's reason is the one that is told.
            for answer in answers {
                if let reason = answer["finish_reason"]?.string { return .init(completion: reason) }
            }
            return nil
        case .messages: return root["stop_reason"]?.string.map(ChatReply.FinishReason.init(messages:))
        case .responses:
            guard root["status"]?.string == "incomplete" else { return .stop }
            return root["incomplete_details"]?["reason"]?.string == "content_filter" ? .contentFilter : .length
        }
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
