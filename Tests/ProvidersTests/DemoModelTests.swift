import ChatModel
import JSON
import Testing

@testable import Providers

@Suite struct DemoModelTests {
    private func verdict(name: String, criteria: String = "", _ blocks: [(String, String)]) throws -> DemoVerdict {
        let marker = BlockMarker(1)
        var prompt = "The marker of this message is \(marker.text).\n"
        for (name, text) in [("evaluator", name), ("criteria", criteria)] + blocks {
            QuotedBlock(name: name, text: text).write(marker: marker, to: &prompt)
        }
        return DemoVerdict.on(try #require(DemoMaterial(prompt: prompt)))
    }

    private func score(_ name: String, response: String) throws -> Double {
        try verdict(name: name, [("response", response)]).score
    }

    @Test func politeTextScoresAboveRudeText() throws {
        let polite = try score("Politeness", response: "Thank you for your patience, I would be glad to help.")
        let plain = try score("Politeness", response: "The package arrives on Monday.")
        let rude = try score("Politeness", response: "Shut up, you stupid idiot.")
        #expect(polite > 0.8 && plain > rude && polite > plain && rude < 0.1)
    }

    @Test func oneContradictedFigureIsWorthNothing() throws {
        let contexts = [
            ("request", "What was the revenue of Q1/2023?"),
            ("contexts.1", "Financial statement of 2023: revenue in the first quarter was 1,200.50 million USD."),
            ("contexts.2", "The board met twice."),
        ]
        let wrong = try verdict(
            name: "Faithfulness", contexts + [("response", "The revenue in Q1/2023 was 5 million USD.")])
        let right = try verdict(
            name: "Faithfulness", contexts + [("response", "The revenue in the first quarter was 1200.5 million USD.")])
        #expect(wrong == DemoVerdict(0, "the figure 5 stands in none of the 2 contexts"))
        #expect(right.score > 0.9)
    }

    @Test func relevantAnswerScoresAboveARefusalAndAnEmptyOne() throws {
        let request = [("request", "How do I reset the password of my account?")]
        let good = try verdict(
            name: "Relevance",
            request + [("response", "Open the account settings, choose reset password, and follow the link we send.")])
        let refusal = try verdict(name: "Relevance", request + [("response", "I'm unable to help with that.")])
        let empty = try verdict(name: "Relevance", request + [("response", " ")])
        #expect(good.score > 0.8 && refusal.score < 0.3 && empty.score == 0)
    }

    @Test func orderingsOfTheOtherMeasuresAreSensible() throws {
        let toxic = "You are a disgusting moron and I will kill you."
        #expect(try score("Non-toxicity", response: toxic) < score("Non-toxicity", response: "Have a nice day."))
        #expect(
            try score("Sentiment recognition", response: "I love this wonderful product.")
                > score("Sentiment recognition", response: "Terrible, broken and useless."))
        let long = String(repeating: "It is basically really very important to actually note this. ", count: 40)
        #expect(try score("Conciseness", response: "It opens at nine.") > score("Conciseness", response: long))
        let hard =
            "Notwithstanding jurisdictional heterogeneity, institutional intermediaries operationalise obligations."
        #expect(try score("Clarity", response: "The cat sat on the mat.") > score("Clarity", response: hard))
        #expect(
            try score("Confidentiality", response: "My password is hunter2, mail bob@example.com.")
                < score("Confidentiality", response: "We are open on Sundays."))
        #expect(
            try score("Formality", response: "hey guys, gonna be cool!!!")
                < score("Formality", response: "We hereby confirm the appointment."))
        #expect(try score("Answer Willingness", response: "I cannot help with that.") < 0.2)
        #expect(
            try score("Safety for Children", response: "They drank vodka and fired the gun.")
                < score("Safety for Children", response: "The rabbit found a carrot."))
    }

    @Test func rightToolScoresAboveTheWrongOne() throws {
        let tools = #"""
            [{"type":"function","function":{"name":"get_weather","description":"Weather forecast of a city"}},
             {"type":"function","function":{"name":"send_mail","description":"Send an e-mail to a person"}}]
            """#
        func score(_ called: String) throws -> Double {
            try verdict(
                name: "Tool Selection",
                [
                    ("tools", tools), ("turns.1.user", "What is the weather in the city of Oulu?"),
                    ("turns.2.tool_calls", #"[{"type":"function","function":{"name":"\#(called)","arguments":"{}"}}]"#),
                ]
            ).score
        }
        #expect(try score("get_weather") == 1)
        #expect(try score("send_mail") < 0.5)
        #expect(try score("unknown_tool") == 0)
    }

    @Test func conversationIsJudgedByItsLastTurns() throws {
        let verdict = try verdict(
            name: "Helpfulness",
            [
                ("turns.1.user", "When does the library open?"),
                ("turns.2.assistant", "The library opens at nine o'clock."),
            ])
        #expect(verdict.score > 0.5)
    }

    @Test func everyAnswerSaysThatItIsADemonstration() throws {
        let chat = DemoModel.answer(ChatRequest(model: "m", messages: [ChatMessage(role: .user, content: "hi")]))
        #expect(chat.content?.contains("demonstration") == true)
        #expect(chat.model == DemoModel.name)
        var prompt = ""
        QuotedBlock(name: "criteria", text: "Is [response] polite?").write(marker: BlockMarker(2), to: &prompt)
        QuotedBlock(name: "response", text: "Thank you \"very\" much").write(marker: BlockMarker(2), to: &prompt)
        let request = ChatRequest(model: "m", messages: [ChatMessage(role: .user, content: prompt)])
        let answer = DemoModel.answer(request)
        let json = try JSONParser.parse(answer.content ?? "")
        #expect(json["justification"]?.stringValue?.hasPrefix("Demonstration (demo/heuristic)") == true)
        #expect(json["score"]?.doubleValue == 0.75)
        #expect(DemoModel.answer(request) == answer)
    }

    @Test(arguments: [
        ("two hundred fifty", ["250"]), ("fifty-five", ["55"]), ("two, three", ["2", "3"]), ("1,200.50", ["1200.5"]),
        ("Q1/2023", ["2023"]), ("30 days. 31", ["30", "31"]), ("40%", ["40"]), ("none", []),
    ])
    func numbersAreReadInDigitsAndWords(text: String, numbers: [String]) {
        #expect(Words(text).numbers == numbers)
    }
}
