import EventLoop
import FoundationEssentials
import Postgres
import Stores
import Tenancy
import Testing

@Suite struct InstallationFigureTests {
    @Test func whoIsSignedInAndWhichKeysEndSoonIsCounted() async throws {
        try await World.runAlone { world in
            let tenant = try await world.tenant()
            let now = Date()
            for (number, lasting) in [3600.0, 7200, -60].enumerated() {
                let session = Session(
                    id: world.identifiers.next(), organizationID: tenant.organization, userID: tenant.owner.id,
                    createdAt: now, idleExpiresAt: now.addingTimeInterval(lasting),
                    expiresAt: now.addingTimeInterval(86_400), address: nil, lastUsedAt: now)
                try await SessionStore(database: world.database).create(session, tokenHash: [UInt8(number)])
            }
            let ends: [(days: Double, isRevoked: Bool)] = [
                (10, false), (29, false), (10, true), (40, false), (-1, false),
            ]
            for (number, key) in ends.enumerated() {
                try await world.database.execute(
                    """
                    INSERT INTO api_keys (id, organization_id, owner_id, name, key_hash, prefix, scopes, created_at,
                        expires_at, revoked_at)
                    VALUES (gen_random_uuid(), \(tenant.organization), \(tenant.owner.id), 'key', \([UInt8(number)]),
                        'sk', '{}', now(), \(now.addingTimeInterval(key.days * 86_400)),
                        \(key.isRevoked ? now : nil as Date?))
                    """)
            }
            let store = InstallationFigureStore(database: world.database)
            let access = try await store.access(until: .after(.seconds(10)))
            #expect(access.sessions == 2 && access.expiringKeys == 2 && access.identityProviders == 0)
            let calibrations = try await store.calibrations(until: .after(.seconds(10)))
            #expect(calibrations.oldest == nil && calibrations.lowestAlpha == nil && calibrations.shift == nil)
        }
    }
}
