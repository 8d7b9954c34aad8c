internal import FoundationEssentials
internal import Jobs
package import Records
package import Stores
package import Tenancy
package import WireAPI

/// What happened that operators should know of: kept for a while, and told to those who watch.
package struct Notices: Sendable {
    private let store: NoticeStore
    private let events: EventPublisher
    private let identifiers: IdentifierSource

    /// How many are shown.
    private static let shown = 20

    package init(store: NoticeStore, events: EventPublisher, identifiers: IdentifierSource) {
        self.store = store
        self.events = events
        self.identifiers = identifiers
    }

    /// Notes that something happened in an organisation, or in the whole installation.
    ///
    /// `permission` is what one must be allowed to do to see it; `nil` for everybody who may see events.
    package func post(
        _ severity: Notice.Severity, _ summary: String, about subject: Notice.Subject?,
        to organization: OrganizationID?,
        needs permission: Permission? = nil
    ) async throws {
        let notice = notice(severity, summary, about: subject, to: organization, needs: permission)
        try await store.add(notice)
        tell(notice)
    }

    /// The same as what a job has to store: the notice is there when the job has ended, and is told then.
    func effect(
        _ severity: Notice.Severity, _ summary: String, about subject: Notice.Subject?,
        to organization: OrganizationID?, needs permission: Permission? = nil
    ) -> JobEffect {
        let notice = notice(severity, summary, about: subject, to: organization, needs: permission)
        return JobEffect(afterCommit: { tell(notice) }, apply: { try await NoticeStore.add(notice, on: $0) })
    }

    private func notice(
        _ severity: Notice.Severity, _ summary: String, about subject: Notice.Subject?,
        to organization: OrganizationID?, needs permission: Permission?
    ) -> Notice {
        let (id, moment) = identifiers.nextDated(Notice.self)
        return Notice(
            id: id, organizationID: organization, createdAt: moment, severity: severity, summary: summary,
            subject: subject, permission: permission)
    }

    private func tell(_ notice: Notice) {
        events.publish(.noticed(OperatorNotice(notice)), to: notice.organizationID, needs: notice.permission)
    }

    /// Notes that attempts to sign in as somebody, from an address, have failed so often that further ones have to wait.
    package func signInsAreSlowedDown(of user: User, from address: String) async throws {
        try await post(
            .warning,
            "Signing in as \(user.email) from \(address) has failed so often that further attempts have to wait.",
            about: Notice.Subject(kind: .user, id: user.id.description, name: user.fullName), to: user.organizationID,
            needs: .userRead)
    }

    /// The last ones that somebody may see, the newest first.
    package func newest(for principal: Principal) async throws -> [Notice] {
        try await store.newest(
            in: principal.organizationID, for: Permission.allCases.filter(principal.may), limit: Self.shown)
    }
}

extension OperatorNotice {
    /// A notice as operators see it.
    package init(_ notice: Notice) {
        let severity: Severity =
            switch notice.severity {
            case .info: .info
            case .warning: .warning
            case .critical: .critical
            }
        self.init(
            id: notice.id.uuid, createdAt: notice.createdAt, severity: severity, summary: notice.summary,
            subject: notice.subject.map(OperatorSubject.init))
    }
}

extension OperatorSubject {
    /// What a notice is about.
    package init(_ subject: Notice.Subject) {
        let kind: Kind =
            switch subject.kind {
            case .execution: .execution
            case .evaluator: .evaluator
            case .judge: .judge
            case .project: .project
            case .user: .user
            case .daemon: .daemon
            case .failure: .failure
            case .provider: .provider
            case .budget: .budget
            case .export: .export
            case .webhook: .webhook
            }
        self.init(kind: kind, id: subject.id, name: subject.name)
    }
}
