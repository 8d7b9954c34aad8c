internal import Tenancy
internal import ChatModel
internal import EventLoop
internal import FoundationEssentials
internal import JSON
internal import Spending

/// One line of the usage log: who asked what of whom, and what it came to. Never what was asked or answered.
///
/// A class, because it waits to be written where others wait, and has many parts.
final class UsageRecord {
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
    var provider: String?
    /// The model by the name it has at its provider.
    var providerModel: String?
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
        Self.write("code", failure?.rawValue, &json)
        if let caller { json.writeMembers(caller.logged) }
        json.key(plain: "model")
        json.write(model)
        Self.write("provider", provider, &json)
        Self.write("provider_model", providerModel, &json)
        json.key(plain: "attempts")
        json.write(attempts)
        if let usage { write(usage, &json) }
        Self.write("cost_nanodollars", costInNanoDollars, &json)
        Self.write("first_byte_us", firstByte.map { $0.nanoseconds / 1000 }, &json)
        Self.write("duration_us", duration.nanoseconds / 1000, &json)
        json.endObject()
        json.endLine()
    }

    private func write(_ usage: ChatUsage, _ json: inout JSONWriter) {
        Self.write("prompt_tokens", Int64(usage.promptTokens), &json)
        Self.write("completion_tokens", Int64(usage.completionTokens), &json)
        Self.write("cached_tokens", Int64(usage.cachedTokens), &json)
        Self.write("reasoning_tokens", Int64(usage.reasoningTokens), &json)
        if isEstimated {
            json.key(plain: "estimated")
            json.write(true)
        }
    }

    private static func write(_ name: StaticString, _ text: String?, _ json: inout JSONWriter) {
        guard let text else { return }
        json.key(plain: name)
        json.write(text)
    }

    private static func write(_ name: StaticString, _ number: Int64?, _ json: inout JSONWriter) {
        guard let number else { return }
        json.key(plain: name)
        json.write(number)
    }
}
