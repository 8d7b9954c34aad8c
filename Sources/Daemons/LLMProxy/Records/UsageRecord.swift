internal import Tenancy
internal import ChatModel
internal import EventLoop
internal import FoundationEssentials
internal import JSON
internal import Spending

/// One line of the usage log: who asked what of whom, and what it came to. Never what was asked or answered.
struct UsageRecord: Sendable {
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
    var attempts = 0
    var usage: ChatUsage?
    /// Whether the usage is an estimate of ours, because the provider has not said.
    var isEstimated = false
    var costInNanoDollars: Int64?
    var firstByte: Duration?
    var duration: Duration = .zero

    /// The record as a line of JSON.
    func line() -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.key("time")
        json.write(ISO8601.string(moment) ?? "")
        json.key("request_id")
        json.write(requestID)
        json.key("endpoint")
        json.write(endpoint)
        json.key("ending")
        json.write(ending.rawValue)
        Self.write("code", failure?.rawValue, &json)
        if let caller { Self.write(caller, &json) }
        json.key("model")
        json.write(model)
        Self.write("provider", provider, &json)
        Self.write("provider_model", providerModel, &json)
        json.key("attempts")
        json.write(attempts)
        if let usage { write(usage, &json) }
        Self.write("cost_nanodollars", costInNanoDollars, &json)
        Self.write("first_byte_us", firstByte.map { $0.nanoseconds / 1000 }, &json)
        Self.write("duration_us", duration.nanoseconds / 1000, &json)
        json.endObject()
        var line = json.bytes
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private static func write(_ caller: Caller, _ json: inout JSONWriter) {
        write("organization", caller.names.organization, &json)
        write("project", caller.names.project, &json)
        write("key", caller.names.key, &json)
        json.key("lane")
        json.write(caller.lane.rawValue)
    }

    private func write(_ usage: ChatUsage, _ json: inout JSONWriter) {
        Self.write("prompt_tokens", Int64(usage.promptTokens), &json)
        Self.write("completion_tokens", Int64(usage.completionTokens), &json)
        Self.write("cached_tokens", Int64(usage.cachedTokens), &json)
        Self.write("reasoning_tokens", Int64(usage.reasoningTokens), &json)
        if isEstimated {
            json.key("estimated")
            json.write(true)
        }
    }

    private static func write(_ name: String, _ text: String?, _ json: inout JSONWriter) {
        guard let text else { return }
        json.key(name)
        json.write(text)
    }

    private static func write(_ name: String, _ number: Int64?, _ json: inout JSONWriter) {
        guard let number else { return }
        json.key(name)
        json.write(number)
    }
}
