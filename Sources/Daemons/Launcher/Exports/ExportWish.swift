internal import Operations
internal import Records
internal import WireAPI

/// What is to be exported, as a command line says it.
package struct ExportWish: Sendable {
    /// How an export is written.
    package enum Format: String, Sendable, CaseIterable {
        /// A JSON object on each line.
        case jsonl
        /// A table with a header.
        case csv
    }

    let draft: ExportDraft

    /// A filter is words such as `min_score=0.5` and `tag=nightly`.
    /// - Throws: `LauncherFailure` that names the word that is not understood.
    package init(_ words: [String], format: Format) throws(LauncherFailure) {
        let parameters = try FilterParameters.read(
            words, names: OperatorExecutionFilter.parameterNames, example: "tag=nightly")
        let filter = try FilterParameters.told { () throws(OperatorInvalidParameter) in
            let filter = try OperatorExecutionFilter(parameters: parameters)
            _ = try ExecutionSearch(filter)
            return filter
        }
        let form: ExportFormat =
            switch format {
            case .jsonl: .jsonl
            case .csv: .csv
            }
        draft = ExportDraft(filter, format: form)
    }
}
