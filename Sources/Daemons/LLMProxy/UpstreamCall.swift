internal import ChatModel
internal import EventLoop
internal import HTTPMessages
internal import HTTPTransfer
internal import JSON
internal import Providers

/// One call of a provider that speaks OpenAI's chat completions, with its retries.
struct UpstreamCall {
    let client: HTTPClient
    let settings: ProxySettings
    let upstream: Upstream
    let deadline: Deadline
    /// Seconds since 1970, for providers that state a date.
    let now: @Sendable () -> Int64

    /// What came back, and how often it was asked for.
    struct Outcome<Value> {
        let value: Result<Value, ChatFailure>
        let attempts: Int
    }

    /// An answer in one piece, checked.
    struct Completion {
        let response: InboundResponse
        let reply: OpenAIReply
    }

    /// An answer that has begun to come: its first whole events are here.
    struct Opened {
        let stream: InboundStream
        let follower: OpenAIStream
        let first: [UInt8]
        /// Whether the provider has said all that it will.
        let isComplete: Bool
    }

    /// Asks for an answer in one piece.
    /// - Throws: `CancellationError` when the caller has left.
    func complete(_ request: OutboundRequest) async throws -> Outcome<Completion> {
        try await attempts { try await completeOnce(request) }
    }

    /// Asks for a stream and waits for the first event of an answer; until then everything can be tried again.
    /// - Throws: `CancellationError` when the caller has left.
    func open(_ request: OutboundRequest, stripsUsage: Bool) async throws -> Outcome<Opened> {
        try await attempts {
            do {
                let stream = try await client.open(timed(request))
                guard stream.status == 200 else { throw try await refusal(stream) }
                return try await begin(stream, OpenAIStream(from: upstream, stripsUsage: stripsUsage))
            } catch let error as TransferError {
                throw try attemptFailure(error)
            }
        }
    }

    private func completeOnce(_ request: OutboundRequest) async throws -> Completion {
        let response: InboundResponse
        do {
            response = try await client.send(timed(request), bodyLimit: settings.responseBytes)
        } catch {
            throw try attemptFailure(error)
        }
        guard response.status == 200 else {
            throw refusal(response.status, response.headers, response.body)
        }
        do {
            return Completion(response: response, reply: try OpenAIReply(response.body, from: upstream))
        } catch {
            // It has answered, and will want to be paid for it.
            throw AttemptFailure(error, isSafeToRepeat: false)
        }
    }

    private func begin(_ stream: InboundStream, _ follower: OpenAIStream) async throws -> Opened {
        var follower = follower
        var first: [UInt8] = []
        do {
            while first.isEmpty {
                guard let piece = try await stream.next() else {
                    first += try follower.end()
                    return Opened(stream: stream, follower: follower, first: first, isComplete: true)
                }
                first += try follower.receive(piece)
            }
        } catch let failure as ChatFailure {
            stream.cancel()
            throw AttemptFailure(failure, isSafeToRepeat: failure.code != .invalidResponse)
        }
        return Opened(stream: stream, follower: follower, first: first, isComplete: false)
    }

    /// The failure that a stream's status other than 200 states.
    private func refusal(_ stream: InboundStream) async throws -> AttemptFailure {
        var body: [UInt8] = []
        // Enough for any error; a page of a web server in between may be longer.
        while body.count < 64 << 10, let piece = try await stream.next() { body += piece }
        stream.cancel()
        return refusal(stream.status, stream.headers, body)
    }

    private func refusal(_ status: Int, _ headers: HTTPHeaders, _ body: [UInt8]) -> AttemptFailure {
        AttemptFailure(
            OpenAIFailure.read(status: status, headers: headers, body: body, from: upstream, now: now()),
            isSafeToRepeat: true)
    }

    private func attempts<Value>(_ attempt: () async throws -> Value) async throws -> Outcome<Value> {
        var count = 1
        while true {
            do {
                return Outcome(value: .success(try await attempt()), attempts: count)
            } catch let failure as AttemptFailure {
                let pause = settings.retries.pause(
                    after: failure, attempt: count, remaining: deadline.remaining ?? settings.totalTimeout,
                    jitter: .random(in: 0..<1))
                guard let pause, let loop = Loop.current else {
                    return Outcome(value: .failure(failure.failure), attempts: count)
                }
                try await loop.sleep(for: pause)
                count += 1
            }
        }
    }

    private func timed(_ request: OutboundRequest) -> OutboundRequest {
        var request = request
        let remaining = deadline.remaining ?? settings.totalTimeout
        request.deadlines = TransferDeadlines(
            connect: min(settings.connectTimeout, remaining), firstByte: min(settings.firstByteTimeout, remaining),
            idle: min(settings.idleTimeout, remaining), total: remaining)
        return request
    }

    private func attemptFailure(_ error: TransferError) throws -> AttemptFailure {
        if error.kind == .cancelled { throw CancellationError() }
        return AttemptFailure(ChatFailure(error, upstream), isSafeToRepeat: error.isSafeToRepeat)
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
}

extension ChatFailure {
    /// What a transfer that failed means for the caller. The transfer's own words name addresses: they are for the log.
    init(_ error: TransferError, _ upstream: Upstream) {
        let provider = "provider \(upstream.provider)"
        let (code, message): (Code, String) =
            switch error.kind {
            case .timedOut(.connect): (.timeout, "\(provider) could not be connected to in time")
            case .timedOut(.firstByte), .timedOut(.total): (.timeout, "\(provider) did not answer in time")
            case .timedOut(.idle): (.timeout, "\(provider) stopped answering")
            case .tooLarge: (.invalidResponse, "\(provider) answered more than is accepted")
            case .protocol: (.invalidResponse, "\(provider) answered something that is no HTTP")
            case .truncated: (.providerError, "\(provider) broke the answer off")
            case .overloaded: (.rateLimited, "too many calls wait for a connection to \(provider)")
            case .refusedByPolicy: (.providerError, "the egress policy of this installation forbids \(provider)")
            case .invalidRequest: (.providerError, "the address of \(provider) cannot be used")
            case .tls: (.providerError, "no secure connection to \(provider) could be made")
            case .resolve: (.providerError, "\(provider) was not found by its name")
            case .connect, .reset, .upload, .cancelled: (.providerError, "\(provider) could not be reached")
            }
        let isLasting = [.refusedByPolicy, .invalidRequest, .tls].contains(error.kind)
        self.init(
            code, message, provider: upstream.provider,
            providerMessage: ProviderMessage.clean(error.message, key: upstream.key),
            isTransient: isLasting ? false : nil)
    }
}
