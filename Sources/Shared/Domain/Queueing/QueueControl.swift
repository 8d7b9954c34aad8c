package import FoundationEssentials
package import Tenancy

/// What can be paused, bounded and weighed.
package enum ControlSubject: Sendable, Hashable, LosslessStringConvertible {
    case queue(QueueName)
    case organization(OrganizationID)
    case project(ProjectID)
    case kind(JobKind)
    case limit(JobLimit)

    /// Reads `queue:NAME`, `organization:UUID`, `project:UUID`, `kind:NAME`, `provider:NAME`, `key:ID` or `webhook:ID`.
    package init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let name = String(text[text.index(after: colon)...])
        guard !name.isEmpty else { return nil }
        switch text[..<colon] {
        case "queue": self = .queue(QueueName(name))
        case "kind": self = .kind(JobKind(name))
        case "organization":
            guard let id = OrganizationID(name) else { return nil }
            self = .organization(id)
        case "project":
            guard let id = ProjectID(name) else { return nil }
            self = .project(id)
        case "provider", "key", "webhook":
            guard let limit = JobLimit(text) else { return nil }
            self = .limit(limit)
        default: return nil
        }
    }

    package var description: String {
        switch self {
        case .queue(let name): "queue:\(name)"
        case .organization(let id): "organization:\(id)"
        case .project(let id): "project:\(id)"
        case .kind(let kind): "kind:\(kind)"
        case .limit(let limit): limit.text
        }
    }
}

/// What operators have decided about one subject.
package struct QueueControl: Sendable, Hashable {
    package let subject: ControlSubject
    /// Nothing of it is started.
    package var isPaused: Bool
    /// How many jobs of it run at once; `nil` for as many as there are workers.
    package var concurrency: Int?
    /// Its share beside others; `nil` for 1.
    package var weight: Int?
    /// How many jobs of it start in a minute; `nil` for any number. The others wait, which costs them no attempt.
    package var perMinute: Int?
    package var updatedAt: Date
    package var updatedBy: UserID?

    package init(
        subject: ControlSubject, isPaused: Bool = false, concurrency: Int? = nil, weight: Int? = nil,
        perMinute: Int? = nil,
        updatedAt: Date, updatedBy: UserID? = nil
    ) {
        self.subject = subject
        self.isPaused = isPaused
        self.concurrency = concurrency
        self.weight = weight
        self.perMinute = perMinute
        self.updatedAt = updatedAt
        self.updatedBy = updatedBy
    }
}
