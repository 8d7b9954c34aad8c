internal import HTTPMessages

/// Why the server itself answers a request, before or instead of the handler.
package enum HTTPRefusal: String, Error, Sendable, Hashable, CaseIterable {
    /// The request is not HTTP as RFC 9112 has it.
    case malformed
    /// The request came too slowly.
    case timedOut = "request_timeout"
    /// The body is longer than the listener allows.
    case contentTooLarge = "content_too_large"
    /// The target is longer than the listener allows.
    case targetTooLong = "uri_too_long"
    /// The header is longer than the listener allows.
    case headersTooLarge = "headers_too_large"
    /// The body is coded in a way other than `chunked`.
    case unknownTransferCoding = "unknown_transfer_coding"
    /// There are as many connections as the listener allows.
    case overloaded

    /// The status of the answer.
    package var status: Int {
        switch self {
        case .malformed: 400
        case .timedOut: 408
        case .contentTooLarge: 413
        case .targetTooLong: 414
        case .headersTooLarge: 431
        case .unknownTransferCoding: 501
        case .overloaded: 503
        }
    }

    private var title: String {
        switch self {
        case .malformed: "Bad request"
        case .timedOut: "Request timeout"
        case .contentTooLarge: "Content too large"
        case .targetTooLong: "URI too long"
        case .headersTooLarge: "Request header fields too large"
        case .unknownTransferCoding: "Not implemented"
        case .overloaded: "Service unavailable"
        }
    }

    private var detail: String {
        switch self {
        case .malformed: "The request could not be understood."
        case .timedOut: "The request did not arrive in time."
        case .contentTooLarge: "The request body is larger than this server accepts."
        case .targetTooLong: "The request target is longer than this server accepts."
        case .headersTooLarge: "The request header is larger than this server accepts."
        case .unknownTransferCoding: "The transfer coding of the request body is not supported; use chunked."
        case .overloaded: "The server has as many connections as it can serve. Try again."
        }
    }

    /// The answer unless the listener was given another: a problem body (RFC 9457) whose `code` is the raw value.
    package var response: HTTPResponse {
        let body =
            #"{"type":"about:blank","status":\#(status),"title":"\#(title)","detail":"\#(detail)","instance":null,"#
            + #""code":"\#(rawValue)"}"#
        var headers: HTTPHeaders = ["content-type": "application/problem+json"]
        if self == .overloaded { headers["retry-after"] = "1" }
        return HTTPResponse(status: status, headers: headers, body: .bytes([UInt8](body.utf8)))
    }
}
