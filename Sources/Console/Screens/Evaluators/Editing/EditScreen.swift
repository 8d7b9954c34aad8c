import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// Making or changing an evaluator or a judge: its document in the person's editor, what the server finds wrong with it,
/// what it changes, and saving it. The text is kept as a draft from the moment it comes back from the editor.
package struct EditScreen: Screen {
    /// What keys and menus can make it do.
    package enum Command: Sendable, Hashable {
        case goOn
        case openEditor
        case next
        case previous
        case unfold
        case otherDiff
        case compare(theirs: Bool)
        case save(note: String)
        case takeMine
        case takeTheirs
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter)], .goOn, hint: "go on", "Go on: to the editor, to saving, or to a choice"),
        Binding([Key(.tab), .character("]")], .next, hint: "next", "Go to the next problem or change"),
        Binding([Key(.tab, .shift), .character("[")], .previous, "Go to the problem or change before"),
        Binding([.character("f")], .unfold, hint: "full text", "Show what does not change as well, or fold it"),
        Binding(
            [.character("d")], .otherDiff, hint: "other diff", "Show what the other person changed, or what you did"),
        Binding([.character("E")], .openEditor, hint: "edit", "Open the editor on the text again", .action),
    ]

    /// Where the edit is.
    enum Phase: Sendable {
        /// The document is fetched.
        case reading
        /// The text is here, and nothing is known about it yet.
        case text
        /// The server looks at it.
        case checking
        case refused([OperatorDocumentProblem])
        /// It can be saved.
        case review(changedFields: [String])
        case saving(note: String)
        /// Somebody else saved another version meanwhile.
        case conflict(EditConflict)
    }

    let kind: OperatorItemKind
    let item: OperatorItemReference?
    private(set) var phase = Phase.reading
    private(set) var document = Loadable<OperatorDocument>()
    /// What the edit began from; after a conflict, what the other person saved.
    private(set) var base: OperatorDocument?
    private(set) var text = ""
    private(set) var reader = Reader()
    private var resumed: UnsavedText?
    private var begunAt: Date?
    private var receipt = Awaited<OperatorDocumentReceipt>()
    private var conflict = ConflictLoad()
    private var session = SessionWatch()
    private var size = Size(columns: 80, rows: 20)
    private var charset = Charset.unicode
    private var isUnfolded = false
    private(set) var showsTheirs = false

    /// A new version of an item.
    package init(editing item: OperatorItemReference) {
        kind = item.kind
        self.item = item
    }

    /// A new item.
    package init(creating kind: OperatorItemKind) {
        self.kind = kind
        item = nil
    }

    /// Goes on where someone stopped.
    package init(resuming draft: UnsavedText) {
        kind = draft.kind
        item = draft.item
        resumed = draft
        begunAt = draft.begunAt
    }

    package var title: String { item.map { "Edit \($0.name)" } ?? "New \(kind.rawValue)" }
    package var isSettled: Bool { document.isSettled }
    package var failure: ServerFailure? { base == nil ? document.failure : nil }

    /// Whether the text says something else than what it began from.
    private var isChanged: Bool { base.map { $0.text != text } ?? false }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch (command, phase) {
        case (.goOn, .reading), (.goOn, .checking), (.goOn, .saving): false
        case (.openEditor, .reading), (.openEditor, .checking), (.openEditor, .saving): false
        case (.next, _), (.previous, _): reader.document?.sections.isEmpty == false
        case (.unfold, .review), (.unfold, .conflict): true
        case (.unfold, _): false
        case (.otherDiff, .conflict): true
        case (.otherDiff, _): false
        case (.goOn, _), (.openEditor, _), (.save, _), (.takeMine, _), (.takeTheirs, _), (.compare, _): true
        }
    }

    // MARK: Reading

    package mutating func appear(_ context: inout ScreenContext) {
        charset = context.scope.charset
        begunAt = begunAt ?? context.scope.date
        let isNewSession = session.hasChanged(context.scope)
        switch phase {
        case .reading: if isNewSession { refresh(&context) }
        // Whether it was saved is told by looking: what was saved already is a conflict with oneself.
        case .checking, .saving: if isNewSession { check(&context) }
        case .conflict(let conflict): present(conflict, &context)
        case .text, .refused, .review: break
        }
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        switch phase {
        case .reading:
            if let item {
                document.load(.document(kind, item.id, version: resumed?.version?.id), &context)
            } else {
                document.load(.newDocument(kind), &context)
            }
        case .text, .refused, .review: if isChanged { check(&context) }
        case .checking, .saving: break
        case .conflict: if let item { conflict.begin(item, &context) }
        }
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if document.receive(answer, &context) {
            if let found = document.value, base == nil {
                base = found
                text = resumed?.text ?? found.text
                phase = .text
                // Somebody who went on meanwhile is not torn back.
                if context.isSeen { openEditor(&context) }
            }
        } else if let result = receipt.take(answer) {
            take(result, &context)
        } else if let result = conflict.receive(answer) {
            take(result, &context)
        } else {
            return
        }
        layOut()
    }

    // MARK: The editor

    private mutating func openEditor(_ context: inout ScreenContext) {
        if case .refused(let problems) = phase {
            context.edit(ProblemComments.inserted(problems, into: text), suffix: ".yaml")
        } else {
            context.edit(text, suffix: ".yaml")
        }
    }

    package mutating func edited(_ edited: String?, _ context: inout ScreenContext) {
        if let edited {
            text = ProblemComments.removed(from: edited)
            if isChanged { draft(context.scope)?.keep(&context) }
        }
        if case .refused = phase, edited == nil { return }
        guard isChanged else {
            // Why no text came back was said already.
            if edited != nil { context.say("Nothing was changed") }
            draft(context.scope)?.forget(&context)
            context.pop()
            return
        }
        check(&context)
        layOut()
    }

    /// The text as it is kept until it is saved.
    private func draft(_ scope: Scope) -> UnsavedText? {
        guard let user = scope.session?.user.id, let begunAt else { return nil }
        return UnsavedText(
            userID: user, kind: kind, item: item, version: base?.version, begunAt: begunAt, text: text,
            keptAt: scope.date ?? begunAt)
    }

    package mutating func dismiss(_ context: inout ScreenContext) -> Bool {
        switch phase {
        case .saving: context.say("It may have been saved: the versions say so", .caution)
        case .reading: break
        case .text, .checking, .refused, .review, .conflict:
            let key = item == nil ? "N" : "E"
            if isChanged { context.say("Kept as a draft: \(key) goes on with it") }
        }
        return false
    }

    // MARK: Checking and saving

    private mutating func check(_ context: inout ScreenContext) {
        phase = .checking
        submit(note: "", isDry: true, &context)
    }

    private mutating func submit(note: String, isDry: Bool, _ context: inout ScreenContext) {
        receipt.ask(
            .submit(
                kind,
                OperatorDocumentSubmission(
                    text: text, dryRun: isDry, id: item?.id, expectedVersionID: base?.version?.id,
                    changeNote: note.isEmpty ? nil : note)), &context)
    }

    private mutating func take(
        _ result: Result<OperatorDocumentReceipt, ServerFailure>, _ context: inout ScreenContext
    ) {
        switch result {
        case .failure(let failure) where failure.kind == .conflict:
            phase = .text
            if let item { conflict.begin(item, &context) } else { context.say(failure.message, .bad) }
        case .failure(let failure):
            phase = .text
            context.say("\(failure.message) The text is kept.", .bad)
        case .success(let receipt):
            if !receipt.problems.isEmpty {
                phase = .refused(receipt.problems)
            } else if let saved = receipt.saved {
                finish("Saved as version \(saved.version.number) of \(saved.name)", &context)
            } else if receipt.changedFields.isEmpty {
                finish("Nothing differs from the present version: there is nothing to save", &context)
            } else {
                phase = .review(changedFields: receipt.changedFields)
            }
        }
    }

    private mutating func finish(_ sentence: String, _ context: inout ScreenContext) {
        context.say(sentence, .good)
        draft(context.scope)?.forget(&context)
        context.pop()
    }

    private mutating func take(_ result: Result<EditConflict, ServerFailure>, _ context: inout ScreenContext) {
        switch result {
        case .success(let found):
            phase = .conflict(found)
            showsTheirs = false
            present(found, &context)
        case .failure(let failure):
            phase = .text
            context.say("Somebody else saved meanwhile: \(failure.message) The text is kept.", .bad)
        }
    }

    private func present(_ conflict: EditConflict, _ context: inout ScreenContext) {
        context.present(
            Menu(
                conflict.sentence,
                [
                    Menu.Item(.character("m"), "Edit mine on top of it", Command.takeMine),
                    Menu.Item(.character("t"), "Edit theirs", detail: "mine stays as a draft", Command.takeTheirs),
                    Menu.Item(.character("d"), "See how mine differs from theirs", Command.compare(theirs: false)),
                    Menu.Item(.character("w"), "See what they changed", Command.compare(theirs: true)),
                ], cursor: 2))
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .goOn: goOn(&context)
        case .openEditor: openEditor(&context)
        case .next: reader.nextSection()
        case .previous: reader.previousSection()
        case .unfold: isUnfolded.toggle()
        case .otherDiff: showsTheirs.toggle()
        case .compare(let theirs): showsTheirs = theirs
        case .save(let note):
            phase = .saving(note: note)
            submit(note: note, isDry: false, &context)
        case .takeMine: take(theirs: false, &context)
        case .takeTheirs: take(theirs: true, &context)
        }
        layOut()
    }

    private mutating func goOn(_ context: inout ScreenContext) {
        switch phase {
        case .reading, .checking, .saving: break
        case .text, .refused: openEditor(&context)
        case .review:
            context.present(
                Prompt("What changed, and why", hint: "The note of the new version; empty: change_note of the text") {
                    Command.save(note: $0)
                })
        case .conflict(let conflict): present(conflict, &context)
        }
    }

    private mutating func take(theirs: Bool, _ context: inout ScreenContext) {
        guard case .conflict(let conflict) = phase else { return }
        base = conflict.document
        if theirs {
            text = conflict.document.text
            // Another edit from here on: what was mine stays kept under the old one.
            begunAt = context.scope.date
        }
        phase = .text
        openEditor(&context)
    }

    // MARK: Layout

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }

    package mutating func resize(_ size: Size) {
        self.size = size
        reader.resize(rows: max(1, size.rows - EditView.headRows))
        layOut()
    }

    private mutating func layOut() {
        reader.show(
            EditView.document(
                phase, base: base, text: text, showsTheirs: showsTheirs, isUnfolded: isUnfolded,
                width: size.columns - 2, charset: charset))
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        EditView(screen: self, scope: scope).draw(into: &frame, area)
    }

    package func address(_ scope: Scope) -> [Segment] {
        let from = base?.version.map { "from version \($0.number)" } ?? (item == nil ? "a new one" : "")
        return [Segment(from), Segment(reader.position)]
    }

    package func status(_ scope: Scope) -> Segment? { EditView(screen: self, scope: scope).status }

    package func copies(_ scope: Scope) -> [Copy] { text.isEmpty ? [] : [Copy("t", "text", text)] }
}
