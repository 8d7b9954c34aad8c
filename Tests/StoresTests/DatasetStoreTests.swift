import FoundationEssentials
import Postgres
import Queueing
import Records
import Scoring
import Tenancy
import Testing

@testable import Stores

/// Datasets, the versions of their items, and what batches read of them.
@Suite struct DatasetStoreTests {
    @Test func itemsKeepTheirPlacesThroughVersionsAndArchiving() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = DatasetStore(database: world.database)
            let dataset = try await tenant.dataset()
            let contents = (0..<5).map { DatasetItemContent(response: "Item \($0)") }
            let added = try #require(
                try await store.add(
                    contents.map { NewDatasetItem($0) }, by: tenant.owner.id, to: dataset, in: tenant.organization,
                    identifiers: world.identifiers))
            #expect(added.map(\.position) == [0, 1, 2, 3, 4])
            _ = try await store.revise(
                added[1].id, of: dataset, to: DatasetItemContent(response: "Item 1, better"),
                in: tenant.organization, identifiers: world.identifiers)
            #expect(try await store.archive(added[3].id, of: dataset, in: tenant.organization))

            let inputs = try await store.inputs(
                of: dataset, in: tenant.organization, behind: 0, skipping: 0, limit: 10)
            #expect(inputs.map(\.position) == [1, 2, 4])
            #expect(inputs.map(\.input.input.response) == ["Item 1, better", "Item 2", "Item 4"])
            #expect(try await store.count(of: dataset, in: tenant.organization, range: nil) == 4)
            #expect(try await store.count(of: dataset, in: tenant.organization, range: 2...9) == 2)
        }
    }

    @Test func anotherOrganisationSeesAndChangesNothing() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let other = try await world.tenant()
            let store = DatasetStore(database: world.database)
            let dataset = try await tenant.dataset()
            let added = try #require(
                try await store.add(
                    [NewDatasetItem(DatasetItemContent(response: "Mine"))], by: tenant.owner.id, to: dataset,
                    in: tenant.organization,
                    identifiers: world.identifiers))
            #expect(try await store.find(dataset, in: other.organization) == nil)
            #expect(try await store.item(added[0].id, of: dataset, in: other.organization) == nil)
            #expect(
                try await store.add(
                    [NewDatasetItem(DatasetItemContent())], by: other.owner.id, to: dataset,
                    in: other.organization, identifiers: world.identifiers)
                    == nil)
            #expect(try await !store.archive(added[0].id, of: dataset, in: other.organization))
            #expect(try await !store.delete(dataset, in: other.organization))
        }
    }

    @Test func itemsThatAreAddedAtOnceGetPlacesOfTheirOwn() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = DatasetStore(database: world.database)
            let dataset = try await tenant.dataset()
            let places = try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        let added = try await store.add(
                            [NewDatasetItem(DatasetItemContent()), NewDatasetItem(DatasetItemContent())],
                            by: tenant.owner.id, to: dataset, in: tenant.organization, identifiers: world.identifiers)
                        return added?.map(\.position) ?? []
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(places.sorted() == Array(0..<10))
        }
    }
}

extension Tenant {
    /// A new dataset without items.
    func dataset() async throws -> DatasetID {
        let id = world.identifiers.next(DatasetMarker.self)
        try await DatasetStore(database: world.database).create(
            Dataset(
                id: id, organizationID: organization, projectID: project,
                owner: owner.reference, name: "Made for a test", createdAt: Date()))
        return id
    }
}
