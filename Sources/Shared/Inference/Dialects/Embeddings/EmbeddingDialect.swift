package import ChatModel
internal import Cryptography
package import JSON

/// OpenAI's `POST /v1/embeddings`, the one dialect in which callers ask for vectors.
package enum EmbeddingDialect {
    private enum Field: String {
        case model, input, dimensions, user
        case encodingFormat = "encoding_format"
        case inputType = "input_type"
    }

    /// The request in a body.
    /// - Throws: ``ChatFailure`` that names what is wrong.
    package static func read(_ body: [UInt8]) throws(ChatFailure) -> EmbeddingRequest {
        do {
            return try request(JSONNode(body))
        } catch {
            throw ChatFailure(reading: error)
        }
    }

    private static func request(_ body: JSONNode) throws(JSONDecodingError) -> EmbeddingRequest {
        var request = EmbeddingRequest(
            model: try body.required("model").text(), inputs: try inputs(body.required("input")))
        for (name, value) in try body.members() where !value.isNull {
            switch Field(rawValue: name) {
            case .model, .input: break
            case .dimensions: request.dimensions = try value.whole(1...65_536)
            case .user: request.user = try value.text()
            case .inputType:
                let word = try value.text()
                (request.purpose, request.purposeWord) = (purpose(word), word)
            case .encodingFormat:
                switch try value.text() {
                case "float": request.isBase64 = false
                case "base64": request.isBase64 = true
                default: throw value.mismatch("one of float, base64")
                }
            case nil: request.extras.append(ChatExtra(name, RawJSON(value.raw)))
            }
        }
        return request
    }

    /// A text, tokens, or several of either.
    private static func inputs(_ value: JSONNode) throws(JSONDecodingError) -> [EmbeddingRequest.Input] {
        if let text = value.string { return [.text(text)] }
        guard value.kind == .array, value.count > 0 else {
            throw value.mismatch("a string or an array with at least one element")
        }
        var inputs: [EmbeddingRequest.Input] = []
        for element in try value.elements() {
            switch element.kind {
            case .string: inputs.append(.text(try element.text()))
            case .array: inputs.append(.tokens(try tokens(element)))
            case .number: return [.tokens(try tokens(value))]
            case .null, .bool, .object: throw element.mismatch("a string, or tokens")
            }
        }
        return inputs
    }

    private static func tokens(_ value: JSONNode) throws(JSONDecodingError) -> [Int] {
        var tokens: [Int] = []
        for token in try value.elements() { tokens.append(try token.whole(0...Int.max)) }
        return tokens
    }

    /// NVIDIA's and Cohere's words for it, which their clients send in this dialect; `nil` for one that only they know.
    private static func purpose(_ word: String) -> EmbeddingRequest.Purpose? {
        switch word {
        case "query", "search_query": .query
        case "document", "passage", "search_document": .document
        default: nil
        }
    }

    /// The body for a server of this dialect.
    package static func body(of request: EmbeddingRequest, model: String, extras: [ChatExtra]) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.member("model", model)
            json.array("input") { json in
                for input in request.inputs {
                    switch input {
                    case .text(let text): json.write(text)
                    case .tokens(let tokens):
                        json.beginArray()
                        for token in tokens { json.write(token) }
                        json.endArray()
                    }
                }
            }
            json.member("dimensions", request.dimensions)
            json.member("encoding_format", "float")
            json.member("user", request.user)
            for extra in extras { json.member(extra.name, extra.value) }
        }
        return json.bytes
    }

    /// Reads the answer of such a server.
    /// - Throws: ``ChatFailure`` with the code `invalidResponse` when it is none.
    package static func reply(_ body: JSONNode) throws(ChatFailure) -> EmbeddingReply {
        do throws(JSONDecodingError) {
            var vectors: [(index: Int, vector: [Float])] = []
            for (place, entry) in try body.required("data").elements().enumerated() {
                vectors.append((entry.integer("index") ?? place, try vector(entry.required("embedding"))))
            }
            vectors.sort { $0.index < $1.index }
            return EmbeddingReply(
                model: body.string("model"), vectors: vectors.map(\.vector),
                usage: CompletionUsage.read(body["usage"]))
        } catch {
            throw ChatFailure(.invalidResponse, "the answer holds no vectors: \(error.message)")
        }
    }

    /// A list of numbers.
    package static func vector(_ value: JSONNode) throws(JSONDecodingError) -> [Float] {
        var vector: [Float] = []
        vector.reserveCapacity(value.count)
        for number in try value.elements() { vector.append(Float(try number.number())) }
        return vector
    }

    /// The body of an answer.
    package static func body(of reply: EmbeddingReply, for request: EmbeddingRequest) -> [UInt8] {
        var json = JSONWriter(capacity: 512 + reply.vectors.count * 4096)
        json.object { json in
            json.member("object", "list")
            json.array("data") { json in
                for (index, vector) in reply.vectors.enumerated() {
                    json.object { json in
                        json.member("object", "embedding")
                        json.member("index", index)
                        json.key("embedding")
                        write(vector, isBase64: request.isBase64, to: &json)
                    }
                }
            }
            json.member("model", reply.model ?? request.model)
            json.object("usage") { json in
                json.member("prompt_tokens", reply.usage?.promptTokens ?? 0)
                json.member("total_tokens", reply.usage?.totalTokens ?? 0)
            }
        }
        return json.bytes
    }

    private static func write(_ vector: [Float], isBase64: Bool, to json: inout JSONWriter) {
        guard isBase64 else {
            json.beginArray()
            for number in vector { json.write(number) }
            json.endArray()
            return
        }
        json.write(Base64.encode(vector.flatMap(Self.bytes)))
    }

    /// The lowest byte first, as OpenAI's clients read them.
    private static func bytes(_ number: Float) -> [UInt8] {
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number.bitPattern >> $0) }
    }
}
