package import ChatModel
package import Dialects
package import FoundationEssentials
package import HTTPMessages

// Requests that go out as they came.
extension ModelEndpoint {
    /// Members of answers of other servers, and of ours, that clients send back with the conversation.
    private static let foreignMembers: [StaticString] = [
        "\"refusal\"", "\"annotations\"", "\"reasoning_details\"", "\"reasoning_content\"", "\"reasoning\"",
        "\"extra_content\"",
    ]

    /// Whether the provider speaks the caller's dialect, and knows every part of the request by the caller's names.
    package func relays(_ request: RelayedRequest) -> Bool {
        switch request.dialect {
        case .messages: return (wire as? MessagesWire)?.relays(request) == true
        case .responses: return provider.kind == .openAI || provider.kind == .azureOpenAI
        case .chatCompletions:
            guard let style else { return false }
            if !renames(in: request, style).allSatisfy({ $0.isSimple(in: request) }) { return false }
            if style.seed == nil, request.has("seed") { return false }
            if style.reasoning == .object, request.has("reasoning_effort") { return false }
            if style.unknown.contains(where: request.has) { return false }
            // Unknown members are refused where the usage comes without being asked for.
            if !style.asksForUsage, request.has("stream_options") { return false }
            if style.callIdentifiers != .any, request.mentions("\"tool_call_id\"") { return false }
            // Tools have names as well, and lose nothing by being read and written.
            if !style.knowsNames, request.mentions("\"name\"") { return false }
            if style.takesBareAudio, request.mentions("\"input_audio\"") { return false }
            if style.refusesForeignMembers, Self.foreignMembers.contains(where: request.mentions) { return false }
            return style.knowsDeveloper || !request.mentions("\"developer\"")
        }
    }

    /// Adds to a call what the caller of a dialect says in fields, where the provider speaks that dialect as well.
    package func forward(_ fields: HTTPHeaders, of dialect: ChatDialect, to call: inout ProviderRequest) {
        guard dialect == .messages, let wire = wire as? MessagesWire else { return }
        wire.forward(fields, to: &call.headers)
    }

    /// The call for a request that ``relays(_:)``, with the fields of the caller that belong to its dialect.
    package func request(
        for request: RelayedRequest, forwarding fields: HTTPHeaders, now: @autoclosure () -> Date
    ) -> ProviderRequest {
        var call: ProviderRequest
        switch request.dialect {
        case .messages:
            guard let wire = wire as? MessagesWire else {
                preconditionFailure("nobody else is sent messages as they came")
            }
            call = wire.call(for: request, forwarding: fields, to: self)
        case .responses:
            call = ProviderRequest(
                url: OpenAIAddress.responses(of: provider), headers: ["content-type": "application/json"],
                body: request.body(model: model, asksUsage: false))
        case .chatCompletions:
            let body = request.body(
                model: model, asksUsage: style?.asksForUsage == true, additions: additions,
                renaming: style.map { renames(in: request, $0) } ?? [])
            if let relayedFields { return ProviderRequest(url: address, headers: relayedFields.fields, body: body) }
            call = ProviderRequest(url: address, headers: ["content-type": "application/json"], body: body)
        }
        provider.authorize(&call, now: now())
        return call
    }

    /// The members of a request of chat completions that the provider knows by other names.
    private func renames(in request: RelayedRequest, _ style: CompletionStyle) -> [MemberRename] {
        var renames: [MemberRename] = []
        if style.maximumTokens == "max_tokens", request.has("max_completion_tokens") {
            renames.append(MemberRename("max_completion_tokens", to: "max_tokens"))
        }
        if let seed = style.seed, seed != "seed", request.has("seed") { renames.append(MemberRename("seed", to: seed)) }
        return renames
    }
}
