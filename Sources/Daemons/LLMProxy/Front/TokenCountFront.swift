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
            return HTTPResponse.bytes(
                JSONWriter.bytes(of: .object(["input_tokens": .integer(Int64(estimate))])), type: "application/json"
            ).adding(ProxyHeader.adjusted, Adjustment.approximated("input_tokens").description)
        } catch let failure as ChatFailure {
            return failures.response(failure)
        } catch let refusal as CallerRefusal {
            return failures.response(refusal)
        }
    }

    /// The count of the first deployment that speaks Anthropic's messages; `nil` when there is none, or it does not answer.
    private func count(
        _ relayed: RelayedRequest, _ route: PreparedRoute, _ call: IncomingCall
    ) async throws -> HTTPResponse? {
        for deployment in route.deployments where deployment.counts {
            guard let endpoint = try await equipment.credentials.endpoint(for: deployment.reach),
                endpoint.relays(relayed)
            else { continue }
            var request = endpoint.request(
                for: relayed, forwarding: call.headers, now: equipment.now())
            request.url += "/count_tokens"
            let exchange = Exchange(
                equipment, endpoint, route.patience(equipment.settings), until: call.deadline(on: route))
            do {
                return .bytes(try await exchange.send(request).body, type: "application/json")
            } catch let failure as AttemptFailure where failure.failure.code == .invalidRequest {
                throw failure.failure
            } catch is AttemptFailure {
                return nil
            }
        }
        return nil
    }
}

extension PreparedDeployment {
    /// Whether the provider counts tokens without answering.
    fileprivate var counts: Bool {
        guard case .provider(let provider, _) = deployment.server else { return false }
        return provider.kind == .anthropic
    }
}
