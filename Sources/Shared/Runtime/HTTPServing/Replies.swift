package import HTTPMessages
package import HTTPServer
internal import JSON

/// The answer of a handler, under the name that handlers use: they need not know the server beneath.
package typealias Reply = HTTPResponse

/// What an answer is made of that is whole before it is sent.
package struct ReplyParts: Sendable, Hashable {
    package let status: Int
    package let contentType: String?
    package let body: [UInt8]
    /// Whether nobody may store it.
    package let isSecret: Bool

    /// What `id` says at the top of a JSON document of a usual size: the identifier of what the answer shows.
    package var identifier: String? {
        guard contentType == "application/json", body.count < 1 << 16 else { return nil }
        struct Identified: Decodable { let id: String? }
        do {
            return try JSONCodec.decode(Identified.self, from: body).id
        } catch {
            return nil  // An answer of another shape names nothing.
        }
    }
}

extension HTTPResponse {
    /// What the answer is made of; `nil` of one that is written while it is sent.
    package var parts: ReplyParts? {
        switch body {
        case .bytes(let bytes):
            ReplyParts(
                status: status, contentType: headers["content-type"], body: bytes,
                isSecret: headers["cache-control"] == "no-store")
        case .stream: nil
        }
    }

    /// Whether the caller got what they wanted.
    package var hasSucceeded: Bool { status < 400 }

    /// The same answer with one more header field.
    package func adding(_ name: String, _ value: String) -> HTTPResponse {
        var copy = self
        copy.headers.add(name, value)
        return copy
    }

    /// The same answer, which carries a secret: neither a cache on its way nor the server itself stores it.
    package var secret: HTTPResponse { adding("cache-control", "no-store") }

    /// A JSON document. The status is part of the contract: clients read the body of the expected one only.
    package static func json(
        _ value: some Encodable, status: Int = 200, headers: HTTPHeaders = [:]
    ) -> HTTPResponse {
        bytes(JSONCodec.encode(value), type: "application/json", status: status, headers: headers)
    }

    /// A document that is encoded already.
    package static func bytes(
        _ bytes: [UInt8], type: String, status: Int = 200, headers: HTTPHeaders = [:]
    ) -> HTTPResponse {
        var headers = headers
        headers.add("content-type", type)
        return HTTPResponse(status: status, headers: headers, body: .bytes(bytes))
    }

    /// A document that `body` writes piece by piece; each returns when the client has room for more. Its length is
    /// announced when there is a `content-length` among the headers.
    package static func stream(
        type: String, status: Int = 200, headers: HTTPHeaders = [:],
        _ body: @escaping @Sendable (_ write: @escaping @Sendable ([UInt8]) async throws -> Void) async throws -> Void
    ) -> HTTPResponse {
        var headers = headers
        headers.add("content-type", type)
        return HTTPResponse(
            status: status, headers: headers,
            body: .stream { writer in try await body { try await writer.write($0) } })
    }

    /// Plain text.
    package static func text(_ text: String, status: Int = 200) -> HTTPResponse {
        bytes(Array(text.utf8), type: "text/plain; charset=utf-8", status: status)
    }

    /// A file that is written while it is sent. When `body` throws, the connection ends in the middle, so that nobody takes
    /// a part for the whole.
    package static func file(
        named name: String, type: String,
        _ body: @escaping @Sendable (_ write: @escaping @Sendable ([UInt8]) async throws -> Void) async throws -> Void
    ) -> HTTPResponse {
        // What a name may hold in a header field without further ado.
        let safe = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_. ".contains($0)) ? $0 : "_" })
        return .stream(type: type, headers: ["content-disposition": "attachment; filename=\"\(safe)\""], body)
    }

    /// 204: done, and nothing to say.
    package static let noContent = HTTPResponse(status: 204, headers: [:], body: .bytes([]))
}
