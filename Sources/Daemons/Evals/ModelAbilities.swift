internal import ChatModel
internal import FoundationEssentials
internal import Synchronization

/// A parameter of a call, or a value of one, that a model may not know and that a verdict can do without.
enum OptionalParameter: Sendable, Hashable {
    case temperature
    /// Not to think at all; there are models that only think.
    case noReasoning
    case reasoningEffort
    case replySchema
    case maximumTokens
    case logprobs

    /// What of `request` a model objects to that names this parameter.
    init?(named name: String, in request: ChatRequest) {
        switch name {
        case "temperature": self = .temperature
        case "reasoning_effort": self = request.reasoningEffort == .off ? .noReasoning : .reasoningEffort
        case "response_format": self = .replySchema
        case "max_completion_tokens": self = .maximumTokens
        case "logprobs", "top_logprobs": self = .logprobs
        default: return nil
        }
    }

    /// What `request` is most likely refused for when nobody says what it is.
    static func suspected(in request: ChatRequest) -> OptionalParameter? {
        if request.topLogprobs != nil { return .logprobs }
        return request.reasoningEffort == .off ? .noReasoning : nil
    }

    /// Leaves the parameter out of `request`, or says less.
    func remove(from request: inout ChatRequest) {
        switch self {
        case .temperature: request.temperature = nil
        case .noReasoning: if request.reasoningEffort == .off { request.reasoningEffort = .low }
        case .reasoningEffort: request.reasoningEffort = nil
        case .logprobs: request.topLogprobs = nil
        case .replySchema: request.replySchema = nil
        case .maximumTokens: request.maximumTokens = nil
        }
    }
}

/// Which parameters the models of each organisation have refused lately, so that only the first of many evaluations
/// pays for finding out. Forgotten after a while, since models change behind their names; losing it costs a call.
package final class ModelAbilities: Sendable {
    private struct Model: Hashable {
        let organization: UUID
        let name: String
    }

    private struct Entry {
        var refused: Set<OptionalParameter>
        let expiry: ContinuousClock.Instant
    }

    private static let lifetime: Duration = .seconds(600)
    private static let limit = 4096

    private let entries = Mutex<[Model: Entry]>([:])

    package init() {}

    /// What the model has refused.
    func refused(by name: String, of organization: UUID) -> Set<OptionalParameter> {
        let now = ContinuousClock.now
        return entries.withLock { entries in
            guard !entries.isEmpty, let entry = entries[Model(organization: organization, name: name)] else {
                return []
            }
            return entry.expiry > now ? entry.refused : []
        }
    }

    /// Remembers a refusal.
    func learn(_ parameter: OptionalParameter, refusedBy name: String, of organization: UUID) {
        let now = ContinuousClock.now
        let model = Model(organization: organization, name: name)
        entries.withLock { entries in
            if entries.count >= Self.limit { entries = entries.filter { $0.value.expiry > now } }
            if entries.count >= Self.limit { entries.removeAll() }
            let known = entries[model].flatMap { $0.expiry > now ? $0 : nil }
            var entry = known ?? Entry(refused: [], expiry: now.advanced(by: Self.lifetime))
            entry.refused.insert(parameter)
            entries[model] = entry
        }
    }
}
