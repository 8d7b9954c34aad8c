import Tenancy
package import Terminal
import WireAPI

/// Bringing evaluators and judges in as YAML documents: from a file or the editor, through the server's plan of what would
/// become of each, to what became of it.
package struct ImportScreen: Screen {
    /// What keys and menus can make it do.
    package enum Command: Sendable, Hashable { case goOn, agreed, openEditor, next, previous }

    /// Where the documents come from.
    package enum Source: Sendable, Hashable {
        case editor
        case file(String)
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter)], .goOn, hint: "go on", "Go on: to the editor, or to bringing them in"),
        Binding([Key(.tab), .character("]")], .next, hint: "next", "Go to the next document"),
        Binding([Key(.tab, .shift), .character("[")], .previous, "Go to the document before"),
        Binding([.character("E")], .openEditor, hint: "edit", "Open the editor on the documents", .action),
    ]

    /// Where the import is.
    enum Phase: Sendable {
        /// The file is read, or the editor is open.
        case reading
        /// There is no text, for a reason.
        case failed(String)
        /// The server looks at it.
        case planning
        case planned(OperatorImportPlan)
        case importing(OperatorImportPlan)
        case done(OperatorImportPlan)
    }

    /// What the editor begins with.
    private static let form = """
        # YAML documents of evaluators and judges, divided by lines of ---, as X writes them.

        """

    let source: Source
    private(set) var phase = Phase.reading
    private(set) var reader = Reader()
    private var text = ""
    private var isBegun = false
    private var isEdited = false
    private var answer = Awaited<OperatorImportPlan>()
    private var size = Size(columns: 80, rows: 20)
    private var charset = Charset.unicode

    package init(from source: Source) { self.source = source }

    package var title: String { "Import" }
    package var isSettled: Bool { true }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch (command, phase) {
        case (.goOn, .planned(let plan)): plan.token != nil || plan.hasProblems
        case (.goOn, .failed): true
        case (.goOn, .reading), (.goOn, .planning), (.goOn, .importing), (.goOn, .done): false
        case (.openEditor, .planned), (.openEditor, .failed): true
        case (.openEditor, .reading), (.openEditor, .planning), (.openEditor, .importing), (.openEditor, .done): false
        case (.next, _), (.previous, _): reader.document?.sections.isEmpty == false
        case (.agreed, _): true
        }
    }

    // MARK: The text

    package mutating func appear(_ context: inout ScreenContext) {
        charset = context.scope.charset
        guard !isBegun else { return }
        isBegun = true
        switch source {
        case .editor: openEditor(&context)
        case .file(let path): context.read(path)
        }
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        switch phase {
        case .planned, .failed:
            // The file may say something else by now, unless it was edited here.
            if case .file(let path) = source, !isEdited { context.read(path) } else { plan(&context) }
        case .reading, .planning, .importing, .done: break
        }
    }

    package mutating func read(_ file: Result<String, FileFailure>, _ context: inout ScreenContext) {
        switch file {
        case .success(let text):
            self.text = text
            plan(&context)
        case .failure(let failure): phase = .failed(failure.message)
        }
    }

    private func openEditor(_ context: inout ScreenContext) {
        guard !text.isEmpty else {
            context.edit(Self.form, suffix: ".yaml")
            return
        }
        if case .planned(let plan) = phase {
            context.edit(ProblemComments.inserted(plan.entries.flatMap(\.problems), into: text), suffix: ".yaml")
        } else {
            context.edit(text, suffix: ".yaml")
        }
    }

    package mutating func edited(_ edited: String?, _ context: inout ScreenContext) {
        guard let edited else {
            if text.isEmpty { phase = .failed("There is no text: Enter opens the editor again.") }
            return
        }
        text = ProblemComments.removed(from: edited)
        isEdited = true
        plan(&context)
    }

    // MARK: The plan

    private mutating func plan(_ context: inout ScreenContext) {
        phase = .planning
        answer.ask(.importDocuments(OperatorImport(text: text, planToken: nil)), &context)
        layOut()
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard let result = self.answer.take(answer) else { return }
        switch result {
        case .success(let plan):
            phase = plan.isDone ? .done(plan) : .planned(plan)
            if plan.isDone { context.say("Imported: \(plan.summary)", .good) }
        case .failure(let failure) where failure.kind == .conflict:
            // Things are not as they were when the plan was made.
            context.say("\(failure.message) This is the plan as it is now.", .caution)
            plan(&context)
        case .failure(let failure): phase = .failed(failure.message)
        }
        layOut()
    }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .next: reader.nextSection()
        case .previous: reader.previousSection()
        case .openEditor: openEditor(&context)
        case .goOn:
            guard case .planned(let plan) = phase, plan.token != nil else {
                openEditor(&context)
                return
            }
            ask(plan, &context)
        case .agreed:
            guard case .planned(let plan) = phase, let token = plan.token else { return }
            phase = .importing(plan)
            answer.ask(.importDocuments(OperatorImport(text: text, planToken: token)), &context)
        }
    }

    private func ask(_ plan: OperatorImportPlan, _ context: inout ScreenContext) {
        var effects = OperatorImportPlan.Action.allCases.compactMap { action -> String? in
            let names = plan.entries.filter { $0.action == action }.map { $0.name ?? "one without a name" }
            guard !names.isEmpty else { return nil }
            let more = names.count > 6 ? " and \(names.count - 6) more" : ""
            return "\(action.sentence): \(names.prefix(6).joined(separator: ", "))\(more)"
        }
        effects.append("What was executed before stays as it is; a version before can be looked at and copied.")
        context.present(
            Confirmation(
                "Import \(plan.changeCount) document\(plan.changeCount == 1 ? "" : "s")", effects: effects,
                typing: String(plan.changeCount), at: context.now,
                Command.agreed))
    }

    // MARK: Layout

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }

    package mutating func resize(_ size: Size) {
        self.size = size
        reader.resize(rows: max(1, size.rows - 2))
        layOut()
    }

    private mutating func layOut() {
        let plan: OperatorImportPlan
        switch phase {
        case .planned(let found), .importing(let found), .done(let found): plan = found
        case .reading, .failed, .planning:
            reader.show(nil)
            return
        }
        reader.show(ImportDocument(plan, of: text, width: min(112, size.columns - 2), charset: charset).document)
    }

    package func address(_ scope: Scope) -> [Segment] {
        let from =
            switch source {
            case .editor: "from the editor"
            case .file(let path): path
            }
        return [Segment(from), Segment(reader.position)]
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        let (sentence, ink) = head(scope)
        frame.put(sentence, area.rows.lowerBound, 1, Style(ink), width: area.columns.count - 2)
        let rest = area.below(2)
        reader.draw(into: &frame, Area(rows: rest.rows, columns: 1..<max(2, area.columns.upperBound - 1)))
    }

    private func head(_ scope: Scope) -> (String, Ink) {
        switch phase {
        case .reading: ("Reading the documents", .quiet)
        case .failed(let reason): ("\(scope.marks.failure) \(reason)", .bad)
        case .planning: ("The server looks what would become of them", .quiet)
        case .importing: ("Bringing them in", .accent)
        case .done(let plan): ("Done: \(plan.summary).", .good)
        case .planned(let plan) where plan.hasProblems:
            ("\(scope.marks.failure) Nothing can be brought in: Enter opens the editor with the problems.", .bad)
        case .planned(let plan) where plan.token == nil: ("There is nothing to do: \(plan.summary).", .plain)
        case .planned(let plan): ("\(plan.summary): Enter asks before it is done.", .good)
        }
    }
}
