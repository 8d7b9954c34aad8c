internal import Stores
internal import Tenancy
internal import WireAPI

extension OperatorUser {
    init(_ overview: PersonOverview) {
        let user = overview.user
        self.init(
            id: user.id.uuid, kind: Kind(user.kind), email: user.email, fullName: user.fullName,
            role: user.role.rawValue, createdAt: user.createdAt,
            createdBy: overview.createdBy.map { OperatorPerson($0) }, lastSignInAt: overview.lastSignInAt,
            disabledAt: user.disabledAt, revision: user.revision, hasPassword: overview.hasPassword,
            hasSecondFactor: overview.hasSecondFactor, openSessions: overview.openSessions,
            usableKeys: overview.usableKeys, projectGrants: overview.projectGrants)
    }
}

extension OperatorUser.Kind {
    init(_ kind: User.Kind) {
        self =
            switch kind {
            case .person: .person
            case .serviceAccount: .serviceAccount
            }
    }
}

extension OperatorBelongings {
    init(_ belongings: Belongings) {
        self.init(
            projects: belongings.projects, objectives: belongings.objectives, evaluators: belongings.evaluators,
            judges: belongings.judges, models: belongings.models, datasets: belongings.datasets,
            traceFilters: belongings.traceFilters)
    }
}

extension OperatorProjectGrant {
    init(_ named: NamedProjectGrant) {
        self.init(
            project: OperatorNamed(id: named.grant.projectID.uuid, name: named.projectName),
            role: named.grant.role.rawValue, createdAt: named.grant.createdAt,
            grantedBy: named.granter.map { OperatorPerson($0) })
    }
}
