import ChatModel
import Providers
import Scoring
import Testing

@testable import Evals

/// The demonstration provider reads the prompts that evaluations write.
@Suite struct DemonstrationTests {
    private func score(_ preset: String, _ input: EvaluationInput) throws -> Double {
        let preset = try #require(PresetCatalogue.evaluators.first { $0.name == preset })
        let task = EvaluatorTask(
            name: preset.name, objective: preset.intent, criteria: preset.criteria, behavior: preset.behavior)
        let prompt = try JudgePrompt(task: task, segments: task.criteria.segments, input: input, marker: .random())
        let step = Deliberation(Inquiry(prompt, task.behavior), models: ["root"]).start
        guard case .ask(let request) = step else { throw EvaluationFailure(code: .internal, message: "no question") }
        let answer = DemoModel.answer(request)
        return try Verdict(parsing: answer.content ?? "").score.value
    }

    @Test func everyPresetGetsAVerdict() throws {
        let input = EvaluationInput(
            request: "When do you open?", response: "We open at nine.", contexts: ["Opening hours: nine to five."],
            expectedOutput: "At nine.")
        for preset in PresetCatalogue.evaluators where preset.code == nil {
            #expect((0...1).contains(try score(preset.name, input)))
        }
    }

    @Test func orderingsHoldForThePresets() throws {
        func pair(_ preset: String, better: EvaluationInput, worse: EvaluationInput) throws {
            let (high, low) = (try score(preset, better), try score(preset, worse))
            #expect(high > low, "\(preset): \(high) against \(low)")
        }
        let rude = EvaluationInput(response: "Shut up, idiot, I hate you.")
        let kind = EvaluationInput(response: "Thank you for asking, I would be glad to help you.")
        try pair("Politeness", better: kind, worse: rude)
        try pair("Non-toxicity", better: kind, worse: rude)
        try pair("Sentiment recognition", better: kind, worse: rude)
        try pair("Formality", better: kind, worse: EvaluationInput(response: "hey dude, yeah whatever, lol!!!"))
        let contexts = ["Returns are accepted within 30 days of purchase with the receipt."]
        let question = "How long can I return an item?"
        for preset in ["Faithfulness", "Faithfulness Swift", "Truthfulness"] {
            try pair(
                preset,
                better: EvaluationInput(
                    request: question, response: "Returns are accepted within 30 days.", contexts: contexts),
                worse: EvaluationInput(
                    request: question, response: "Returns are accepted within 90 days.", contexts: contexts))
        }
        for preset in ["Relevance", "Helpfulness", "Completeness", "Precision"] {
            try pair(
                preset,
                better: EvaluationInput(
                    request: question, response: "You can return an item for 30 days if you keep the receipt."),
                worse: EvaluationInput(request: question, response: "I don't know."))
        }
        let padding = String(repeating: "It is basically really important to note this again. ", count: 30)
        try pair("Conciseness", better: kind, worse: EvaluationInput(response: padding))
        try pair("Originality", better: kind, worse: EvaluationInput(response: padding))
        try pair(
            "Confidentiality", better: kind,
            worse: EvaluationInput(response: "The password of bob@example.com is hunter2."))
        try pair("Answer Willingness", better: kind, worse: EvaluationInput(response: "I cannot help with that."))
    }

    @Test func contradictedFigureIsZeroAsInThePublicExample() throws {
        let zero = try score(
            "Faithfulness",
            EvaluationInput(
                request: "What was the revenue in Q1/2023?", response: "The revenue was 5 million USD.",
                contexts: ["Financial statement of 2023: in Q1/2023 revenue increased by 17.9 % to 1,200 million USD."])
        )
        #expect(zero == 0)
    }
}
