package import HTTPMessages

/// A response with its whole body.
package struct InboundResponse: Sendable {
    /// The status code.
    package let status: Int
    /// The header fields.
    package let headers: HTTPHeaders
    /// The body as it was sent; no content coding is undone.
    package let body: [UInt8]
    /// How long it took.
    package let timing: TransferTiming
}

/// The moments of a transfer, each counted from the call.
package struct TransferTiming: Sendable, Hashable {
    /// Until a connection could carry the request; next to nothing when one was kept alive.
    package let connect: Duration
    /// Until the first line of the response.
    package let firstByte: Duration
    /// Until the last byte of the response.
    package let total: Duration
}
