import ChatModel
import EventLoop
import HTTPMessages
import HTTPServer
import HTTPTransfer
import Spending
import Tenancy
import Testing

@testable import LLMProxy

/// What calls that wait for a limit take from those that do not.
@Suite struct LimitedCallTests {
    /// Runs `body` with callers of whom those that show `x-limited` have `limits` together, at a provider that answers
    /// questions with "slow" in them when the gate is open.
    private func with(
        _ limits: CallLimits, callsAtOnce: Int,
        _ body: @escaping @Sendable (ProxyRig, Gate) async throws -> Void
    ) async throws {
        let (limited, isOver) = (Note<GovernedPlace?>(nil), Gate())
        let organization = try #require(OrganizationID(ProxyRig.organization))
        let options = ProxyRig.Options {
            $0.callsAtOnce = callsAtOnce
            $0.callers = CallerRecognition { request in
                Caller(
                    payer: Payer(organization: organization),
                    place: request.headers["x-limited"] == nil ? nil : limited.value)
            }
        }
        try await ProxyRig.run(options) { _, _, question in
            let isSlow = String(decoding: question, as: UTF8.self).contains("slow")
            while isSlow, !isOver.isOpen { try await Loop.current?.sleep(for: .milliseconds(2)) }
            return Answer.text(200, Answer.completion)
        } _: { rig in
            let governor = rig.parts.equipment.governor
            limited.value = governor.place("caller", limits)
            governor.start()
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(rig, isOver))
            } catch {
                result = .failure(error)
            }
            isOver.open()
            await governor.stop()
            try result.get()
        }
    }

    private func limitedCall(_ rig: ProxyRig, _ words: String) async throws -> InboundResponse {
        var request = rig.request(
            .post, "/v1/chat/completions", .seconds(30),
            #"{"model":"gpt","messages":[{"role":"user","content":"\#(words)"}]}"#)
        request = request.with { $0.add("x-limited", "1") }
        return try await rig.client.send(request, bodyLimit: 1 << 20)
    }

    @Test func callsThatWaitForALimitHoldNoPlaceOfTheirProvider() async throws {
        try await with(CallLimits(concurrency: 1), callsAtOnce: 3) { rig, isOver in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try await limitedCall(rig, "slow").status } }
                #expect(try await becomesTrue { rig.parts.equipment.governor.status.waiting == 5 })
                let other = try await rig.ask(deadline: .seconds(5))
                #expect(other.status == 200)
                #expect(rig.calls.count == 2)
                isOver.open()
                for try await status in group { #expect(status == 200) }
            }
        }
    }

    @Test func aCallThatNoMinuteHasRoomForIsNotWorthARetry() async throws {
        try await with(CallLimits(tokensPerMinute: 100), callsAtOnce: 3) { rig, _ in
            let response = try await limitedCall(rig, String(repeating: "word ", count: 200))
            #expect(response.status == 429 && response.errorCode == "rate_limited")
            #expect(response.headers["x-should-retry"] == "false" && response.headers["retry-after"] == nil)
            #expect(response.text.contains("the caller's own key") && response.text.contains("needs more tokens than"))
            #expect(response.headers[ProxyHeader.provider] == nil && rig.calls.count == 0)
        }
    }
}
