internal import FoundationEssentials
internal import JSON
package import Records
internal import Tenancy
package import WireAPI

/// What is to be exported, and how.
package struct ExportDraft: Sendable {
    /// Which logs; those are meant that are there when the export is made.
    package let filter: OperatorExecutionFilter
    package let format: ExportFormat
    /// How many they are, where somebody has counted.
    package var expectedRows: Int?

    package init(_ filter: OperatorExecutionFilter, format: ExportFormat, expectedRows: Int? = nil) {
        self.filter = filter
        self.format = format
        self.expectedRows = expectedRows
    }
}

/// The filter of an export as it is stored: the parameters of the list of executions, so that exports of other releases
/// can be read.
struct StoredExportFilter: Codable, Sendable {
    let parameters: [OperatorPlanDraft.Parameter]

    init(_ filter: OperatorExecutionFilter) {
        parameters = filter.parameters.map { OperatorPlanDraft.Parameter(name: $0.name, value: $0.value) }
    }

    /// The filter of a stored export.
    init(of export: Export) throws { self = try JSONCodec.decode(Self.self, from: export.filter) }

    /// What is searched.
    var search: ExecutionSearch {
        get throws {
            try ExecutionSearch(OperatorExecutionFilter(parameters: parameters.map { ($0.name, $0.value) }))
        }
    }
}

extension Export {
    /// What its file is called where people fetch it: what and when.
    package var fileName: String {
        let day = ISO8601.string(createdAt).map { $0.prefix(10) } ?? ""
        return "execution-logs-\(day)-\(id.description.suffix(8)).\(format.rawValue)"
    }
}

extension OperatorLogExport {
    /// An export as operators see it.
    package init(_ export: Export) throws {
        let format: Format =
            switch export.format {
            case .jsonl: .jsonl
            case .csv: .csv
            }
        let state: State =
            switch export.state {
            case .waiting: .waiting
            case .running: .running
            case .finished: .finished
            case .failed: .failed
            case .cancelled: .cancelled
            case .expired: .expired
            }
        self.init(
            id: export.id.uuid, filter: try StoredExportFilter(of: export).parameters, format: format, state: state,
            requestedBy: export.requestedBy.map {
                OperatorPerson(id: $0.id.uuid, email: $0.email, fullName: $0.fullName)
            }, expectedRows: export.expectedRows, rows: export.progress.rows, bytes: export.progress.bytes,
            reachedAt: export.progress.reachedAt, sha256: export.file?.hexadecimalSHA256, fileName: export.fileName,
            error: export.state == .failed ? export.error : nil, jobID: export.jobID.uuid,
            createdAt: export.createdAt, startedAt: export.startedAt, endedAt: export.endedAt,
            expiresAt: export.file?.expiresAt)
    }
}
