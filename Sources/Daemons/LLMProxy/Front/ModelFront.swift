internal import Spending
internal import HTTPMessages
internal import ChatModel
internal import HTTPServer
internal import HTTPServing
internal import JSON

/// Answers `GET /v1/models` and what is asked of one model there, in the form of OpenAI or, for callers who say which
/// version of Anthropic's interface they speak, in Anthropic's.
struct ModelFront: Sendable {
    let equipment: CallEquipment
    let source: RouteSource

    /// How many segments the name of a model may have in a path: some clients leave its slashes as they are.
    static let nameSegments = ["first", "second", "third", "fourth"]

    /// Everything that the caller may ask for.
    func list(_ context: RequestContext) async throws -> HTTPResponse {
        try await answer(context) { caller, isAnthropic in
            let models = try await source.models(caller.payer.organization).filter { caller.mayUse($0.name) }
            return isAnthropic ? .json(AnthropicModelList(models)) : .json(OpenAIModelList(models))
        }
    }

    /// One model by any name that can be asked for.
    func one(_ context: RequestContext) async throws -> HTTPResponse {
        let name = context.pathParameters.pairs.map(\.value).joined(separator: "/")
        return try await answer(context) { caller, isAnthropic in
            guard caller.mayUse(name), let route = try await source.route(caller.payer.organization, name),
                let first = route.stages.lazy.flatMap(\.deployments).first
            else { throw IncomingCall.unknown(name) }
            let model = ListedModel(name: name, answeredBy: first.modelName, provider: first.providerName)
            return isAnthropic ? .json(AnthropicModelList.Entry(model)) : .json(OpenAIModelList.Entry(model))
        }
    }

    private func answer(
        _ context: RequestContext, _ body: (_ caller: Caller, _ isAnthropic: Bool) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        let isAnthropic = context.request.headers["anthropic-version"] != nil
        let failures = FailureAnswer(
            dialect: isAnthropic ? .messages : .chatCompletions, requestID: context.requestID)
        do {
            return try await body(try equipment.callers.caller(context.request), isAnthropic)
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

        init(_ model: ListedModel) {
            id = model.name
            ownedBy = model.provider
            answeredBy = model.answeredBy
        }
    }

    init(_ models: [ListedModel]) { data = models.map(Entry.init) }
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

        init(_ model: ListedModel) {
            id = model.name
            displayName = model.name
        }
    }

    init(_ models: [ListedModel]) {
        data = models.map(Entry.init)
        firstId = data.first?.id
        lastId = data.last?.id
    }
}
