import EventLoop
import FoundationEssentials
import Postgres
import Stores
import Tenancy
import Testing

@Suite struct SignInStoreTests {
    private let home = SignInOrigin("192.0.2.1")
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func session(_ tenant: Tenant, at moment: Date, for user: User? = nil) -> Session {
        Session(
            id: tenant.world.identifiers.next(), organizationID: tenant.organization,
            userID: (user ?? tenant.owner).id, createdAt: moment, idleExpiresAt: moment.addingTimeInterval(3600),
            expiresAt: moment.addingTimeInterval(7200), method: .password, address: "192.0.2.1",
            client: "test/1.0", lastUsedAt: moment)
    }

    private func open(
        _ session: Session, _ world: World, from origin: SignInOrigin? = nil, provenBy hash: String? = nil,
        beside most: Int = 20
    ) async throws -> Bool {
        let origin = origin ?? home
        return try await world.database.transaction {
            try await SignInStore(database: world.database).open(
                session, tokenHash: Array("token of \(session.id)".utf8), from: origin, provenBy: hash, beside: most,
                on: $0)
        }
    }

    @Test func aSessionIsStoredWithAllThatIsKnownOfIt() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let opened = session(tenant, at: start)
            #expect(try await open(opened, world))
            let holder = try await SessionStore(database: world.database)
                .find(tokenHash: Array("token of \(opened.id)".utf8))
            #expect(holder?.session == opened && holder?.lacksSecondFactor == false)
            #expect(holder?.idleLimit == SignInPolicy.standard.idleLimit)
            let account = try await UserStore(database: world.database)
                .findAccount(tenant.owner.id, in: tenant.organization)
            #expect(account?.lastSignInAt == start)
        }
    }

    @Test func oneMoreThanAllowedEndsTheOldest() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let opened = (0..<4).map { session(tenant, at: start.addingTimeInterval(Double($0))) }
            for session in opened { #expect(try await open(session, world, beside: 3)) }
            let left = try await SessionStore(database: world.database).list(
                of: tenant.owner.id, in: tenant.organization, validAt: start)
            #expect(left.map(\.id) == opened.dropFirst().reversed().map(\.id))
        }
    }

    @Test func signInsMadeSideBySideLeaveAsManyAsAllowed() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let opened = (0..<12).map { session(tenant, at: start.addingTimeInterval(Double($0))) }
            await withThrowingTaskGroup(of: Void.self) { group in
                for session in opened { group.addTask { _ = try await open(session, world, beside: 3) } }
            }
            let left = try await SessionStore(database: world.database).list(
                of: tenant.owner.id, in: tenant.organization, validAt: start)
            #expect(left.count == 3)
        }
    }

    @Test func whoIsDeactivatedOrHasAnotherPasswordMeanwhileGetsNoSession() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            #expect(try await open(session(tenant, at: start), world, provenBy: "hash"))
            #expect(try await !open(session(tenant, at: start), world, provenBy: "another hash"))
            try await world.database.execute(
                "UPDATE users SET is_disabled = true, disabled_at = now() WHERE id = \(tenant.owner.id)")
            #expect(try await !open(session(tenant, at: start), world))
            let left = try await SessionStore(database: world.database).list(
                of: tenant.owner.id, in: tenant.organization, validAt: start)
            #expect(left.count == 1)
        }
    }

    @Test func whereSomebodyHasSignedInIsRememberedForThemAlone() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let store = SignInStore(database: world.database)
            #expect(try await open(session(tenant, at: start), world))
            let known = try await store.find(email: tenant.owner.email.uppercased(), from: home)
            #expect(known?.isKnownOrigin == true && known?.user == tenant.owner && known?.hasSecondFactor == false)
            #expect(
                try await store.find(email: tenant.owner.email, from: SignInOrigin("192.0.2.2"))?.isKnownOrigin == false
            )
            #expect(try await store.find(email: other.owner.email, from: home)?.isKnownOrigin == false)
            #expect(try await store.find(email: "nobody@example.com", from: home) == nil)
        }
    }

    @Test func ofManyPlacesTheLatestAreRemembered() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = SignInStore(database: world.database)
            for number in 0..<40 {
                let moment = start.addingTimeInterval(Double(number))
                let origin = SignInOrigin("198.51.100.\(number)")
                #expect(try await open(session(tenant, at: moment), world, from: origin))
            }
            let first = try await store.find(email: tenant.owner.email, from: SignInOrigin("198.51.100.7"))
            let later = try await store.find(email: tenant.owner.email, from: SignInOrigin("198.51.100.8"))
            #expect(first?.isKnownOrigin == false && later?.isKnownOrigin == true)
        }
    }

    @Test func sessionsOfAnOrganisationArePagedWithTheirOwners() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let sessions = SessionStore(database: world.database)
            let opened = (0..<3).map { session(tenant, at: start.addingTimeInterval(Double($0))) }
            for session in opened { #expect(try await open(session, world)) }
            #expect(try await open(session(other, at: start), world))
            let page = try await sessions.page(in: tenant.organization, validAt: start, PageRequest(limit: 2))
            #expect(page.items.map(\.session) == [opened[2], opened[1]] && page.hasNext)
            #expect(page.items.allSatisfy { $0.user == tenant.owner })
            let others = try await sessions.page(
                in: tenant.organization, of: other.owner.id, validAt: start, PageRequest(limit: 2))
            #expect(others.items.isEmpty)
            let late = try await sessions.page(
                in: tenant.organization, validAt: start.addingTimeInterval(3601), PageRequest(limit: 5))
            #expect(late.items.map(\.session) == [opened[2]])
        }
    }

    @Test func aSessionIsConfirmedInItsOrganisationOnly() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let sessions = SessionStore(database: world.database)
            let opened = session(tenant, at: start)
            #expect(try await open(opened, world))
            let later = start.addingTimeInterval(900)
            for (organization, isDone) in [(other.organization, false), (tenant.organization, true)] {
                let done = try await world.database.transaction {
                    try await sessions.confirm(opened.id, in: organization, at: later, on: $0)
                }
                #expect(done == isDone)
            }
            #expect(try await sessions.find(opened.id, in: tenant.organization)?.confirmedAt == later)
        }
    }
}

