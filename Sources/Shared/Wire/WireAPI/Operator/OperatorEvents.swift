package import FoundationEssentials

/// What the internal API tells as it happens, `GET /internal/events`: Server-Sent Events whose `id` is the position in
/// the stream. A request with `Last-Event-ID` goes on after that position; one without starts now.
package enum OperatorEvent: Sendable, Hashable {
    /// Where the stream is.
    package static let path = "/internal/events"

    /// An execution was recorded. The row is complete, so that a list needs no second request. On the wire executions
    /// come in batches, `ExecutionBatch`; whoever reads the stream takes them apart.
    case executionFinished(OperatorExecutionRow)
    /// The tags of executions were changed.
    case executionsTagged(OperatorTagging)
    /// An evaluator, a judge or another thing of the catalogue was made, changed or deleted.
    case catalogueChanged(OperatorCatalogueChange)
    /// Queues of background work have moved. At most one a second, however much they move.
    case queuesChanged(OperatorQueueNews)
    /// Something happened that an operator should know of.
    case noticed(OperatorNotice)
    /// The server's clock, every few seconds: it keeps a quiet stream alive and shows that it is. With it comes what is to be
    /// known of the room on the disks, if anything.
    case serverTime(Date, storage: OperatorStorageNews? = nil)
    /// Events were lost, since the stream does not reach back to where the client was: lists must be read anew.
    case gap

    /// The value of the `event` field.
    package enum Name: String, Sendable, Hashable, CaseIterable {
        case executionsFinished = "executions.finished"
        case executionsTagged = "executions.tagged"
        case catalogueChanged = "catalogue.changed"
        case queuesChanged = "queues.changed"
        case noticed = "notice"
        case serverTime = "server.time"
        case gap
    }

    /// The data of `executions.finished`: executions in the order in which they were recorded.
    package struct ExecutionBatch: Codable, Sendable, Hashable {
        package let executions: [OperatorExecutionRow]

        package init(executions: [OperatorExecutionRow]) { self.executions = executions }
    }

    /// The data of `server.time`.
    package struct ServerTime: Codable, Sendable, Hashable {
        package let serverTime: Date
        /// `nil` while there is room for long.
        package let storage: OperatorStorageNews?

        package init(serverTime: Date, storage: OperatorStorageNews? = nil) {
            self.serverTime = serverTime
            self.storage = storage
        }
    }

    /// The name of the event.
    package var name: Name {
        switch self {
        case .executionFinished: .executionsFinished
        case .executionsTagged: .executionsTagged
        case .catalogueChanged: .catalogueChanged
        case .queuesChanged: .queuesChanged
        case .noticed: .noticed
        case .serverTime: .serverTime
        case .gap: .gap
        }
    }
}

/// The tags of executions were changed: what was added is there now, what was removed is not.
package struct OperatorTagging: Codable, Sendable, Hashable {
    package let ids: [UUID]
    package let added: [String]
    package let removed: [String]

    package init(ids: [UUID], added: [String], removed: [String]) {
        self.ids = ids
        self.added = added
        self.removed = removed
    }

    /// What the tags of one of the executions are after it, given what they were.
    package func applied(to tags: [String]) -> [String] {
        let kept = tags.filter { !removed.contains($0) }
        return kept + added.filter { !kept.contains($0) }
    }
}

/// A thing of the catalogue was made, changed or deleted: what shows it must be read anew.
package struct OperatorCatalogueChange: Codable, Sendable, Hashable {
    package let subject: OperatorSubject
    package let action: Action
    /// Who did it.
    package let userEmail: String?

    package init(subject: OperatorSubject, action: Action, userEmail: String?) {
        self.subject = subject
        self.action = action
        self.userEmail = userEmail
    }

    /// What was done.
    package enum Action: String, Codable, Sendable, Hashable {
        case created
        case updated
        case deleted
    }
}

/// Something that can be opened.
package struct OperatorSubject: Codable, Sendable, Hashable {
    package let kind: Kind
    /// Its identifier; of what has none, such as a daemon, its name.
    package let id: String
    /// What people call it, where that is known.
    package let name: String?

    package init(kind: Kind, id: String, name: String?) {
        self.kind = kind
        self.id = id
        self.name = name
    }

    /// What kind of thing it is.
    package enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
        case execution
        case evaluator
        case judge
        case project
        case user
        case daemon
        /// A reason why executions fail; the identifier is the code.
        case failure
        /// The identifier is its name.
        case queue
        case job
        case batch
        case worker
        case schedule
        case provider
        case model
        case price
        case budget
        case export
        case webhook
    }
}

/// Something that happened and that an operator should know of.
package struct OperatorNotice: Codable, Sendable, Hashable {
    package let id: UUID
    package let createdAt: Date
    package let severity: Severity
    /// What happened, in one sentence.
    package let summary: String
    /// What to open to see more.
    package let subject: OperatorSubject?

    package init(id: UUID, createdAt: Date, severity: Severity, summary: String, subject: OperatorSubject?) {
        self.id = id
        self.createdAt = createdAt
        self.severity = severity
        self.summary = summary
        self.subject = subject
    }

    /// How much it matters.
    package enum Severity: String, Codable, Sendable, Hashable, CaseIterable {
        case info
        case warning
        case critical
    }
}
