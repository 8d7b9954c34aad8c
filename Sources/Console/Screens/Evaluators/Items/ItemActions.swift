import FoundationEssentials
import Tenancy
import Terminal
import WireAPI

/// What can be done to evaluators and judges, from their list and from one that is open.
struct ItemActions: Sendable {
    private var removal = Removal()
    private var copying = Awaited<OperatorItem>()
    private var exporting = Awaited<OperatorExportedDocuments>()
    private var exported: String = ""

    /// What an action that is on its way is doing.
    var status: Segment? {
        if copying.isWaiting { return Segment("Copying", .accent) }
        if exporting.isWaiting { return Segment("Writing the documents", .accent) }
        return removal.status
    }

    /// Whether an action makes sense for what is aimed at, and is allowed.
    static func can(_ action: ItemAction, on targets: [OperatorItem], _ scope: Scope) -> Bool {
        let only = targets.count == 1 && targets[0].deletedAt == nil ? targets[0] : nil
        return switch action {
        case .create, .importDocuments: OperatorItemKind.allCases.contains { scope.may($0.creation) }
        case .edit: only.map { $0.origin == .own && scope.may($0.kind.change) } ?? false
        case .duplicate: only.map { scope.may($0.kind.creation) } ?? false
        case .remove: targets.contains { $0.origin == .own && $0.deletedAt == nil && scope.may($0.kind.deletion) }
        case .begin, .editAnew, .resume, .discard, .copy, .removeAgreed, .undoRemoval, .export, .askForPath,
            .importFromEditor, .importFrom:
            true
        }
    }

    mutating func perform(_ action: ItemAction, on targets: [OperatorItem], _ context: inout ScreenContext) {
        switch action {
        case .create: openCreation(&context)
        case .begin(let kind): context.push(EditScreen(creating: kind))
        case .edit: if let item = targets.first { openEditor(item.reference, &context) }
        case .editAnew(let item): context.push(EditScreen(editing: item))
        case .resume(let text): context.push(EditScreen(resuming: text))
        case .discard(let text):
            text.forget(&context)
            context.say("The draft is thrown away")
        case .duplicate: if let item = targets.first { askForName(item, &context) }
        case .copy(let item, let name):
            copying.ask(.duplicate(item.kind, item.id, OperatorDuplication(name: name)), &context)
        case .remove: removal.begin(targets, &context)
        case .removeAgreed(let id): removal.agreed(id, &context)
        case .undoRemoval(let tokens): removal.undo(tokens, &context)
        case .export(let wish): export(wish, targets, &context)
        case .importDocuments, .askForPath: askForDocuments(action, &context)
        case .importFromEditor: context.push(ImportScreen(from: .editor))
        case .importFrom(let path): context.push(ImportScreen(from: .file(path)))
        }
    }

