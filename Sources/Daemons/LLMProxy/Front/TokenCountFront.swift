internal import HTTPTransfer
internal import ChatModel
internal import Dialects
internal import EventLoop
internal import HTTPMessages
internal import HTTPServer
internal import HTTPServing
internal import JSON
internal import Providers
internal import Spending

/// Answers `POST /v1/messages/count_tokens`: by asking where the model is served by somebody who counts, which costs
/// nothing, else by an estimate that says so.
struct TokenCountFront: Sendable {
    let equipment: CallEquipment

    func respond(_ context: RequestContext) async throws -> HTTPResponse {
        let failures = FailureAnswer(dialect: .messages, requestID: context.requestID)
        do {
            let account = CallAccount(.tokenCount, equipment, context)
            let call = try await IncomingCall.read(context, equipment, account)
            let relayed = try RelayedRequest(call.body, dialect: .messages)
            let route = try await call.route(to: relayed.model)
            if let counted = try await count(relayed, route, call) { return counted }
            let estimate = PromptSize(of: relayed.bytes).likelyTokens
            return answer(
                JSONWriter.bytes(of: .object(["input_tokens": .integer(Int64(estimate))])), account
            ).adding(ProxyHeader.adjusted, Adjustment.approximated("input_tokens").description)
        } catch let failure as ChatFailure {
            return failures.response(failure)
        } catch let refusal as CallerRefusal {
            return failures.response(refusal)
        } catch {
            guard let problem = APIProblem.told(of: error, { _ in nil }), let told = failures.response(problem) else {
                throw error
            }
            return told
        }
    }

    private func answer(_ body: [UInt8], _ account: CallAccount) -> HTTPResponse {
        var headers: HTTPHeaders = ["content-type": "application/json"]
        AnswerHeaders.identify(account.requestID, .messages, in: &headers)
        return HTTPResponse(status: 200, headers: headers, body: .bytes(body))
    }

    /// The count of the first deployment that speaks Anthropic's messages; `nil` when there is none, or it does not answer.
    private func count(
        _ relayed: RelayedRequest, _ route: PreparedRoute, _ call: IncomingCall
    ) async throws -> HTTPResponse? {
        for deployment in route.deployments where deployment.counts {
            guard let endpoint = try await self.endpoint(for: deployment), endpoint.relays(relayed) else { continue }
            var request = endpoint.request(
                for: relayed, forwarding: call.headers, now: equipment.now())
            request.url += "/count_tokens"
            let exchange = Exchange(
                equipment, endpoint, route.patience(equipment.settings), until: call.deadline(on: route))
            do {
                return answer(try await exchange.send(request).body, call.account)
            } catch let failure as AttemptFailure where failure.failure.code == .invalidRequest {
                throw failure.failure
            } catch is AttemptFailure {
                return nil
            }
        }
        return nil
    }

    /// The endpoint of a deployment; `nil` also where its key cannot be used.
    private func endpoint(for deployment: PreparedDeployment) async throws -> ModelEndpoint? {
        do {
            return try await equipment.credentials.endpoint(for: deployment.reach)
        } catch is AttemptFailure {
            return nil
        }
    }
}

extension PreparedDeployment {
    /// Whether the provider counts tokens without answering.
    fileprivate var counts: Bool {
        guard case .provider(let provider, _) = deployment.server else { return false }
        return provider.kind == .anthropic
    }
}
