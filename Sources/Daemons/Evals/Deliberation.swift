internal import ChatModel
internal import Scoring

/// The way from a question to a finding, such as a verdict, or to the reason why there is none: which model is asked what,
/// and what an answer leads to. Decides and does nothing; whoever drives it makes the calls.
///
/// Each model of the list gets the question, once again without each parameter it does not know, and one repair turn when
/// its answer cannot be read. The next model follows on any failure that is not the request's own.
struct Deliberation<Finding: Sendable & Equatable> {
    /// What is to be done next.
    enum Step: Equatable {
        case ask(ChatRequest)
        case decided(Finding)
        case failed(EvaluationFailure)
    }

    private let models: [String]
    private let inquiry: Inquiry<Finding>
    private let refusedBefore: (String) -> Set<OptionalParameter>
    private var index = 0
    private var hasRepaired = false
    private var refused: Set<OptionalParameter> = []
    /// What was left out because the model refused the request without saying why; an answer shows that this was it.
    private var suspected: Set<OptionalParameter> = []
    /// What was asked last.
    private(set) var request: ChatRequest
    /// What the model's last answer showed it to refuse, for whoever remembers.
    private(set) var newlyRefused: Set<OptionalParameter> = []
    /// Why the last answer could not be used; `nil` when it could, and when there was none.
    private(set) var fault: AnswerError.Reason?

    /// A deliberation that has asked nothing yet; `refused` says which parameters a model is known not to take.
    init(
        _ inquiry: Inquiry<Finding>, models: [String],
        refused: @escaping (String) -> Set<OptionalParameter> = { _ in [] }
    ) {
        self.models = models
        self.inquiry = inquiry
        refusedBefore = refused
        request = ChatRequest(model: models[0], messages: inquiry.opening)
        self.refused = refused(models[0])
        prepare(inquiry.opening)
    }

    /// The first thing to do.
    var start: Step { .ask(request) }

    /// What follows from the answer to ``request``.
    mutating func take(_ answer: ModelAnswer) -> Step {
        newlyRefused = []
        fault = nil
        return switch answer {
        case .reply(let reply): weigh(reply)
        case .failure(let failure): recover(from: failure)
        case .unreachable(let message):
            // Every model is behind the same proxy.
            .failed(EvaluationFailure(code: .unavailable, message: message))
        case .cancelled: .failed(EvaluationFailure(code: .cancelled, message: "the caller no longer waits"))
        }
    }

    private mutating func weigh(_ reply: ChatReply) -> Step {
        newlyRefused = suspected
        suspected = []
        if let refusal = reply.refusal, !refusal.isEmpty { return declined() }
        if reply.finishReason == .contentFilter { return declined() }
        do {
            return .decided(try inquiry.read(reply))
        } catch {
            fault = reply.finishReason == .length ? .cutOff : error.reason
            let cut = reply.finishReason == .length ? "the answer was cut off at its longest; " : ""
            return unusable(reply.text, cut + error.message)
        }
    }

    private mutating func unusable(_ text: String, _ message: String) -> Step {
        guard hasRepaired else {
            hasRepaired = true
            prepare(inquiry.opening + RepairTurn.messages(answer: text, error: message, reminder: inquiry.reminder))
            return .ask(request)
        }
        return next(
            orFail: EvaluationFailure(
                code: .invalidResponse,
                message: "model \(models[index]) gave no usable answer, also when asked again: \(message)"))
    }

    private mutating func declined() -> Step {
        next(orFail: EvaluationFailure(code: .refused, message: "model \(models[index]) declined to answer"))
    }

    private mutating func recover(from failure: ChatFailure) -> Step {
        if failure.code == .invalidRequest, let parameter = concession(to: failure) {
            refused.insert(parameter)
            prepare(request.messages)
            return .ask(request)
        }
        // A model that does not see says no more than that the request is wrong.
        if failure.code == .invalidRequest, inquiry.pictureCount > 0 {
            return next(
                orFail: EvaluationFailure(blindModel: models[index], pictures: inquiry.pictureCount))
        }
        let reason = EvaluationFailure(failure, model: models[index])
        return failure.permitsFallback ? next(orFail: reason) : .failed(reason)
    }

    /// What is left out next of a request that the model refuses; `nil` when that is not what it refuses.
    private mutating func concession(to failure: ChatFailure) -> OptionalParameter? {
        if let name = failure.parameter {
            guard let parameter = OptionalParameter(named: name, in: request) else { return nil }
            if !refused.contains(parameter) {
                newlyRefused = [parameter]
                return parameter
            }
        }
        // Nothing is named, or what is left out already: a message that names two things is read by the first.
        guard let parameter = OptionalParameter.suspected(in: request) else { return nil }
        suspected.insert(parameter)
        return parameter
    }

    /// The next model from the beginning; after the last one the reason of its failure stands.
    private mutating func next(orFail reason: EvaluationFailure) -> Step {
        guard index + 1 < models.count else { return .failed(reason) }
        index += 1
        hasRepaired = false
        suspected = []
        refused = refusedBefore(models[index])
        prepare(inquiry.opening)
        return .ask(request)
    }

    private mutating func prepare(_ messages: [ChatMessage]) {
        request = ChatRequest(
            model: models[index], messages: messages, maximumTokens: inquiry.effort.maximumTokens,
            temperature: inquiry.temperature, reasoningEffort: inquiry.effort.reasoning, replySchema: inquiry.schema)
        request.sampling.seed = inquiry.seed
        request.topLogprobs = inquiry.topLogprobs
        for parameter in refused { parameter.remove(from: &request) }
    }
}

extension EvaluationFailure {
    /// A model refused a request that shows pictures. Without the provider's words, since the caller is told.
    init(blindModel model: String, pictures count: Int) {
        self.init(
            code: .invalidInput,
            message:
                "model \(model) refused a request with \(count) picture\(count == 1 ? "" : "s"): it does not seem to "
                + "see. Give the evaluator a model that does, or leave the pictures out")
    }

    /// What a failed call means for an evaluation.
    init(_ failure: ChatFailure, model: String) {
        let status = failure.providerStatus.map { " (status \($0))" } ?? ""
        let words = failure.providerMessage.map { ": \($0)" } ?? ""
        self.init(code: Code(failure.code), message: "model \(model): \(failure.message)\(status)\(words)")
    }
}

extension EvaluationFailure.Code {
    fileprivate init(_ code: ChatFailure.Code) {
        self =
            switch code {
            case .contextLength: .contextLength
            case .refused: .refused
            case .authentication: .authentication
            case .noProvider: .noProvider
            case .rateLimited, .quotaExhausted, .overBudget, .overloaded: .rateLimited
            case .timeout: .timeout
            case .invalidResponse: .invalidResponse
            case .invalidRequest, .providerError, .streamInterrupted: .providerError
            }
    }
}
