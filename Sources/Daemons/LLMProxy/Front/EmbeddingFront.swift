internal import HTTPTransfer
internal import ChatModel
internal import Dialects
internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServer
internal import HTTPServing
internal import Providers
internal import Spending

/// Answers `POST /v1/embeddings`.
struct EmbeddingFront: Sendable {
    let equipment: CallEquipment

    /// Answers one call; every failure is an answer of OpenAI's form.
    /// - Throws: `CancellationError` when the caller has left.
    func respond(_ context: RequestContext) async throws -> HTTPResponse {
        let account = CallAccount(.embeddings, equipment, context)
        do {
            return try await answer(context, account)
        } catch {
            return try account.response(to: error)
        }
    }

    private func answer(_ context: RequestContext, _ account: CallAccount) async throws -> HTTPResponse {
        let call = try await IncomingCall.read(context, equipment, account)
        let request = try EmbeddingDialect.read(call.body)
        let route = try await call.route(to: request.model)
        account.promptSize = PromptSize(of: call.body)
        let deadline = call.deadline(on: route)
        try await call.reserve(on: route, .none, until: deadline)
        let asking = call.asking(route, .none, until: deadline)
        let patience = route.patience(equipment.settings)
        let (visit, (reply, adjustments)) = try await asking.ask { try await ask(request, $0, patience, deadline) }
        account.began(visit)
        let cost = account.answered(visit, reply.usage, passedOn: 0)
        var headers = AnswerHeaders.of(visit, account, model: reply.model, cost: cost, adjustments: adjustments)
        headers.add("content-type", "application/json")
        return HTTPResponse(
            status: 200, headers: headers, body: .bytes(EmbeddingDialect.body(of: reply, for: request)))
    }

    private func ask(
        _ request: EmbeddingRequest, _ visit: Visit, _ patience: CallPatience, _ deadline: Deadline
    ) async throws -> (EmbeddingReply, [Adjustment]) {
        guard let endpoint = try await equipment.credentials.endpoint(for: visit) else {
            throw AttemptFailure(
                unable: ChatFailure(
                    .invalidRequest, "the demonstration makes no embeddings", provider: DemoModel.provider))
        }
        let exchange = Exchange(equipment, endpoint, patience, until: deadline)
        let call: ProviderRequest
        do {
            call = try endpoint.request(for: request, now: equipment.now())
        } catch {
            throw AttemptFailure(unable: ChatFailure(error, provider: endpoint.provider.name))
        }
        let response = try await exchange.send(call)
        visit.learn(response.headers, of: endpoint, equipment)
        do {
            return (try endpoint.embeddings(response.body, for: request), call.adjustments)
        } catch {
            throw AttemptFailure(unusable: error, usage: nil)
        }
    }
}
