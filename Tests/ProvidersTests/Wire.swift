import ChatModel
import Cryptography
import Dialects
import FoundationEssentials
import JSON
import Providers
import Testing

/// What the tests of all providers share.
enum Wire {
    /// 2026-11-23T06:00:00Z
    static let now = Date(timeIntervalSince1970: 1_795_413_600)
    static let identity = AnswerIdentity(id: "1", created: 5)

    static func json(_ bytes: [UInt8]) throws -> JSONValue { try JSONParser.parse(bytes) }

    static func read(_ dialect: ChatDialect, _ body: String) throws -> ChatRequest {
        try dialect.read(Array(body.utf8))
    }

    static func endpoint(_ kind: ProviderKind, model: String = "m", baseURL: String? = nil) -> ModelEndpoint {
        var settings = Provider.Settings()
        settings.region = "us-east-1"
        settings.project = "p1"
        settings.location = "europe-west4"
        let base = baseURL ?? (kind.defaultBaseURL(settings).isEmpty ? "http://host:1" : nil)
        return ModelEndpoint(
            provider: Provider(
                kind, name: "acme", baseURL: base, credential: .key(ProviderKey("sk-very-secret-key")),
                settings: settings), model: model)
    }

    static func call(_ kind: ProviderKind, model: String = "m", _ body: String) throws -> ProviderRequest {
        try endpoint(kind, model: model).request(for: read(.chatCompletions, body), now: now)
    }

    /// The steps of a stream that comes in pieces of `size` bytes.
    static func steps(_ endpoint: ModelEndpoint, _ bytes: [UInt8], size: Int, _ request: ChatRequest) -> [ChatEvent] {
        var stream = endpoint.stream(for: request)
        var events: [ChatEvent] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            events += stream.receive(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        return events + stream.end()
    }

    /// The steps of a stream in one piece, after a check that they are the same however it is split.
    static func steps(
        _ endpoint: ModelEndpoint, _ bytes: [UInt8], for request: ChatRequest? = nil,
        location: SourceLocation = #_sourceLocation
    ) -> [ChatEvent] {
        let request = request ?? ChatRequest(model: "m", messages: [])
        let whole = steps(endpoint, bytes, size: bytes.count + 1, request)
        for size in [1, 2, 3, 7, 64] {
            #expect(
                steps(endpoint, bytes, size: size, request) == whole, "in pieces of \(size)",
                sourceLocation: location)
        }
        for cut in 1..<max(1, bytes.count) {
            var stream = endpoint.stream(for: request)
            let events = stream.receive(Array(bytes[..<cut])) + stream.receive(Array(bytes[cut...])) + stream.end()
            #expect(events == whole, "cut at \(cut)", sourceLocation: location)
        }
        return whole
    }

    /// What a stream is broken off at every byte comes to: never a clean end.
    static func isNeverCleanlyCut(_ endpoint: ModelEndpoint, _ bytes: [UInt8], before end: Int) -> Bool {
        (1..<end).allSatisfy { cut in
            var stream = endpoint.stream(for: ChatRequest(model: "m", messages: []))
            let events = stream.receive(Array(bytes[..<cut])) + stream.end()
            guard case .failure? = events.last?.kind else { return false }
            return true
        }
    }

    /// A question with everything that all providers can do.
    static let question = #"""
        {"model":"alias","messages":[
        {"role":"system","content":"Be brief."},
        {"role":"user","content":[{"type":"text","text":"What is this?"},
          {"type":"image_url","image_url":{"url":"data:image/png;base64,aGk="}}]},
        {"role":"assistant","content":null,"tool_calls":[
          {"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}},
          {"id":"c2","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Rome\"}"}}]},
        {"role":"tool","tool_call_id":"c1","content":"{\"t\":3}"},
        {"role":"tool","tool_call_id":"c2","content":"warm"},
        {"role":"user","content":"Summarize."}],
        "max_completion_tokens":100,"temperature":0.5,"top_p":0.9,"stop":["END"],
        "tools":[{"type":"function","function":{"name":"weather","description":"Weather","strict":true,
          "parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}],
        "tool_choice":"auto"}
        """#
}

/// Whether two documents are the same, whatever the order of their members.
func expectJSON(
    _ bytes: [UInt8], _ expected: String, location: SourceLocation = #_sourceLocation
) throws {
    let found = try JSONParser.parse(bytes)
    let wanted = try JSONParser.parse(expected)
    #expect(found == wanted, sourceLocation: location)
}
