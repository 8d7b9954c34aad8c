package import FoundationEssentials

/// For how long an organisation keeps what it records, `GET /internal/retention`.
package struct OperatorRetention: Codable, Sendable, Hashable {
    package static let path = "/internal/retention"
    /// What would go now (GET).
    package static let previewPath = path + "/preview"
    /// Where a rule is changed (PUT).
    package static let rulesPath = path + "/rules"
    /// Where a hold is made (POST), and below it ended (DELETE).
    package static let holdsPath = path + "/holds"

    /// First those of all projects, then of each.
    package let scopes: [OperatorRetentionScope]
    package let holds: [OperatorRetentionHold]
    /// When what was past its time last went; `nil` before the first time.
    package let lastRunAt: Date?

    package init(scopes: [OperatorRetentionScope], holds: [OperatorRetentionHold], lastRunAt: Date?) {
        self.scopes = scopes
        self.holds = holds
        self.lastRunAt = lastRunAt
    }
}

/// What holds in a project.
package struct OperatorRetentionScope: Codable, Sendable, Hashable {
    /// `nil`: what holds in every project that says nothing.
    package let projectID: UUID?
    package let projectName: String?
    package let terms: [OperatorRetentionTerm]

    package init(projectID: UUID?, projectName: String?, terms: [OperatorRetentionTerm]) {
        self.projectID = projectID
        self.projectName = projectName
        self.terms = terms
    }
}

/// For how long one class is kept.
package struct OperatorRetentionTerm: Codable, Sendable, Hashable {
    /// `execution_logs`, `traces`, `files`, `exports` or `batches`.
    package let dataClass: String
    /// `nil` for ever.
    package let days: Int?
    /// Who says so: `project`, `organization` or `installation`, which is its settings.
    package let source: String

    package init(dataClass: String, days: Int?, source: String) {
        self.dataClass = dataClass
        self.days = days
        self.source = source
    }
}

/// What nobody may delete, however old it is.
package struct OperatorRetentionHold: Codable, Sendable, Hashable {
    package let id: UUID
    /// `nil`: every project.
    package let projectID: UUID?
    package let projectName: String?
    /// From when on and until when it was recorded; `nil` for no bound.
    package let beginsAt: Date?
    package let endsAt: Date?
    package let reason: String
    package let createdAt: Date
    package let createdBy: String

    package init(
        id: UUID, projectID: UUID?, projectName: String?, beginsAt: Date?, endsAt: Date?, reason: String,
        createdAt: Date, createdBy: String
    ) {
        self.id = id
        self.projectID = projectID
        self.projectName = projectName
        self.beginsAt = beginsAt
        self.endsAt = endsAt
        self.reason = reason
        self.createdAt = createdAt
        self.createdBy = createdBy
    }
}

/// Another number of days.
package struct OperatorRetentionChange: Codable, Sendable, Hashable {
    /// What a rule says.
    package enum Keeping: String, Codable, Sendable, Hashable {
        case days
        case forever
        /// Nothing: what is said of all projects, or by the settings, holds.
        case inherited
    }

    /// `nil`: every project that says nothing.
    package let projectID: UUID?
    package let dataClass: String
    package let keeping: Keeping
    /// With `days`: from 1 to 36,500.
    package let days: Int?
    /// Where it makes something go: how many rows that is, as the answer `confirmation_needed` or a preview said.
    package let confirmation: OperatorRetentionConfirmation?

    package init(
        projectID: UUID?, dataClass: String, keeping: Keeping, days: Int?,
        confirmation: OperatorRetentionConfirmation? = nil
    ) {
        self.projectID = projectID
        self.dataClass = dataClass
        self.keeping = keeping
        self.days = days
        self.confirmation = confirmation
    }

    /// The same, confirmed.
    package func confirmed(_ confirmation: OperatorRetentionConfirmation) -> OperatorRetentionChange {
        OperatorRetentionChange(
            projectID: projectID, dataClass: dataClass, keeping: keeping, days: days, confirmation: confirmation)
    }
}

/// How many rows would go by a moment.
package struct OperatorRetentionConfirmation: Codable, Sendable, Hashable {
    /// The code of the answer (409) that says how many; its fields are `rows` and `moment`.
    package static let needed = "confirmation_needed"

    package let rows: Int
    /// As it was told; `nil` for now.
    package let moment: Date?

    package init(rows: Int, moment: Date?) {
        self.rows = rows
        self.moment = moment
    }
}

/// A hold that is to be made.
package struct OperatorRetentionHoldDraft: Codable, Sendable, Hashable {
    package let projectID: UUID?
    package let beginsAt: Date?
    package let endsAt: Date?
    package let reason: String

    package init(projectID: UUID?, beginsAt: Date?, endsAt: Date?, reason: String) {
        self.projectID = projectID
        self.beginsAt = beginsAt
        self.endsAt = endsAt
        self.reason = reason
    }
}

/// What would go at a moment, if nothing changed.
package struct OperatorRetentionPreview: Codable, Sendable, Hashable {
    package let moment: Date
    package let results: [OperatorRetentionForecast]
    /// Months that would be dropped as a whole. They hold what every organisation recorded, so only those see them who run the
    /// installation.
    package let partitions: [OperatorRetentionPartition]

    package init(moment: Date, results: [OperatorRetentionForecast], partitions: [OperatorRetentionPartition]) {
        self.moment = moment
        self.results = results
        self.partitions = partitions
    }
}

/// What would go of one class in one project.
package struct OperatorRetentionForecast: Codable, Sendable, Hashable {
    package let projectID: UUID?
    package let projectName: String?
    package let dataClass: String
    package let days: Int
    package let rows: Int
    /// About.
    package let bytes: Int64
    /// Past their time, and kept by a hold.
    package let heldRows: Int
    /// Past their time, and kept because labels, calibrations or judges name them.
    package let exemptRows: Int
    package let oldest: Date?
    package let newest: Date?

    package init(
        projectID: UUID?, projectName: String?, dataClass: String, days: Int, rows: Int, bytes: Int64, heldRows: Int,
        exemptRows: Int, oldest: Date?, newest: Date?
    ) {
        self.projectID = projectID
        self.projectName = projectName
        self.dataClass = dataClass
        self.days = days
        self.rows = rows
        self.bytes = bytes
        self.heldRows = heldRows
        self.exemptRows = exemptRows
        self.oldest = oldest
        self.newest = newest
    }
}

/// A month that would go as a whole.
package struct OperatorRetentionPartition: Codable, Sendable, Hashable {
    package let name: String
    package let dataClass: String
    package let bytes: Int64

    package init(name: String, dataClass: String, bytes: Int64) {
        self.name = name
        self.dataClass = dataClass
        self.bytes = bytes
    }
}

extension OperatorRequest where Reply == OperatorRetention {
    package static func retention() -> Self { Self(.get, OperatorRetention.path) }

    package static func changeRetention(_ change: OperatorRetentionChange) -> Self {
        Self(.put, OperatorRetention.rulesPath, body: change)
    }

    package static func holdRetention(_ draft: OperatorRetentionHoldDraft) -> Self {
        Self(.post, OperatorRetention.holdsPath, body: draft)
    }

    package static func releaseRetention(_ id: UUID) -> Self {
        Self(.delete, OperatorRetention.holdsPath + "/\(id.uuidString.lowercased())")
    }
}

extension OperatorRequest where Reply == OperatorRetentionPreview {
    package static func retentionPreview() -> Self { Self(.get, OperatorRetention.previewPath) }
}
