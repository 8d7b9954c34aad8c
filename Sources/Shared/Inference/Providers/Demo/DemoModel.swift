package import ChatModel
internal import JSON

/// The demonstration: a "model" that needs neither a key nor a network. It recognises the prompts of our evaluators
/// and of whoever designs judges, works with simple counts, and says in every answer that it is no model. The same prompt always gets the
/// same answer.
package enum DemoModel {
    /// The name under which it is listed and logged.
    package static let name = "demo/heuristic"
    /// The name of its provider.
    package static let provider = "demo"
    /// Well-known names that stand for it where it is the only provider, so that examples run at once.
    package static let aliases = [
        "root", "RootJudge", "gemini-3-flash", "gemini-2.5-flash-lite", "gpt-5.4", "gpt-5-mini", "gpt-4o-mini",
        "gpt-4o", "gpt-4-turbo",
    ]

    /// The answer to a request.
    package static func answer(_ request: ChatRequest) -> ChatReply {
        let texts = request.messages.map(\.content)
        let answer =
            texts.lazy.compactMap(verdict).first ?? texts.lazy.compactMap(DemoDraft.answer).first ?? greeting
        let usage = ChatUsage(
            promptTokens: texts.reduce(0) { $0 + tokens($1) }, completionTokens: tokens(answer))
        return ChatReply(content: answer, model: name, usage: usage)
    }

    private static func verdict(_ prompt: String) -> String? {
        guard let material = DemoMaterial(prompt: prompt) else { return nil }
        let verdict = DemoVerdict.on(material)
        var json = JSONWriter()
        json.beginObject()
        json.key("justification")
        json.write("Demonstration (demo/heuristic), not the judgement of a model: \(verdict.finding).")
        json.key("score")
        json.write(verdict.score)
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private static let greeting = """
        This is the demonstration provider (demo/heuristic), not a language model: it can only answer the questions of \
        evaluators. Configure a provider to talk to a model.
        """

    /// A guess that is good enough for a number that costs nothing.
    private static func tokens(_ text: String) -> Int { (text.utf8.count + 3) / 4 }
}
