import ChatModel
import Scoring
import Testing

@testable import Evals

@Suite struct DeliberationTests {
    private func deliberation(
        _ models: [String] = ["m"], refused: [String: Set<OptionalParameter>] = [:]
    ) throws -> Deliberation<Verdict> {
        let task = EvaluatorTask(name: "n", objective: "", criteria: CriteriaTemplate("{{response}}"))
        let prompt = try JudgePrompt(
            task: task, segments: task.criteria.segments, input: EvaluationInput(response: "r"), marker: BlockMarker(1))
        return Deliberation(Inquiry(prompt, .fast), models: models) { refused[$0] ?? [] }
    }

    private let good = ChatReply(content: #"{"justification":"j","score":0.5}"#)

    private func request(_ step: Deliberation<Verdict>.Step) throws -> ChatRequest {
        guard case .ask(let request) = step else {
            Issue.record("expected a question, got \(step)")
            throw EvaluationFailure(code: .internal, message: "no question")
        }
        return request
    }

    private func code(_ step: Deliberation<Verdict>.Step) -> EvaluationFailure.Code? {
        guard case .failed(let failure) = step else { return nil }
        return failure.code
    }

    @Test func firstQuestionAsksForTheSchemaWithTheBehavioursEffort() throws {
        let request = try request(deliberation().start)
        #expect(request.model == "m")
        #expect(request.messages.map(\.role) == [.system, .user])
        #expect(request.replySchema?.name == "verdict")
        #expect(request.temperature == 0)
        #expect(request.reasoningEffort == .off)
        #expect(request.maximumTokens == 2048)
        #expect(request.topLogprobs == 5)
    }

    @Test func verdictDecides() throws {
        var deliberation = try deliberation()
        guard case .decided(let verdict) = deliberation.take(.reply(good)) else {
            Issue.record("not decided")
            return
        }
        #expect(verdict.score.value == 0.5)
        #expect(verdict.justification == "j")
    }

    @Test func unusableAnswerGetsOneRepairTurnThatShowsItAndTheError() throws {
        var deliberation = try deliberation()
        let request = try request(deliberation.take(.reply(ChatReply(content: #"{"justification":"j","score":7}"#))))
        #expect(request.messages.map(\.role) == [.system, .user, .assistant, .user])
        #expect(request.messages[2].content == #"{"justification":"j","score":7}"#)
        #expect(request.messages[3].content.contains("score: 7.0 is not between 0 and 1"))
        let end = deliberation.take(.reply(ChatReply(content: #"{"justification":"j","score":7}"#)))
        #expect(
            end
                == .failed(
                    EvaluationFailure(
                        code: .invalidResponse,
                        message:
                            "model m gave no usable answer, also when asked again: score: 7.0 is not between 0 and 1")))
    }

    @Test func repairedAnswerDecides() throws {
        var deliberation = try deliberation()
        _ = deliberation.take(.reply(ChatReply(content: "I would say 0.5")))
        guard case .decided = deliberation.take(.reply(good)) else {
            Issue.record("not decided")
            return
        }
    }

    @Test func cutAnswerIsSaidToBeCutAndALongOneIsShownInPart() throws {
        var deliberation = try deliberation()
        let long = String(repeating: "ä", count: 9000)
        let request = try request(deliberation.take(.reply(ChatReply(content: long, finishReason: .length))))
        #expect(request.messages[2].content.hasSuffix("\n[… 1000 more characters are left out here]"))
        #expect(request.messages[3].content.contains("the answer was cut off at its longest"))
    }

    @Test(arguments: [
        ChatFailure.Code.contextLength, .refused, .authentication, .noProvider, .rateLimited, .timeout, .providerError,
        .invalidResponse,
    ])
    func nextModelFollowsOnAnyFailureThatIsNotTheRequests(code: ChatFailure.Code) throws {
        var deliberation = try deliberation(["a", "b"])
        #expect(try request(deliberation.take(.failure(ChatFailure(code, "x")))).model == "b")
        #expect(self.code(deliberation.take(.failure(ChatFailure(code, "x")))) != nil)
    }

    @Test func wrongRequestIsNotRepeatedElsewhere() throws {
        var deliberation = try deliberation(["a", "b"])
        let failure = ChatFailure(.invalidRequest, "x", parameter: "messages")
        #expect(code(deliberation.take(.failure(failure))) == .providerError)
    }

    @Test func requestThatIsRefusedWithoutAReasonIsAskedMorePlainlyAndTheAnswerShowsWhatItWas() throws {
        var deliberation = try deliberation()
        let failure = ChatFailure(.invalidRequest, "x")
        let second = try request(deliberation.take(.failure(failure)))
        #expect(second.topLogprobs == nil && second.reasoningEffort == .off)
        #expect(deliberation.newlyRefused.isEmpty)
        let third = try request(deliberation.take(.failure(failure)))
        #expect(third.reasoningEffort == .low)
        guard case .decided = deliberation.take(.reply(good)) else {
            Issue.record("not decided")
            return
        }
        #expect(deliberation.newlyRefused == [.logprobs, .noReasoning])
        var other = try self.deliberation()
        for _ in 0..<2 { _ = other.take(.failure(failure)) }
        #expect(code(other.take(.failure(failure))) == .providerError)
        #expect(other.newlyRefused.isEmpty)
    }

    @Test func modelThatCannotButThinkThinksALittleAndOneThatCannotThinkIsNotTold() throws {
        var deliberation = try deliberation()
        let failure = ChatFailure(.invalidRequest, "x", parameter: "reasoning_effort")
        #expect(try request(deliberation.take(.failure(failure))).reasoningEffort == .low)
        #expect(deliberation.newlyRefused == [.noReasoning])
        #expect(try request(deliberation.take(.failure(failure))).reasoningEffort == nil)
        #expect(deliberation.newlyRefused == [.reasoningEffort])
        #expect(try request(deliberation.take(.failure(failure))).topLogprobs == nil, "perhaps that was meant")
        #expect(code(deliberation.take(.failure(failure))) == .providerError)
    }

    @Test func probabilitiesThatAModelDoesNotTellAreNotAskedForAgain() throws {
        for name in ["logprobs", "top_logprobs"] {
            var deliberation = try deliberation()
            let failure = ChatFailure(.invalidRequest, "x", parameter: name)
            #expect(try request(deliberation.take(.failure(failure))).topLogprobs == nil)
            #expect(deliberation.newlyRefused == [.logprobs])
        }
    }

    @Test func refusalAndFilterLeadToTheNextModelAndThenToRefused() throws {
        var deliberation = try deliberation(["a", "b"])
        #expect(try request(deliberation.take(.reply(ChatReply(content: nil, refusal: "no")))).model == "b")
        let end = deliberation.take(.reply(ChatReply(content: "", finishReason: .contentFilter)))
        #expect(code(end) == .refused)
    }

    @Test func secondModelHasItsOwnRepairTurn() throws {
        var deliberation = try deliberation(["a", "b"])
        _ = deliberation.take(.reply(ChatReply(content: "bad")))
        #expect(try request(deliberation.take(.reply(ChatReply(content: "bad")))).model == "b")
        let repair = try request(deliberation.take(.reply(ChatReply(content: "bad"))))
        #expect(repair.model == "b" && repair.messages.count == 4)
        #expect(code(deliberation.take(.reply(ChatReply(content: "bad")))) == .invalidResponse)
    }

    @Test func refusedParameterIsLeftOutOnceAndRemembered() throws {
        var deliberation = try deliberation()
        let failure = ChatFailure(.invalidRequest, "x", parameter: "temperature")
        let second = try request(deliberation.take(.failure(failure)))
        #expect(second.temperature == nil && second.reasoningEffort == .off)
        #expect(deliberation.newlyRefused == [.temperature])
        #expect(try request(deliberation.take(.failure(failure))).topLogprobs == nil, "perhaps that was meant")
        #expect(try request(deliberation.take(.failure(failure))).reasoningEffort == .low)
        #expect(code(deliberation.take(.failure(failure))) == .providerError)
        let known = try self.deliberation(refused: ["m": [.reasoningEffort, .replySchema]])
        #expect(try request(known.start).reasoningEffort == nil)
        #expect(try request(known.start).replySchema == nil)
    }

    @Test func proxyThatIsAwayAndACallerThatLeftEndIt() throws {
        var deliberation = try deliberation(["a", "b"])
        #expect(code(deliberation.take(.unreachable("x"))) == .unavailable)
        #expect(code(deliberation.take(.cancelled)) == .cancelled)
    }

    @Test func failureSaysWhatTheProviderSaid() throws {
        var deliberation = try deliberation()
        let step = deliberation.take(
            .failure(
                ChatFailure(
                    .authentication, "provider p does not accept its key", providerStatus: 401,
                    providerMessage: "bad key")))
        #expect(
            step
                == .failed(
                    EvaluationFailure(
                        code: .authentication,
                        message: "model m: provider p does not accept its key (status 401): bad key")))
    }

    @Test func abilitiesAreKeptPerOrganisationAndModel() {
        let abilities = ModelAbilities()
        let (one, other) = (OrganizationFixture.one, OrganizationFixture.other)
        abilities.learn(.temperature, refusedBy: "m", of: one)
        abilities.learn(.replySchema, refusedBy: "m", of: one)
        #expect(abilities.refused(by: "m", of: one) == [.temperature, .replySchema])
        #expect(abilities.refused(by: "m", of: other).isEmpty)
        #expect(abilities.refused(by: "n", of: one).isEmpty)
    }
}
