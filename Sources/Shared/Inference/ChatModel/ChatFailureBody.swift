internal import JSON

/// The failure as an error body of OpenAI's form, with what the proxy adds.
extension ChatFailure {
    /// The body of an answer, or the data of an error event in a stream.
    package func body(requestID: String) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.key("error")
        json.beginObject()
        json.key("message")
        json.write(message)
        json.key("type")
        json.write(code.type)
        json.key("param")
        Self.write(parameter, to: &json)
        json.key("code")
        json.write(code.rawValue)
        json.key("provider")
        Self.write(provider, to: &json)
        json.key("provider_status")
        if let providerStatus { json.write(providerStatus) } else { json.writeNull() }
        json.key("provider_message")
        Self.write(providerMessage, to: &json)
        json.key("retryable")
        json.write(isTransient)
        json.key("request_id")
        json.write(requestID)
        json.endObject()
        json.endObject()
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

    private static func write(_ text: String?, to writer: inout JSONWriter) {
        if let text { writer.write(text) } else { writer.writeNull() }
    }
}
