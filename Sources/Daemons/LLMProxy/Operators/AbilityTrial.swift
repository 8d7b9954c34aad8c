internal import ChatModel
internal import Dialects
internal import EventLoop
internal import FoundationEssentials
internal import HTTPTransfer
internal import JSON
internal import Providers
internal import WireAPI

/// The little things that a model is asked to see what it can do.
struct AbilityTrial {
    typealias Ability = ProxyAbilityReport.Ability

    let client: HTTPClient
    let endpoint: ModelEndpoint
    let deadline: Deadline
    let now: @Sendable () -> Date

    /// Enough for a model that thinks before it speaks.
    private static let outputTokens = 512

    func chat() async -> Ability {
        await tried("chat", request("Answer with the one word: ready")) { reply in
            let text = reply.content ?? ""
            return text.isEmpty
                ? (.no, "The answer has no text.") : (.yes, "It answered: \(text.prefix(80))")
        }
    }

    func schemaOutput() async -> Ability {
        var request = request("How many legs has a spider? Give the number.")
        request.replySchema = ChatRequest.ReplySchema(
            name: "legs",
            json:
                #"{"type":"object","properties":{"legs":{"type":"integer"}},"required":["legs"],"additionalProperties":false}"#
        )
        return await tried("schema_output", request) { reply in
            let text = reply.content ?? ""
            do {
                let legs = try JSONScanner(Array(text.utf8)).integer("legs")
                return legs == nil
                    ? (.no, "It answered JSON of another form: \(text.prefix(80))")
                    : (.yes, "It answered in the form that was asked for.")
            } catch {
                return (.no, "It took the schema and answered no JSON: \(text.prefix(80))")
            }
        }
    }

    func tools() async -> Ability {
        var request = request("What is the weather in Oslo? Use the tool.")
        request.tools = [
            ChatTool(
                .function(
                    ChatTool.Function(
                        name: "weather", description: "The weather of a town.",
                        parameters: RawJSON(
                            #"{"type":"object","properties":{"town":{"type":"string"}},"required":["town"]}"#))))
        ]
        return await tried("tools", request) { reply in
            let called = reply.choices.first?.parts.contains { part in
                if case .toolCall = part.content { true } else { false }
            }
            return called == true
                ? (.yes, "It called the tool.") : (.no, "It took the tool and did not call it.")
        }
    }

    func logprobs() async -> Ability {
        var request = request("Answer with the one word: ready")
        request.topLogprobs = 2
        return await tried("logprobs", request) { reply in
            let count = reply.choices.first?.logprobs?.count ?? 0
            return count > 0
                ? (.yes, "It gave the probabilities of \(count) tokens.")
                : (.no, "It took the wish and gave no probabilities.")
        }
    }

    /// Whether answers come as streams, and whether these say what was used.
    func streaming() async -> [Ability] {
        var request = request("Count from one to five.")
        request.isStreaming = true
        do {
            var reader = endpoint.stream(for: request)
            let stream = try await exchange.open(try endpoint.request(for: request, now: now()))
            var events: [ChatEvent] = []
            while let piece = try await stream.next() { events += reader.receive(piece) }
            events += reader.end()
            for event in events {
                if case .failure(let failure) = event.kind { throw failure }
            }
            let usage = reader.usage
            return [
                Ability(name: "streaming", finding: .yes, evidence: "A stream came to its end."),
                Ability(
                    name: "usage", finding: usage == nil ? .no : .yes,
                    evidence: usage.map { "The stream says that \($0.totalTokens) tokens were used." }
                        ?? "The stream does not say what was used; it will be estimated."),
            ]
        } catch {
            return [refused("streaming", error)]
        }
    }

    // MARK: One question

    private func request(_ prompt: String) -> ChatRequest {
        var request = ChatRequest(model: endpoint.model, messages: [ChatMessage(role: .user, content: prompt)])
        request.maximumTokens = Self.outputTokens
        return request
    }

    private var exchange: Exchange {
        Exchange(
            client: client, endpoint: endpoint, patience: CallPatience(), deadline: deadline,
            responseBytes: 4 << 20, now: now)
    }

    private func tried(
        _ name: String, _ request: ChatRequest, _ judge: (ChatReply) -> (Ability.Finding, String)
    ) async -> Ability {
        do {
            let response = try await exchange.send(try endpoint.request(for: request, now: now()))
            let (finding, evidence) = judge(try endpoint.reply(response.body, to: request))
            return Ability(name: name, finding: finding, evidence: evidence)
        } catch {
            return refused(name, error)
        }
    }

    /// A server that refuses the wish cannot fulfil it; one that fails otherwise leaves the question open.
    private func refused(_ name: String, _ error: any Error) -> Ability {
        let failure: ChatFailure
        switch error {
        case let attempt as AttemptFailure: failure = attempt.failure
        case let chat as ChatFailure: failure = chat
        case let unsupported as Unsupported: failure = ChatFailure(unsupported, provider: endpoint.provider.name)
        default: return Ability(name: name, finding: .unknown, evidence: "The trial was given up.")
        }
        let words = failure.providerMessage.map { " (\($0))" } ?? ""
        return Ability(
            name: name, finding: failure.code == .invalidRequest ? .no : .unknown,
            evidence: failure.message.prefix(1).uppercased() + failure.message.dropFirst() + words + ".")
    }
}
