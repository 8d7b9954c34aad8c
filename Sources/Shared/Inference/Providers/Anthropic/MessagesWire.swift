internal import ChatModel
internal import Dialects
internal import HTTPMessages
internal import JSON

/// Anthropic's messages, at Anthropic itself or at a cloud that carries them.
struct MessagesWire: ProviderWire {
    /// Whose servers are asked.
    enum Carrier {
        case anthropic
        /// Google's, where the address names the model and the body the version.
        case vertexAI
    }

    private let style: MessagesStyle
    private let carrier: Carrier

    init(_ traits: ModelTraits, carrier: Carrier = .anthropic) {
        var style = MessagesStyle()
        style.takesSampling = traits.takesSampling
        style.followsSchemas = traits.followsSchemas
        style.longestAnswer = traits.longestAnswer
        style.thinking =
            switch traits.thinking {
            case .budget: .budget
            case .effort: .effort
            case .none: .none
            }
        self.style = style
        self.carrier = carrier
    }

    func address(of model: String, at provider: Provider) -> String {
        switch carrier {
        case .anthropic: ProviderAddress.url(provider.baseURL, version: "v1", path: "/messages")
        case .vertexAI: GoogleAddress.model(model, of: provider)
        }
    }

    func request(for request: ChatRequest, of endpoint: ModelEndpoint) throws(Unsupported) -> ProviderRequest {
        let (body, adjustments) = try MessagesRequestWriter.body(
            of: request, model: endpoint.model, style: style(at: endpoint.provider))
        var call = ProviderRequest(
            url: url(endpoint.address, isStreaming: request.isStreaming),
            headers: headers(
                endpoint.provider,
                isSampling: request.sampling.temperature != nil || request.sampling.topP != nil
                    || request.sampling.topK != nil), body: body)
        call.adjustments = adjustments
        return call
    }

    /// How the messages are written for a provider.
    private func style(at provider: Provider) -> MessagesStyle {
        var style = style
        style.versionInBody = versionInBody(at: provider)
        return style
    }

    private func versionInBody(at provider: Provider) -> String? {
        switch carrier {
        case .anthropic: nil
        case .vertexAI: provider.settings.apiVersion ?? "vertex-2023-10-16"
        }
    }

    private func url(_ address: String, isStreaming: Bool) -> String {
        switch carrier {
        case .anthropic: address
        case .vertexAI: "\(address):\(isStreaming ? "streamRawPredict" : "rawPredict")"
        }
    }

    /// The newer version refuses every parameter of sampling, so the request decides.
    private func headers(_ provider: Provider, isSampling: Bool) -> HTTPHeaders {
        var headers: HTTPHeaders = ["content-type": "application/json"]
        switch carrier {
        case .anthropic:
            headers["anthropic-version"] = provider.settings.apiVersion ?? (isSampling ? "2023-06-01" : "2026-10-21")
        case .vertexAI: break
        }
        return headers
    }

    func reply(_ body: JSONNode, to request: ChatRequest) throws(ChatFailure) -> ChatReply {
        let reply = try MessagesReplyReader.read(body)
        return MessagesRequestWriter.emulatesSchema(request, style) ? AnswerTool.text(in: reply) : reply
    }

    func statedUsage(_ body: JSONNode) -> ChatUsage? { body["usage"].flatMap { RelayedUsage.read($0, .messages) } }

    func reader(for request: ChatRequest) -> any AnswerReader {
        let reader = MessagesStreamReader()
        return MessagesRequestWriter.emulatesSchema(request, style) ? AnswerToolReader(reader) : reader
    }

    func report(_ body: [UInt8]) -> FailureReport {
        switch carrier {
        case .anthropic: FailureReport(body)
        case .vertexAI: GoogleErrors.report(body)
        }
    }
}

// MARK: Requests that came as messages
extension MessagesWire {
    /// Whether a request of messages can go out as it came.
    func relays(_ request: RelayedRequest) -> Bool {
        if request.hasForeignThoughts { return false }
        return switch carrier {
        case .anthropic: true
        // One member takes the model's place.
        case .vertexAI: request.count(of: "model") == 1 && !request.has(MessagesRequestWriter.versionMember)
        }
    }

    /// The call for a request that goes out as it came, with the caller's fields that belong to it.
    func call(for request: RelayedRequest, forwarding fields: HTTPHeaders, to endpoint: ModelEndpoint)
        -> ProviderRequest
    {
        let isSampling = ["temperature", "top_p", "top_k"].contains(where: request.has)
        var headers = headers(endpoint.provider, isSampling: isSampling)
        forward(fields, to: &headers)
        let body: [UInt8]
        if let version = versionInBody(at: endpoint.provider) {
            body = request.body(inPlaceOfModel: MessagesRequestWriter.versionMember, version)
        } else {
            body = request.body(model: endpoint.model, asksUsage: false)
        }
        return ProviderRequest(
            url: url(endpoint.address, isStreaming: request.isStreaming), headers: headers, body: body)
    }

    /// Passes on the fields of a caller of this dialect.
    func forward(_ fields: HTTPHeaders, to headers: inout HTTPHeaders) {
        for beta in fields.all("anthropic-beta") { headers.add("anthropic-beta", beta) }
        // At Google's the version stands in the body.
        if carrier == .anthropic, let version = fields["anthropic-version"] { headers["anthropic-version"] = version }
    }
}
