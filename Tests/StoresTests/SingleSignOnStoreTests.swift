import FoundationEssentials
import Postgres
import Stores
import Tenancy
import Testing

/// Whose sign-ins go when there is no room for all.
@Suite struct SingleSignOnStoreTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func provider(of tenant: Tenant) async throws -> IdentityProvider {
        let provider = IdentityProvider(
            id: tenant.world.identifiers.next(), organizationID: tenant.organization,
            settings: IdentityProviderSettings(name: "Own"), metadata: "<m/>", entityID: "e",
            reading: .init(readAt: start), createdAt: start, updatedAt: start)
        let isAdded = try await tenant.world.database.transaction {
            try await IdentityProviderStore.add(provider, by: nil, on: $0)
        }
        #expect(isAdded)
        return provider
    }

    @Test func aTrickleFromOneAddressTakesTheRoomOfNobodyElse() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let (provider, store) = (try await provider(of: tenant), SAMLRequestStore(database: world.database))
            func add(_ name: String, from address: String, at seconds: Double) async throws -> Bool {
                let moment = start.addingTimeInterval(seconds)
                return try await store.add(
                    SAMLRequestStore.Request(
                        id: "\(name) of \(provider.id)", providerID: provider.id, organizationID: tenant.organization,
                        browserHash: [1], origin: SignInOrigin(address), isForced: false, createdAt: moment,
                        expiresAt: moment.addingTimeInterval(600)), most: 20)
            }
            func waits(_ name: String) async throws -> Bool {
                try await store.waiting(
                    "\(name) of \(provider.id)", at: provider.id, now: start.addingTimeInterval(100)) != nil
            }
            #expect(try await add("early", from: "192.0.2.1", at: 0))
            for number in 1...60 {
                #expect(try await add("flood \(number)", from: "2001:db8:1:1::\(number)", at: Double(number)))
            }
            #expect(try await add("late", from: "192.0.2.2", at: 61))
            let others = try await [waits("early"), waits("late")]
            #expect(others == [true, true], "whoever came from elsewhere is still expected")
            let crowd = try await [waits("flood 1"), waits("flood 60")]
            #expect(crowd == [false, true], "the oldest of the crowd went")
        }
    }

    @Test func aTrickleOfTerminalsTakesTheRoomOfNoOtherTerminal() async throws {
        try await World.run { world in
            let store = DeviceLoginStore(database: world.database)
            func add(
                _ name: String, from address: String, at seconds: Double, _ room: DeviceLoginStore.Room
            ) async throws -> Bool {
                let moment = start.addingTimeInterval(seconds)
                return try await store.add(
                    DeviceLogin(
                        id: world.identifiers.next(), client: "c", host: nil, address: address, sessionID: nil,
                        createdAt: moment, expiresAt: moment.addingTimeInterval(600)),
                    deviceCodeHash: Array("device \(name)".utf8), userCodeHash: Array("user \(name)".utf8), room: room)
            }
            func waits(_ name: String) async throws -> Bool {
                try await store.poll(deviceCodeHash: Array("device \(name)".utf8), at: start) != nil
            }
            let room = DeviceLoginStore.Room(inAll: 20, ofOrigin: 100)
            #expect(try await add("early", from: "192.0.2.1", at: 0, room))
            for number in 1...60 {
                #expect(try await add("flood \(number)", from: "2001:db8:1:1::\(number)", at: Double(number), room))
            }
            #expect(try await add("late", from: "192.0.2.2", at: 61, room))
            let standing = try await [waits("early"), waits("late"), waits("flood 60"), waits("flood 1")]
            #expect(standing == [true, true, true, false])
            let narrow = DeviceLoginStore.Room(inAll: 20, ofOrigin: 10)
            #expect(try await add("more", from: "2001:db8:1:1::f", at: 62, narrow) == false, "its own room is full")
            #expect(try await waits("early"))
        }
    }
}
