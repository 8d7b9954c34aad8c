internal import Spending
internal import HTTPMessages
internal import ChatModel
internal import HTTPServer
internal import HTTPServing
internal import JSON

/// Answers `GET /v1/models`, in the form of OpenAI or, for callers who say which version of Anthropic's interface they
/// speak, in Anthropic's.
struct ModelFront: Sendable {
    let equipment: CallEquipment
    let source: RouteSource

    func respond(_ context: RequestContext) async throws -> HTTPResponse {
        let isAnthropic = context.request.headers["anthropic-version"] != nil
        let failures = FailureAnswer(
            dialect: isAnthropic ? .messages : .chatCompletions, requestID: context.requestID)
        let models: [ListedModel]
        do {
            let caller = try equipment.callers.caller(context.request)
            models = try await source.models(caller.payer.organization).filter { caller.mayUse($0.name) }
        } catch let refusal as CallerRefusal {
            return failures.response(refusal)
        } catch let failure as ChatFailure {
            return failures.response(failure)
        } catch let error as CancellationError {
            throw error
        } catch {
            return failures.response(
                ChatFailure(.overloaded, "the models cannot be looked up now", retryAfter: .seconds(1)))
        }
        return isAnthropic ? .json(AnthropicModelList(models)) : .json(OpenAIModelList(models))
    }
}

/// The list in OpenAI's form.
private struct OpenAIModelList: Encodable {
    let object = "list"
    let data: [Entry]

    struct Entry: Encodable {
        let id: String
        let object = "model"
        let created = 0
        let ownedBy: String
        /// The model that answers under this name.
        let answeredBy: String
    }

    init(_ models: [ListedModel]) {
        data = models.map { Entry(id: $0.name, ownedBy: $0.provider, answeredBy: $0.answeredBy) }
    }
}

/// The list in Anthropic's form.
private struct AnthropicModelList: Encodable {
    let data: [Entry]
    let hasMore = false
    let firstId: String?
    let lastId: String?

    struct Entry: Encodable {
        let id: String
        let type = "model"
        let displayName: String
        let createdAt = "1970-01-01T00:00:00Z"
    }

    init(_ models: [ListedModel]) {
        data = models.map { Entry(id: $0.name, displayName: $0.name) }
        firstId = data.first?.id
        lastId = data.last?.id
    }
}
