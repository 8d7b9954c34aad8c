import FoundationEssentials
import Postgres
import Scoring
import Stores
import Tenancy
import Testing

@Suite struct APIKeyStoreTests {
    @Test func aKeyIsFoundByItsHashWithItsOwnerAndProject() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let keys = APIKeyStore(database: world.database)
            let project = try await tenant.project("Keyed")
            let (plain, bound) = (key(tenant), key(tenant, project: project, ranges: ["10.0.0.0/8", "2001:db8::/32"]))
            for key in [plain, bound] { try await keys.create(key, keyHash: key.hash) }
            let holder = try #require(try await keys.find(keyHash: plain.hash))
            #expect(holder.key == plain && holder.owner == tenant.owner && holder.defaultProjectID == tenant.project)
            #expect(holder.grants.isEmpty)
            let boundHolder = try await keys.find(keyHash: bound.hash)
            #expect(boundHolder?.key == bound && boundHolder?.defaultProjectID == project)
            #expect(try await keys.find(keyHash: [0]) == nil)
            let found = try await keys.list(
                in: tenant.organization, matching: APIKeyFilter(), at: bound.createdAt, page: .firstHundred)
            #expect(found.items.map(\.key) == [bound, plain])
            #expect(found.items.map(\.projectName) == ["Keyed", nil])
        }
    }

    @Test func aRevokedKeyKeepsTheTimeOfItsRevocation() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let keys = APIKeyStore(database: world.database)
            let key = key(tenant)
            try await keys.create(key, keyHash: key.hash)
            let elsewhere = try await world.tenant().organization
            let end = key.createdAt.addingTimeInterval(5)
            func revoke(in organization: OrganizationID, at moment: Date) async throws -> Bool {
                try await world.database.transaction { connection in
                    try await APIKeyStore.revoke(key.id, in: organization, at: moment, on: connection)
                }
            }
            #expect(try await !revoke(in: elsewhere, at: end))
            #expect(try await revoke(in: tenant.organization, at: end))
            #expect(try await revoke(in: tenant.organization, at: end.addingTimeInterval(9)))
            let stored = try await keys.find(keyHash: key.hash)?.key
            #expect(stored?.revokedAt == end && stored?.isUsable(at: end) == false)
        }
    }

    @Test func aKeyIsOnlyEverMadeToEndSooner() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let keys = APIKeyStore(database: world.database)
            let key = key(tenant)
            try await keys.create(key, keyHash: key.hash)
            let (now, own) = (key.createdAt, try #require(key.expiresAt))
            func expire(at end: Date, worksAt moment: Date) async throws -> Date? {
                try await world.database.transaction { connection in
                    try await APIKeyStore.expire(
                        key.id, in: tenant.organization, at: end, worksAt: moment, on: connection)
                }
            }
            #expect(try await expire(at: own.addingTimeInterval(60), worksAt: now) == own)
            let sooner = now.addingTimeInterval(60)
            #expect(try await expire(at: sooner, worksAt: now) == sooner)
            #expect(try await expire(at: now.addingTimeInterval(30), worksAt: sooner) == nil)
        }
    }

    @Test func theLastUseOfAKeyNeverGoesBack() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let keys = APIKeyStore(database: world.database)
            let key = key(tenant)
            try await keys.create(key, keyHash: key.hash)
            let use = key.createdAt.addingTimeInterval(10)
            try await keys.recordUse([key.id: KeyUse(at: use, from: "192.0.2.7")])
            try await keys.recordUse([key.id: KeyUse(at: use.addingTimeInterval(-5), from: "192.0.2.8")])
            let stored = try await keys.find(keyHash: key.hash)?.key
            #expect(stored?.lastUsedAt == use && stored?.lastUsedAddress == "192.0.2.7")
        }
    }

    @Test func keysAreFoundByWhetherTheyOpenAnything() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let keys = APIKeyStore(database: world.database)
            let (usable, expired, revoked) = (key(tenant), key(tenant, lifetime: 10), key(tenant))
            for key in [usable, expired, revoked] { try await keys.create(key, keyHash: key.hash) }
            let now = revoked.createdAt.addingTimeInterval(20)
            _ = try await world.database.transaction { connection in
                try await APIKeyStore.revoke(revoked.id, in: tenant.organization, at: now, on: connection)
            }
            func found(_ filter: APIKeyFilter) async throws -> [APIKeyID] {
                let page = try await keys.list(
                    in: tenant.organization, matching: filter, at: now, page: .firstHundred)
                for listed in page.items where filter.state != nil { #expect(listed.state(at: now) == filter.state) }
                return page.items.map(\.key.id)
            }
            #expect(try await found(APIKeyFilter(state: .usable)) == [usable.id])
            #expect(try await found(APIKeyFilter(state: .expired)) == [expired.id])
            #expect(try await found(APIKeyFilter(state: .revoked)) == [revoked.id])
            #expect(try await found(APIKeyFilter(expiringBefore: now.addingTimeInterval(7200))) == [usable.id])
            #expect(try await found(APIKeyFilter(expiringBefore: now.addingTimeInterval(60))).isEmpty)
            try await world.database.execute(
                "UPDATE users SET disabled_at = \(now), is_disabled = true WHERE id = \(tenant.owner.id)")
            #expect(try await found(APIKeyFilter(state: .ownerDisabled)) == [usable.id])
            #expect(try await found(APIKeyFilter(owner: tenant.owner.id)).count == 3)
        }
    }

    @Test func noKeyBecomesOlderThanThePolicyLetsIt() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let keys = APIKeyStore(database: world.database)
            let (endless, short) = (key(tenant, lifetime: nil), key(tenant, lifetime: 600))
            for key in [endless, short] { try await keys.create(key, keyHash: key.hash) }
            #expect(try await keys.find(keyHash: endless.hash)?.key.expiresAt == nil)
            try await world.database.execute(
                """
                INSERT INTO sign_in_policies (organization_id, idle_limit_seconds, absolute_limit_seconds, \
                sessions_per_person, wants_second_factor, key_age_limit_seconds, updated_at)
                VALUES (\(tenant.organization), 3600, 86400, 20, false, 7200, now())
                """)
            let limit = endless.createdAt.addingTimeInterval(7200)
            #expect(try await keys.find(keyHash: endless.hash)?.key.expiresAt == limit)
            #expect(try await keys.find(keyHash: short.hash)?.key.expiresAt == short.expiresAt)
            let expired = try await keys.list(
                in: tenant.organization, matching: APIKeyFilter(state: .expired), at: limit, page: .firstHundred)
            #expect(expired.items.map(\.key.id) == [short.id, endless.id])
        }
    }

    @Test func theOwnersRolesInProjectsComeAlong() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let keys = APIKeyStore(database: world.database)
            let (first, second) = (try await tenant.project("First"), try await tenant.project("Second"))
            for (project, role) in [(first, "engineer"), (second, "annotator")] {
                try await world.database.execute(
                    """
                    INSERT INTO project_grants (organization_id, user_id, project_id, role, created_at)
                    VALUES (\(tenant.organization), \(tenant.owner.id), \(project), \(role), now())
                    """)
            }
            let key = key(tenant)
            try await keys.create(key, keyHash: key.hash)
            #expect(
                try await keys.find(keyHash: key.hash)?.grants == [first: .engineer, second: .annotator])
        }
    }

    @Test func theProjectOfAThingIsToldToItsOrganisationOnly() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let project = try await tenant.project("Placed")
            let evaluator = try await tenant.evaluator("Placed", project: project)
            let objects = ObjectProjectStore(database: world.database)
            #expect(
                try await objects.project(of: evaluator.id.uuid, among: .evaluators, in: tenant.organization) == project
            )
            #expect(
                try await objects.project(of: evaluator.id.uuid, among: .evaluators, in: other.organization) == nil)
            #expect(try await objects.project(of: evaluator.id.uuid, among: .judges, in: tenant.organization) == nil)
        }
    }

    private func key(
        _ tenant: Tenant, project: ProjectID? = nil, ranges: [String] = [], lifetime: TimeInterval? = 3600
    ) -> APIKey {
        let (id, date) = tenant.world.identifiers.nextDated(APIKey.self)
        return APIKey(
            id: id, organizationID: tenant.organization, projectID: project, ownerID: tenant.owner.id, name: "key",
            prefix: "sk_1234567", scopes: .only([.evaluatorExecute, .judgeExecute]), createdAt: date,
            expiresAt: lifetime.map { date.addingTimeInterval($0) }, lastUsedAt: nil, revokedAt: nil,
            addressRanges: ranges.compactMap(AddressRange.init), createdBy: tenant.owner.id)
    }
}

extension APIKey {
    fileprivate var hash: [UInt8] { Array(id.description.utf8) }
}

extension Tenant {
    fileprivate func project(_ name: String) async throws -> ProjectID {
        let (id, date) = world.identifiers.nextDated(Project.self)
        try await ProjectStore(database: world.database).create(
            Project(
                id: id, organizationID: organization, name: name, description: "", isDefault: false, ownerID: owner.id,
                createdAt: date))
        return id
    }
}