@Suite struct SecondFactorStoreTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    /// A second factor that is in use, of the step 100.
    private func enrol(_ tenant: Tenant, codes: [[UInt8]] = [[1], [2]]) async throws {
        let store = SecondFactorStore(database: tenant.world.database)
        #expect(
            try await store.begin(sealedSecret: [7], of: tenant.owner.id, in: tenant.organization, at: start))
        let stored = try #require(try await store.find(of: tenant.owner.id, in: tenant.organization))
        let isConfirmed = try await tenant.world.database.transaction {
            try await store.confirm(
                stored, of: tenant.owner.id, in: tenant.organization, step: 100, recoveryCodes: codes, at: start,
                on: $0)
        }
        #expect(isConfirmed)
    }

    @Test func aSecretThatWasNeverConfirmedIsReplacedAndOneInUseIsNot() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = SecondFactorStore(database: world.database)
            let (user, organization) = (tenant.owner.id, tenant.organization)
            #expect(try await store.begin(sealedSecret: [1], of: user, in: organization, at: start))
            let first = try #require(try await store.find(of: user, in: organization))
            #expect(try await store.begin(sealedSecret: [2], of: user, in: organization, at: start))
            #expect(first.factor.confirmedAt == nil && first.sealedSecret == [1])
            let isConfirmed = try await world.database.transaction {
                try await store.confirm(
                    first, of: user, in: organization, step: 1, recoveryCodes: [], at: start, on: $0)
            }
            #expect(!isConfirmed)
            try await enrol(tenant)
            #expect(try await !store.begin(sealedSecret: [3], of: user, in: organization, at: start))
            let stored = try await store.find(of: user, in: organization)
            #expect(stored?.factor.confirmedAt == start && stored?.factor.recoveryCodes == 2 && stored?.lastStep == 100)
        }
    }

    @Test func ofManyWhoShowOneCodeOneGetsIn() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            try await enrol(tenant)
            let store = SecondFactorStore(database: world.database)
            let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await store.take(step: 101, of: tenant.owner.id, in: tenant.organization)
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(taken == 1)
            for (step, isTaken) in [(100, false), (101, false), (102, true)] as [(Int64, Bool)] {
                #expect(try await store.take(step: step, of: tenant.owner.id, in: tenant.organization) == isTaken)
            }
        }
    }

    @Test func aRecoveryCodeIsTakenOnce() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            try await enrol(tenant)
            try await enrol(other)
            let store = SecondFactorStore(database: world.database)
            let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        try await store.take(
                            recoveryCode: [1], of: tenant.owner.id, in: tenant.organization, at: start)
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(taken == 1)
            let left = try await store.find(of: tenant.owner.id, in: tenant.organization)
            let others = try await store.find(of: other.owner.id, in: other.organization)
            #expect(left?.factor.recoveryCodes == 1 && others?.factor.recoveryCodes == 2)
            #expect(
                try await !store.take(recoveryCode: [9], of: tenant.owner.id, in: tenant.organization, at: start))
        }
    }

    @Test func whatIsRemovedOpensNothingAnyMore() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            try await enrol(tenant)
            let store = SecondFactorStore(database: world.database)
            for isThere in [true, false] {
                let removed = try await world.database.transaction {
                    try await store.remove(of: tenant.owner.id, in: tenant.organization, on: $0)
                }
                #expect(removed == isThere)
            }
            #expect(try await !store.take(step: 200, of: tenant.owner.id, in: tenant.organization))
            #expect(
                try await !store.take(recoveryCode: [1], of: tenant.owner.id, in: tenant.organization, at: start))
        }
    }
}

