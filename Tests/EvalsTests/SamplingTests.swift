import ChatModel
import Dialects
import HTTPMessages
import HTTPServer
import JSON
import Synchronization
import Testing
import WireAPI

@testable import Evals

/// Behaviours as the LLM proxy sees them: how often it is asked, and how.
@Suite struct SamplingTests {
    @Test func fastAndBalancedAskOnceAndThinkAsMuchAsTheyShould() async throws {
        try await ScriptedProxy.run { _, _, _ in
            .verdict(0.5)
        } _: { rig in
            for (behavior, effort) in [("fast", "none"), ("balanced", "medium")] {
                let before = rig.calls.all.count
                let result = try #require(try await rig.evaluate(behavior: behavior).first)
                #expect(result.score == 0.5 && result.attempts == 1 && result.confidence == nil)
                let calls = rig.calls.all.dropFirst(before)
                #expect(calls.count == 1)
                let call = try #require(calls.first)
                #expect(call["reasoning_effort"]?.stringValue == effort)
                #expect(call["temperature"]?.doubleValue == 0)
                #expect(call["logprobs"]?.boolValue == true && call["top_logprobs"]?.integerValue == 5)
            }
        }
    }

    @Test func thoroughAsksThreeTimesWhenTheAnswersAgree() async throws {
        let fields = Mutex<[HTTPHeaders]>([])
        try await ScriptedProxy.run { call, request, _ in
            fields.withLock { $0.append(request.headers) }
            return .completion("{\"justification\":\"answer \(call)\",\"score\":\([0.7, 0.75, 0.8][call - 1])}")
        } _: { rig in
            let result = try #require(try await rig.evaluate(models: [["m", "other"]], behavior: "thorough").first)
            #expect(result.attempts == 3 && result.confidence == 1)
            #expect(result.score == 0.75 && result.justification == "answer 2")
            #expect(result.llmOutput?.contains("answer 2") == true)
            #expect(result.costNanodollars == 3000)
            #expect(result.usage == EvaluationReply.Usage(promptTokens: 30, completionTokens: 15))
            #expect(result.callMicroseconds <= result.totalMicroseconds)
            let bodies = rig.calls.all
            #expect(Set(bodies.map { $0["messages"]?.description ?? "" }).count == 1, "one prompt for all")
            for body in bodies {
                #expect(body["temperature"]?.doubleValue == 0.7 && body["reasoning_effort"] == "high")
            }
        }
        let cache = fields.withLock { $0.map { $0["x-scorable-cache"] } }
        #expect(cache == [nil, "no-store", "no-store"], "an answer that is given again agrees with nothing")
        #expect(fields.withLock { $0.allSatisfy { $0["x-scorable-dispensable"] == "logprobs" } })
    }

    @Test func thoroughAsksFiveTimesWhenTheyDoNot() async throws {
        try await ScriptedProxy.run { call, _, _ in
            .verdict([0.9, 0.1, 0.9, 0.4, 0.9][call - 1])
        } _: { rig in
            let result = try #require(try await rig.evaluate(behavior: "thorough").first)
            #expect(result.attempts == 5 && result.score == 0.9 && result.confidence == 0.6)
        }
    }

    @Test func answersThatFailAreMissedByNobodyUnlessItIsTheFirst() async throws {
        try await ScriptedProxy.run { call, _, _ in
            call == 1 ? .verdict(0.5) : HTTPResponse(status: 500)
        } _: { rig in
            let result = try #require(try await rig.evaluate(behavior: "thorough").first)
            #expect(result.score == 0.5 && result.failure == nil && result.confidence == nil)
            #expect(result.attempts == 3, "nobody is left to agree with, so no more are asked for")
        }
        try await ScriptedProxy.run { call, _, _ in
            call == 2 ? HTTPResponse(status: 500) : .verdict(0.5)
        } _: { rig in
            let result = try #require(try await rig.evaluate(behavior: "thorough").first)
            #expect(result.score == 0.5 && result.confidence == 1)
        }
        try await ScriptedProxy.run { _, _, _ in
            HTTPResponse(status: 500)
        } _: { rig in
            let result = try #require(try await rig.evaluate(behavior: "thorough").first)
            #expect(result.failure?.code == "provider_error" && result.attempts == 1)
        }
    }

    @Test func furtherAnswersComeFromTheModelThatGaveTheFirst() async throws {
        try await ScriptedProxy.run { _, _, body in
            body["model"] == "broken" ? HTTPResponse(status: 500) : .verdict(0.5)
        } _: { rig in
            let result = try #require(
                try await rig.evaluate(models: [["broken", "good", "never"]], behavior: "thorough").first)
            #expect(result.confidence == 1)
            #expect(rig.calls.models == ["broken", "good", "good", "good"])
        }
    }

    @Test func probabilitiesOfTokensAreTheConfidenceOfASingleAnswer() async throws {
        try await ScriptedProxy.run { call, _, _ in
            // -0.105 is the logarithm of 0.9, -2.303 that of 0.1.
            .completion(
                #"{"justification":"b","score":0.8}"#,
                tokens: [
                    [(#"{"justification":"b","score":"#, 0)], [("0", 0)], [(".", 0)],
                    [("8", -0.105_360_5), ("2", -2.302_585)], [("}", 0)],
                ])
        } _: { rig in
            for behavior in ["fast", "balanced", "thorough"] {
                let result = try #require(try await rig.evaluate(behavior: behavior).first)
                #expect(abs((result.confidence ?? 0) - 0.9) < 0.001, "\(behavior)")
                #expect(result.score == 0.8)
            }
        }
    }

    @Test func modelThatRefusesToTellThemIsAskedWithoutFromThenOn() async throws {
        try await ScriptedProxy.run { _, _, body in
            guard body["logprobs"] == nil else {
                let failure = ChatFailure(.invalidRequest, "no", parameter: "logprobs")
                return HTTPResponse(status: 400, body: .bytes(failure.body(requestID: "r")))
            }
            return .verdict(1)
        } _: { rig in
            let results = [try await rig.evaluate().first, try await rig.evaluate().first]
            #expect(results.map { $0?.attempts } == [2, 1])
            #expect(results.allSatisfy { $0?.score == 1 && $0?.confidence == nil })
        }
    }
}
