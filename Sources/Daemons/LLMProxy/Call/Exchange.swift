internal import ChatModel
internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPTransfer
internal import Providers

/// One request of a provider over HTTP, held to the call's deadlines, with every way to fail made an
/// ``AttemptFailure``.
struct Exchange: Sendable {
    private let client: HTTPClient
    private let endpoint: ModelEndpoint
    private let patience: CallPatience
    private let deadline: Deadline
    /// The longest answer in one piece.
    private let responseBytes: Int
    private let now: @Sendable () -> Date

    init(
        client: HTTPClient, endpoint: ModelEndpoint, patience: CallPatience, deadline: Deadline, responseBytes: Int,
        now: @escaping @Sendable () -> Date
    ) {
        self.client = client
        self.endpoint = endpoint
        self.patience = patience
        self.deadline = deadline
        self.responseBytes = responseBytes
        self.now = now
    }

    /// The exchange of a caller's call.
    init(_ equipment: CallEquipment, _ endpoint: ModelEndpoint, _ patience: CallPatience, until deadline: Deadline) {
        self.init(
            client: equipment.client, endpoint: endpoint, patience: patience, deadline: deadline,
            responseBytes: equipment.settings.responseBytes, now: equipment.now)
    }

    /// Sends a request and waits for an answer of status 200.
    /// - Throws: ``AttemptFailure``, or `CancellationError` when the caller has left.
    func send(_ request: consuming ProviderRequest) async throws -> InboundResponse {
        let response: InboundResponse
        do {
            response = try await client.send(outbound(request), bodyLimit: responseBytes)
        } catch {
            // A refusal is one without its words, too.
            if let head = error.head, head.status != 200, error.kind != .cancelled {
                throw refusal(head.status, head.headers, [])
            }
            throw try failure(error)
        }
        guard response.status == 200 else { throw refusal(response.status, response.headers, response.body) }
        return response
    }

    /// Sends a request and waits for the head of an answer of status 200.
    /// - Throws: ``AttemptFailure``, or `CancellationError` when the caller has left.
    func open(_ request: consuming ProviderRequest) async throws -> InboundStream {
        do {
            let stream = try await client.open(outbound(request))
            guard stream.status == 200 else { throw try await refusal(stream) }
            return stream
        } catch let error as TransferError {
            throw try failure(error)
        }
    }

    /// What a transfer that broke off means.
    /// - Throws: `CancellationError` when it was the caller who left.
    func failure(_ error: TransferError) throws -> AttemptFailure {
        if error.kind == .cancelled { throw CancellationError() }
        var failure = AttemptFailure(
            ChatFailure(error, provider: endpoint.provider), isSafeToRepeat: error.isSafeToRepeat,
            isBillable: error.isBillable)
        failure.isOutOfTime = error.kind == .timedOut(.total)
        return failure
    }

    private func outbound(_ request: consuming ProviderRequest) -> OutboundRequest {
        // Taken out of it, so that neither is counted twice.
        var (fields, body) = (HTTPHeaders(), [UInt8]())
        swap(&fields, &request.headers)
        swap(&body, &request.body)
        return OutboundRequest(
            method: request.method, url: request.url, headers: fields, body: .bytes(body),
            deadlines: TransferDeadlines(
                connect: patience.connect, firstByte: patience.firstByte, firstPiece: patience.firstByte,
                idle: patience.idle, total: deadline.remaining ?? patience.total),
            // A connection that was kept and turns out to be closed has done nothing for us.
            isIdempotent: true)
    }

    /// The failure that a stream's status other than 200 states.
    private func refusal(_ stream: InboundStream) async throws(TransferError) -> AttemptFailure {
        var body: [UInt8] = []
        do {
            // Enough for any error; a page of a web server in between may be longer.
            while body.count < 64 << 10, let piece = try await stream.next() { body += piece }
        } catch  where error.kind != .cancelled {
            // The status says it, too.
            return refusal(stream.status, stream.headers, body)
        }
        stream.cancel()
        return refusal(stream.status, stream.headers, body)
    }

    private func refusal(_ status: Int, _ headers: HTTPHeaders, _ body: [UInt8]) -> AttemptFailure {
        AttemptFailure(
            endpoint.failure(status: status, headers: headers, body: body, now: now()), isSafeToRepeat: true)
    }
}

/// How long the phases of a call may take.
package struct CallPatience: Sendable, Hashable {
    /// How long a connection may take.
    package var connect: Duration = .seconds(5)
    /// How long a provider may think before its first byte; an answer in one piece is all thinking.
    package var firstByte: Duration = .seconds(300)
    /// How long a stream may be silent.
    package var idle: Duration = .seconds(60)
    /// How long a call may take whose caller sets no deadline.
    package var total: Duration = .seconds(600)

    package init() {}

    /// The same with what a route's terms say otherwise.
    func adjusted(to terms: RouteTerms) -> CallPatience {
        var patience = self
        patience.connect = terms.connectTimeout ?? connect
        patience.firstByte = terms.firstByteTimeout ?? firstByte
        patience.idle = terms.idleTimeout ?? idle
        patience.total = terms.totalTimeout ?? total
        return patience
    }
}

extension TransferError {
    /// Whether the provider cannot have done anything for the request.
    fileprivate var isSafeToRepeat: Bool {
        switch kind {
        case .connect, .resolve, .timedOut(.connect): true
        case .reset: isBeforeRequestSent
        case .timedOut, .invalidRequest, .refusedByPolicy, .overloaded, .tls, .truncated, .tooLarge, .protocol, .upload,
            .cancelled:
            false
        }
    }

    /// Whether the provider may have read the question and be at work on the answer.
    fileprivate var isBillable: Bool {
        switch kind {
        case .connect, .resolve, .timedOut(.connect), .invalidRequest, .refusedByPolicy, .overloaded, .tls, .upload,
            .cancelled:
            false
        case .timedOut, .reset, .truncated, .tooLarge, .protocol: !isBeforeRequestSent
        }
    }
}

extension ChatFailure {
    /// What a transfer that failed means for the caller. The transfer's own words name addresses: they are for the log.
    init(_ error: TransferError, provider: Providers.Provider) {
        let name = "provider \(provider.name)"
        let (code, message): (Code, String) =
            switch error.kind {
            case .timedOut(.connect): (.timeout, "\(name) could not be connected to in time")
            case .timedOut(.firstByte): (.timeout, "\(name) did not begin to answer in time")
            case .timedOut(.total): (.timeout, "\(name) did not finish its answer in the time that the call may take")
            case .timedOut(.idle): (.timeout, "\(name) stopped answering")
            case .tooLarge: (.invalidResponse, "\(name) answered more than is accepted")
            case .protocol: (.invalidResponse, "\(name) answered something that is no HTTP")
            case .truncated: (.providerError, "\(name) broke the answer off")
            case .overloaded: (.rateLimited, "too many calls wait for a connection to \(name)")
            case .refusedByPolicy: (.providerError, "the egress policy of this installation forbids \(name)")
            case .invalidRequest: (.providerError, "the address of \(name) cannot be used")
            case .tls: (.providerError, "no secure connection to \(name) could be made")
            case .resolve: (.providerError, "\(name) was not found by its name")
            case .connect, .reset, .upload, .cancelled: (.providerError, "\(name) could not be reached")
            }
        let isLasting = [.refusedByPolicy, .invalidRequest, .tls].contains(error.kind)
        self.init(
            code, message, provider: provider.name,
            providerMessage: ProviderMessage.clean(error.message, key: nil), isTransient: isLasting ? false : nil)
    }
}
