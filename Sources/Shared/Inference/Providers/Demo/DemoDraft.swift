internal import ChatModel
internal import JSON

/// What the demonstration writes when it is asked to design a judge, to improve a response or to make up samples: simple
/// and always the same, so that everything can be tried without a model, and saying wherever there is room for it that no
/// model wrote it.
enum DemoDraft {
    /// The answer to a prompt that asks for a draft; `nil` when it asks for something else.
    static func answer(to prompt: String) -> String? {
        let blocks = QuotedBlock.read(from: prompt)
        func text(_ name: String) -> String? { blocks.first { $0.name == name }?.text }
        if let draft = text("draft") { return improvement(of: draft) }
        guard let goal = text("goal") else { return nil }
        guard text("judge") == nil else { return samples(for: goal) }
        return judge(
            for: goal, stage: text("stage"), among: blocks.filter { $0.name.hasPrefix("candidate.") }.map(\.text))
    }

    // MARK: Judges

    /// How many candidates it chooses.
    private static let most = 4

    /// The candidates that share the most words with the goal, those about answers in general first when none do.
    private static func judge(for goal: String, stage: String?, among candidates: [String]) -> String {
        let wanted = Words(goal + " " + (stage ?? "")).vocabulary
        let ranked = candidates.enumerated().map { index, text in
            (index: index, weight: Words(text).vocabulary.intersection(wanted).count * 4 + usefulness(of: text))
        }
        .filter { $0.weight > 0 }
        .sorted { ($0.weight, $1.index) > ($1.weight, $0.index) }
        var json = JSONWriter()
        json.beginObject()
        json.key("name")
        json.write("Demonstration: " + title(of: goal))
        json.key("stages")
        json.beginArray()
        json.endArray()
        json.key("missing_context")
        json.beginArray()
        json.endArray()
        json.key("chosen")
        json.beginArray()
        let chosen = ranked.isEmpty ? Array(candidates.indices.prefix(1)) : ranked.prefix(most).map(\.index)
        for index in chosen { json.write(index + 1) }
        json.endArray()
        json.key("new")
        json.beginArray()
        if chosen.isEmpty { writeEvaluator(of: goal, to: &json) }
        json.endArray()
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// Whether a candidate suits nearly every answer.
    private static func usefulness(of candidate: String) -> Int {
        let name = candidate.prefix { $0 != ":" }
        return ["Helpfulness", "Relevance", "Clarity"].contains(name) ? 1 : 0
    }

    private static func writeEvaluator(of goal: String, to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.write("Fitness for the goal")
        json.key("objective")
        json.write("Whether the response serves the goal: " + title(of: goal))
        json.key("criteria")
        json.write("Is {{response}} a relevant and helpful answer to {{request}}?")
        json.endObject()
    }

    private static func title(of goal: String) -> String {
        let words = goal.split(whereSeparator: \.isWhitespace).prefix(8).joined(separator: " ")
        return String(words.prefix(100))
    }

    // MARK: Responses and samples

    /// The response as it is: making it better is beyond simple counts, and pretending would be worse.
    private static func improvement(of draft: String) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.key("response")
        json.write(draft)
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private static func samples(for goal: String) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.key("name")
        json.write("Demonstration samples")
        json.key("description")
        json.write("Made by demo/heuristic without a model, for: " + title(of: goal))
        json.key("samples")
        json.beginArray()
        let request = "Please help me with this: " + title(of: goal)
        let responses = [
            ("high", "Thank you for asking. This is about \(title(of: goal)). Here is what to do, step by step."),
            ("low", "No idea, whatever."),
        ]
        for (quality, response) in responses {
            json.beginObject()
            json.key("quality")
            json.write(quality)
            json.key("request")
            json.write(request)
            json.key("response")
            json.write(response)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
