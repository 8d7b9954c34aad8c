import EventLoop
import FoundationEssentials
import Records
import Tenancy
import Testing

@testable import AuditForwarding

/// What was sent counts as arrived only when the receiver has read to the end.
@Suite struct DeliveryWindowTests {
    private let chain = AuditChain(of: OrganizationID(uuid: UUID()))
    private let start = Moment(nanoseconds: 1_000_000_000)

    @Test func aReceiverThatHasReadToTheEndHasEverything() {
        var window = DeliveryWindow()
        window.add(chain, at: 10, bytes: 100, on: start)
        window.add(.installation, at: 3, bytes: 30, on: start)
        window.add(chain, at: 11, bytes: 100, on: start)
        #expect(window.entries == 3)
        #expect(window.settle() == [chain: 11, .installation: 3])
        #expect(window.isEmpty)
        #expect(window.settle().isEmpty)
    }

    @Test func itIsAskedSomeTimeAfterTheFirstEntryHoweverManyFollow() {
        var window = DeliveryWindow()
        #expect(!window.isDue(at: start + .seconds(1000), after: .seconds(15)))
        window.add(chain, at: 1, bytes: 1, on: start)
        window.add(chain, at: 2, bytes: 1, on: start + .seconds(14))
        #expect(!window.isDue(at: start + .seconds(14), after: .seconds(15)))
        #expect(window.isDue(at: start + .seconds(15), after: .seconds(15)))
    }

    @Test func soMuchIsOnItsWayAndNoMoreAndASlowReceiverGetsLess() {
        var window = DeliveryWindow()
        var budget = DeliveryBudget()
        window.add(chain, at: 1, bytes: budget.bytes - 1, on: start)
        #expect(!window.isFull(budget))
        budget.shrink()
        #expect(window.isFull(budget))
        for _ in 0..<20 { budget.shrink() }
        #expect(budget.bytes == 16 << 10)
        for _ in 0..<20 { budget.grow() }
        #expect(budget.bytes == 4 << 20)
    }
}
