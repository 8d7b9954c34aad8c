package import ChatModel
internal import Dialects
package import FoundationEssentials
package import HTTPMessages
internal import JSON

/// A model at a provider: how it is asked, and how what comes back is read. Nothing here does input or output.
///
/// A class, because it has many parts, and every call hands it on several times.
package final class ModelEndpoint: Sendable {
    /// Who serves it.
    package let provider: Provider
    /// The model by the name that its provider gives it.
    package let model: String
    /// What decides how it is asked.
    package let traits: ModelTraits
    let wire: any ProviderWire
    /// Where it is asked, in the words of its wire.
    let address: String
    /// How its chat completions differ from OpenAI's; `nil` when it does not speak them.
    let style: CompletionStyle?
    /// What every request of it carries.
    let additions: [ChatExtra]
    /// The fields of a call that goes out as it came: the same for all, unless each is signed.
    let relayedFields: AuthorizedFields?

    /// The model `model` of `provider`; its traits are those its name tells when none are given.
    package init(provider: Provider, model: String, traits: ModelTraits? = nil) {
        let traits = traits ?? ModelTraits(kind: provider.kind, model: model)
        self.provider = provider
        self.model = model
        self.traits = traits
        wire = provider.kind.wire(of: model, traits)
        address = wire.address(of: model, at: provider)
        style = traits.usesResponses ? nil : provider.kind.completionStyle
        additions = style?.additions.map { ChatExtra($0.key, RawJSON($0.value)) } ?? []
        relayedFields = provider.authorized(["content-type": "application/json"])
    }

    /// The call for a request that came in another dialect, or whose parts have other names here.
    /// - Throws: What of it the provider cannot do.
    package func request(for request: ChatRequest, now: Date) throws(Unsupported) -> ProviderRequest {
        var call = try wire.request(for: request, of: self)
        for name in request.unread { call.adjustments.note(.omitted(name)) }
        provider.authorize(&call, now: now)
        return call
    }

    /// The answer in the body of a status 200.
    package func reply(_ body: [UInt8], to request: ChatRequest) throws(ChatFailure) -> ChatReply {
        let root: JSONNode
        do {
            root = try JSONNode(body)
        } catch {
            let what = body.isEmpty ? "an empty body" : "something that is no JSON"
            throw ChatFailure(
                .invalidResponse, "provider \(provider.name) answered \(what)", provider: provider.name,
                providerStatus: 200, providerMessage: body.isEmpty ? nil : error.message)
        }
        if FailureReport.isStated(in: root) { throw failure(unexpected: FailureReport(root)) }
        do {
            return try wire.reply(root, to: request)
        } catch {
            var failure = error
            failure.message = "provider \(provider.name): \(failure.message)"
            failure.provider = provider.name
            failure.providerStatus = 200
            throw failure
        }
    }

    /// What was used by the word of a body that is no answer; `nil` when it does not say.
    package func statedUsage(in body: [UInt8]) -> ChatUsage? {
        do {
            return wire.statedUsage(try JSONNode(body))
        } catch {
            // What is no JSON states nothing.
            return nil
        }
    }

    /// A reader of the answer that comes as a stream.
    package func stream(for request: ChatRequest) -> ProviderStream { ProviderStream(self, request) }

    /// The failure behind a status other than 200.
    package func failure(status: Int, headers: HTTPHeaders, body: [UInt8], now: Date) -> ChatFailure {
        var report = wire.report(body)
        report.read(headers)
        var failure = report.failure(status: report.actualStatus ?? status, name: provider.name, model: model)
        describe(&failure, report)
        failure.providerStatus = status
        let seconds = Int64(now.timeIntervalSince1970.rounded(.down))
        failure.retryAfter = RetryAfterField.read(headers, now: seconds) ?? report.retryAfter
        // A provider knows best whether it helps to ask it again; another one may still be asked.
        if report.isTerminal { failure.isTransient = false }
        if failure.code == .rateLimited, failure.retryAfter == nil {
            failure.retryAfter = RateLimitFields.read(headers, of: provider.kind, now: now).renewal
        }
        return failure
    }

    /// The failure behind an error that came where an answer was due: in a 200, or in the middle of a stream.
    func failure(unexpected report: FailureReport) -> ChatFailure {
        let status = report.status ?? report.impliedStatus
        var failure = report.failure(status: status ?? 502, name: provider.name, model: model)
        describe(&failure, report)
        failure.providerStatus = status
        failure.retryAfter = report.retryAfter
        return failure
    }

    private func describe(_ failure: inout ChatFailure, _ report: FailureReport) {
        failure.provider = provider.name
        failure.providerMessage = report.message.map {
            ProviderMessage.clean($0, key: provider.credential.secret)
        }
        failure.providerRequestID = report.requestID
    }
}
