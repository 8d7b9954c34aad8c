import EventLoop
import FoundationEssentials
import Queueing
import Tenancy
import Testing

@testable import Jobs

/// How many jobs a worker takes, and which of them it renews.
@Suite struct SlotsTests {
    private let names = (0..<40).map { _ in QueueFixture.identifiers.next(Job.self) }

    private func leases(_ range: Range<Int>) -> [Lease] {
        range.map { Lease(id: names[$0], attempt: 1, flow: FlowText(text: "q|-|-|k|2|"), batchID: nil) }
    }

    private func job(_ id: JobID) -> Job {
        Job(
            id: id, kind: JobKind("k"), queue: .evaluations, priority: .normal, organizationID: nil, projectID: nil,
            batch: nil, limits: [], payload: [], state: .running, runAt: Date(), lease: LeaseMark(epoch: 1, attempt: 1),
            failures: 0, crashes: 0, maxAttempts: 1, timeout: .seconds(1), worker: nil, uniqueKey: nil, scheduleID: nil,
            traceParent: nil, errorClass: nil, error: nil, isCancelRequested: false, createdAt: Date(),
            startedAt: Date(), endedAt: nil)
    }

    private func begin(_ lease: Lease, in slots: inout Slots, deadline: Deadline = .never) -> Slots.Start {
        slots.start(lease.name, job(lease.id), deadline) { Task {} }  // ok: it does nothing
    }

    @Test func longJobsAreNotTakenInAdvance() {
        var slots = Slots(capacity: 4, backlog: 100)
        #expect(slots.room == 4)
        for lease in leases(0..<4) {
            slots.take([lease], epoch: 1, at: .now)
            #expect(begin(lease, in: &slots) == .started)
        }
        #expect(slots.room == 0)
        for lease in leases(0..<4) {
            _ = slots.end(lease.name, after: .seconds(5))
            slots.remove(lease.name)
        }
        #expect(slots.room == 4)
    }

    @Test func whatIsTooMuchIsSaidAndWhatIsKnownIsNot() {
        var slots = Slots(capacity: 4, backlog: 100)
        slots.take(leases(0..<1), epoch: 1, at: .now)
        let (taken, excess) = slots.take(leases(0..<4), atMost: 2, epoch: 1, at: .now)
        #expect(taken == leases(1..<3))
        #expect(excess == leases(3..<4))
        #expect(slots.room == 1)
    }

    @Test func ofJobsThatTakeNoTimeSomeAreTakenInAdvanceAndDoneInTheirOrder() {
        var slots = Slots(capacity: 2, backlog: 100)
        for _ in 0..<60 {
            let lease = leases(0..<1)[0]
            slots.take([lease], epoch: 1, at: .now)
            _ = begin(lease, in: &slots)
            _ = slots.end(lease.name, after: .microseconds(100))
            slots.remove(lease.name)
        }
        #expect(slots.room > 20)
        let many = leases(0..<10)
        slots.take(many, epoch: 1, at: .now)
        #expect(many.map { begin($0, in: &slots) } == [.started, .started] + Array(repeating: .shelved, count: 8))
        #expect(slots.running == 2)
        #expect(slots.nextShelved()?.lease == nil)
        _ = slots.end(many[1].name, after: .zero)
        #expect(slots.nextShelved()?.lease == many[2])
    }

    @Test func whatDoesNotStopAfterItsTimeIsNotRenewed() {
        var slots = Slots(capacity: 4, backlog: 100)
        let now = Moment.now
        for (index, lease) in leases(0..<3).enumerated() {
            slots.take([lease], epoch: index == 2 ? 1 : 2, at: now)
            _ = begin(lease, in: &slots, deadline: .after(index == 0 ? .seconds(-10) : .seconds(10)))
        }
        #expect(slots.renewable(at: now, slack: .seconds(5)) { $0.epoch == 2 }.map(\.id) == [names[1]])
        #expect(slots.renewable(at: now, slack: .seconds(60)) { $0.epoch == 2 }.count == 2)
        #expect(slots.stuck(at: now, slack: .seconds(5)) == 1)
    }

    @Test func whatIsToStopIsNotStartedAndKeepsItsFirstReason() {
        var slots = Slots(capacity: 4, backlog: 100)
        let lease = leases(0..<1)[0]
        slots.take([lease], epoch: 1, at: .now)
        #expect(slots.stop(.cancelled) { _ in true }.isEmpty)
        #expect(slots.stop(.released) { _ in true }.isEmpty)
        #expect(begin(lease, in: &slots) == .refused)
        #expect(slots.end(lease.name, after: .zero) == .cancelled)
        #expect(slots.end(lease.name, after: .zero) == nil)
    }
}
