internal import FoundationEssentials
internal import WireAPI

// What `scorable export` prints for people.
extension OperatorLogExportPage {
    var text: String {
        var table = TextTable(["ID", "STATE", "ROWS", "BYTES", "FORM", "MADE", "GOES", "FILTER"])
        for export in results {
            table.add([
                export.id.uuidString.lowercased(), export.state.rawValue, "\(export.rows)", "\(export.bytes)",
                export.format.rawValue, export.createdAt.formatted(.iso8601),
                export.expiresAt?.formatted(.iso8601), export.filterWords,
            ])
        }
        return table.text
    }
}

extension OperatorLogExport {
    var text: String {
        let facts: [(String, String?)] = [
            ("export", id.uuidString.lowercased()), ("state", state.rawValue), ("filter", filterWords),
            ("form", format.rawValue), ("by", requestedBy?.email ?? "the server itself"), ("rows", "\(rows)"),
            ("counted", expectedRows.map { "\($0)" }), ("bytes", "\(bytes)"), ("sha256", sha256), ("file", fileName),
            ("error", error), ("made", createdAt.formatted(.iso8601)), ("ended", endedAt?.formatted(.iso8601)),
            ("goes", expiresAt?.formatted(.iso8601)),
        ]
        return FactLines.text(facts)
    }

    /// How far it is.
    var progressWords: String {
        let amount = rows == 1 ? "1 execution" : "\(rows) executions"
        return switch state {
        case .waiting: "waiting for a worker"
        case .running: "\(amount) written" + (expectedRows.map { " of about \($0)" } ?? "")
        case .finished: "\(amount), \(bytes) bytes"
        case .failed, .cancelled, .expired: state.rawValue
        }
    }

    fileprivate var filterWords: String {
        filter.isEmpty ? "all" : filter.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    }
}
