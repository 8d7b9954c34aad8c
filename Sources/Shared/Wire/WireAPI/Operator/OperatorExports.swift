package import FoundationEssentials

/// A file of execution logs that is written in the background, `GET /internal/exports/ID`, and as a row of
/// `GET /internal/exports`. The file itself is at `/internal/exports/ID/file`.
package struct OperatorLogExport: Codable, Sendable, Hashable {
    /// Where exports are.
    package static let path = "/internal/exports"

    package let id: UUID
    /// Which logs: parameters of the list of executions. Those are meant that were there when the export was made.
    package let filter: [OperatorPlanDraft.Parameter]
    package let format: Format
    package let state: State
    /// `nil` for one that was asked for on the server itself.
    package let requestedBy: OperatorPerson?
    /// How many logs were counted before, there may be more; `nil` where nobody counted.
    package let expectedRows: Int?
    /// How many logs are written, and how many bytes they are.
    package let rows: Int
    package let bytes: Int64
    /// When the last of these logs was made; they are written in the order of their making.
    package let reachedAt: Date?
    /// Of the whole file, as hexadecimal digits; of one that is finished.
    package let sha256: String?
    /// What the file is called when it is fetched.
    package let fileName: String
    /// Why it failed, in a sentence.
    package let error: String?
    /// The job that writes it.
    package let jobID: UUID
    package let createdAt: Date
    package let startedAt: Date?
    package let endedAt: Date?
    /// When the file goes; of one that is finished.
    package let expiresAt: Date?

    package init(
        id: UUID, filter: [OperatorPlanDraft.Parameter], format: Format, state: State, requestedBy: OperatorPerson?,
        expectedRows: Int?, rows: Int, bytes: Int64, reachedAt: Date?, sha256: String?, fileName: String,
        error: String?, jobID: UUID, createdAt: Date, startedAt: Date?, endedAt: Date?, expiresAt: Date?
    ) {
        self.id = id
        self.filter = filter
        self.format = format
        self.state = state
        self.requestedBy = requestedBy
        self.expectedRows = expectedRows
        self.rows = rows
        self.bytes = bytes
        self.reachedAt = reachedAt
        self.sha256 = sha256
        self.fileName = fileName
        self.error = error
        self.jobID = jobID
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.expiresAt = expiresAt
    }

    /// Where an export is in its life.
    package enum State: String, Codable, Sendable, Hashable, CaseIterable {
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
    package enum Format: String, Codable, Sendable, Hashable, CaseIterable {
        /// A JSON object on each line: a log as the public interface shows it.
        case jsonl
        /// A table with a header, for spreadsheets.
        case csv
    }
}

/// A page of exports, the newest first: `cursor` and `page_size` select.
package struct OperatorLogExportPage: Codable, Sendable, Hashable {
    package let results: [OperatorLogExport]
    package let next: String?

    package init(results: [OperatorLogExport], next: String?) {
        self.results = results
        self.next = next
    }
}

/// Begins an export, `POST /internal/exports`. To learn first how many logs it will have, make a plan.
package struct OperatorLogExportDraft: Codable, Sendable, Hashable {
    /// Parameters of the list of executions; all logs without any.
    package let filter: [OperatorPlanDraft.Parameter]
    package let format: OperatorLogExport.Format

    package init(matching filter: OperatorExecutionFilter, format: OperatorLogExport.Format) {
        self.filter = filter.parameters.map { OperatorPlanDraft.Parameter(name: $0.name, value: $0.value) }
        self.format = format
    }
}

extension OperatorRequest where Reply == OperatorLogExportPage {
    /// A page of exports, of at most `limit`, up to 100.
    package static func exports(cursor: String? = nil, limit: Int) -> Self {
        var parameters = [Parameter("page_size", "\(limit)")]
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, OperatorLogExport.path, parameters)
    }
}

extension OperatorRequest where Reply == OperatorLogExport {
    /// Begins an export.
    package static func startExport(_ draft: OperatorLogExportDraft) -> Self {
        Self(.post, OperatorLogExport.path, body: draft)
    }

    /// One export.
    package static func export(_ id: UUID) -> Self { Self(.get, OperatorLogExport.path(of: id)) }

    /// Stops an export that waits or is written.
    package static func cancelExport(_ id: UUID) -> Self { Self(.post, OperatorLogExport.path(of: id) + "/cancel") }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Deletes an export with its file.
    package static func deleteExport(_ id: UUID) -> Self { Self(.delete, OperatorLogExport.path(of: id)) }
}

extension OperatorLogExport {
    /// Where one export is.
    package static func path(of id: UUID) -> String { "\(path)/\(id.uuidString.lowercased())" }

    /// Where the file of one is.
    package static func filePath(of id: UUID) -> String { path(of: id) + "/file" }
}
