internal import HTTPTransfer

/// What people are told of a transfer to where tenants say, which did not come about.
enum OutsideTransfer {
    /// The transfer's own words name addresses.
    static func sentence(for error: TransferError, patience: Duration) -> String {
        switch error.kind {
        case .timedOut(.connect): "It could not be connected to within \(patience.components.seconds) s."
        case .timedOut: "It did not answer within \(patience.components.seconds) s."
        case .refusedByPolicy: "The egress policy of this installation forbids its address: \(error.message)."
        case .invalidRequest: "Its address cannot be used."
        case .overloaded: "Too many transfers wait for a connection to it."
        case .tls: "No secure connection to it could be made."
        case .resolve: "It was not found by its name."
        case .tooLarge, .protocol: "It answered something that is no HTTP."
        case .connect, .reset, .truncated, .upload, .cancelled: "It could not be reached."
        }
    }

    /// Whether its address may not be connected to, or is none.
    static func isForbidden(_ error: TransferError) -> Bool {
        error.kind == .refusedByPolicy || error.kind == .invalidRequest
    }
}
