import ChatModel
import EventLoop
import Testing

@testable import LLMProxy

/// Who is asked after whom, without a provider and without a clock.
@Suite struct AttemptPlanTests {
    private let start = Moment.now

    /// Goes through a plan, failing as `failures` says by deployment and how often that was asked before.
    private func steps(
        _ stages: [[Int]], remaining: Duration = .seconds(60), jitter: Double = 0, policy: RetryPolicy = RetryPolicy(),
        _ failure: (_ deployment: Int, _ asked: Int) -> AttemptFailure
    ) -> [AttemptPlan.Step] {
        var plan = AttemptPlan(stages, policy)
        var steps = [plan.first]
        var asked: [Int: Int] = [:]
        var now = start
        while case .ask(let deployment, let pause)? = steps.last, steps.count < 50 {
            now = now + pause
            let failure = failure(deployment, asked[deployment, default: 0])
            asked[deployment, default: 0] += 1
            let left = remaining - start.duration(to: now)
            steps.append(plan.next(after: failure, of: deployment, at: now, remaining: left, jitter: jitter))
        }
        return steps
    }

    private func passing(_ code: ChatFailure.Code = .providerError, retryAfter: Duration? = nil) -> AttemptFailure {
        AttemptFailure(ChatFailure(code, "x", retryAfter: retryAfter), isSafeToRepeat: true)
    }

    @Test func loneDeploymentIsAskedThreeTimesWithGrowingPauses() {
        #expect(
            steps([[0]]) { _, _ in passing() } == [
                .ask(0, after: .zero), .ask(0, after: .milliseconds(125)), .ask(0, after: .milliseconds(250)), .giveUp,
            ])
        #expect(
            steps([[0]], jitter: 1) { _, _ in passing() } == [
                .ask(0, after: .zero), .ask(0, after: .milliseconds(250)), .ask(0, after: .milliseconds(500)), .giveUp,
            ])
    }

    @Test func providersOwnPauseIsNeverUndercutAndNeverWaitedForInVain() {
        let limited = passing(.rateLimited, retryAfter: .seconds(10))
        #expect(steps([[0]]) { _, _ in limited }.dropFirst().first == .ask(0, after: .seconds(10)))
        #expect(steps([[0]], remaining: .seconds(10)) { _, _ in limited } == [.ask(0, after: .zero), .giveUp])
    }

    @Test func whatCannotHelpOrMayHaveBeenDoneIsNotRepeated() {
        let once: [AttemptPlan.Step] = [.ask(0, after: .zero), .giveUp]
        let quota = AttemptFailure(ChatFailure(.quotaExhausted, "quota"), isSafeToRepeat: true)
        #expect(steps([[0]]) { _, _ in quota } == once)
        let reset = AttemptFailure(ChatFailure(.providerError, "reset"), isSafeToRepeat: false)
        #expect(steps([[0]]) { _, _ in reset } == once)
    }

    @Test func everyDeploymentIsAskedOnceBeforeAnyIsAskedAgain() {
        #expect(
            steps([[2, 0, 1]]) { _, _ in passing() }.prefix(4) == [
                .ask(2, after: .zero), .ask(0, after: .zero), .ask(1, after: .zero), .ask(2, after: .milliseconds(125)),
            ])
    }

    @Test func theOneThatIsReadyFirstIsAskedAgain() {
        let found = steps([[0, 1]]) { deployment, _ in
            deployment == 0 ? passing(.rateLimited, retryAfter: .seconds(1)) : passing()
        }
        #expect(found.dropFirst(2).first == .ask(1, after: .milliseconds(125)))
        #expect(!found.dropFirst(2).contains { $0 == .ask(0, after: .zero) })
    }

    @Test func fallbackComesAfterTheRetriesUnlessTheyTakeLong() {
        #expect(
            steps([[0], [1]]) { _, _ in passing() }.prefix(4) == [
                .ask(0, after: .zero), .ask(0, after: .milliseconds(125)), .ask(0, after: .milliseconds(250)),
                .ask(1, after: .zero),
            ])
        let limited = passing(.rateLimited, retryAfter: .seconds(20))
        #expect(steps([[0], [1]]) { _, _ in limited }.prefix(2) == [.ask(0, after: .zero), .ask(1, after: .zero)])
        let slow = passing(.timeout)
        #expect(
            steps([[0], [1]]) { _, _ in slow }.prefix(3) == [
                .ask(0, after: .zero), .ask(1, after: .zero), .ask(1, after: .milliseconds(125)),
            ])
    }

    @Test func failureThatIsNotRepeatedStillPermitsAFallback() {
        let refusal = AttemptFailure(ChatFailure(.authentication, "key"), isSafeToRepeat: true)
        #expect(steps([[0], [1]]) { _, _ in refusal } == [.ask(0, after: .zero), .ask(1, after: .zero), .giveUp])
    }

    @Test func wrongRequestIsNobodysToAnswer() {
        let wrong = AttemptFailure(ChatFailure(.invalidRequest, "x"), isSafeToRepeat: true)
        #expect(steps([[0, 1], [2]]) { _, _ in wrong } == [.ask(0, after: .zero), .giveUp])
    }

    @Test func deploymentThatCannotDoItIsNoReasonToGiveUp() {
        let unable = AttemptFailure(unable: ChatFailure(.invalidRequest, "has no seed"))
        #expect(steps([[0, 1]]) { _, _ in unable } == [.ask(0, after: .zero), .ask(1, after: .zero), .giveUp])
    }

    @Test func whoHadNoPlaceInTimeIsWaitedForWhenNobodyElseCanDoIt() {
        var crowded = AttemptFailure(unable: ChatFailure(.rateLimited, "no place in time"))
        crowded.isCrowdedOut = true
        let busy = crowded
        #expect(
            steps([[0, 1], [2]]) { _, _ in busy } == [
                .ask(0, after: .zero), .ask(1, after: .zero), .ask(2, after: .zero), .ask(0, after: .zero), .giveUp,
            ])
        var plan = AttemptPlan([[0], [1]], RetryPolicy())
        for deployment in 0..<2 {
            #expect(!plan.isLastResort)
            _ = plan.next(after: busy, of: deployment, at: start, remaining: .seconds(9), jitter: 0)
        }
        #expect(plan.isLastResort)
    }

    @Test func repetitionsAreAPartOfTheCalls() {
        var credit = RetryCredit()
        let atOnce = (0..<100).count { _ in credit.spend() }
        #expect(atOnce == 10)
        var spent = 0
        for _ in 0..<100 {
            credit.earn()
            if credit.spend() { spent += 1 }
        }
        #expect(spent == 20)
    }

    @Test func nothingIsAskedWhereThereIsNobody() {
        #expect(AttemptPlan([[], []], RetryPolicy()).first == .giveUp)
    }
}
