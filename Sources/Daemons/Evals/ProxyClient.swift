internal import ChatModel
internal import Dialects
internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
package import HTTPTransfer
internal import Scoring
internal import Tenancy

/// What a call of a model came to.
enum ModelAnswer: Equatable {
    case reply(ChatReply)
    case failure(ChatFailure)
    /// The proxy itself could not be reached.
    case unreachable(String)
    case cancelled
}

/// Asks models through the LLM proxy.
package struct ProxyClient: Sendable {
    private let transfer: HTTPClient
    private let url: String
    private let authorization: String

    /// A client of the proxy at the base address `url`, such as `http://127.0.0.1:8082`.
    package init(transfer: HTTPClient, url: String, serviceToken: String) {
        self.transfer = transfer
        self.url = url + "/v1/chat/completions"
        authorization = "Bearer " + serviceToken
    }

    /// Whom a call is for.
    struct Caller: Sendable {
        let organization: UUID
        let project: UUID?
        /// The request's identifier and place in its trace.
        var headers: HTTPHeaders
    }

    /// What came back, with what the proxy says about it.
    struct Answer {
        let content: ModelAnswer
        var model: String?
        var provider: String?
        var cost: Money?
        /// Where the time went inside the proxy, as far as it says.
        var timing: ProxyTiming?
    }

    /// The pauses before a proxy that cannot be reached is tried again: a restart takes about as long, and of several
    /// replicas of which one is stopping another one is found with all but certainty.
    private static let pauses: [Duration] = [
        .milliseconds(50), .milliseconds(200), .milliseconds(400), .milliseconds(600), .milliseconds(800),
        .milliseconds(800), .milliseconds(800), .milliseconds(800),
    ]

    /// Whether it is the proxy that cannot take the call, because it is stopping, has too many or lacks what it needs. Where
    /// a provider has too much to do it is named: another model may do.
    private static func isBusy(_ response: InboundResponse) -> Bool {
        response.status == 503 && response.headers[ProxyHeader.provider] == nil
    }

    private static func mayPause(_ attempt: Int, until deadline: Deadline) -> Bool {
        guard attempt < pauses.count, let remaining = deadline.remaining else { return false }
        return remaining > pauses[attempt]
    }

    /// Sends one request and waits for the answer, at most until `deadline`. `isFresh` is whether the proxy is not to give
    /// an answer again that it has given before.
    func ask(
        _ request: ChatRequest, for caller: Caller, isFresh: Bool = false, until deadline: Deadline
    ) async -> Answer {
        var caller = caller
        if isFresh { caller.headers[ProxyHeader.cache] = "no-store" }
        // Where a provider cannot tell them there is no confidence; that is no reason to ask another one.
        if request.topLogprobs != nil { caller.headers[ProxyHeader.dispensable] = "logprobs" }
        let body = request.body()
        var attempt = 0
        while true {
            do {
                let response = try await transfer.send(
                    outbound(body, caller, deadline.remaining ?? .seconds(600)), bodyLimit: 16 << 20)
                guard Self.isBusy(response) else { return Self.read(response) }
                guard Self.mayPause(attempt, until: deadline) else {
                    return Answer(content: .unreachable("the LLM proxy takes no calls at the moment"))
                }
            } catch {
                guard error.isBeforeRequestSent, Self.passes(error.kind), Self.mayPause(attempt, until: deadline) else {
                    return Answer(content: Self.meaning(of: error))
                }
            }
            do {
                try await Loop.current?.sleep(for: Self.pauses[attempt])
            } catch {
                return Answer(content: .cancelled)
            }
            attempt += 1
        }
    }

    private func outbound(_ body: [UInt8], _ caller: Caller, _ remaining: Duration) -> OutboundRequest {
        var headers = caller.headers
        headers["content-type"] = "application/json"
        headers["authorization"] = authorization
        headers[ProxyHeader.organization] = EntityID<Organization>(uuid: caller.organization).description
        if let project = caller.project { headers[ProxyHeader.project] = EntityID<Project>(uuid: project).description }
        let milliseconds = remaining / .milliseconds(1)
        headers[ProxyHeader.deadline] = String(max(1, Int64(milliseconds)))
        // A little longer than the proxy, whose typed answer is to come before our own time-out.
        let patience = remaining + min(.milliseconds(50), remaining / 20)
        return OutboundRequest(
            method: .post, url: url, headers: headers, body: .bytes(body),
            deadlines: TransferDeadlines(
                connect: min(.seconds(5), patience), firstByte: nil, idle: nil, total: patience),
            // A connection that the proxy closed while it was idle: nothing has happened yet, so once more.
            isIdempotent: true)
    }

    private static func read(_ response: InboundResponse) -> Answer {
        let model = response.headers[ProxyHeader.model]
        let provider = response.headers[ProxyHeader.provider]
        let cost = response.headers[ProxyHeader.cost].flatMap(Int64.init).map(Money.init(nanoDollars:))
        let timing = response.headers[ProxyHeader.timing].flatMap(ProxyTiming.init)
        func answer(_ content: ModelAnswer, _ model: String?) -> Answer {
            Answer(content: content, model: model, provider: provider, cost: cost, timing: timing)
        }
        guard response.status == 200 else {
            return answer(.failure(ChatFailure(status: response.status, body: response.body)), model)
        }
        do {
            let reply = try ChatReply(body: response.body)
            return answer(.reply(reply), model ?? reply.model)
        } catch {
            return answer(.failure(error), model)
        }
    }

    private static func passes(_ kind: TransferError.Kind) -> Bool {
        switch kind {
        case .connect, .reset: true
        case .invalidRequest, .refusedByPolicy, .overloaded, .resolve, .tls, .timedOut, .truncated, .tooLarge,
            .protocol,
            .upload, .cancelled:
            false
        }
    }

    private static func meaning(of error: TransferError) -> ModelAnswer {
        switch error.kind {
        case .cancelled: .cancelled
        case .timedOut(.connect): .unreachable("the LLM proxy did not take the call in time")
        case .timedOut: .failure(ChatFailure(.timeout, "no answer before the deadline"))
        case .tooLarge: .failure(ChatFailure(.invalidResponse, "the answer is larger than is accepted"))
        case .invalidRequest, .refusedByPolicy, .overloaded, .resolve, .connect, .tls, .reset, .truncated, .protocol,
            .upload:
            .unreachable("the LLM proxy cannot be reached: \(error.message)")
        }
    }
}
