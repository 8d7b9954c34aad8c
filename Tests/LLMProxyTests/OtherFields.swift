import HTTPMessages
import HTTPTransfer

extension OutboundRequest {
    /// The same with other header fields.
    func with(_ change: (inout HTTPHeaders) -> Void) -> OutboundRequest {
        var changed = headers
        change(&changed)
        return OutboundRequest(
            method: method, url: url, headers: changed, body: body, deadlines: deadlines, tls: tls,
            unixSocketPath: unixSocketPath, isIdempotent: isIdempotent)
    }
}
