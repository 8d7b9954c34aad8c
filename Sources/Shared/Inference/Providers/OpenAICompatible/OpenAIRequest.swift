package import HTTPMessages
package import JSON

/// A request to a server that speaks OpenAI's chat completions.
package enum OpenAIRequest {
    /// The address to post to. The base may end in a version (`/v1`, `/v1beta`), in `/openai`, in the whole path, or in
    /// nothing of these; then `/v1` is added, as OpenAI's own clients expect it.
    package static func endpoint(base: String) -> String {
        var base = Substring(base)
        while base.last == "/" { base.removeLast() }
        if base.hasSuffix("/chat/completions") { return String(base) }
        let path = base.firstRange(of: "://").map { base[$0.upperBound...] } ?? base
        let last = path.split(separator: "/").dropFirst().last ?? ""
        let isVersion = last.first == "v" && last.dropFirst().first?.isNumber == true
        return base + (isVersion || last == "openai" ? "/chat/completions" : "/v1/chat/completions")
    }

    /// The header fields of a call.
    package static func headers(key: ProviderKey?) -> HTTPHeaders {
        var headers: HTTPHeaders = ["content-type": "application/json"]
        if let key { headers.add("authorization", "Bearer \(key.text)") }
        return headers
    }

    /// The caller's body for the provider: the bytes as they came, but for the model's name and, in a stream, the wish
    /// for its usage.
    package static func body(_ request: JSONScanner, model: String, isStreaming: Bool) throws(JSONDecodingError)
        -> [UInt8]
    {
        let body = request.replacing("model", with: .string(model))
        guard isStreaming, request.bool("stream_options", "include_usage") != true else { return body }
        var options = JSONObject()
        if case .object(let given)? = try request.value("stream_options") { options = given }
        options["include_usage"] = true
        return try JSONScanner(body).replacing("stream_options", with: .object(options))
    }
}
