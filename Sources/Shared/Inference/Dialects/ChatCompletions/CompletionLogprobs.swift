internal import ChatModel
internal import JSON

/// The `logprobs` of a choice, whole or of one chunk.
enum CompletionLogprobs {
    static func read(_ value: JSONNode?) throws(JSONDecodingError) -> [TokenLogprob]? {
        guard let content = value?["content"] else { return nil }
        return try tokens(content)
    }

    /// A list of tokens.
    static func tokens(_ list: JSONNode) throws(JSONDecodingError) -> [TokenLogprob] {
        var tokens: [TokenLogprob] = []
        for entry in try list.elements() {
            var token = TokenLogprob(chosen: try alternative(entry))
            if let top = entry["top_logprobs"] {
                for other in try top.elements() { token.top.append(try alternative(other)) }
            }
            tokens.append(token)
        }
        return tokens
    }

    private static func alternative(_ value: JSONNode) throws(JSONDecodingError) -> TokenLogprob.Alternative {
        var bytes: [UInt8]?
        if let given = value["bytes"] {
            var read: [UInt8] = []
            for byte in try given.elements() { read.append(UInt8(try byte.whole(0...255))) }
            bytes = read
        }
        return TokenLogprob.Alternative(
            token: try value.required("token").text(), logprob: try value.required("logprob").number(), bytes: bytes)
    }

    static func write(_ tokens: [TokenLogprob], to json: inout JSONWriter) {
        json.object("logprobs") { json in
            json.key("content")
            write(list: tokens, to: &json)
            json.nullable("refusal", nil)
        }
    }

    /// The tokens as an array.
    static func write(list tokens: [TokenLogprob], to json: inout JSONWriter) {
        json.beginArray()
        for token in tokens {
            json.object { json in
                write(token.chosen, &json)
                json.array("top_logprobs") { json in
                    for other in token.top { json.object { write(other, &$0) } }
                }
            }
        }
        json.endArray()
    }

    private static func write(_ token: TokenLogprob.Alternative, _ json: inout JSONWriter) {
        json.member("token", token.token)
        json.member("logprob", token.logprob)
        json.array("bytes") { json in for byte in token.bytes ?? Array(token.token.utf8) { json.write(byte) } }
    }
}
