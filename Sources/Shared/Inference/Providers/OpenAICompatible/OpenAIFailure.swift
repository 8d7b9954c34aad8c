package import ChatModel
package import HTTPMessages
internal import JSON

/// What an error answer of a server in OpenAI's form means.
package enum OpenAIFailure {
    /// The failure behind a status other than 200; `now`, the seconds since 1970, is for a `retry-after` that is a date.
    package static func read(
        status: Int, headers: HTTPHeaders, body: [UInt8], from upstream: Upstream, now: Int64
    ) -> ChatFailure {
        let report = Report(body)
        var failure = classify(status, report, upstream)
        failure.provider = upstream.provider
        failure.providerStatus = status
        failure.providerMessage = report.message.map { ProviderMessage.clean($0, key: upstream.key) }
        failure.retryAfter = RetryAfterField.read(headers, now: now)
        return failure
    }

    /// The failure behind an `error` that came where an answer was due: in a 200, or in the middle of a stream.
    package static func read(unexpected body: [UInt8], from upstream: Upstream) -> ChatFailure {
        let report = Report(body)
        let status = report.status ?? 502
        var failure = classify(status, report, upstream)
        failure.provider = upstream.provider
        failure.providerStatus = report.status
        failure.providerMessage = report.message.map { ProviderMessage.clean($0, key: upstream.key) }
        return failure
    }

    private static func classify(_ status: Int, _ report: Report, _ upstream: Upstream) -> ChatFailure {
        let provider = "provider \(upstream.provider)"
        let model = "model \(upstream.model)"
        if (400...422).contains(status), report.saysTooLong {
            return ChatFailure(.contextLength, "the prompt is longer than \(model) of \(provider) can read")
        }
        if report.code == "content_filter" || report.code == "content_policy_violation" {
            return ChatFailure(.refused, "\(provider) declined the prompt for \(model)")
        }
        switch status {
        case 401, 403: return ChatFailure(.authentication, "\(provider) does not accept its key for \(model)")
        case 402: return ChatFailure(.rateLimited, "the account at \(provider) has no credit left", isTransient: false)
        case 404: return ChatFailure(.noProvider, "\(provider) does not know \(model)")
        case 408, 504: return ChatFailure(.timeout, "\(provider) gave up waiting for \(model)")
        case 429 where report.code == "insufficient_quota" || report.type == "insufficient_quota":
            return ChatFailure(.rateLimited, "the quota at \(provider) is used up", isTransient: false)
        case 429: return ChatFailure(.rateLimited, "\(provider) takes no more calls of \(model) now")
        case 400..<500:
            return ChatFailure(
                .invalidRequest, "\(provider) refuses the request for \(model)", parameter: report.parameter)
        case 500..<600: return ChatFailure(.providerError, "\(provider) failed on \(model)")
        default:
            return ChatFailure(
                .providerError, "\(provider) answered \(model) with the unexpected status \(status)", isTransient: false
            )
        }
    }

    /// The parts of an error body, whichever of the usual forms it has.
    private struct Report {
        var message: String?
        var code: String?
        var type: String?
        var status: Int?
        private var stated: String?

        init(_ body: [UInt8]) {
            let scanner: JSONScanner
            do {
                scanner = try JSONScanner(body)
            } catch {
                // A page of a web server in between, or nothing: its beginning is all there is to tell.
                let text = String(decoding: body.prefix(2000), as: UTF8.self)
                message = text.isEmpty ? nil : text
                return
            }
            message =
                scanner.string("error", "message") ?? scanner.string("error") ?? scanner.string("message")
                ?? scanner.string("detail")
            code = scanner.string("error", "code") ?? scanner.string("code")
            type = scanner.string("error", "type") ?? scanner.string("type")
            stated = scanner.string("error", "param")
            let number = scanner.integer("error", "code") ?? scanner.integer("error", "status")
            status = number.flatMap { (400...599).contains($0) ? Int($0) : nil }
        }

        /// Which of the fields that a caller can do without is meant; servers name it in `param` or in the sentence.
        var parameter: String? {
            let known = [
                "reasoning_effort", "response_format", "temperature", "max_completion_tokens", "stream_options", "seed",
                "tools", "tool_choice", "logprobs",
            ]
            if let stated, let name = known.first(where: { stated.hasPrefix($0) }) { return name }
            guard let message else { return nil }
            return known.first { message.contains($0) }
        }

        var saysTooLong: Bool {
            if code == "context_length_exceeded" || type == "exceed_context_size_error" { return true }
            guard let message = message?.lowercased() else { return false }
            let signs = [
                "context length", "context window", "context size", "prompt is too long", "input is too long",
                "too many tokens", "maximum number of tokens",
            ]
            return signs.contains { message.contains($0) }
        }
    }
}
