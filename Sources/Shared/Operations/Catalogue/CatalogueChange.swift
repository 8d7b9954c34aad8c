package import FoundationEssentials
internal import Records
package import Tenancy
internal import WireAPI

/// What somebody did to a thing of the catalogue.
package struct CatalogueChange: Sendable, Hashable {
    /// What kind of thing it is.
    package enum Kind: String, Sendable, Hashable {
        case evaluator
        case judge
        case project
        case provider
        case model
        case price
        case budget
    }

    /// What was done to it.
    package enum Action: Sendable, Hashable {
        case created
        case updated
        case deleted
        /// It was deleted and is back.
        case restored
    }

    package let kind: Kind
    package let id: UUID
    package let name: String
    package let action: Action
    /// The number of the version that it has now; `nil` for what has none.
    package let version: Int?
    /// Whether it is the installation's, so that everybody is told.
    package let isInstalled: Bool
    /// Where it lies: those who see that project alone are told as well.
    package let projectID: ProjectID?

    package init(
        _ kind: Kind, _ id: UUID, named name: String, _ action: Action, version: Int? = nil, isInstalled: Bool = false,
        in projectID: ProjectID? = nil
    ) {
        self.projectID = projectID
        self.kind = kind
        self.id = id
        self.name = name
        self.action = action
        self.version = version
        self.isInstalled = isInstalled
    }

    /// What whoever remembers any of it has to forget.
    var subjects: [Changes.Subject] {
        switch kind {
        // Judges are remembered with their evaluators.
        case .evaluator: [.evaluators, .judges]
        case .judge: [.judges]
        case .project: [.projects]
        // With what belongs to it: its keys, limits and drains are told as a change of it.
        case .provider: [.models, .keys, .limits, .drains]
        case .model: [.models, .drains]
        case .price: [.prices]
        case .budget: [.budgets]
        }
    }
}

/// Tells those who watch what is done to the catalogue.
package struct CatalogueNews: Sendable {
    private let events: EventPublisher
    private let notices: Notices

    package init(events: EventPublisher, notices: Notices) {
        self.events = events
        self.notices = notices
    }

    /// Tells of a change, and notes it where it changes what scores mean.
    func tell(_ change: CatalogueChange, by principal: Principal) async throws {
        let subject = OperatorSubject(kind: change.wireKind, id: change.id.uuidString.lowercased(), name: change.name)
        events.publish(
            .catalogueChanged(
                OperatorCatalogueChange(
                    subject: subject, action: change.wireAction, userEmail: principal.user.email)),
            to: change.isInstalled ? nil : principal.organizationID, in: change.projectID.map(EventPlace.project))
        guard let summary = change.summary(by: principal.user.fullName) else { return }
        try await notices.post(
            .info, summary,
            about: Notice.Subject(
                kind: change.kind == .judge ? .judge : .evaluator, id: subject.id, name: change.name),
            to: principal.organizationID, needs: change.kind == .judge ? .judgeRead : .evaluatorRead)
    }
}

extension CatalogueChange {
    fileprivate var wireKind: OperatorSubject.Kind {
        switch kind {
        case .evaluator: .evaluator
        case .judge: .judge
        case .project: .project
        case .provider: .provider
        case .model: .model
        case .price: .price
        case .budget: .budget
        }
    }

    fileprivate var wireAction: OperatorCatalogueChange.Action {
        switch action {
        case .created, .restored: .created
        case .updated: .updated
        case .deleted: .deleted
        }
    }

    /// What is worth a notice: that an evaluator or a judge has a new version.
    fileprivate func summary(by person: String) -> String? {
        guard kind == .evaluator || kind == .judge, action == .created || action == .updated, let version else {
            return nil
        }
        return "\(person) published version \(version) of the \(kind.rawValue) “\(name)”."
    }
}
