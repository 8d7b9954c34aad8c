package import FoundationEssentials
import Tenancy
import Terminal
import WireAPI

/// What can be done to an export.
package enum ExportCommand: Sendable, Hashable {
    case save
    case cancel
    case delete
    /// What had to be typed was typed.
    case cancelAgreed(UUID)
    case deleteAgreed(UUID)

    /// The keys.
    static func bindings<Command: Sendable & Hashable>(_ command: (ExportCommand) -> Command) -> [Binding<Command>] {
        [
            Binding(
                [.character("S")], command(.save), hint: "save here", "Save the file in the folder of this console",
                .action, needs: .executionLogRead),
            Binding(
                [.character("K")], command(.cancel), hint: "cancel", "Cancel the export", .action,
                needs: .executionLogList),
            Binding(
                [.character("D")], command(.delete), hint: "delete", "Delete the export with its file", .action,
                needs: .executionLogList),
        ]
    }
}

/// Saving, cancelling and deleting exports. The server decides whose exports somebody may end.
struct ExportActions<Command: Sendable & Hashable>: Sendable {
    /// What came of something.
    enum Outcome: Sendable {
        case cancelled
        case deleted(UUID)
    }

    private let command: @Sendable (ExportCommand) -> Command
    private var cancelling = Awaited<OperatorLogExport>()
    private var deleting = Awaited<OperatorNothing>()
    private var deleted: UUID?

    /// `command` makes of an action what the screen carries out.
    init(_ command: @escaping @Sendable (ExportCommand) -> Command) { self.command = command }

    var status: Segment? {
        cancelling.isWaiting || deleting.isWaiting ? Segment("Telling the server", .accent) : nil
    }

    static func can(_ action: ExportCommand, on export: OperatorLogExport?) -> Bool {
        guard let export else { return false }
        return switch action {
        case .save: export.state == .finished
        case .cancel: !export.state.isFinal
        case .delete: export.state.isFinal
        case .cancelAgreed, .deleteAgreed: true
        }
    }

    mutating func perform(_ action: ExportCommand, on export: OperatorLogExport?, _ context: inout ScreenContext) {
        switch action {
        case .save:
            guard let export else { return }
            context.say("Fetching \(export.fileName), \(Formats.bytes(export.bytes))")
            context.fetch(OperatorLogExport.filePath(of: export.id), named: export.fileName)
        case .cancel:
            guard let export else { return }
            context.present(
                Confirmation(
                    "Cancel the export?",
                    effects: [
                        "\(export.filterWords), as \(export.format.rawValue)",
                        "What is written so far, \(export.amount), goes.",
                    ], typing: "cancel", at: context.now, command(.cancelAgreed(export.id))))
        case .delete:
            guard let export else { return }
            let file =
                export.state == .finished
                ? "The file goes too: \(export.amount), \(Formats.bytes(export.bytes))."
                : "There is no file of it."
            context.present(
                Confirmation(
                    "Delete the export?", effects: ["\(export.filterWords), as \(export.format.rawValue)", file],
                    typing: "delete", at: context.now, command(.deleteAgreed(export.id))))
        case .cancelAgreed(let id): cancelling.ask(.cancelExport(id), &context)
        case .deleteAgreed(let id):
            deleted = id
            deleting.ask(.deleteExport(id), &context)
        }
    }

    /// Takes an answer, when it is one that is waited for.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Outcome? {
        if let result = cancelling.take(answer) {
            switch result {
            case .success:
                context.say("The export is cancelled", .good)
                return .cancelled
            case .failure(let failure): context.say("Not cancelled: \(failure.message)", .bad)
            }
        } else if let result = deleting.take(answer) {
            switch result {
            case .success:
                context.say("The export is deleted", .good)
                return deleted.map(Outcome.deleted)
            case .failure(let failure): context.say("Not deleted: \(failure.message)", .bad)
            }
        }
        return nil
    }
}
