internal import HTTPMessages
internal import HTTPTransfer

/// How one kind of object storage is spoken to.
protocol StorageDialect: Sendable {
    /// The request as it goes out, signed for this moment.
    func outbound(_ request: StorageRequest) async throws -> OutboundRequest

    /// What an answer means that is not what was hoped for. What is kept of credentials that were refused is to be
    /// forgotten here.
    func trouble(status: Int, headers: HTTPHeaders, body: [UInt8]) -> StorageTrouble
}

/// Why a request did not do what it should.
struct StorageTrouble: Error {
    /// What is to be done about it.
    enum Next {
        case giveUp
        /// It may go better in a moment; so long the store asks to wait at least.
        case wait(Duration?)
        /// Something was learned by it: at once, but only once.
        case tryAnew
    }

    let kind: BlobError.Kind
    let reason: String
    let next: Next
    /// The status, where there was an answer.
    var status: Int?

    init(_ kind: BlobError.Kind, _ reason: String, _ next: Next, status: Int? = nil) {
        self.kind = kind
        self.reason = reason
        self.next = next
        self.status = status
    }
}
