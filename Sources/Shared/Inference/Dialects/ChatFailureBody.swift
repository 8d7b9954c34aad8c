package import ChatModel
internal import JSON

/// The failure as an error body of OpenAI's form, with what the proxy adds.
extension ChatFailure {
    /// The body of an answer, or the data of an error event in a stream.
    package func body(requestID: String) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.object("error") { json in
                json.member("message", message)
                json.member("type", code.type)
                json.nullable("param", parameter)
                json.member("code", code.rawValue)
                json.member("provider", provider)
                json.member("provider_status", providerStatus)
                json.member("provider_message", providerMessage)
                json.member("provider_request_id", providerRequestID)
                json.member("retryable", isTransient)
                json.member("request_id", requestID)
            }
        }
        return json.bytes
    }

    /// Reads what ``body(requestID:)`` wrote; any other error of the proxy's side is a `providerError` with its status.
    package init(status: Int, body: [UInt8]) {
        let scanner: JSONScanner
        do {
            scanner = try JSONScanner(body)
        } catch {
            self.init(.providerError, "the proxy answered \(status) without an error body")
            return
        }
        let message = scanner.string("error", "message") ?? "the proxy answered \(status)"
        let code = scanner.string("error", "code").flatMap(Code.init(rawValue:)) ?? .providerError
        self.init(
            code, message, provider: scanner.string("error", "provider"),
            providerStatus: scanner.integer("error", "provider_status").flatMap { Int(exactly: $0) },
            providerMessage: scanner.string("error", "provider_message"),
            parameter: scanner.string("error", "param"), isTransient: scanner.bool("error", "retryable"))
    }
}
