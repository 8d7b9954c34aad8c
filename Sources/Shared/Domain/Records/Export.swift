package import FoundationEssentials
package import Queueing
package import Tenancy

package typealias ExportID = EntityID<Export>

/// A file of execution logs that is written in the background, and kept for a while.
package struct Export: Sendable, Hashable {
    package let id: ExportID
    package let organizationID: OrganizationID
    /// The only project whose logs it has; `nil` for those of all.
    package let projectID: ProjectID?
    /// `nil` for one that was asked for on the server itself.
    package let requestedBy: UserReference?
    /// Which logs, of those that were made before it was: a JSON object, as the operators' list is filtered.
    package let filter: [UInt8]
    package let format: ExportFormat
    package let state: ExportState
    /// Who writes it.
    package let jobID: JobID
    /// How many logs were counted before, there may be more; `nil` where nobody counted.
    package let expectedRows: Int?
    package let progress: ExportProgress
    /// Of one that is finished.
    package let file: ExportFile?
    /// Why it failed, in a sentence.
    package let error: String?
    package let createdAt: Date
    package let startedAt: Date?
    package let endedAt: Date?

    package init(
        id: ExportID, organizationID: OrganizationID, projectID: ProjectID?, requestedBy: UserReference?,
        filter: [UInt8], format: ExportFormat, state: ExportState, jobID: JobID, expectedRows: Int?,
        progress: ExportProgress, file: ExportFile?, error: String?, createdAt: Date, startedAt: Date?, endedAt: Date?
    ) {
        self.id = id
        self.organizationID = organizationID
        self.projectID = projectID
        self.requestedBy = requestedBy
        self.filter = filter
        self.format = format
        self.state = state
        self.jobID = jobID
        self.expectedRows = expectedRows
        self.progress = progress
        self.file = file
        self.error = error
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
    }

    package var keyset: Keyset { Keyset(createdAt: createdAt, id: id.uuid) }
}

/// Where an export is in its life.
package enum ExportState: String, Sendable, Hashable, CaseIterable {
    case waiting
    case running
    /// The file is there.
    case finished
    case failed
    case cancelled
    /// The file was there, and is not any more.
    case expired

    /// Whether nothing is written any more.
    package var isFinal: Bool {
        switch self {
        case .waiting, .running: false
        case .finished, .failed, .cancelled, .expired: true
        }
    }
}

/// How an export is written.
package enum ExportFormat: String, Sendable, Hashable, CaseIterable {
    /// A JSON object on each line: a log as the public interface shows it.
    case jsonl
    /// A table with a header, for spreadsheets.
    case csv
}

/// How far an export is.
package struct ExportProgress: Sendable, Hashable {
    /// How many logs are written.
    package var rows: Int
    /// How many bytes they are.
    package var bytes: Int64
    /// When the last of them was made; they are written in the order of their making.
    package var reachedAt: Date?

    package init(rows: Int = 0, bytes: Int64 = 0, reachedAt: Date? = nil) {
        self.rows = rows
        self.bytes = bytes
        self.reachedAt = reachedAt
    }
}

/// The file of an export that is finished.
package struct ExportFile: Sendable, Hashable {
    /// Its key in the object storage.
    package let key: String
    package let sha256: [UInt8]
    /// When it goes.
    package let expiresAt: Date

    package init(key: String, sha256: [UInt8], expiresAt: Date) {
        self.key = key
        self.sha256 = sha256
        self.expiresAt = expiresAt
    }
}
