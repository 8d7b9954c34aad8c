import FoundationEssentials
import Postgres
import Records
import Tenancy
import Testing

@testable import Stores

/// A list of a tag looks where the tag is.
@Suite struct TaggedHourTests {
    private static let hour: TimeInterval = 3600
    private let noon = Date(timeIntervalSince1970: 1_800_000_000)

    private func parts(
        _ order: PageRequest.Order, hoursAgo: [Double], isAll: Bool
    ) -> [(from: Double?, to: Double)] {
        var filter = ExecutionLogFilter()
        filter.tags = ["tag"]
        let walk = SearchWalk(filter, nil, OrganizationID(uuid: UUID()), order, now: noon)
        let hours = hoursAgo.map { noon.addingTimeInterval(-$0 * Self.hour) }
        func ago(_ date: Date) -> Double { noon.timeIntervalSince(date) / Self.hour }
        return TaggedHours.parts(of: walk, hours: hours, isAll: isAll).map { ($0.earliest.map(ago), ago($0.latest)) }
    }

    @Test func aWalkLeavesOutTheTimeInWhichNoLogHasItsTags() {
        let all = parts(.newestFirst, hoursAgo: [2, 3, 900, 902], isAll: true)
        #expect(all.map(\.from) == [3, 902] && all.map(\.to) == [1, 899])
        let some = parts(.newestFirst, hoursAgo: [2, 3, 900, 902], isAll: false)
        #expect(some.map(\.from) == [3, nil], "there are more behind the last of these")
        let oldest = parts(.oldestFirst, hoursAgo: [902, 900, 3], isAll: true)
        #expect(oldest.map(\.from) == [902, 3] && oldest.map(\.to) == [899, 2])
        #expect(parts(.oldestFirst, hoursAgo: [902, 3], isAll: false).map(\.to) == [901, -24])
        #expect(parts(.newestFirst, hoursAgo: [], isAll: true).isEmpty)
    }

    @Test func hoursThatAreAllFarApartAreOnePart() {
        let all = parts(.newestFirst, hoursAgo: stride(from: 0, to: 1000, by: 100).map(\.self), isAll: true)
        #expect(all.map(\.from) == [900] && all.map(\.to) == [-1])
    }

    @Test func theHoursOfTagsAreNotedOnce() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            func hours(_ tag: String) async throws -> [Date] {
                let rows = try await world.database.query(
                    """
                    SELECT hour FROM tagged_hours WHERE organization_id = \(tenant.organization)
                    AND tag_hash = hashtextextended(\(tag), 0)
                    """)
                return try rows.map { try $0.decode(0) }
            }
            let log = tenant.log(labels: ExecutionLabels(tags: ["red", "blue"]))
            try await tenant.write(log, tenant.log(labels: ExecutionLabels(tags: ["red"])), tenant.log())
            try await tenant.write(tenant.log(labels: ExecutionLabels(tags: ["red"])))
            try await other.write(other.log(labels: ExecutionLabels(tags: ["green"])))
            let begun = Date(
                timeIntervalSince1970: (log.createdAt.timeIntervalSince1970 / Self.hour).rounded(.down) * Self.hour)
            let red = try await hours("red")
            #expect(red.contains(begun) && Set(red).count == red.count)
            #expect(try await hours("blue") == [begun])
            #expect(try await hours("green").isEmpty, "that is another organisation's")
            let store = ExecutionLogStore(database: world.database)
            _ = try await store.editTags(adding: ["green"], removing: ["blue"], of: [log.id], in: tenant.organization)
            #expect(try await hours("green") == [begun])
            var filter = ExecutionLogFilter()
            filter.tags = ["green", "red"]
            let listed = try await store.list(in: tenant.organization, filter, page: .firstHundred)
            #expect(listed.items.map(\.id) == [log.id])
            filter.tags = ["blue"]
            #expect(try await store.list(in: tenant.organization, filter, page: .firstHundred).items.isEmpty)
        }
    }
}
