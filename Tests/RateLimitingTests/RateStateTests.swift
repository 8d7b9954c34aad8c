import EventLoop
import Testing

@testable import RateLimiting

/// What a replica holds of the common buckets.
@Suite struct RateStateTests {
    private let bucket = RateBucket(.key, "key:1", limit: 60)
    /// Its portion is ten calls.
    private let large = RateBucket(.organization, "organization:1", limit: 12_000)
    private let begin = Moment(nanoseconds: 1_000_000_000_000)
    private let one = [RateWish(place: 0, calls: 1)]

    /// Takes one call at that moment.
    private func take(_ state: inout RateState, after wait: Duration = .zero) -> RateState.Decision {
        state.take([bucket], at: begin + wait)
    }

    private func fill(_ state: inout RateState, _ calls: Int, wait: Duration = .zero) -> RateRefusal? {
        state.filled([bucket], one, with: [RateReply(calls: calls, wait: wait)], at: begin)
    }

    @Test func whatWasTakenFromTheBucketIsUsedUpWithoutAsking() {
        var state = RateState()
        let first = take(&state)
        let refused = fill(&state, 3)
        let others = (0..<3).map { _ in take(&state) }
        #expect(first == .mustAsk(one) && refused == nil && others == [.taken, .taken, .mustAsk(one)])
    }

    @Test func whatIsNotUsedInTimeIsGone() {
        var state = RateState()
        _ = fill(&state, 3)
        let late = take(&state, after: .seconds(2))
        #expect(late == .mustAsk(one))
    }

    @Test func anEmptyBucketIsNotAskedAgainBeforeItHasSomething() {
        var state = RateState()
        let refused = fill(&state, 0, wait: .seconds(4))
        #expect(refused == RateRefusal(place: 0, wait: .seconds(4)))
        let early = take(&state, after: .seconds(1))
        #expect(early == .refused(RateRefusal(place: 0, wait: .seconds(3))))
        let later = take(&state, after: .seconds(4))
        #expect(later == .mustAsk(one))
    }

    @Test func onlyTheBucketOfWhichNothingIsHeldIsAskedForMore() {
        var state = RateState()
        let first = state.take([bucket, large], at: begin)
        #expect(first == .mustAsk([RateWish(place: 0, calls: 1), RateWish(place: 1, calls: 10)]))
        let both = [RateReply(calls: 1, wait: .zero), RateReply(calls: 10, wait: .zero)]
        let refused = state.filled(
            [bucket, large], [RateWish(place: 0, calls: 1), RateWish(place: 1, calls: 10)], with: both, at: begin)
        #expect(refused == nil)
        for _ in 0..<9 {
            let next = state.take([bucket, large], at: begin)
            #expect(next == .mustAsk(one))
            _ = state.filled([bucket, large], one, with: [RateReply(calls: 1, wait: .zero)], at: begin)
        }
        let last = state.take([bucket, large], at: begin)
        #expect(last == .mustAsk([RateWish(place: 0, calls: 1), RateWish(place: 1, calls: 10)]))
    }

    @Test func aCallThatIsRefusedGivesBackWhatItHadTaken() {
        var state = RateState()
        let ten = [RateWish(place: 0, calls: 10)]
        _ = state.take([large], at: begin)
        _ = state.filled([large], ten, with: [RateReply(calls: 2, wait: .zero)], at: begin)
        let decision = state.take([bucket, large], at: begin)
        let refused = state.filled([bucket, large], one, with: [RateReply(calls: 0, wait: .seconds(1))], at: begin)
        #expect(decision == .mustAsk(one) && refused == RateRefusal(place: 0, wait: .seconds(1)))
        let others = (0..<2).map { _ in state.take([large], at: begin) }
        #expect(others == [.taken, .mustAsk(ten)])
    }

    @Test func nothingIsTakenOfABucketWhereAnotherIsEmpty() {
        var state = RateState()
        let wishes = [RateWish(place: 0, calls: 1), RateWish(place: 1, calls: 10)]
        let refused = state.filled(
            [bucket, large], wishes, with: [RateReply(calls: 0, wait: .zero), RateReply(calls: 0, wait: .seconds(2))],
            at: begin)
        #expect(refused == RateRefusal(place: 1, wait: .seconds(2)))
        let own = take(&state)
        #expect(own == .mustAsk(one), "its own bucket is not empty")
    }

    @Test func aBurstTakesOnePortion() {
        var state = RateState()
        let wishes = (0..<3).map { _ in state.take([large], at: begin) }
        #expect(
            wishes == [
                .mustAsk([RateWish(place: 0, calls: 10)]), .mustAsk([RateWish(place: 0, calls: 1)]),
                .mustAsk([RateWish(place: 0, calls: 1)]),
            ])
        let later = state.take([large], at: begin + .seconds(1))
        #expect(later == .mustAsk([RateWish(place: 0, calls: 10)]), "whoever waited for it has given up")
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

    @Test func aRedisThatComesAndGoesDoesNotAllowTheQuarterEachTime() {
        var state = RateState()
        for _ in 0..<15 { _ = state.takeAlone([bucket], at: begin) }
        _ = fill(&state, 1)
        _ = state.lost(until: begin + .seconds(1))
        let next = state.takeAlone([bucket], at: begin)
        #expect(next == RateRefusal(place: 0, wait: .seconds(4)))
    }

    @Test func redisIsLeftAloneForAWhileAfterItDidNotAnswer() {
        var state = RateState()
        _ = state.lost(until: begin + .seconds(1))
        let (early, later) = (take(&state), take(&state, after: .seconds(2)))
        #expect(early == .taken && later == .mustAsk(one))
    }

    @Test func oneCallLooksWhetherRedisIsThereAgain() {
        var state = RateState()
        _ = state.lost(until: begin + .seconds(1))
        let decisions = (0..<3).map { _ in take(&state, after: .seconds(2)) }
        #expect(decisions == [.mustAsk(one), .taken, .taken])
        let isNew = state.lost(until: begin + .seconds(3))
        #expect(!isNew)
        let next = take(&state, after: .seconds(3))
        _ = fill(&state, 2)
        let after = take(&state)
        #expect(next == .mustAsk(one) && after == .taken)
    }
}
