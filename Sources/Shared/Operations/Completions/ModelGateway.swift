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
        var last = LLMProxyUnavailable("No address of the LLM proxy is configured.")
        // Not always the same one first: each has its share.
        for address in addresses.shuffled() {
            // A stream may take longer than its first piece; the proxy watches over that.
            let request = OutboundRequest(
                method: method, url: address + path, headers: headers, body: .bytes(body),
                deadlines: TransferDeadlines(connect: .seconds(2), firstByte: context.deadline.remaining))
            do {
                return try await client.open(request)
            } catch  where error.kind == .cancelled {
                throw CancellationError()
            } catch  where error.isBeforeRequestSent {
                last = LLMProxyUnavailable(
                    "The LLM proxy cannot be reached: \(error.message).", isBeforeRequestSent: true)
            } catch {
                throw LLMProxyUnavailable("The LLM proxy did not answer: \(error.message).")
            }
        }
        throw last
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
