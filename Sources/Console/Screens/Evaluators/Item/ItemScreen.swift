import Tenancy
package import Terminal
package import WireAPI

/// One evaluator or judge that is open: its definition, its versions, how it scored, and a form to try it.
package struct ItemScreen: Screen {
    package typealias Command = ItemCommand

    package static let bindings: [Binding<ItemCommand>] =
        [
            Binding([Key(.tab), .character("]")], .nextTab, hint: "tab", "Go to the next tab"),
            Binding([Key(.tab, .shift), .character("[")], .previousTab, "Go to the tab before"),
            Binding([Key(.enter)], .open, hint: "open", "Open the version under the cursor; go on typing"),
            Binding(
                [.character("d")], .compareVersions, hint: "diff", "Show what a version, or two marked ones, changed"),
            Binding([.character(" ")], .markVersion, hint: "mark", "Mark the version for a diff, or take its mark"),
            Binding([.character("t")], .chooseWindow, hint: "window", "Choose how far back the history goes"),
            Binding([.character("f")], .unfold, "Show long texts in full, or fold them"),
            Binding([.character("s")], .executions, hint: "executions", "Show its executions"),
            Binding([.character("n")], .trial(.newer), hint: "newer", "Show the result after this one"),
            Binding([.character("p")], .trial(.older), hint: "older", "Show the result before this one"),
            Binding([.character("o")], .trial(.execution), hint: "execution", "Open the execution of the result"),
        ]
        + (1...9).map { digit in
            Binding(
                [.character(Unicode.Scalar(UInt8(0x30 + digit)))], .openMember(digit),
                "Open evaluator \(digit) of the judge")
        } + [
            Binding(
                [.character("T")], .trial(.open), hint: "try", "Try it on an input: the version under the cursor",
                .action, needs: .evaluatorExecute),
            Binding(
                [.character("R")], .trial(.run), hint: "run", "Run it on the input of the form", .action,
                needs: .evaluatorExecute),
            Binding(
                [.character("E")], .act(.edit), hint: "edit", "Edit it as YAML in your editor", .action,
                needs: .evaluatorUpdate),
            Binding(
                [.character("D")], .act(.duplicate), "Duplicate it under another name", .action, needs: .evaluatorCreate
            ),
            Binding([.character("K")], .act(.remove), "Delete it", .action, needs: .evaluatorDelete),
        ]

    package let item: OperatorItemReference
    private(set) var tab: ItemTab
    private(set) var content: ItemDetailLoad
    private(set) var reader = Reader()
    private(set) var versions: VersionsTab
    private(set) var history: HistoryTab
    private(set) var trial = ItemTrial()
    private var actions = ItemActions()
    private var session = SessionWatch()
    private var isUnfolded = false
    private var size = Size(columns: 80, rows: 20)
    private var charset = Charset.unicode

    package init(_ item: OperatorItemReference, tab: ItemTab = .definition) {
        self.item = item
        self.tab = tab
        content = ItemDetailLoad(item)
        versions = VersionsTab(item)
        history = HistoryTab(item)
    }

    package var title: String { content.value?.item.name ?? item.name }
    package var isSettled: Bool { content.isSettled }
    package var failure: ServerFailure? { content.value == nil ? content.failure : nil }

    /// What an action that is on its way is doing.
    var actionStatus: Segment? { actions.status }
    /// What actions are about.
    private var targets: [OperatorItem] { content.value.map { [$0.item] } ?? [] }

    package func can(_ command: ItemCommand, _ scope: Scope) -> Bool {
        // While something is typed no key is a command.
        guard !isTyping else { return false }
        return switch command {
        case .nextTab, .previousTab, .executions, .show: true
        case .open: (tab == .versions && versions.selected != nil) || (tab == .trial && !trial.isTyping)
        case .markVersion: tab == .versions && versions.selected != nil
        case .compareVersions: tab == .versions && versions.compared != nil
        case .chooseWindow: tab == .history
        case .unfold: tab == .definition && (isUnfolded || reader.document?.isFolded == true)
        case .openMember(let number): tab == .definition && number <= content.value?.members.count ?? 0
        case .trial(let command): can(command, scope)
        case .act(let action): ItemActions.can(action, on: targets, scope)
        }
    }

    private func can(_ command: TrialCommand, _ scope: Scope) -> Bool {
        switch command {
        case .open: scope.may(item.kind.execution) && content.value?.item.deletedAt == nil
        case .run: tab == .trial && !trial.isRunning && scope.may(item.kind.execution)
        case .older: tab == .trial && trial.shown > 0
        case .newer: tab == .trial && trial.shown + 1 < trial.runs.count
        case .execution: tab == .trial && trial.shownRun != nil
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        charset = context.scope.charset
        if session.hasChanged(context.scope) {
            actions = ItemActions()
            trial.forget()
            refresh(&context)
        }
        appearTab(&context)
    }

    private mutating func appearTab(_ context: inout ScreenContext) {
        switch tab {
        case .definition, .trial: break
        case .versions: versions.loadIfNew(&context)
        case .history: history.loadIfOld(&context)
        }
        layOut()
    }

    package mutating func refresh(_ context: inout ScreenContext) {
        content.load(&context)
        if versions.versions.loadedAt != nil || tab == .versions { versions.load(&context) }
        if tab == .history { history.load(&context) }
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if actions.receive(answer, &context) { refresh(&context) }
        if content.receive(answer, &context) {
            if let inputs = content.value?.inputs { trial.form.adopt(inputs) }
            layOut()
        }
        versions.receive(answer, &context)
        if history.receive(answer, &context) { layOut() }
        trial.receive(answer, &context)
    }

    package mutating func hear(_ event: OperatorEvent, _ context: inout ScreenContext) {
        if case .catalogueChanged(let change) = event, change.subject.id == item.id.lowercase { refresh(&context) }
    }

    // MARK: Commands

    package mutating func perform(_ command: ItemCommand, _ context: inout ScreenContext) {
        switch command {
        case .nextTab: step(1, &context)
        case .previousTab: step(-1, &context)
        case .open: open(&context)
        case .openMember(let number): openMember(number, &context)
        case .executions: context.show(.executions, query: item.executionQuery)
        case .unfold:
            isUnfolded.toggle()
            layOut()
        case .markVersion: versions.mark()
        case .compareVersions:
            if let (old, new) = versions.compared { context.push(DiffScreen(item, from: old, to: new)) }
        case .chooseWindow: history.chooseWindow(&context)
        case .show(let window): history.show(window, &context)
        case .trial(let command): perform(command, &context)
        case .act(let action): actions.perform(action, on: targets, &context)
        }
    }

    private mutating func step(_ count: Int, _ context: inout ScreenContext) {
        let tabs = ItemTab.offered(item.kind, context.scope)
        let index = tabs.firstIndex(of: tab) ?? 0
        show(tabs[(index + count + tabs.count) % tabs.count], &context)
    }

    private mutating func show(_ tab: ItemTab, _ context: inout ScreenContext) {
        self.tab = tab
        appearTab(&context)
    }

    private mutating func open(_ context: inout ScreenContext) {
        if tab == .trial { trial.type() }
        guard tab == .versions, let version = versions.selected else { return }
        context.push(VersionScreen(item, version, before: versions.before(version)))
    }

    private func openMember(_ number: Int, _ context: inout ScreenContext) {
        guard let members = content.value?.members, members.indices.contains(number - 1) else { return }
        let member = members[number - 1]
        context.push(ItemScreen(OperatorItemReference(kind: .evaluator, id: member.id, name: member.name)))
    }

    private mutating func perform(_ command: TrialCommand, _ context: inout ScreenContext) {
        switch command {
        case .open:
            // From the list of versions it is the version under the cursor that is tried.
            if tab == .versions { trial.version = versions.selected.flatMap { $0.isCurrent ? nil : $0.reference } }
            trial.type()
            show(.trial, &context)
        case .run: trial.run(item, &context)
        case .older: trial.show(older: true)
        case .newer: trial.show(older: false)
        case .execution:
            guard let row = trial.shownRun?.detail.execution else { return }
            context.push(ExecutionScreen(id: row.id, name: row.name, row: row))
        }
    }

    // MARK: Typing

    package var isTyping: Bool { tab == .trial && trial.isTyping }
    package var typingHelp: [KeyHelp] { TrialKeys.bindings.map(KeyHelp.init) }
    package mutating func type(_ key: Key, _ context: inout ScreenContext) -> Bool {
        trial.take(key, of: item, &context)
    }
    package mutating func paste(_ text: String, _ context: inout ScreenContext) {
        if isTyping { trial.paste(text) } else { context.say("Pasted text is not read as keys") }
    }
    package mutating func edited(_ text: String?, _ context: inout ScreenContext) {
        if tab == .trial, let text { trial.edited(text) }
    }
    package mutating func dismiss(_ context: inout ScreenContext) -> Bool {
        switch tab {
        case .trial: return trial.dismiss(&context)
        case .versions where !versions.list.marks.isEmpty:
            versions.unmark()
            return true
        case .versions, .definition, .history: return false
        }
    }

    // MARK: Moving and layout

    package mutating func move(_ move: Move, _ context: inout ScreenContext) {
        switch tab {
        case .definition: reader.move(move)
        case .versions: versions.move(move)
        case .history: history.move(move)
        case .trial: trial.move(move)
        }
    }

    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        if tab == .versions { versions.point(atVisible: max(0, row - area.rows.lowerBound - 1)) }
    }

    package mutating func resize(_ size: Size) {
        self.size = size
        layOut()
    }

    private mutating func layOut() {
        let division = DocumentDivision(size: size)
        reader.resize(rows: division.rows)
        versions.resize(size)
        history.resize(size)
        trial.resize(size, charset)
        guard let detail = content.value else { return }
        reader.show(
            ItemDocument(detail, width: division.textWidth, charset: charset, isUnfolded: isUnfolded).document)
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        ItemView(self, scope).draw(into: &frame, area)
    }
}
