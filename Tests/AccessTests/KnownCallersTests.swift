import FoundationEssentials
import Tenancy
import Testing

@testable import Access

@Suite struct KnownCallersTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)
    private let identifiers = IdentifierSource(now: { Date(timeIntervalSince1970: 1_800_000_000) })

    private var principal: Principal {
        Principal(
            organizationID: identifiers.next(),
            user: UserReference(id: identifiers.next(), email: "a@example.com", fullName: "A"),
            credential: .apiKey(identifiers.next()), role: .engineer, scopes: .everything,
            defaultProjectID: identifiers.next())
    }

    @Test func aCallerIsKnownForTwoSeconds() {
        let known = KnownCallers()
        let caller = principal
        known.remember(caller, under: [1], at: start, lookedUpIn: known.epoch)
        #expect(known.principal(of: [1], at: start.addingTimeInterval(1.9)) == caller)
        #expect(known.principal(of: [1], at: start.addingTimeInterval(2)) == nil)
    }

    @Test func whoWasLookedUpUnattendedIsLookedUpAnewForWhoSitsThere() {
        let known = KnownCallers()
        let caller = principal
        known.remember(caller, under: [1], at: start, lookedUpIn: known.epoch, isUnattended: true)
        #expect(known.principal(of: [1], at: start, isUnattended: true) == caller)
        #expect(known.principal(of: [1], at: start) == nil)
    }

    @Test func whatWasLookedUpBeforeARevocationIsNotKept() {
        let known = KnownCallers()
        let before = known.epoch
        known.forgetAll()
        known.remember(principal, under: [1], at: start, lookedUpIn: before)
        #expect(known.principal(of: [1], at: start) == nil)
    }
}
