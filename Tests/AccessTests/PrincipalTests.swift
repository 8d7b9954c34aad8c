import FoundationEssentials
import Tenancy
import Testing

@Suite struct PrincipalTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)
    private let identifiers = IdentifierSource(now: { Date(timeIntervalSince1970: 1_800_000_000) })

    private func principal(
        _ role: Role, by credential: Principal.Credential? = nil, scopes: Scopes = .everything,
        confirmedAt: Date? = nil, grants: [ProjectID: Role] = [:], ranges: [String] = []
    ) -> Principal {
        Principal(
            organizationID: identifiers.next(),
            user: UserReference(id: identifiers.next(), email: "a@example.com", fullName: "A"),
            credential: credential ?? .session(identifiers.next()), role: role, scopes: scopes,
            defaultProjectID: identifiers.next(), confirmedAt: confirmedAt, grants: grants,
            addressRanges: ranges.compactMap(AddressRange.init))
    }

    @Test func aGrantRaisesSomebodyInItsProjectAndNowhereElse() {
        let (mine, other) = (identifiers.next(Project.self), identifiers.next(Project.self))
        let caller = principal(.viewer, grants: [mine: .engineer])
        #expect(caller.may(.evaluatorUpdate, in: mine))
        #expect(!caller.may(.evaluatorUpdate, in: other))
        #expect(!caller.may(.evaluatorUpdate))
        // What the organisation's role allows, it allows everywhere.
        #expect(caller.may(.evaluatorRead, in: other))
        #expect(throws: PermissionDenied.self) { try caller.require(.evaluatorUpdate, in: other) }
    }

    @Test func aGrantNeverLowersSomebody() {
        let project = identifiers.next(Project.self)
        #expect(principal(.admin, grants: [project: .viewer]).may(.evaluatorDelete, in: project))
    }

    @Test func aKeysScopesBoundItsOwnersGrantsToo() {
        let project = identifiers.next(Project.self)
        let caller = principal(
            .viewer, by: .apiKey(identifiers.next()), scopes: .only([.evaluatorRead]), grants: [project: .engineer])
        #expect(caller.may(.evaluatorRead, in: project))
        #expect(!caller.may(.evaluatorUpdate, in: project))
    }

    @Test func noKeyDecidesWhoGetsIn() {
        for permission in Permission.neverByKey {
            #expect(principal(.owner).may(permission))
            #expect(!principal(.owner, by: .apiKey(identifiers.next())).may(permission))
        }
        #expect(Permission.neverByKey.isSuperset(of: [.identityProviderUpdate, .organizationUpdate]))
    }

    @Test func onlyAKeyMadeForItKeepsPeopleFromOutside() throws {
        #expect(principal(.admin).may(.userProvision))
        let key = Principal.Credential.apiKey(identifiers.next())
        #expect(!principal(.admin, by: key).may(.userProvision))
        #expect(principal(.admin, by: key, scopes: .only([.userProvision])).may(.userProvision))
        #expect(!principal(.engineer, by: key, scopes: .only([.userProvision])).may(.userProvision))
        #expect(
            try Scopes(given: ["user:provision", "user:read"], field: "scopes") == .only([.userProvision, .userRead]))
        for other in ["user:create", "user:update"] {
            let error = #expect(throws: InvalidDefinition.self) {
                try Scopes(given: ["user:provision", other], field: "scopes")
            }
            #expect(error?.problems.map(\.field) == ["scopes"] && error?.description.contains(other) == true)
        }
    }

    @Test func aConfirmationHoldsForTenMinutes() throws {
        #expect(throws: ConfirmationRequired.self) {
            try principal(.owner).requireConfirmation(at: start, for: .userUpdate)
        }
        let confirmed = principal(.owner, confirmedAt: start)
        try confirmed.requireConfirmation(at: start.addingTimeInterval(600), for: .userUpdate)
        #expect(throws: ConfirmationRequired.self) {
            try confirmed.requireConfirmation(at: start.addingTimeInterval(601), for: .userUpdate)
        }
    }

    @Test func aKeyDoesWhatIsDangerousOnlyWhereThatIsNamedAmongItsScopes() throws {
        let key = Principal.Credential.apiKey(identifiers.next())
        #expect(throws: ScopeNotNamed.self) {
            try principal(.owner, by: key).requireConfirmation(at: start, for: .userUpdate)
        }
        let named = principal(.owner, by: key, scopes: .only([.userUpdate]))
        try named.requireConfirmation(at: start, for: .userUpdate)
        #expect(throws: ScopeNotNamed.self) { try named.requireConfirmation(at: start, for: .userDelete) }
    }

    @Test func aConfinedKeyOpensItsProjectAndNothingElse() {
        let (mine, other) = (identifiers.next(Project.self), identifiers.next(Project.self))
        let caller = Principal(
            organizationID: identifiers.next(),
            user: UserReference(id: identifiers.next(), email: "a@example.com", fullName: "A"),
            credential: .apiKey(identifiers.next()), role: .owner, scopes: .everything, defaultProjectID: mine,
            grants: [other: .engineer], confinedTo: mine)
        #expect(caller.may(.evaluatorUpdate, in: mine) && !caller.may(.evaluatorUpdate, in: other))
        #expect(!caller.may(.evaluatorRead) && !caller.reach(.evaluatorRead).isNowhere)
        #expect(caller.reach(.evaluatorRead) == .projects([mine]))
        #expect(caller.reach(.organizationUpdate).isNowhere)
        #expect(principal(.viewer).reach(.evaluatorRead) == .organization)
        #expect(
            principal(.viewer, grants: [other: .engineer]).reach(.evaluatorUpdate) == .projects([other]))
    }

    @Test func aKeyBoundToAddressesCallsFromNowhereElse() throws {
        let caller = principal(.owner, by: .apiKey(identifiers.next()), ranges: ["10.0.0.0/8", "2001:db8::/32"])
        try caller.requireAddress("10.3.4.5")
        try caller.requireAddress("2001:db8::7")
        for address in ["192.0.2.1", "2001:db9::7", "", "unknown"] {
            #expect(throws: AddressNotAllowed.self) { try caller.requireAddress(address) }
        }
        try principal(.owner).requireAddress("192.0.2.1")
    }

    @Test func scopesAreReadFromTheWordsOfPermissions() throws {
        #expect(try Scopes(given: ["*"], field: "scopes") == .everything)
        #expect(
            try Scopes(given: ["evaluator:read", "judge:execute"], field: "scopes")
                == .only([.evaluatorRead, .judgeExecute]))
        for words in [[], ["*", "judge:read"], ["judge:fly"], ["identity_provider:update"]] {
            let error = #expect(throws: InvalidDefinition.self) { try Scopes(given: words, field: "scopes") }
            #expect(error?.problems.allSatisfy { $0.field == "scopes" } == true)
        }
    }
}
