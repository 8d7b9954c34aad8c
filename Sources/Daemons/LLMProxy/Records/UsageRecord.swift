internal import Tenancy
internal import ChatModel
internal import EventLoop
internal import FoundationEssentials
internal import JSON
internal import Spending

/// One line of the usage log: who asked what of whom, and what it came to. Never what was asked or answered.
struct UsageRecord {
    /// How a call ended.
    enum Ending: String, Sendable, Hashable, CaseIterable {
        case answered
        /// From the cache, without asking anybody.
        case replayed
        case failed
        /// The caller left before the end.
        case abandoned
    }

    let moment: Date
    let requestID: String
    let endpoint: String
    let ending: Ending
    let caller: Caller?
    /// The name that was asked for.
    let model: String
    /// Who answered, or was to: what ``server(_:_:)`` makes of it.
    var server: [UInt8] = []
    var failure: ChatFailure.Code?
    let attempts: Int
    var usage: ChatUsage?
    /// Whether the usage is an estimate of ours, because the provider has not said.
    var isEstimated = false
    var costInNanoDollars: Int64?
    var firstByte: Duration?
    let duration: Duration

    init(
        moment: Date, requestID: String, endpoint: String, ending: Ending, caller: Caller?, model: String,
        attempts: Int = 0, duration: Duration = .zero
    ) {
        self.moment = moment
        self.requestID = requestID
        self.endpoint = endpoint
        self.ending = ending
        self.caller = caller
        self.model = model
        self.attempts = attempts
        self.duration = duration
    }

    /// What lines say of a provider and a model, by the name that it has there: members of an object.
    static func server(_ provider: String?, _ model: String?) -> [UInt8] {
        guard provider != nil || model != nil else { return [] }
        var json = JSONWriter()
        json.member("provider", provider)
        json.member("provider_model", model)
        return json.bytes
    }

    /// Writes the record as a line of JSON.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key(plain: "time")
        json.write(moment)
        json.key(plain: "request_id")
        json.write(requestID)
        json.key(plain: "endpoint")
        json.write(endpoint)
        json.key(plain: "ending")
        json.write(ending.rawValue)
        if let failure {
            json.key(plain: "code")
            json.write(failure.rawValue)
        }
        if let caller { json.writeMembers(caller.logged) }
        json.key(plain: "model")
        json.write(model)
        json.writeMembers(server)
        json.key(plain: "attempts")
        json.write(attempts)
        if let usage { write(usage, &json) }
        if let costInNanoDollars { Self.write("cost_nanodollars", Int(costInNanoDollars), &json) }
        if let firstByte { Self.write("first_byte_us", Int(firstByte.nanoseconds / 1000), &json) }
        Self.write("duration_us", Int(duration.nanoseconds / 1000), &json)
        json.endObject()
        json.endLine()
    }

    private func write(_ usage: ChatUsage, _ json: inout JSONWriter) {
        Self.write("prompt_tokens", usage.promptTokens, &json)
        Self.write("completion_tokens", usage.completionTokens, &json)
        Self.write("cached_tokens", usage.cachedTokens, &json)
        Self.write("reasoning_tokens", usage.reasoningTokens, &json)
        if isEstimated {
            json.key(plain: "estimated")
            json.write(true)
        }
    }

    private static func write(_ name: StaticString, _ number: Int, _ json: inout JSONWriter) {
        json.key(plain: name)
        json.write(number)
    }
}
