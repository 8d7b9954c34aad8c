package import Tenancy

/// Where something happened, on which it depends who of an organisation is told.
package enum EventPlace: Sendable, Hashable {
    /// In no project: for whoever may see such things in the whole organisation.
    case organization
    /// For whoever may see such things there.
    case project(ProjectID)
    /// With what every project uses: for whoever may see such things in one of them.
    case shared
}

extension Principal {
    /// Whether they may see what takes this permission and happened there.
    package func may(_ permission: Permission, at place: EventPlace) -> Bool {
        switch place {
        case .organization: may(permission)
        case .project(let project): may(permission, in: project)
        case .shared: !reach(permission).isNowhere
        }
    }
}

extension EventPlace {
    /// As it stands in an entry.
    var word: String {
        switch self {
        case .organization: ""
        case .project(let project): project.description
        case .shared: "*"
        }
    }

    /// Whatever it is that cannot be read is for those who may see everything.
    init(word: String) {
        if word == "*" {
            self = .shared
        } else {
            self = ProjectID(word).map(EventPlace.project) ?? .organization
        }
    }
}
