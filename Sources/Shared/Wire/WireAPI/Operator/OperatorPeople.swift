package import FoundationEssentials

/// One page of the people of an organisation and of its service accounts, `GET /internal/people`, the newest first:
/// `cursor` and `page_size` say which page, ``OperatorUserFilter`` selects.
package struct OperatorUserPage: Codable, Sendable, Hashable {
    package let results: [OperatorUser]
    package let next: String?

    package init(results: [OperatorUser], next: String?) {
        self.results = results
        self.next = next
    }
}

/// Somebody who acts in an organisation, as those see them who look after it.
package struct OperatorUser: Codable, Sendable, Hashable {
    /// Where people are; one is at `path/ID`.
    package static let path = "/internal/people"

    package let id: UUID
    package let kind: Kind
    /// Of a service account it is made up: nothing is sent there.
    package let email: String
    package let fullName: String
    /// A raw value of `Role`.
    package let role: String
    package let createdAt: Date
    /// Who made them; `nil` for whoever came by an invitation or was made on the server itself.
    package let createdBy: OperatorPerson?
    package let lastSignInAt: Date?
    /// Since when they get in nowhere; `nil` for who does.
    package let disabledAt: Date?
    /// What a change says it was made from.
    package let revision: Int
    package let hasPassword: Bool
    package let hasSecondFactor: Bool
    /// How many sessions are open, and how many keys can be used.
    package let openSessions: Int
    package let usableKeys: Int
    /// In how many projects they may do more than their role says.
    package let projectGrants: Int

    package init(
        id: UUID, kind: Kind, email: String, fullName: String, role: String, createdAt: Date,
        createdBy: OperatorPerson?, lastSignInAt: Date?, disabledAt: Date?, revision: Int, hasPassword: Bool,
        hasSecondFactor: Bool, openSessions: Int, usableKeys: Int, projectGrants: Int
    ) {
        self.id = id
        self.kind = kind
        self.email = email
        self.fullName = fullName
        self.role = role
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.lastSignInAt = lastSignInAt
        self.disabledAt = disabledAt
        self.revision = revision
        self.hasPassword = hasPassword
        self.hasSecondFactor = hasSecondFactor
        self.openSessions = openSessions
        self.usableKeys = usableKeys
        self.projectGrants = projectGrants
    }

    /// Who it is.
    package enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
        case person
        /// A program with keys of its own.
        case serviceAccount = "service_account"
    }

    /// Whether they get in.
    package enum State: String, Codable, Sendable, Hashable, CaseIterable {
        case active
        case disabled
    }

    package var state: State { disabledAt == nil ? .active : .disabled }
}

/// One of them with what they may do in single projects and what is theirs, `GET path/ID`.
package struct OperatorUserDetail: Codable, Sendable, Hashable {
    package let user: OperatorUser
    package let grants: [OperatorProjectGrant]
    package let belongings: OperatorBelongings

    package init(user: OperatorUser, grants: [OperatorProjectGrant], belongings: OperatorBelongings) {
        self.user = user
        self.grants = grants
        self.belongings = belongings
    }
}

/// How many things of each kind belong to somebody, or were handed over.
package struct OperatorBelongings: Codable, Sendable, Hashable {
    package let projects: Int
    package let objectives: Int
    package let evaluators: Int
    package let judges: Int
    package let models: Int
    package let datasets: Int
    package let traceFilters: Int

    package init(
        projects: Int, objectives: Int, evaluators: Int, judges: Int, models: Int, datasets: Int, traceFilters: Int
    ) {
        self.projects = projects
        self.objectives = objectives
        self.evaluators = evaluators
        self.judges = judges
        self.models = models
        self.datasets = datasets
        self.traceFilters = traceFilters
    }

    package var total: Int { projects + objectives + evaluators + judges + models + datasets + traceFilters }
}

/// Which people are wanted; everything that is given must hold.
package struct OperatorUserFilter: Sendable, Hashable {
    /// A part of the name or the address, in any case.
    package var text: String?
    /// A raw value of `Role`.
    package var role: String?
    package var kind: OperatorUser.Kind?
    package var state: OperatorUser.State?

    package init(
        text: String? = nil, role: String? = nil, kind: OperatorUser.Kind? = nil, state: OperatorUser.State? = nil
    ) {
        self.text = text
        self.role = role
        self.kind = kind
        self.state = state
    }

    var parameters: [OperatorParameter] {
        [("query", text), ("role", role), ("kind", kind?.rawValue), ("state", state?.rawValue)].compactMap {
            name, value in
            value.map { OperatorParameter(name, $0) }
        }
    }
}

extension OperatorRequest where Reply == OperatorUserPage {
    /// A page of at most `limit`, up to 100.
    package static func people(
        _ filter: OperatorUserFilter = OperatorUserFilter(), cursor: String? = nil, limit: Int
    ) -> Self {
        var parameters = filter.parameters + [Parameter("page_size", "\(limit)")]
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, OperatorUser.path, parameters)
    }
}

extension OperatorRequest where Reply == OperatorUserDetail {
    /// One of them.
    package static func person(_ id: UUID) -> Self { Self(.get, OperatorUser.path(of: id)) }
}

extension OperatorUser {
    static func path(of id: UUID) -> String { "\(path)/\(id.uuidString.lowercased())" }
}
