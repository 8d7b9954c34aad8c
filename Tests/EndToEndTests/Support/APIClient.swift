import EventLoop
import Foundation
import HTTPMessages
import HTTPTransfer
import JSON

/// What the server answered.
struct Reply: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The JSON body, `nil` when it is none.
    var json: JSONValue? { try? JSONCodec.decode(JSONValue.self, from: bytes) }

    /// A member of the JSON body.
    subscript(key: String) -> JSONValue? { json?[key] }
    /// A string member of the JSON body; "" when there is none.
    func string(_ key: String) -> String { json?[key]?.stringValue ?? "" }
    /// The rows of a page.
    var results: [JSONValue] { json?["results"]?.arrayValue ?? [] }
}

extension JSONValue {
    /// A string member; "" when there is none.
    func string(_ key: String) -> String { self[key]?.stringValue ?? "" }
}

/// Speaks to one listener of a server, as one caller.
struct APIClient: Sendable {
    let base: String
    /// What is sent as `Authorization`, if anything.
    var authorization: String?

    private static let loops = LoopGroup(count: 2, name: "client")
    private static let http = HTTPClient(
        loops: loops, settings: HTTPClientSettings(userAgent: "end-to-end tests", maxConnectionsPerHost: 512))

    /// Sends a request; `body` is JSON unless the headers say otherwise.
    func send(
        _ method: HTTPMethod, _ path: String, body: [UInt8]? = nil, headers: HTTPHeaders = [:],
        within limit: Duration = .seconds(30)
    ) async throws -> Reply {
        var headers = headers
        if let authorization, headers["authorization"] == nil { headers["authorization"] = authorization }
        if body != nil, headers["content-type"] == nil { headers["content-type"] = "application/json" }
        let request = OutboundRequest(
            method: method, url: base + path, headers: headers, body: body.map { .bytes($0) } ?? .none,
            deadlines: TransferDeadlines(connect: .seconds(5), firstByte: limit, idle: limit, total: limit))
        let response = try await Self.loops.next().run { try await Self.http.send(request, bodyLimit: 64 << 20) }
        return Reply(status: response.status, headers: response.headers, bytes: response.body)
    }

    func get(_ path: String, headers: HTTPHeaders = [:]) async throws -> Reply {
        try await send(.get, path, headers: headers)
    }

    func post(_ path: String, _ body: JSONValue, headers: HTTPHeaders = [:], within limit: Duration = .seconds(30))
        async throws -> Reply
    {
        try await send(.post, path, body: JSONWriter.bytes(of: body), headers: headers, within: limit)
    }

    func patch(_ path: String, _ body: JSONValue) async throws -> Reply {
        try await send(.patch, path, body: JSONWriter.bytes(of: body))
    }

    func put(_ path: String, _ body: JSONValue) async throws -> Reply {
        try await send(.put, path, body: JSONWriter.bytes(of: body))
    }

    func delete(_ path: String) async throws -> Reply { try await send(.delete, path) }

    /// The same listener for a caller who shows other credentials, or none.
    func showing(_ authorization: String?) -> APIClient {
        var other = self
        other.authorization = authorization
        return other
    }
}
