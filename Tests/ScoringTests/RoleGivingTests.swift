import FoundationEssentials
import Tenancy
import Testing

/// Who may give which role, and how an organisation keeps an owner.
@Suite struct RoleGivingTests {
    @Test func nobodyGivesWhatTheyDoNotHave() {
        #expect(Role.allCases.filter(Role.owner.mayGive) == Role.allCases)
        #expect(
            Role.allCases.filter(Role.admin.mayGive)
                == [.viewer, .annotator, .engineer, .operator, .auditor, .admin])
        #expect(Role.allCases.filter(Role.operator.mayGive) == [.operator])
    }

    private func principal(_ role: Role, _ credential: Principal.Credential) -> Principal {
        Principal(
            organizationID: OrganizationID(uuid: UUID()),
            user: UserReference(id: UserID(uuid: UUID()), email: "a@example.com", fullName: "A"),
            credential: credential, role: role, scopes: .everything, defaultProjectID: ProjectID(uuid: UUID()))
    }

    @Test func aKeyMakesNobodyWhoMakesOthers() throws {
        let session = principal(.owner, .session(SessionID(uuid: UUID())))
        let key = principal(.owner, .apiKey(APIKeyID(uuid: UUID())))
        for role in Role.allCases { try session.requireGiving(role) }
        for role in [Role.viewer, .annotator, .engineer, .operator, .auditor] { try key.requireGiving(role) }
        for role in [Role.admin, .owner] {
            #expect(throws: RoleOutOfReach(role: role, ofKey: true)) { try key.requireGiving(role) }
        }
    }

    @Test func anAdminNeitherMakesNorChangesOwners() {
        let admin = principal(.admin, .session(SessionID(uuid: UUID())))
        #expect(throws: RoleOutOfReach(role: .owner, ofKey: false)) { try admin.requireGiving(.owner) }
        let key = principal(.admin, .apiKey(APIKeyID(uuid: UUID())))
        #expect(throws: RoleOutOfReach(role: .owner, ofKey: false)) { try key.requireGiving(.owner) }
    }

    @Test func theLastOwnerStays() throws {
        let (one, other) = (UserID(uuid: UUID()), UserID(uuid: UUID()))
        try EnabledOwners([one, other]).requireOther(than: one)
        #expect(throws: PersonNotInState(.lastOwner)) { try EnabledOwners([one]).requireOther(than: one) }
        // Who is none is no last one, whoever else there is.
        try EnabledOwners([one]).requireOther(than: other)
        try EnabledOwners([]).requireOther(than: other)
    }

    @Test func serviceAccountsOwnNoOrganisationAndProjectsHaveNeitherOwnersNorAuditors() {
        #expect(!User.Kind.serviceAccount.roles.contains(.owner) && User.Kind.serviceAccount.roles.contains(.admin))
        #expect(Set(User.Kind.person.roles) == Set(Role.allCases))
        #expect(!ProjectGrant.roles.contains(.owner) && !ProjectGrant.roles.contains(.auditor))
    }
}

@Suite struct InvitationTests {
    private let made = Date(timeIntervalSince1970: 1_800_000_000)

    private func invitation(acceptedAt: Date? = nil, withdrawnAt: Date? = nil) -> Invitation {
        Invitation(
            id: InvitationID(uuid: UUID()), organizationID: OrganizationID(uuid: UUID()), email: "a@example.com",
            role: .viewer, createdAt: made, expiresAt: made.addingTimeInterval(3600), acceptedAt: acceptedAt,
            withdrawnAt: withdrawnAt)
    }

    @Test func itIsOpenUntilItsEndAndWhatBecameOfItStays() {
        #expect(invitation().state(at: made.addingTimeInterval(3599)) == .open)
        #expect(invitation().state(at: made.addingTimeInterval(3600)) == .expired)
        #expect(invitation(acceptedAt: made).state(at: made.addingTimeInterval(9999)) == .accepted)
        #expect(invitation(withdrawnAt: made).state(at: made) == .withdrawn)
    }

    @Test(arguments: ["", "a", "a@", "@b", "a@b@c", "a b@c", "a@b\n", "a\u{0}@b"])
    func whatIsNoAddressIsNotInvited(email: String) {
        #expect(throws: InvalidDefinition.self) { try Invitation.validate(email: email, hours: 1) }
    }

    @Test(arguments: [0, -1, 721])
    func aLinkLivesAnHourToThirtyDays(hours: Int) {
        let error = #expect(throws: InvalidDefinition.self) {
            try Invitation.validate(email: "ada@example.com", hours: hours)
        }
        #expect(error?.problems.map(\.field) == ["expires_in_hours"])
        #expect(throws: Never.self) { try Invitation.validate(email: "ada@example.com", hours: 720) }
    }
}
