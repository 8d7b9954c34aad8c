package import ChatModel
internal import JSON

/// What the proxy reads in an answer that it passes on as it is.
package struct OpenAIReply: Sendable, Hashable {
    /// What it used; `nil` when the server does not count.
    package let usage: ChatUsage?
    /// The model by the name that the server gives it.
    package let model: String?

    /// Checks that the body is a chat completion, without decoding it.
    /// - Throws: ``ChatFailure``; a body that is anything else is never passed on as an answer.
    package init(_ body: [UInt8], from upstream: Upstream) throws(ChatFailure) {
        let scanner = try Self.scanner(body, upstream)
        guard let choices = scanner.range(of: "choices"), body[choices.lowerBound] == UInt8(ascii: "["),
            scanner.bytes[choices].contains(UInt8(ascii: "{"))
        else {
            throw ChatFailure(
                .invalidResponse, "provider \(upstream.provider) answered JSON that is no chat completion",
                provider: upstream.provider, providerStatus: 200)
        }
        usage = Self.usage(in: scanner)
        model = scanner.string("model")
    }

    /// The usage of an answer or of a chunk; what cannot be read counts as not given.
    static func usage(in scanner: JSONScanner) -> ChatUsage? {
        guard let prompt = scanner.integer("usage", "prompt_tokens") else { return nil }
        return ChatUsage(
            promptTokens: Int(prompt), completionTokens: Int(scanner.integer("usage", "completion_tokens") ?? 0),
            cachedTokens: detail("prompt_tokens_details", "cached_tokens", scanner),
            reasoningTokens: detail("completion_tokens_details", "reasoning_tokens", scanner))
    }

    /// A number one level further down than the scanner looks; most answers have none, or zero.
    private static func detail(_ object: String, _ name: String, _ scanner: JSONScanner) -> Int {
        guard let range = scanner.range(of: "usage", object) else { return 0 }
        do {
            return try JSONScanner(Array(scanner.bytes[range])).integer(name).map { Int($0) } ?? 0
        } catch {
            return 0
        }
    }

    private static func scanner(_ body: [UInt8], _ upstream: Upstream) throws(ChatFailure) -> JSONScanner {
        let scanner: JSONScanner
        do {
            scanner = try JSONScanner(body)
        } catch {
            let what = body.isEmpty ? "an empty body" : "something that is no JSON"
            throw ChatFailure(
                .invalidResponse, "provider \(upstream.provider) answered \(what)", provider: upstream.provider,
                providerStatus: 200, providerMessage: body.isEmpty ? nil : error.message)
        }
        if let error = scanner.range(of: "error"), body[error.lowerBound] != UInt8(ascii: "n") {
            throw OpenAIFailure.read(unexpected: body, from: upstream)
        }
        return scanner
    }
}
