internal import Tenancy
internal import Terminal
package import WireAPI

/// Beginning an export of what a list of executions shows: a form is chosen, the server counts, and what it says is agreed
/// to.
package enum ExportBeginning: Sendable, Hashable {
    /// Asks for the form.
    case choose
    case begin(OperatorLogExport.Format)
    /// Shows the exports.
    case list

    /// The keys, for lists of executions.
    static func bindings<Command: Sendable & Hashable>(_ command: (ExportBeginning) -> Command) -> [Binding<Command>] {
        [
            Binding(
                [.character("E")], command(.choose), "Export all that the filter shows, in the background", .action,
                needs: .executionLogRead),
            Binding(
                [.character("f")], command(.list), "List the exports: how far they are, and their files",
                needs: .executionLogList),
        ]
    }

    /// The forms.
    static func items<Command: Sendable & Hashable>(_ command: (ExportBeginning) -> Command) -> [Menu.Item] {
        [
            Menu.Item(
                .character("l"), "All that the filter shows, as JSON lines", detail: "in the background",
                command(.begin(.jsonl))),
            Menu.Item(
                .character("t"), "All that the filter shows, as a CSV table", detail: "in the background",
                command(.begin(.csv))),
        ]
    }

    /// Its parameters are the filter of the list.
    static func draft(
        _ filter: OperatorExecutionFilter, as format: OperatorLogExport.Format
    ) -> OperatorPlanDraft {
        OperatorPlanDraft(.exportExecutions, matching: filter, arguments: .init(format: format))
    }
}
