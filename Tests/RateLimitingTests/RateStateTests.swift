import EventLoop
import Testing

@testable import RateLimiting

/// What a replica holds of the common buckets.
@Suite struct RateStateTests {
    private let bucket = RateBucket(.key, "key:1", limit: 60)
    private let begin = Moment(nanoseconds: 1_000_000_000_000)

    /// Takes one call at that moment.
    private func take(_ state: inout RateState, after wait: Duration = .zero) -> RateState.Decision {
        state.take([bucket], at: begin + wait, holding: .seconds(1))
    }

    @Test func whatWasTakenFromTheBucketIsUsedUpWithoutAsking() {
        var state = RateState()
        let first = take(&state)
        let refused = state.filled([bucket], with: [(3, .seconds(1))], at: begin)
        let others = (0..<3).map { _ in take(&state) }
        #expect(first == .mustAsk && refused == nil && others == [.taken, .taken, .mustAsk])
    }

    @Test func whatIsNotUsedInTimeIsGone() {
        var state = RateState()
        _ = state.filled([bucket], with: [(3, .seconds(1))], at: begin)
        let late = take(&state, after: .seconds(2))
        #expect(late == .mustAsk)
    }

    @Test func anEmptyBucketIsNotAskedAgainBeforeItHasSomething() {
        var state = RateState()
        let refused = state.filled([bucket], with: [(0, .seconds(4))], at: begin)
        #expect(refused?.wait == .seconds(4))
        let early = take(&state, after: .seconds(1))
        #expect(early == .refused(place: 0, wait: .seconds(3)))
        let later = take(&state, after: .seconds(4))
        #expect(later == .mustAsk)
    }

    @Test func withoutTheOthersAQuarterIsAllowedAndFillsAgain() {
        var state = RateState()
        let isNew = (0..<2).map { _ in state.lost(until: begin + .seconds(1)) }
        #expect(isNew == [true, false])
        let waits = (0..<16).map { _ in state.takeAlone([bucket], at: begin)?.wait }
        #expect(waits == Array(repeating: nil, count: 15) + [.seconds(4)])
        let later = state.takeAlone([bucket], at: begin + .seconds(4))
        #expect(later == nil)
    }

    @Test func redisIsLeftAloneForAWhileAfterItDidNotAnswer() {
        var state = RateState()
        _ = state.lost(until: begin + .seconds(1))
        let (early, later) = (take(&state), take(&state, after: .seconds(2)))
        #expect(early == .taken && later == .mustAsk)
    }
}
