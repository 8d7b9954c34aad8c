package import FoundationEssentials
package import Logging
package import Postgres
package import Records
internal import Stores
package import Tenancy

/// Every operation on how long something is kept, over one database.
package struct RetentionProduct: Sendable {
    let store: RetentionStore
    let rows: RetainedRows
    let partitions: RetainedPartitions
    let projects: ProjectStore
    let organizations: OrganizationStore
    let audit: Audit
    let identifiers: IdentifierSource
    let standard: [RetentionClass: Int]
    let now: @Sendable () -> Date

    /// `standard` has the days of classes that the settings do not keep for ever; `now` is the clock.
    package init(
        database: PostgresClient, standard: [RetentionClass: Int], identifiers: IdentifierSource, logger: Logger,
        now: @escaping @Sendable () -> Date = Date.init
    ) {
        store = RetentionStore(database: database)
        rows = RetainedRows(database: database)
        partitions = RetainedPartitions(database: database)
        projects = ProjectStore(database: database)
        organizations = OrganizationStore(database: database)
        audit = Audit(database: database, identifiers: identifiers, logger: logger)
        self.identifiers = identifiers
        self.standard = standard
        self.now = now
    }

    /// What holds by now, in one organisation or in all.
    func policy(of organization: OrganizationID? = nil) async throws -> RetentionPolicy {
        RetentionPolicy(try await store.rules(of: organization), standard: standard)
    }

    /// The projects of an organisation, by name.
    func allProjects(of organization: OrganizationID) async throws -> [Project] {
        var found: [Project] = []
        var page = PageRequest(limit: Self.pageSize)
        while true {
            let slice = try await projects.list(in: organization, page: page)
            found += slice.items
            guard slice.hasNext, let last = slice.items.last else { break }
            page = PageRequest(
                limit: Self.pageSize, position: .after(Keyset(createdAt: last.createdAt, id: last.id.uuid)))
        }
        return found.sorted { $0.name < $1.name }
    }

    private static let pageSize = 500
}

/// What a change would make go has not been confirmed, or is another number by now.
package struct RetentionNotConfirmed: Error, Hashable, CustomStringConvertible {
    package let rows: Int
    /// By when so many are past their time.
    package let moment: Date

    package var description: String {
        "This makes \(rows) rows go that are kept by now. Look at them, and say the number to confirm it."
    }
}
