import ChatModel
import EventLoop
import FoundationEssentials
import Observability
import Records
import Synchronization
import Testing

@testable import LLMProxy

/// What is written down of how deployments do.
@Suite struct HealthRecorderTests {
    private struct Away: Error {}

    /// What a recorder has written, and whether it can.
    private final class Pages: Sendable {
        let spans = Mutex<[DeploymentSpan]>([])
        let isAway = Mutex(false)

        func write(_ written: [DeploymentSpan]) throws {
            if isAway.withLock({ $0 }) { throw Away() }
            spans.withLock { spans in
                for span in written {
                    spans.removeAll { $0.place == span.place && $0.start == span.start }
                    spans.append(span)
                }
            }
        }
    }

    private let states = DeploymentStates(policy: CircuitBreaker.Policy(), metrics: Metrics())
    private let pages = Pages()
    private let place = UUID()

    private func recorder(at date: Date) -> HealthRecorder {
        HealthRecorder(states: states, logger: silent, now: { date }) { [pages] in try pages.write($0) }
    }

    private var state: DeploymentState {
        states.state(of: .init(provider: "acme", model: "m", place: place.uuidString.lowercased()))
    }

    private func call(_ ending: CallOutcome.Ending) throws {
        let admission = try #require(state.admit(at: .now))
        state.ended(
            admission,
            CallOutcome(
                ending, usage: ChatUsage(promptTokens: 10, completionTokens: 5), costInNanoDollars: 7,
                firstByte: .milliseconds(300), duration: .milliseconds(900)))
    }

    @Test func callsAreWrittenOnceHoweverOftenIsWritten() async throws {
        let date = Date(timeIntervalSince1970: 1_900_000_123)
        let recorder = recorder(at: date)
        try call(.answered)
        try call(.failed(.timeout))
        await recorder.record(withRunning: true)
        await recorder.record(withRunning: true)
        let span = try #require(pages.spans.withLock { $0 }.first)
        #expect(span.place == place && span.upstreamModel == "m" && span.start == DeploymentSpan.start(of: date))
        #expect(span.sums.calls == 2 && span.sums.failures == ["timeout": 1] && span.sums.promptTokens == 20)
        #expect(span.sums.costInNanoDollars == 14 && span.sums.firstByte.total == 2 && span.sums.whole.total == 1)
        #expect(span.worst.score < 100 && span.worst.sentence.hasPrefix("1 of 2 calls"))
        #expect(pages.spans.withLock { $0.count } == 1)
    }

    @Test func whatCannotBeWrittenIsWrittenLater() async throws {
        let recorder = recorder(at: Date(timeIntervalSince1970: 1_900_000_000))
        pages.isAway.withLock { $0 = true }
        try call(.answered)
        await recorder.record(withRunning: true)
        #expect(pages.spans.withLock { $0.isEmpty })
        pages.isAway.withLock { $0 = false }
        await recorder.finish()
        #expect(pages.spans.withLock { $0.map(\.sums.calls) } == [1])
    }

    @Test func theRunningMinuteIsLeftUntilItIsOver() async throws {
        let recorder = recorder(at: Date(timeIntervalSince1970: 1_900_000_000))
        try call(.answered)
        await recorder.record(withRunning: false)
        // Its health is known already.
        #expect(pages.spans.withLock { $0.map(\.sums.calls) } == [0])
        await recorder.finish()
        #expect(pages.spans.withLock { $0.map(\.sums.calls) } == [1])
    }

    @Test func whatHasNoIdentifierIsNotWritten() async throws {
        _ = states.state(of: .init(provider: "demo", model: "demo"))
        let recorder = recorder(at: Date(timeIntervalSince1970: 1_900_000_000))
        await recorder.finish()
        #expect(pages.spans.withLock { $0.isEmpty })
    }
}

/// What operators take out of service.
@Suite struct DrainTests {
    private let states = DeploymentStates(policy: CircuitBreaker.Policy(), metrics: Metrics())

    private func isDrained(_ provider: String, _ model: String, place: String? = nil) -> Bool {
        states.state(of: .init(provider: provider, model: model, place: place)).isDrained
    }

    @Test func drainsFollowTheirSource() async throws {
        let source = Mutex<Set<DrainedPlace>>([DrainedPlace(.identified("1"), model: "mini")])
        let drains = Drains(states: states, logger: silent) { source.withLock { $0 } }
        let loop = TestLoops.group.loops[0]
        let running = loop.spawn { await drains.run() }
        func becomes(_ isDrained: Bool, _ model: String) async throws -> Bool {
            let deadline = Deadline.after(.seconds(10))
            while self.isDrained("acme", model, place: "1") != isDrained {
                guard !deadline.hasPassed else { return false }
                try await loop.run { try await Loop.current?.sleep(for: .milliseconds(5)) }
            }
            return true
        }
        #expect(try await becomes(true, "mini"))
        #expect(!isDrained("acme", "maxi", place: "1"))
        // Another organisation's provider of the same name is another one.
        #expect(!isDrained("acme", "mini", place: "2"))
        source.withLock { $0 = [DrainedPlace(.identified("1"))] }
        drains.invalidate()
        #expect(try await becomes(true, "maxi"))
        source.withLock { $0 = [] }
        drains.invalidate()
        #expect(try await becomes(false, "mini"))
        running.cancel()
        await running.value
    }

    @Test func byHandAProviderIsMeantByItsName() {
        let drains = Drains(states: states)
        drains.set(DrainedPlace(.named("acme"), model: "mini"), to: true)
        #expect(isDrained("acme", "mini") && !isDrained("acme", "maxi"))
        drains.set(DrainedPlace(.named("acme")), to: true)
        #expect(isDrained("acme", "maxi"))
        drains.set(DrainedPlace(.named("acme")), to: false)
        #expect(!isDrained("acme", "mini") && !isDrained("acme", "maxi"))
    }
}
