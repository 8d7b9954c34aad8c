import ChatModel
import EventLoop
import Records
import Testing

@testable import LLMProxy

/// What is known of a deployment, and what is said of it.
@Suite struct HealthTests {
    private let start = Moment.now

    private func state() -> DeploymentState {
        DeploymentState(.init(provider: "acme", model: "gpt"), policy: CircuitBreaker.Policy(), now: start)
    }

    private func call(_ state: DeploymentState, _ failure: ChatFailure? = nil) throws {
        let admission = try #require(state.admit(at: .now))
        let outcome = CallOutcome(
            failure.map { .failed($0.code) } ?? .answered,
            usage: failure == nil ? ChatUsage(promptTokens: 10, completionTokens: 5) : nil, costInNanoDollars: 7,
            firstByte: failure == nil ? .milliseconds(300) : nil, duration: .milliseconds(900))
        state.ended(admission, outcome, because: failure)
    }

    @Test func answeredCallsAreHealth() throws {
        let state = state()
        for _ in 0..<10 { try call(state) }
        let report = state.report(at: .now)
        #expect(report.health.score == 100)
        #expect(report.health.condition == .healthy)
        #expect(report.health.sentence.hasPrefix("Every call of the last 5 minutes was answered, 95 % within "))
        #expect(report.totals.answered == 10 && report.totals.promptTokens == 100)
        #expect(report.totals.costInNanoDollars == 70)
        #expect(report.running == 0)
    }

    @Test func everyMissingPointHasItsReason() throws {
        let state = state()
        for _ in 0..<6 { try call(state) }
        for _ in 0..<2 { try call(state, ChatFailure(.timeout, "acme did not answer in time")) }
        try call(state, ChatFailure(.rateLimited, "acme takes no more calls", retryAfter: .seconds(20)))
        state.probed(ProbeResult(outcome: .failed("the connection was refused"), moment: .now))
        let health = state.report(at: .now).health
        #expect(health.score == 100 - 34 - 30 - 20)
        #expect(health.condition == .unhealthy)
        #expect(
            health.sentence
                == "3 of 9 calls of the last 5 minutes failed, mostly with timeout; the last probe failed: "
                + "the connection was refused; the provider takes no more calls for 20 s.")
    }

    @Test func anAnsweredCallKnowsBetterThanAProbeBeforeIt() throws {
        let state = state()
        state.probed(ProbeResult(outcome: .failed("the list of models was refused"), moment: .now - .seconds(1)))
        #expect(state.report(at: .now).health.sentence == "The last probe failed: the list of models was refused.")
        try call(state)
        let report = state.report(at: .now)
        #expect(report.health.score == 100 && !report.health.sentence.contains("probe"))
        #expect(report.facts.probe != nil)
    }

    @Test func openBreakerSaysWhyAndForHowLong() throws {
        let state = state()
        for _ in 0..<5 { try call(state, ChatFailure(.providerError, "provider acme failed on gpt")) }
        let report = state.report(at: .now)
        #expect(report.facts.position == .open)
        #expect(report.health.score == 0)
        #expect(
            report.health.sentence.contains(
                "It is not asked for another 5 s because it failed too often, the last time: provider acme failed on gpt; "
            ))
        #expect(report.health.sentence.hasSuffix("5 of 5 calls of the last 5 minutes failed, with provider_error."))
        #expect(state.admit(at: .now) == nil)
        #expect(!state.isPromising(at: .now))
        #expect(state.isPromising(at: .now + .seconds(6)))
    }

    @Test func whatCallersDoWrongIsNotTheDeploymentsIllness() throws {
        let state = state()
        for _ in 0..<50 { try call(state, ChatFailure(.invalidRequest, "x")) }
        #expect(state.admit(at: .now) == .regular)
        #expect(state.report(at: .now).health.score == 100)
    }

    @Test func silenceUntilCallersLeaveSpeaksAgainstADeployment() throws {
        let state = state()
        func leave(after duration: Duration) throws {
            let admission = try #require(state.admit(at: .now))
            state.ended(admission, CallOutcome(.abandoned, duration: duration))
        }
        for _ in 0..<10 { try leave(after: .seconds(5)) }
        #expect(state.report(at: .now).health.score == 100)
        for _ in 0..<5 { try leave(after: .seconds(40)) }
        let report = state.report(at: .now)
        #expect(report.facts.position == .open)
        #expect(
            report.health.sentence.hasSuffix(
                "5 of 15 callers of the last 5 minutes left after 30 s or more without an answer."))
    }

    @Test func drainedDeploymentIsAskedForNothingNew() throws {
        let state = state()
        state.isDrained = true
        #expect(!state.isPromising(at: .now))
        #expect(state.report(at: .now).health.sentence.contains("an operator has drained it"))
        #expect(state.report(at: .now).health.condition == .unknown)
    }

    @Test func callThatNeverBeganLeavesNoTrace() throws {
        let state = state()
        let admission = try #require(state.admit(at: .now))
        #expect(state.running == 1)
        state.withdrawn(admission)
        #expect(state.running == 0)
        #expect(state.report(at: .now).facts.recent.calls == 0)
    }

    @Test func historyKeepsAnHourAndForgetsWhatIsOlder() {
        var history = CallHistory(since: start)
        for minute in 0..<90 {
            for _ in 0..<2 {
                history.add(
                    CallOutcome(.answered, firstByte: .milliseconds(100), duration: .milliseconds(200)),
                    at: start + .seconds(minute * 60 + 30))
            }
        }
        let now = start + .seconds(89 * 60 + 45)
        let minutes = history.minutes(at: now)
        #expect(minutes.map(\.age) == Array((0..<60).reversed()))
        #expect(minutes.allSatisfy { $0.calls == 2 && $0.failed == 0 })
        #expect(history.recentTally(at: now).calls == 10)
        #expect(history.recentTally(at: now + .seconds(120)).calls == 6)
        #expect(history.usualFirstByte.map { $0 > .milliseconds(90) && $0 < .milliseconds(120) } == true)
    }

    @Test(arguments: [1, 2, 3, 7, 50, 999, 12_345, 480_000])
    func latencyIsFoundAgainWithinATenth(milliseconds: Int) throws {
        var histogram = LatencyHistogram()
        for _ in 0..<9 { histogram.add(.milliseconds(milliseconds)) }
        let median = try #require(histogram.percentile(0.5))
        #expect(abs(median - Double(milliseconds)) <= Double(milliseconds) * 0.1)
    }
}