@Suite struct SignInPolicyStoreTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func replace(
        _ tenant: Tenant, revision: Int, _ change: (inout SignInPolicy) -> Void = { _ in }
    ) async throws -> Bool {
        var policy = SignInPolicy.standard
        change(&policy)
        let wanted = policy
        return try await tenant.world.database.transaction {
            try await SignInPolicyStore(database: tenant.world.database).replace(
                by: wanted, of: tenant.organization, revision: revision, at: start, by: tenant.owner.id, on: $0)
        }
    }

    @Test func aPolicyIsReplacedByWhoHasSeenIt() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let store = SignInPolicyStore(database: world.database)
            let before = try await store.find(of: tenant.organization)
            #expect(before.policy == .standard && before.revision == 0 && before.updatedBy == nil)
            #expect(try await !replace(tenant, revision: 1))
            #expect(try await replace(tenant, revision: 0) { $0.keyAgeLimit = .seconds(86_400) })
            #expect(try await !replace(tenant, revision: 0))
            #expect(try await replace(tenant, revision: 1) { $0.sessionsPerPerson = 3 })
            let after = try await store.find(of: tenant.organization)
            #expect(after.revision == 2 && after.updatedAt == start && after.updatedBy == tenant.owner.reference)
            #expect(after.policy.sessionsPerPerson == 3 && after.policy.keyAgeLimit == nil)
            #expect(try await store.find(of: other.organization).policy == .standard)
        }
    }

    @Test func ofTwoWhoReplaceItAtOnceOneDoes() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let done = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 { group.addTask { try await replace(tenant, revision: 0) } }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(done == 1)
        }
    }

    @Test func whatAStricterPolicyForbidsEndsAtOnce() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let sessions = SessionStore(database: world.database)
            let opened = (0..<4).map { number in
                Session(
                    id: world.identifiers.next(), organizationID: tenant.organization, userID: tenant.owner.id,
                    createdAt: start.addingTimeInterval(Double(number)), idleExpiresAt: start.addingTimeInterval(9000),
                    expiresAt: start.addingTimeInterval(90_000), lastUsedAt: start.addingTimeInterval(100))
            }
            for session in opened {
                try await sessions.create(session, tokenHash: Array("token of \(session.id)".utf8))
            }
            let isReplaced = try await replace(tenant, revision: 0) {
                $0.idleLimit = .seconds(300)
                $0.absoluteLimit = .seconds(600)
                $0.sessionsPerPerson = 2
            }
            let left = try await sessions.list(of: tenant.owner.id, in: tenant.organization, validAt: start)
            #expect(isReplaced && Set(left.map(\.id)) == Set(opened.suffix(2).map(\.id)))
            let last = left.first { $0.id == opened[3].id }
            #expect(last?.idleExpiresAt == start.addingTimeInterval(400))
            #expect(last?.expiresAt == start.addingTimeInterval(603))
        }
    }

    @Test func whoLacksAWantedSecondFactorHasASessionForNothingElse() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let sessions = SessionStore(database: world.database)
            func holder(_ method: Session.Method) async throws -> SessionHolder? {
                let session = Session(
                    id: world.identifiers.next(), organizationID: tenant.organization, userID: tenant.owner.id,
                    createdAt: start, idleExpiresAt: start.addingTimeInterval(60),
                    expiresAt: start.addingTimeInterval(60), method: method)
                let token = Array("token of \(session.id)".utf8)
                try await sessions.create(session, tokenHash: token)
                return try await sessions.find(tokenHash: token)
            }
            #expect(try await holder(.password)?.scopes == .everything)
            #expect(try await replace(tenant, revision: 0) { $0.wantsSecondFactor = true })
            #expect(try await holder(.password)?.scopes == .only([.signInOwn]))
            #expect(try await holder(.saml)?.scopes == .everything)
            let store = SecondFactorStore(database: world.database)
            _ = try await store.begin(sealedSecret: [7], of: tenant.owner.id, in: tenant.organization, at: start)
            #expect(try await holder(.password)?.lacksSecondFactor == true)
            try await world.database.execute(
                "UPDATE second_factors SET confirmed_at = now() WHERE user_id = \(tenant.owner.id)")
            #expect(try await holder(.password)?.scopes == .everything)
        }
    }
}
