import EventLoop
import Testing

@testable import HTTPTransfer

@Suite struct OriginTests {
    private func second(_ number: Int64) -> Moment { Moment(nanoseconds: number * 1_000_000_000) }

    @Test func hangingLookupsHoldBackNewOnesForAWhile() {
        let origin = Origin(Route(destination: "http://example.com:80/"), limit: 1, waitingLimit: 1)
        for _ in 0..<8 {
            #expect(!origin.isUnresolvable(at: second(1)))
            origin.lookupOrphaned(at: second(1))
        }
        #expect(origin.isUnresolvable(at: second(20)))
        #expect(!origin.isUnresolvable(at: second(32)))
    }

    @Test func aConnectionShowsThatNamesAreResolvedAgain() {
        let origin = Origin(Route(destination: "http://example.com:80/"), limit: 1, waitingLimit: 1)
        for _ in 0..<8 { origin.lookupOrphaned(at: second(1)) }
        origin.connected()
        #expect(!origin.isUnresolvable(at: second(1)))
    }
}
