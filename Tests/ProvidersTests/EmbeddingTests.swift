import ChatModel
import Dialects
import JSON
import Providers
import Testing

/// Vectors, asked in OpenAI's dialect and made by anybody.
@Suite struct EmbeddingTests {
    private func request(_ body: String) throws -> EmbeddingRequest { try EmbeddingDialect.read(Array(body.utf8)) }

    @Test(arguments: [
        (#""q""#, [EmbeddingRequest.Input.text("q")]), (#"["a","b"]"#, [.text("a"), .text("b")]),
        ("[1,2]", [.tokens([1, 2])]), ("[[1],[2,3]]", [.tokens([1]), .tokens([2, 3])]),
    ])
    func inputsAreTextsOrTokens(input: String, expected: [EmbeddingRequest.Input]) throws {
        #expect(try request(#"{"model":"m","input":"# + input + "}").inputs == expected)
    }

    @Test(arguments: [
        (#"{"input":"q"}"#, "model"), (#"{"model":"m"}"#, "input"), (#"{"model":"m","input":[]}"#, "input"),
        (#"{"model":"m","input":[{}]}"#, "input[0]"), (#"{"model":"m","input":"q","dimensions":0}"#, "dimensions"),
        (#"{"model":"m","input":"q","encoding_format":"hex"}"#, "encoding_format"),
    ])
    func mistakesAreNamed(body: String, place: String) {
        #expect { try request(body) } throws: { ($0 as? ChatFailure)?.parameter == place }
    }

    private static let question = #"{"model":"a","input":["x","y"],"dimensions":2,"input_type":"query"}"#

    @Test(arguments: [
        (
            ProviderKind.openAI, "e", "https://api.openai.com/v1/embeddings",
            #"{"model":"e","input":["x","y"],"dimensions":2,"encoding_format":"float"}"#
        ),
        (
            .mistral, "e", "https://api.mistral.ai/v1/embeddings",
            #"{"model":"e","input":["x","y"],"encoding_format":"float","output_dimension":2}"#
        ),
        (
            .gemini, "e", "https://generativelanguage.googleapis.com/v1beta/models/e:batchEmbedContents",
            #"{"requests":[{"model":"models/e","content":{"parts":[{"text":"x"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":2},{"model":"models/e","content":{"parts":[{"text":"y"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":2}]}"#
        ),
        (
            .vertexAI, "e",
            "https://europe-west4-aiplatform.googleapis.com/v1beta1/projects/p1/locations/europe-west4/publishers/google/models/e:predict",
            #"{"instances":[{"content":"x","task_type":"RETRIEVAL_QUERY"},{"content":"y","task_type":"RETRIEVAL_QUERY"}],"parameters":{"outputDimensionality":2}}"#
        ),
        (
            .cohere, "e", "https://api.cohere.com/v2/embed",
            #"{"model":"e","texts":["x","y"],"input_type":"search_query","embedding_types":["float"],"output_dimension":2}"#
        ),
        (
            .bedrock, "cohere.embed-v4:0",
            "https://bedrock-runtime.us-east-1.amazonaws.com/model/cohere.embed-v4%3A0/invoke",
            #"{"texts":["x","y"],"input_type":"search_query","embedding_types":["float"],"output_dimension":2}"#
        ),
    ])
    func eachProviderIsAskedInItsLanguage(kind: ProviderKind, model: String, url: String, body: String) throws {
        let call = try Wire.endpoint(kind, model: model).request(for: request(Self.question), now: Wire.now)
        #expect(call.url == url)
        try expectJSON(call.body, body)
    }

    @Test(arguments: [
        (
            ProviderKind.openAI,
            #"{"object":"list","model":"e","data":[{"index":1,"embedding":[3,4]},{"index":0,"embedding":[1,2.5]}],"usage":{"prompt_tokens":7,"total_tokens":7}}"#,
            Optional(7)
        ),
        (.gemini, #"{"embeddings":[{"values":[1,2.5]},{"values":[3,4]}]}"#, nil),
        (
            .vertexAI,
            #"{"predictions":[{"embeddings":{"values":[1,2.5],"statistics":{"token_count":3}}},{"embeddings":{"values":[3,4],"statistics":{"token_count":4.0}}}]}"#,
            7
        ),
        (.cohere, #"{"id":"x","embeddings":{"float":[[1,2.5],[3,4]]},"meta":{"billed_units":{"input_tokens":7}}}"#, 7),
    ])
    func everyAnswerIsReadInOrder(kind: ProviderKind, body: String, tokens: Int?) throws {
        let reply = try Wire.endpoint(kind).embeddings(Array(body.utf8), for: request(Self.question))
        #expect(reply.vectors == [[1, 2.5], [3, 4]])
        #expect(reply.usage?.promptTokens == tokens)
    }

    @Test func whatVectorsAreForIsSaidInTheCallersWordToServersOfItsDialect() throws {
        for word in ["passage", "clustering"] {
            let asked = try request(#"{"model":"a","input":"x","input_type":"\#(word)"}"#)
            let sent = try Wire.json(try Wire.endpoint(.openAICompatible).request(for: asked, now: Wire.now).body)
            #expect(sent["input_type"] == .string(word))
            let openAI = try Wire.endpoint(.openAI).request(for: asked, now: Wire.now)
            #expect(openAI.adjustments == [.omitted("input_type")])
        }
        let unknown = try request(#"{"model":"a","input":"x","input_type":"clustering"}"#)
        #expect {
            try Wire.endpoint(.gemini).request(for: unknown, now: Wire.now)
        } throws: { ($0 as? Unsupported)?.parameter == "input_type" }
    }

    @Test func titanTakesOneTextAtATime() throws {
        let endpoint = Wire.endpoint(.bedrock, model: "amazon.titan-embed-text-v2:0")
        let one = try request(#"{"model":"a","input":"x"}"#)
        try expectJSON(try endpoint.request(for: one, now: Wire.now).body, #"{"inputText":"x"}"#)
        let reply = try endpoint.embeddings(Array(#"{"embedding":[1,2],"inputTextTokenCount":3}"#.utf8), for: one)
        #expect(reply.vectors == [[1, 2]])
        #expect(reply.usage?.promptTokens == 3)
        #expect(throws: Unsupported.self) { try endpoint.request(for: request(Self.question), now: Wire.now) }
    }

    @Test func whatCannotBeIsRefused() throws {
        #expect(throws: Unsupported.self) {
            try Wire.endpoint(.anthropic).request(for: request(Self.question), now: Wire.now)
        }
        #expect {
            try Wire.endpoint(.gemini).request(for: request(#"{"model":"a","input":[1]}"#), now: Wire.now)
        } throws: { ($0 as? Unsupported)?.parameter == "input" }
        #expect {
            try Wire.endpoint(.openAI).embeddings(Array(#"{"data":[]}"#.utf8), for: request(Self.question))
        } throws: { ($0 as? ChatFailure)?.code == .invalidResponse }
    }

    @Test func base64IsWhatOpenAIsClientsRead() throws {
        var asked = try request(#"{"model":"m","input":"q","encoding_format":"base64"}"#)
        let reply = EmbeddingReply(model: "e", vectors: [[0.5, -1.25]])
        let body = try Wire.json(EmbeddingDialect.body(of: reply, for: asked))
        #expect(body["data"]?[0]?["embedding"] == "AAAAPwAAoL8=")
        asked.isBase64 = false
        #expect(try Wire.json(EmbeddingDialect.body(of: reply, for: asked))["data"]?[0]?["embedding"] == [0.5, -1.25])
    }
}
