import FoundationEssentials
import Queueing
import Tenancy
import Testing

@Suite struct JobRuleTests {
    @Test func waitsDoubleUpToTheirBoundAndAreNeverLongerThanIt() {
        var random = SystemRandomNumberGenerator()
        let rule = RetryRule(first: .seconds(2), longest: .seconds(60))
        for (failures, whole) in [(1, 2), (2, 4), (5, 32), (6, 60), (100, 60)] {
            for _ in 0..<50 {
                let wait = rule.backoff(after: failures, using: &random)
                #expect(wait >= .seconds(whole) / 2 && wait <= .seconds(whole))
            }
        }
    }

    @Test func theLastAttemptThatFailsBuriesTheJob() {
        var random = SystemRandomNumberGenerator()
        let failure = JobFailure(.unavailable, "no answer")
        guard case .retry = RetryRule().verdict(on: failure, failures: 2, maxAttempts: 3, using: &random) else {
            Issue.record("a job with an attempt left was given up")
            return
        }
        #expect(RetryRule().verdict(on: failure, failures: 3, maxAttempts: 3, using: &random) == .dead)
    }

    @Test(arguments: [ErrorClass.invalid, .missing, .refused, .overBudget, .poison])
    func whatCannotGoBetterIsGivenUpAtOnce(errorClass: ErrorClass) {
        var random = SystemRandomNumberGenerator()
        let verdict = RetryRule().verdict(
            on: JobFailure(errorClass, "no"), failures: 1, maxAttempts: 9, using: &random)
        #expect(verdict == .dead)
    }

    @Test func aLimitDefersWithoutCountingAndForAsLongAsItSays() {
        var random = SystemRandomNumberGenerator()
        let failure = JobFailure(.rateLimited, "slow down", retryAfter: .seconds(30), limit: .provider("acme"))
        let verdict = RetryRule().verdict(on: failure, failures: 99, maxAttempts: 1, using: &random)
        guard case .deferral(let wait) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(wait >= .seconds(30) && wait <= .seconds(33))
    }

    @Test(arguments: [
        ("job 42 gave up after 30 s", "job # gave up after # s"),
        ("no row 0192d3c4-1111-7abc-8def-0123456789ab here", "no row … here"),
        ("field \"prompt 7\" is wrong", "field \"…\" is wrong"),
        ("an odd \" quote", "an odd \" quote"),
        ("  spaces\n and lines ", "spaces and lines"),
    ])
    func messagesOfOneCauseLookTheSame(message: String, cause: String) {
        #expect(JobFailure(.internal, message).cause == cause)
    }

    @Test func aMessageIsCutAndHoldsNoNull() {
        let failure = JobFailure(.internal, String(repeating: "a", count: 2000) + "\0")
        #expect(failure.message.count == 1000)
        #expect(JobFailure(.internal, "a\0b").message == "ab")
    }

    @Test func theYoungerLeaseIsTheGreaterOne() {
        #expect(LeaseMark(epoch: 1, attempt: 9) < LeaseMark(epoch: 2, attempt: 1))
        #expect(LeaseMark(epoch: 2, attempt: 1) < LeaseMark(epoch: 2, attempt: 2))
    }

    @Test(arguments: [
        "queue:interactive", "organization:0192d3c4-1111-7abc-8def-0123456789ab",
        "project:0192d3c4-1111-7abc-8def-0123456789ab", "kind:evaluation", "provider:acme", "key:a:b",
    ])
    func aSubjectIsReadAsItIsWritten(text: String) {
        #expect(ControlSubject(text)?.description == text)
    }

    @Test(arguments: ["", "queue", "queue:", "organization:x", "planet:earth", ":x"])
    func whatIsNoSubjectIsNone(text: String) {
        #expect(ControlSubject(text) == nil)
    }

    @Test func quantilesLieInTheirBuckets() throws {
        var counts = Array(repeating: 0, count: TimeBuckets.count)
        counts[TimeBuckets.bucket(of: .milliseconds(3))] = 90
        counts[TimeBuckets.bucket(of: .milliseconds(100))] = 10
        let buckets = TimeBuckets(counts: counts, milliseconds: 90 * 3 + 10 * 100)
        let (median, high) = (try #require(buckets.quantile(0.5)), try #require(buckets.quantile(0.99)))
        #expect(median > .milliseconds(2) && median <= .milliseconds(4))
        #expect(high > .milliseconds(64) && high <= .milliseconds(128))
        #expect(TimeBuckets().quantile(0.5) == nil)
    }
}

@Suite struct BatchCostTests {
    private func batch(
        finished: Int, of total: Int, cost: Int64, estimate: Int64?, state: BatchState = .open
    ) -> Batch {
        Batch(
            id: BatchID(uuid: UUID()), organizationID: OrganizationID(uuid: UUID()), projectID: ProjectID(uuid: UUID()),
            ownerID: nil, apiKeyID: nil, kind: JobKind("judge"), queue: .evaluations, name: "",
            definition: Array("{}".utf8), tags: [],
            state: state, expanded: total, counts: BatchCounts(total: total, finished: finished), cost: cost,
            estimatedCost: estimate, createdAt: Date(timeIntervalSince1970: 0),
            startedAt: nil, endedAt: nil)
    }

    @Test func beforeAnythingIsDoneTheEstimateStands() {
        #expect(batch(finished: 0, of: 100, cost: 0, estimate: 700).expectedCost == 700)
        #expect(batch(finished: 0, of: 100, cost: 0, estimate: nil).expectedCost == nil)
    }

    @Test func theCostMovesFromWhatWasExpectedToWhatIsSeen() {
        let early = batch(finished: 1, of: 1000, cost: 20, estimate: 10_000)
        let late = batch(finished: 900, of: 1000, cost: 18_000, estimate: 10_000)
        #expect((10_000...12_000).contains(early.expectedCost ?? 0))
        #expect((19_900...20_000).contains(late.expectedCost ?? 0))
        #expect(batch(finished: 10, of: 10, cost: 33, estimate: 10, state: .ended).expectedCost == 33)
    }
}
