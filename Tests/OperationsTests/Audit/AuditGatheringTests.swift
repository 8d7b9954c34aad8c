import FoundationEssentials
import Records
import Tenancy
import Testing

@testable import Operations

/// What calls leave is bounded, whoever calls how often.
@Suite struct AuditGatheringTests {
    private static let organization = OrganizationID(uuid: UUID())
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    private static func kind(_ name: String, _ matter: String = "GET /v1/x", action: String = "content.read")
        -> AuditGathering.Kind
    {
        AuditGathering.Kind(
            organizationID: organization,
            actor: AuditEntry.Actor(
                kind: .user, id: nil, name: name, role: .viewer, address: "10.0.0.1", requestID: nil),
            action: action, matter: matter)
    }

    private static func entry(_ name: String) -> AuditEntry {
        AuditEntry(
            id: AuditEntryID(uuid: UUID()), organizationID: organization, createdAt: start,
            actor: kind(name).actor, action: "content.read", subject: "thing:1", outcome: .done, before: nil, after: nil
        )
    }

    @Test func readsOfOneCallerBecomeOneEntryThatNamesWhatWasRead() {
        var gathering = AuditGathering()
        for object in ["a", "b", "a", "c"] { gathering.read(object, Self.kind("ada"), like: Self.entry("ada")) }
        gathering.read("a", Self.kind("bob"), like: Self.entry("bob"))
        let read = gathering.take(at: Self.start).read.sorted { $0.times > $1.times }
        #expect(read.map(\.times) == [4, 1])
        #expect(read[0].objects == ["a", "b", "c"])
        let rest = gathering.take(at: Self.start).read
        #expect(rest.isEmpty)
    }

    @Test func noObjectIsLostWhenThereAreManyAndEntriesStayShort() {
        var gathering = AuditGathering()
        for index in 0..<1234 { gathering.read("\(index)", Self.kind("ada"), like: Self.entry("ada")) }
        let read = gathering.take(at: Self.start).read
        #expect(read.allSatisfy { $0.objects.count <= AuditGathering.mostObjects })
        #expect(Set(read.flatMap(\.objects)).count == 1234)
    }

    @Test func whatIsRefusedAgainAndAgainIsWrittenOnceAMinuteWithItsNumber() {
        var gathering = AuditGathering()
        let kind = Self.kind("ada", "POST /v1/x: no", action: "access.refused")
        var written = (0...100).filter { index in
            gathering.isFirst(kind, like: Self.entry("ada"), at: Self.start + (index == 0 ? 0 : 30))
        }
        #expect(written == [0])
        let tooEarly = gathering.take(at: Self.start + 59).repeated
        #expect(tooEarly.isEmpty)
        let summed = gathering.take(at: Self.start + 60).repeated
        #expect(summed.map(\.times) == [100])
        written = [61].filter { gathering.isFirst(kind, like: Self.entry("ada"), at: Self.start + Double($0)) }
        #expect(written == [61])
    }

    @Test func aFloodFromManyCallersIsSummedUp() {
        var gathering = AuditGathering()
        var written = 0
        for index in 0..<10_000 {
            let kind = Self.kind("guest\(index)", "POST /internal/session", action: "session.open")
            if gathering.isFirst(kind, like: Self.entry("guest"), at: Self.start) { written += 1 }
        }
        #expect(written == AuditGathering.mostRepeatedOfAnAction)
        let rest = gathering.take(at: Self.start + 60).repeated
        #expect(rest.map(\.times) == [10_000 - written])
        #expect(rest.first?.kind.actor.name == "several callers")
    }

    @Test func whatWaitsIsTakenWhenTheProcessStops() {
        var gathering = AuditGathering()
        let kind = Self.kind("ada", action: "access.refused")
        _ = gathering.isFirst(kind, like: Self.entry("ada"), at: Self.start)
        _ = gathering.isFirst(kind, like: Self.entry("ada"), at: Self.start)
        let rest = gathering.take(at: Self.start + 1, everything: true).repeated
        #expect(rest.map(\.times) == [1])
    }
}
