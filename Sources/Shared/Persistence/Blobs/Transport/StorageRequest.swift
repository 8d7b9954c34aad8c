internal import Cryptography
internal import HTTPMessages
internal import HTTPTransfer

/// A call of an object storage before it is signed. It may be sent again: each time it is signed anew.
struct StorageRequest: Sendable {
    var method: HTTPMethod
    /// Below the bucket or container, percent-encoded, without the slash that it begins with; a whole address where the
    /// store has said one.
    var path: String
    /// Names and values before they are encoded; a value of `nil` stands without `=`.
    var query: [(name: String, value: String?)] = []
    var headers: HTTPHeaders = [:]
    var body: [UInt8] = []

    /// As on the wire; `nil` without any.
    var encodedQuery: String? {
        guard !query.isEmpty else { return nil }
        return query.map { name, value in
            let name = PercentEncoding.encode(name.utf8)
            return value.map { "\(name)=\(PercentEncoding.encode($0.utf8))" } ?? name
        }.joined(separator: "&")
    }

    /// The request as it goes out to an address, with more headers.
    func outbound(to url: String, adding added: [(name: String, value: String)]) -> OutboundRequest {
        var headers = headers
        for (name, value) in added { headers.add(name, value) }
        // Everything that is sent here may safely be sent twice; a length is said also where there is no body.
        return OutboundRequest(
            method: method, url: url, headers: headers,
            body: body.isEmpty && method != .put && method != .post ? .none : .bytes(body),
            deadlines: Self.deadlines, isIdempotent: true)
    }

    /// No limit for the whole: a large blob that gets on may take its time.
    private static let deadlines = TransferDeadlines(
        connect: .seconds(5), firstByte: .seconds(30), idle: .seconds(30), total: nil)
}
