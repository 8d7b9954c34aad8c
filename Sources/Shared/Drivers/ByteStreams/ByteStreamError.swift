/// Why a stream cannot be made or has ended.
package enum ByteStreamError: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is no way to the peer, or it does not accept.
    case unreachable(String)
    /// It may not be connected to.
    case forbidden(String)
    /// No agreement on TLS: a certificate that is not accepted, as a rule.
    case notSecure(String)
    /// The peer has closed the stream, or it broke.
    case ended(String)
    case timedOut
    case cancelled

    package var description: String {
        switch self {
        case .unreachable(let reason), .forbidden(let reason), .notSecure(let reason), .ended(let reason): reason
        case .timedOut: "the peer takes nothing"
        case .cancelled: "given up"
        }
    }
}
