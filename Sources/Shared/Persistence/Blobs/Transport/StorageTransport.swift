internal import CloudIdentity
internal import Cryptography
internal import EventLoop
internal import HTTPMessages
internal import HTTPTransfer

/// Sends requests to an object storage, and again where that is of use: after failures that pass, with growing pauses of
/// random length, and at most four times.
struct StorageTransport<Dialect: StorageDialect>: Sendable {
    let client: HTTPClient
    let dialect: Dialect

    private static var mostAttempts: Int { 4 }
    private static var firstPause: Duration { .milliseconds(100) }
    private static var longestPause: Duration { .seconds(5) }
    /// The longest refusal that is read.
    private static var refusalLimit: Int { 64 << 10 }
    /// The longest answer that is read as a whole: a list.
    private static var answerLimit: Int { 8 << 20 }

    /// Sends a request and waits for the whole answer, whose status is one of `accepted`.
    func send(
        _ request: StorageRequest, to attempt: String, accepting accepted: Set<Int>
    ) async throws(BlobError) -> InboundResponse {
        try await trying(attempt) { () async throws in
            let response = try await client.send(
                dialect.outbound(request), bodyLimit: Self.answerLimit)
            guard accepted.contains(response.status) else {
                throw trouble(response.status, response.headers, response.body)
            }
            return response
        }
    }

    /// Sends a request and waits for the head of the answer, whose status is one of `accepted`.
    func open(
        _ request: StorageRequest, to attempt: String, accepting accepted: Set<Int>
    ) async throws(BlobError) -> InboundStream {
        try await trying(attempt) { () async throws in
            let stream = try await client.open(dialect.outbound(request))
            guard accepted.contains(stream.status) else {
                throw trouble(stream.status, stream.headers, try await stream.collect(upTo: Self.refusalLimit))
            }
            return stream
        }
    }

    private func trouble(_ status: Int, _ headers: HTTPHeaders, _ body: [UInt8]) -> StorageTrouble {
        var trouble = dialect.trouble(status: status, headers: headers, body: body)
        trouble.status = status
        return trouble
    }

    /// Does it until it is done or of no use.
    func trying<Value>(_ attempt: String, _ body: () async throws -> Value) async throws(BlobError) -> Value {
        var (failures, hasLearned) = (0, false)
        while true {
            let trouble: StorageTrouble
            do {
                return try await body()
            } catch {
                trouble = Self.trouble(error)
            }
            failures += 1
            let pause: Duration
            switch trouble.next {
            case .tryAnew where !hasLearned:
                hasLearned = true
                continue
            case .wait(let asked) where failures < Self.mostAttempts:
                pause = max(Self.pause(after: failures), min(asked ?? .zero, Self.longestPause))
            case .giveUp, .wait, .tryAnew: throw BlobError(trouble.kind, attempt, because: trouble.reason)
            }
            do {
                try await Loop.current?.sleep(for: pause)
            } catch {
                throw BlobError(.unavailable, attempt, because: "it was cancelled")
            }
        }
    }

    /// Between nothing and twice the pause before, so that many who failed together do not come back together.
    private static func pause(after failures: Int) -> Duration {
        let longest = min(firstPause * (1 << failures), longestPause)
        return longest * Double.random(in: 0.1...1)
    }

    private static func trouble(_ error: any Error) -> StorageTrouble {
        switch error {
        case let trouble as StorageTrouble: trouble
        case let error as IdentityError:
            StorageTrouble(
                error.isPassing ? .unavailable : .refused, error.description, error.isPassing ? .wait(nil) : .giveUp)
        case let error as TransferError: trouble(of: error)
        case let error as CryptographyError: StorageTrouble(.refused, error.description, .giveUp)
        case is CancellationError: StorageTrouble(.unavailable, "it was cancelled", .giveUp)
        default: StorageTrouble(.unavailable, "\(error)", .giveUp)
        }
    }

    private static func trouble(of error: TransferError) -> StorageTrouble {
        switch error.kind {
        case .overloaded: StorageTrouble(.busy, error.message, .giveUp)
        case .resolve, .connect, .timedOut, .reset, .truncated, .protocol:
            StorageTrouble(.unavailable, "the object storage cannot be reached: \(error.message)", .wait(nil))
        case .tls:
            StorageTrouble(
                .unavailable,
                "the object storage is not trusted: \(error.message); see the settings blobs.ca_file and the endpoint",
                .giveUp)
        case .invalidRequest, .refusedByPolicy, .tooLarge, .upload, .cancelled:
            StorageTrouble(.unavailable, error.message, .giveUp)
        }
    }
}
