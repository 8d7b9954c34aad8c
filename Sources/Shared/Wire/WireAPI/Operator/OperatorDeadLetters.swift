package import FoundationEssentials

/// Jobs that were given up, grouped by cause, `GET /internal/dead-letters`: the largest group first.
package struct OperatorDeadLetters: Codable, Sendable, Hashable {
    package static let path = "/internal/dead-letters"

    package let groups: [Group]
    /// How many jobs were given up in all.
    package let count: Int
    /// Whether there are groups that are not listed, or older jobs that were not looked at.
    package let isCut: Bool
    package let countedAt: Date

    package init(groups: [Group], count: Int, isCut: Bool, countedAt: Date) {
        self.groups = groups
        self.count = count
        self.isCut = isCut
        self.countedAt = countedAt
    }

    /// Jobs that were given up for the same cause.
    package struct Group: Codable, Sendable, Hashable {
        package let queue: String
        package let kind: String
        package let errorClass: String?
        /// The errors' common text, with what differs left out.
        package let cause: String
        package let count: Int
        /// When the first and the last of them were given up.
        package let firstAt: Date
        package let lastAt: Date
        /// The last one.
        package let sample: OperatorJobRow
        /// The parameters of ``OperatorJobFilter`` that match exactly its jobs.
        package let filter: [OperatorPlanDraft.Parameter]

        package init(
            queue: String, kind: String, errorClass: String?, cause: String, count: Int, firstAt: Date, lastAt: Date,
            sample: OperatorJobRow, filter: [OperatorPlanDraft.Parameter]
        ) {
            self.queue = queue
            self.kind = kind
            self.errorClass = errorClass
            self.cause = cause
            self.count = count
            self.firstAt = firstAt
            self.lastAt = lastAt
            self.sample = sample
            self.filter = filter
        }
    }
}

extension OperatorRequest where Reply == OperatorDeadLetters {
    /// Jobs that were given up, of all queues and batches or of one.
    package static func deadLetters(queue: String? = nil, batch: UUID? = nil) -> Self {
        var parameters: [Parameter] = []
        if let queue { parameters.append(Parameter("queue", queue)) }
        if let batch { parameters.append(Parameter("batch_id", batch.uuidString.lowercased())) }
        return Self(.get, OperatorDeadLetters.path, parameters)
    }
}
