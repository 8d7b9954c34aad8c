import ChatModel
import Scoring
import Testing

@testable import LLMProxy

@Suite struct RetryPolicyTests {
    private let policy = RetryPolicy()

    private func pause(
        _ failure: ChatFailure, attempt: Int = 1, remaining: Duration = .seconds(60), jitter: Double = 0,
        safe: Bool = true
    ) -> Duration? {
        policy.pause(
            after: AttemptFailure(failure, isSafeToRepeat: safe), attempt: attempt, remaining: remaining,
            jitter: jitter)
    }

    @Test func pauseDoublesAndIsSpreadByJitter() {
        let failure = ChatFailure(.providerError, "x")
        #expect(pause(failure) == .milliseconds(125))
        #expect(pause(failure, jitter: 1) == .milliseconds(250))
        #expect(pause(failure, attempt: 2) == .milliseconds(250))
    }

    @Test func callIsMadeAtMostThreeTimes() {
        #expect(pause(ChatFailure(.providerError, "x"), attempt: 3) == nil)
    }

    @Test func providersOwnPauseIsNeverUndercutAndNeverWaitedForInVain() {
        let failure = ChatFailure(.rateLimited, "x", retryAfter: .seconds(10))
        #expect(pause(failure) == .seconds(10))
        #expect(pause(failure, jitter: 1) == .milliseconds(10_125))
        #expect(pause(failure, remaining: .seconds(10)) == nil)
    }

    @Test func whatCannotHelpOrMayHaveBeenDoneIsNotRepeated() {
        #expect(pause(ChatFailure(.rateLimited, "quota", isTransient: false)) == nil)
        #expect(pause(ChatFailure(.invalidRequest, "x")) == nil)
        #expect(pause(ChatFailure(.providerError, "reset"), safe: false) == nil)
    }

    @Test(arguments: [
        (["gpt-4o-mini=0.15/0.60/0.075"], true), (["a=b=1/2"], true), ([], true), (["m=0/0"], true),
        (["gpt"], false), (["=1/2"], false), (["m=1"], false), (["m=1/x"], false), (["m=1/2/3/4"], false),
        (["m=-1/2"], false), (["m=1/2/"], false), (["m=nan/1"], false),
    ])
    func priceListIsReadOrRefused(entries: [String], isValid: Bool) {
        #expect((PriceList(entries) != nil) == isValid)
    }

    @Test func priceIsFoundByName() throws {
        let prices = try #require(PriceList(["gpt-4o-mini=0.15/0.60/0.075", "a=b=1/2"]))
        let price = try #require(prices["gpt-4o-mini"])
        #expect(price.cost(of: ChatUsage(promptTokens: 1_000_000, completionTokens: 0)).nanoDollars == 150_000_000)
        #expect(price.cachedInput?.nanoDollars == 75_000_000)
        #expect(prices["a=b"]?.cachedInput == nil && prices["a=b"] != nil)
        #expect(prices["other"] == nil)
    }
}
