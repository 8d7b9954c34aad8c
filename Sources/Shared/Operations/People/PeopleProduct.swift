package import Access
package import FoundationEssentials
package import Logging
package import Postgres
internal import Stores
package import Tenancy

/// Every operation on people and organisations, over one database.
package struct PeopleProduct: Sendable {
    package let people: People
    package let newPeople: NewPeople
    package let changes: PersonRevisions
    package let departures: Departures
    package let grants: ProjectGrants
    package let invitations: Invitations
    package let acceptance: InvitationAcceptance
    package let passwordResets: PasswordResets
    package let organizations: OrganizationChanges
    package let provisioning: Provisioning

    /// `address` is where browsers reach the installation, for links; `now` is the wall clock.
    package init(
        database: PostgresClient, address: PublicAddress, passwords: PasswordChecks, identifiers: IdentifierSource,
        changes: Changes, logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        let surroundings = PeopleSurroundings(
            database: database, passwords: passwords,
            audit: Audit(database: database, identifiers: identifiers, logger: logger), identifiers: identifiers,
            changes: changes, address: address, now: now)
        people = People(in: surroundings, grants: ProjectGrantStore(database: database))
        newPeople = NewPeople(in: surroundings)
        self.changes = PersonRevisions(in: surroundings)
        departures = Departures(in: surroundings)
        grants = ProjectGrants(in: surroundings)
        let store = InvitationStore(database: database)
        invitations = Invitations(in: surroundings, store: store)
        acceptance = InvitationAcceptance(in: surroundings, store: store)
        passwordResets = PasswordResets(in: surroundings, store: PasswordResetStore(database: database))
        organizations = OrganizationChanges(
            in: surroundings, store: OrganizationStore(database: database), invitations: invitations)
        provisioning = Provisioning(in: surroundings, database: database)
    }
}
