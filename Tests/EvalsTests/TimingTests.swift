import ChatModel
import EventLoop
import HTTPMessages
import HTTPServer
import HTTPTransfer
import JSON
import Testing
import WireAPI

@testable import Evals

/// Where the time of an evaluation goes, as far as the proxy says.
@Suite struct TimingTests {
    private func verdict(_ score: Double, _ timing: ProxyTiming?) -> HTTPResponse {
        var response = HTTPResponse.verdict(score)
        if let timing { response.headers.add(ProxyHeader.timing, timing.text) }
        return response
    }

    private let one = ProxyTiming(queue: .microseconds(10), proxy: .microseconds(20), provider: .milliseconds(3))

    @Test func theTimesOfAllCallsAreAddedUp() async throws {
        let one = one
        try await ScriptedProxy.run { call, _, _ in
            verdict(call == 1 ? 1.5 : 0.5, one)
        } _: { rig in
            let result = try #require(try await rig.evaluate().first)
            #expect(result.attempts == 2)
            #expect(
                result.proxyTiming
                    == EvaluationReply.ProxyTime(
                        queueMicroseconds: 20, ownMicroseconds: 40, providerMicroseconds: 6000))
        }
    }

    @Test func aCallThatSaysNothingLeavesAllUnknown() async throws {
        let one = one
        try await ScriptedProxy.run { call, _, _ in
            verdict(call == 1 ? 1.5 : 0.5, call == 1 ? one : nil)
        } _: { rig in
            let result = try #require(try await rig.evaluate().first)
            #expect(result.attempts == 2 && result.proxyTiming == nil && result.callMicroseconds > 0)
        }
    }

    @Test func theFieldSurvivesAndNonsenseIsNone() {
        #expect(one.text == "queue=10, proxy=20, provider=3000")
        #expect(ProxyTiming(one.text) == one)
        for text in ["", "queue=1", "queue=1, proxy=2, provider=-3", "queue=1, proxy=2, provider=x", "a=b=c"] {
            #expect(ProxyTiming(text) == nil, "\(text)")
        }
    }
}
