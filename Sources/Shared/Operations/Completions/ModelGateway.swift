internal import ChatModel
internal import Dialects
internal import EventLoop
internal import HTTPMessages
package import HTTPTransfer
internal import JSON
internal import Tenancy

/// The LLM proxy, as those call it who want an answer of a model and nothing else.
package struct ModelGateway: Sendable {
    private let client: HTTPClient
    private let addresses: [String]
    private let serviceToken: String

    /// The largest body of an error that is read.
    private static let errorLimit = 1 << 20

    /// The pauses before a call is offered again that every replica it was offered to has refused because it is stopping.
    private static let pauses: [Duration] = [
        .milliseconds(50), .milliseconds(200), .milliseconds(400), .milliseconds(600), .milliseconds(800),
    ]

    /// `addresses` are base addresses, one for each replica where they are known; `serviceToken` is what the daemons know
    /// each other by.
    package init(client: HTTPClient, addresses: [String], serviceToken: String) {
        self.client = client
        self.addresses = addresses
        self.serviceToken = serviceToken
    }

    /// Posts a body in the caller's name; the first replica that can be reached answers.
    /// - Throws: `CompletionRefused`; `LLMProxyUnavailable`; `CancellationError`.
    func open(
        _ path: String, _ body: [UInt8], project: ProjectID, for principal: Principal, _ context: CallContext
    ) async throws -> InboundStream {
        var headers = context.propagation
        headers["authorization"] = "Bearer \(serviceToken)"
        headers["content-type"] = "application/json"
        headers[ProxyHeader.organization] = "\(principal.organizationID)"
        headers[ProxyHeader.project] = "\(project)"
        if case .apiKey(let id) = principal.credential { headers[ProxyHeader.apiKey] = "\(id)" }
        let stream = try await open(path, .post, body, headers, context)
        guard stream.status == 200 else { throw try await refusal(stream) }
        return stream
    }

    private func open(
        _ path: String, _ method: HTTPMethod, _ body: [UInt8], _ headers: HTTPHeaders, _ context: CallContext
    ) async throws -> InboundStream {
        for pause in Self.pauses {
            let stream = try await offer(path, method, body, headers, context)
            guard Self.isStopping(stream), context.deadline.remaining.map({ $0 > pause }) ?? true else { return stream }
            stream.cancel()
            try await Loop.current?.sleep(for: pause)
        }
        return try await offer(path, method, body, headers, context)
    }

    /// A replica that is stopping has not begun the call, and says that it takes no other on this connection.
    private static func isStopping(_ stream: InboundStream) -> Bool {
        stream.status == 503 && stream.headers["connection"] == "close"
    }

    /// Offers the call to each of the addresses until one answers that is to stay.
    private func offer(
        _ path: String, _ method: HTTPMethod, _ body: [UInt8], _ headers: HTTPHeaders, _ context: CallContext
    ) async throws -> InboundStream {
        var stopping: InboundStream?
        var last = LLMProxyUnavailable("No address of the LLM proxy is configured.")
        // Not always the same one first: each has its share.
        for address in addresses.shuffled() {
            // A stream may take longer than its first piece, and be silent for as long as the proxy lets it, which watches over
            // that: here it only ends some time.
            let request = OutboundRequest(
                method: method, url: address + path, headers: headers, body: .bytes(body),
                deadlines: TransferDeadlines(
                    connect: .seconds(2), firstByte: context.deadline.remaining, idle: .seconds(600),
                    total: .seconds(7200)))
            do {
                let stream = try await client.open(request)
                guard Self.isStopping(stream) else { return stream }
                stopping?.cancel()
                stopping = stream
            } catch  where error.kind == .cancelled {
                throw CancellationError()
            } catch  where error.isBeforeRequestSent {
                last = LLMProxyUnavailable(
                    "The LLM proxy cannot be reached: \(error.message).", isBeforeRequestSent: true)
            } catch {
                throw LLMProxyUnavailable("The LLM proxy did not answer: \(error.message).")
            }
        }
        guard let stopping else { throw last }
        return stopping
    }

    private func refusal(_ stream: InboundStream) async throws -> CompletionRefused {
        let body: [UInt8]
        do {
            body = try await stream.collect(upTo: Self.errorLimit)
        } catch {
            throw LLMProxyUnavailable("The LLM proxy broke off: \(error.message).")
        }
        return CompletionRefused(
            status: stream.status, failure: ChatFailure(status: stream.status, body: body),
            retryAfter: stream.headers["retry-after"].flatMap(Int.init))
    }
}

/// A model gave no answer.
package struct CompletionRefused: Error, CustomStringConvertible {
    /// The status that the caller is answered with.
    package let status: Int
    /// Why, in a word that programs compare.
    package let code: String
    package let message: String
    /// The field of the request that is wrong.
    package let parameter: String?
    /// In seconds.
    package let retryAfter: Int?

    init(status: Int, failure: ChatFailure, retryAfter: Int?) {
        // The organisation has nobody who serves such a model: it has to bring its own key.
        let lacksKey = failure.code == .noProvider
        self.status = lacksKey ? 403 : status
        code = lacksKey ? "byok_required" : failure.code.rawValue
        message = failure.message
        parameter = failure.parameter
        self.retryAfter = retryAfter
    }

    package var description: String { message }
}
