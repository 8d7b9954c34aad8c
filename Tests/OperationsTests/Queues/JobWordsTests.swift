import FoundationEssentials
import Jobs
import Queueing
import Tenancy
import Testing
import WireAPI

@testable import Operations

/// How a job stands, in words.
@Suite struct JobWordsTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func job(
        _ state: JobState, failures: Int = 0, runAt: Date = now - 10, attempt: Int = 1,
        error: (ErrorClass, String)? = nil, inBatch: Bool = false
    ) -> Job {
        Job(
            id: JobID(uuid: UUID()), kind: JobKind("item"), queue: .evaluations, priority: .normal,
            organizationID: nil, projectID: nil,
            batch: inBatch ? BatchPlace(batchID: BatchID(uuid: UUID()), index: 0) : nil, limits: [], payload: [],
            state: state, runAt: runAt, lease: LeaseMark(epoch: 1, attempt: attempt), failures: failures, crashes: 0,
            maxAttempts: 5, timeout: .seconds(300), worker: "w-1", uniqueKey: nil, scheduleID: nil, traceParent: nil,
            errorClass: error?.0, error: error?.1, isCancelRequested: false, createdAt: Self.now - 60,
            startedAt: Self.now - 12, endedAt: state.isFinal ? Self.now : nil)
    }

    private func explanation(_ job: Job, _ circumstances: JobCircumstances = JobCircumstances()) -> String {
        JobWords.explanation(of: job, circumstances, now: Self.now)
    }

    @Test func aWaitingJobNamesEverythingThatHoldsItBack() {
        var circumstances = JobCircumstances()
        circumstances.ahead = .inLine(120)
        let provider = ControlSubject.limit(.provider("openai"))
        circumstances.obstacles = [.blocked(provider), .paused(.queue(.evaluations)), .full(.kind(JobKind("item")))]
        circumstances.blocked = [provider: .seconds(12)]
        circumstances.workers = 3
        #expect(
            explanation(job(.waiting), circumstances)
                == "About 120 jobs are before it in its tenant's line of evaluations; provider openai is rate limited "
                + "for 12 s; queue evaluations is paused; kind item runs as many as it may.")
    }

    @Test func whatIsNotKnownIsNotGuessed() {
        var circumstances = JobCircumstances()
        #expect(explanation(job(.waiting), circumstances) == "It could run now.")
        circumstances.isUnknown = true
        #expect(explanation(job(.waiting), circumstances).contains("Redis, which says why it waits, is away"))
        circumstances = JobCircumstances()
        circumstances.workers = 0
        #expect(
            explanation(job(.waiting), circumstances) == "no worker takes jobs of evaluations at the moment.")
        circumstances = JobCircumstances()
        circumstances.isHeld = true
        circumstances.ahead = .inQueue(1)
        #expect(
            explanation(job(.waiting, inBatch: true), circumstances)
                == "About 1 job is before it in evaluations; its batch is handed out a few hundred at a time.")
    }

    @Test func aJobThatIsTriedAgainSaysWhen() {
        let again = job(.waiting, failures: 2, runAt: Self.now + 12, error: (.timeout, "late"))
        #expect(explanation(again) == "It failed 2 times; the next of 5 attempts begins in 12 s.")
        let limited = job(.waiting, runAt: Self.now + 30, error: (.rateLimited, "429 from openai"))
        #expect(
            explanation(limited)
                == "It met a limit and is tried again in 30 s, which costs no attempt: 429 from openai")
        #expect(explanation(job(.waiting, runAt: Self.now + 7200)) == "It is to run in 2 h.")
    }

    @Test func whatRunsAndWhatHasEndedIsSaidSo() {
        #expect(
            explanation(job(.running, attempt: 2))
                == "It has run for 12 s on w-1, of at most 5 min, on attempt 2.")
        #expect(explanation(job(.finished)) == "It succeeded after 12 s on attempt 1.")
        #expect(
            explanation(job(.dead, failures: 1, error: (.invalid, "no such judge")))
                == "It was given up after one failed attempt: no such judge")
        #expect(
            explanation(job(.dead, error: (.poison, "its worker died 4 times")))
                == "It was given up because its workers died of it: its worker died 4 times")
        #expect(explanation(job(.cancelled, attempt: 0)) == "It was cancelled before it began.")
    }

    @Test func aRefusalSaysWhatWouldBePossible() {
        #expect(
            JobChange.retry.refusal(of: job(.running), now: Self.now)
                == "This job is running: only one that is dead or cancelled can be retried.")
        #expect(
            JobChange.runNow.refusal(of: job(.dead), now: Self.now)
                == "This job is dead: only one that is scheduled can be run now.")
        #expect(JobChange.delete.refusal(of: job(.dead, inBatch: true), now: Self.now).contains("with it"))
    }
}
