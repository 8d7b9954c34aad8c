import FoundationEssentials
import Testing

@testable import Access

@Suite struct SignInAttemptsTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func attemptsMadeSideBySideSeeEachOther() {
        let attempts = SignInAttempts()
        let begun = (0..<50).filter { _ in attempts.begin(for: "a@example.com", from: "10.0.0.1", at: start) == nil }
        #expect(begun.count == 5)
    }

    @Test func theWaitDoublesAndEndsWithASuccess() {
        let attempts = SignInAttempts()
        for _ in 0..<5 { _ = attempts.begin(for: "a@example.com", from: "10.0.0.1", at: start) }
        #expect(attempts.begin(for: "A@example.com", from: "10.0.0.1", at: start) == .seconds(1))
        #expect(attempts.begin(for: "a@example.com", from: "10.0.0.1", at: start.addingTimeInterval(1)) == nil)
        #expect(attempts.begin(for: "a@example.com", from: "10.0.0.1", at: start.addingTimeInterval(1)) == .seconds(2))
        attempts.noteSuccess(for: "a@example.com", from: "10.0.0.1")
        #expect(attempts.begin(for: "a@example.com", from: "10.0.0.1", at: start.addingTimeInterval(1)) == nil)
    }

    @Test func theAttemptThatReachesTheLimitIsTold() {
        let attempts = SignInAttempts()
        let reached = (0..<7).map { number in
            _ = attempts.begin(
                for: "a@example.com", from: "10.0.0.1", at: start.addingTimeInterval(Double(number) * 60))
            return attempts.isLimitReached(for: "A@example.com", from: "10.0.0.1")
        }
        #expect(reached == [false, false, false, false, true, false, false])
    }

    @Test func nobodyIsLockedOutFromElsewhere() {
        let attempts = SignInAttempts()
        for _ in 0..<20 { _ = attempts.begin(for: "owner@example.com", from: "10.0.0.1", at: start) }
        #expect(attempts.begin(for: "owner@example.com", from: "10.0.0.2", at: start) == nil)
    }

    @Test func aFloodOfNewPairsSetsNobodyFree() {
        let attempts = SignInAttempts()
        for _ in 0..<6 { _ = attempts.begin(for: "a@example.com", from: "10.0.0.1", at: start) }
        for number in 0..<25_000 { _ = attempts.begin(for: "\(number)@example.com", from: "10.0.0.1", at: start) }
        #expect(attempts.begin(for: "a@example.com", from: "10.0.0.1", at: start) != nil)
    }
}
