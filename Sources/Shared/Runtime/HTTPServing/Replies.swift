package import HTTPMessages
package import HTTPServer
internal import JSON

/// The answer of a handler, under the name that handlers use: they need not know the server beneath.
package typealias Reply = HTTPResponse

extension HTTPResponse {
    /// The same answer with one more header field.
    package func adding(_ name: String, _ value: String) -> HTTPResponse {
        var copy = self
        copy.headers.add(name, value)
        return copy
    }

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

    /// Plain text.
    package static func text(_ text: String, status: Int = 200) -> HTTPResponse {
        bytes(Array(text.utf8), type: "text/plain; charset=utf-8", status: status)
    }

    /// 204: done, and nothing to say.
    package static let noContent = HTTPResponse(status: 204, headers: [:], body: .bytes([]))
}