    /// Takes an answer; says whether items have come, changed or gone.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Bool {
        if let result = copying.take(answer) {
            switch result {
            case .success(let copy):
                context.say("\(copy.name) is there", .good)
                context.push(ItemScreen(copy.reference))
                return true
            case .failure(let failure): context.say("Not copied: \(failure.message)", .bad)
            }
        }
        if let result = exporting.take(answer) {
            switch result {
            case .success(let documents): context.save(Array(documents.text.utf8), named: exported)
            case .failure(let failure): context.say("Not written: \(failure.message)", .bad)
            }
        }
        return removal.receive(answer, &context)
    }

    // MARK: Making and changing

    /// What was left unsaved is offered before something new begins.
    private func openCreation(_ context: inout ScreenContext) {
        let kinds = OperatorItemKind.allCases.filter { context.scope.may($0.creation) }
        let items = kinds.map { kind in
            Menu.Item(
                .character(kind == .evaluator ? "e" : "j"), "A new \(kind.rawValue)", ItemCommand.act(.begin(kind)))
        }
        context.present(Menu("Make", items + UnsavedText.menuItems(UnsavedText.ofNewItems(context.scope))))
    }

    private func openEditor(_ item: OperatorItemReference, _ context: inout ScreenContext) {
        let drafts = UnsavedText.of(item, context.scope)
        guard !drafts.isEmpty else {
            context.push(EditScreen(editing: item))
            return
        }
        let anew = Menu.Item(
            .character("n"), "Begin anew from the current version", detail: "drafts stay",
            ItemCommand.act(.editAnew(item)))
        context.present(Menu("Edit \(item.name)", UnsavedText.menuItems(drafts) + [anew]))
    }

    private func askForName(_ item: OperatorItem, _ context: inout ScreenContext) {
        let reference = item.reference
        context.present(
            Prompt(
                "Duplicate \(item.name)", hint: "The name of the copy; its versions begin anew",
                text: "\(item.name) (copy)",
                problem: { $0.allSatisfy(\.isWhitespace) ? "A name is needed" : nil }
            ) { ItemCommand.act(.copy(reference, name: $0)) })
    }

    // MARK: Documents

    private func askForDocuments(_ action: ItemAction, _ context: inout ScreenContext) {
        guard action == .askForPath else {
            context.present(
                Menu(
                    "Import YAML documents",
                    [
                        Menu.Item(.character("f"), "From a file", ItemCommand.act(.askForPath)),
                        Menu.Item(.character("e"), "Typed or pasted in the editor", ItemCommand.act(.importFromEditor)),
                    ]))
            return
        }
        context.present(
            Prompt(
                "Import from a file", hint: "Its path on the machine that the console runs on",
                problem: { $0.isEmpty ? "A path is needed" : nil }
            ) { ItemCommand.act(.importFrom(path: $0)) })
    }

    /// The forms beside a table that items can be written in.
    static func exports(_ targets: [OperatorItem]) -> [Menu.Item] {
        guard let first = targets.first else { return [] }
        let evaluators = targets.filter { $0.kind == .evaluator }.map(\.id)
        let judges = targets.filter { $0.kind == .judge }.map(\.id)
        func item(_ letter: Unicode.Scalar, _ text: String, _ includesEvaluators: Bool) -> Menu.Item {
            let wish = ExportWish(
                evaluatorIDs: evaluators, judgeIDs: judges, includesEvaluatorsOfJudges: includesEvaluators)
            return Menu.Item(.character(letter), text, ItemCommand.act(.export(wish)))
        }
        let subject = targets.count == 1 ? first.name : "the \(targets.count) marked"
        var items = [item("y", "YAML documents: \(subject)", false)]
        if !judges.isEmpty { items.append(item("v", "YAML documents, with the judges' own evaluators", true)) }
        return items
    }

    private mutating func export(
        _ wish: ExportWish, _ targets: [OperatorItem], _ context: inout ScreenContext
    ) {
        let what = targets.count == 1 ? targets[0].name : "evaluators-and-judges"
        let plain = what.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" }
        let time = context.scope.date.map { "\(Formats.day($0))T\(Formats.time($0))" } ?? "now"
        exported = "\(String(plain.prefix(40)))-\(time.replacing(":", with: "")).yaml"
        exporting.ask(
            .export(
                OperatorExport(
                    evaluatorIDs: wish.evaluatorIDs, judgeIDs: wish.judgeIDs,
                    includesEvaluatorsOfJudges: wish.includesEvaluatorsOfJudges)), &context)
    }
}

extension OperatorItemKind {
    /// What one must be allowed to do with items of this kind.
    var creation: Permission { self == .evaluator ? .evaluatorCreate : .judgeCreate }
    var change: Permission { self == .evaluator ? .evaluatorUpdate : .judgeUpdate }
    var deletion: Permission { self == .evaluator ? .evaluatorDelete : .judgeDelete }
    var execution: Permission { self == .evaluator ? .evaluatorExecute : .judgeExecute }
}
