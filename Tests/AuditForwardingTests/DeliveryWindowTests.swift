import EventLoop
import FoundationEssentials
import Records
import Tenancy
import Testing

@testable import AuditForwarding

/// What was sent counts as arrived only some time after it was acknowledged.
@Suite struct DeliveryWindowTests {
    private let chain = AuditChain(of: OrganizationID(uuid: UUID()))
    private let start = Moment(nanoseconds: 1_000_000_000)

    @Test func nothingCountsAsArrivedAtOnce() {
        var window = DeliveryWindow()
        window.add(chain, through: 10, entries: 10, end: 100)
        #expect(window.settle(acknowledged: 100, at: start).isEmpty)
        #expect(window.settle(acknowledged: 100, at: start + .seconds(9)).isEmpty)
        #expect(window.settle(acknowledged: 100, at: start + .seconds(10)) == [chain: 10])
        #expect(window.isEmpty)
    }

    @Test func whatIsNotAcknowledgedWaitsHoweverLong() {
        var window = DeliveryWindow()
        window.add(chain, through: 10, entries: 10, end: 100)
        window.add(chain, through: 20, entries: 10, end: 200)
        _ = window.settle(acknowledged: 150, at: start)
        #expect(window.settle(acknowledged: 199, at: start + .seconds(1000)) == [chain: 10])
        #expect(window.entries == 10)
    }

    @Test func aReceiverThatHasReadToTheEndHasEverything() {
        var window = DeliveryWindow()
        window.add(chain, through: 10, entries: 10, end: 100)
        window.add(.installation, through: 3, entries: 3, end: 130)
        window.add(chain, through: 20, entries: 10, end: 200)
        #expect(window.settleAll() == [chain: 20, .installation: 3])
        #expect(window.entries == 0)
    }

    @Test func soMuchIsOnItsWayAndNoMore() {
        var window = DeliveryWindow()
        window.add(chain, through: 1, entries: DeliveryWindow.mostEntries, end: 1)
        #expect(window.isFull)
    }
}
