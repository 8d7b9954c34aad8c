import EventLoop
import Testing

@testable import LLMProxy

/// The breaker as a machine of states, without a provider and without a clock.
@Suite struct CircuitBreakerTests {
    private let start = Moment.now

    private func after(_ seconds: Double) -> Moment { start + .seconds(seconds) }

    private func admit(
        _ breaker: inout CircuitBreaker, at moment: Moment
    ) throws -> CircuitBreaker.Admission {
        let admission = breaker.admit(at: moment)
        return try #require(admission)
    }

    private func opened() throws -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<5 { try call(&breaker, .unwell, at: 0) }
        return breaker
    }

    private func call(_ breaker: inout CircuitBreaker, _ verdict: CircuitBreaker.Verdict, at seconds: Double) throws {
        let admission = try admit(&breaker, at: after(seconds))
        breaker.ended(admission, verdict, at: after(seconds))
    }

    @Test func failuresInARowOpenIt() throws {
        var breaker = CircuitBreaker()
        for _ in 0..<4 { try call(&breaker, .unwell, at: 0) }
        #expect(breaker.position(at: start) == .closed)
        try call(&breaker, .unwell, at: 1)
        #expect(breaker.position(at: after(1)) == .open)
        #expect(breaker.admit(at: after(5.9)) == nil)
        #expect(breaker.pause(at: after(2)) == .seconds(4))
    }

    @Test func successBetweenFailuresKeepsItClosed() throws {
        var breaker = CircuitBreaker()
        for _ in 0..<4 {
            for _ in 0..<4 { try call(&breaker, .unwell, at: 0) }
            try call(&breaker, .well, at: 0)
        }
        #expect(breaker.position(at: start) == .closed)
        // Four failures of five calls, and now enough of them: the share of failures opens it.
        try call(&breaker, .unwell, at: 0)
        #expect(breaker.position(at: start) == .open)
    }

    @Test func oldFailuresDoNotCountForTheShare() throws {
        var breaker = CircuitBreaker()
        for second in 0..<60 { try call(&breaker, second.isMultiple(of: 3) ? .unwell : .well, at: Double(second) * 2) }
        #expect(breaker.position(at: after(120)) == .closed)
    }

    @Test func callsThatTellNothingDoNotCount() throws {
        var breaker = CircuitBreaker()
        for _ in 0..<100 { try call(&breaker, .unknown, at: 0) }
        #expect(breaker.position(at: start) == .closed)
    }

    @Test func oneTrialAtATimeAndTwoSuccessesCloseIt() throws {
        var breaker = try opened()
        let trial = try admit(&breaker, at: after(5))
        #expect(breaker.position(at: after(5)) == .halfOpen)
        #expect(breaker.admit(at: after(5)) == nil)
        breaker.ended(trial, .well, at: after(6))
        #expect(breaker.position(at: after(6)) == .halfOpen)
        try call(&breaker, .well, at: 6)
        #expect(breaker.position(at: after(6)) == .closed)
        #expect(breaker.admit(at: after(6)) == .regular)
    }

    @Test func failedTrialOpensItForTwiceAsLong() throws {
        var breaker = try opened()
        try call(&breaker, .unwell, at: 5)
        #expect(breaker.pause(at: after(5)) == .seconds(10))
        try call(&breaker, .unwell, at: 15)
        #expect(breaker.pause(at: after(15)) == .seconds(20))
        for second in [35.0, 75, 155, 275] { try call(&breaker, .unwell, at: second) }
        #expect(breaker.pause(at: after(275)) == .seconds(120))
        try call(&breaker, .well, at: 395)
        try call(&breaker, .well, at: 395)
        for _ in 0..<5 { try call(&breaker, .unwell, at: 395) }
        #expect(breaker.pause(at: after(395)) == .seconds(5))
    }

    @Test func trialWhoseCallerLeavesMakesRoomForAnother() throws {
        var breaker = try opened()
        try call(&breaker, .unknown, at: 5)
        #expect(breaker.admit(at: after(5)) != nil)
    }

    @Test func trialThatHangsKeepsItClosedToOthersForAWhileOnly() throws {
        var breaker = try opened()
        let hung = try admit(&breaker, at: after(5))
        #expect(breaker.admit(at: after(9.9)) == nil)
        #expect(breaker.wait(at: after(7)) == .seconds(3))
        let second = try admit(&breaker, at: after(10))
        // Each one that hangs as well makes the next one rarer.
        #expect(breaker.admit(at: after(19.9)) == nil)
        breaker.ended(second, .well, at: after(20))
        try call(&breaker, .well, at: 20)
        #expect(breaker.position(at: after(20)) == .closed)
        // What it was sent for is known by now.
        breaker.ended(hung, .unwell, at: after(300))
        #expect(breaker.position(at: after(300)) == .closed)
    }

    @Test func callsFromBeforeItOpenedSayNothing() throws {
        var breaker = CircuitBreaker()
        let old = try admit(&breaker, at: start)
        for _ in 0..<5 { try call(&breaker, .unwell, at: 0) }
        breaker.ended(old, .well, at: after(1))
        #expect(breaker.position(at: after(1)) == .open)
        let trial = try admit(&breaker, at: after(5))
        breaker.ended(trial, .unwell, at: after(5))
        let second = try admit(&breaker, at: after(15))
        breaker.ended(old, .unwell, at: after(15))
        breaker.ended(trial, .well, at: after(15))
        #expect(breaker.position(at: after(15)) == .halfOpen)
        breaker.ended(second, .well, at: after(15))
        try call(&breaker, .well, at: 15)
        #expect(breaker.position(at: after(15)) == .closed)
    }
}
