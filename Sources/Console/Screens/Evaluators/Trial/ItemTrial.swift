import Terminal
import WireAPI

/// Trying an evaluator or a judge: what it is tried on, what came of it, and what came of the attempts before.
struct ItemTrial: Sendable {
    /// One attempt that was answered.
    struct Run: Sendable {
        /// From 1.
        let number: Int
        let detail: OperatorExecutionDetail
        let version: OperatorVersionReference?
    }

    /// Enough to compare with; older ones are among the executions.
    private static let mostRuns = 20

    var form = TrialForm()
    /// Whether keys are text for the form.
    private(set) var isTyping = true
    private(set) var runs: [Run] = []
    /// The place of the attempt that is shown.
    private(set) var shown = 0
    private(set) var startedAt: Duration?
    /// What is wrong, with the field that it is about where that is known.
    private(set) var problem: TrialForm.Problem?
    /// The version that is tried, `nil` for the current one.
    var version: OperatorVersionReference?
    private(set) var reader = Reader()
    private var awaited = Awaited<OperatorExecutionDetail>()
    private var running: OperatorVersionReference?
    private var layout: TrialLayout?
    private var charset = Charset.unicode

    var isRunning: Bool { awaited.isWaiting }
    var shownRun: Run? { runs.indices.contains(shown) ? runs[shown] : nil }

    // MARK: Typing

    mutating func type() { isTyping = true }

    /// Takes a key of the form; says whether it was one.
    mutating func take(_ key: Key, of item: OperatorItemReference, _ context: inout ScreenContext) -> Bool {
        switch KeyTables.command(key, in: TrialKeys.bindings) {
        case .run: run(item, &context)
        case .nextField: form.move(by: 1)
        case .previousField: form.move(by: -1)
        case .resultUp: reader.move(.pageUp)
        case .resultDown: reader.move(.pageDown)
        case .editor: context.edit(form.focused.area.text, suffix: ".txt")
        case .newLine:
            form.insert("\n")
            problem = nil
        // Esc is the way out everywhere.
        case .leave: return false
        case nil:
            guard form.take(key) else { return false }
            problem = nil
        }
        return true
    }

    mutating func paste(_ text: String) {
        form.insert(text)
        problem = nil
    }

    /// What came back from the editor for the field that has the cursor.
    mutating func edited(_ text: String) {
        // Editors end the last line; nobody means that end.
        form.replace(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        problem = nil
    }

    /// Esc and Ctrl-C: first what runs is not waited for, then the form is left.
    mutating func dismiss(_ context: inout ScreenContext) -> Bool {
        if isRunning {
            awaited.forget()
            context.say("Not waited for any more: it is among the executions when it has ended", .caution)
            return true
        }
        guard isTyping else { return false }
        isTyping = false
        return true
    }

    // MARK: Running

    /// What runs is not waited for any more.
    mutating func forget() { awaited.forget() }

    mutating func run(_ item: OperatorItemReference, _ context: inout ScreenContext) {
        guard !isRunning else { return }
        do {
            let trial = try form.trial(of: version)
            problem = nil
            startedAt = context.now
            running = version
            awaited.ask(.trial(item.kind, item.id, trial), &context)
        } catch {
            problem = error
            form.point(at: error.field)
        }
    }

    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard let result = awaited.take(answer) else { return }
        switch result {
        case .success(let detail):
            runs.append(Run(number: (runs.last?.number ?? 0) + 1, detail: detail, version: running))
            if runs.count > Self.mostRuns { runs.removeFirst() }
            shown = runs.count - 1
        case .failure(let failure):
            // The server begins with the name of the field that it complains about.
            let field = failure.message.prefix { $0 != ":" && $0 != " " }
            problem = TrialForm.Problem(field: "", message: failure.message)
            form.point(at: String(field))
        }
        layOut()
    }

    /// Shows an older attempt, or a newer one.
    mutating func show(older: Bool) {
        shown = min(max(0, shown + (older ? -1 : 1)), max(0, runs.count - 1))
        layOut()
    }

    // MARK: Layout

    mutating func move(_ move: Move) { reader.move(move) }

    mutating func resize(_ size: Size, _ charset: Charset) {
        self.charset = charset
        layout = TrialLayout(size: size)
        layOut()
    }

    private mutating func layOut() {
        guard let layout else { return }
        form.resize(width: layout.textWidth)
        reader.resize(rows: layout.resultRows)
        guard let run = shownRun else { return }
        reader.show(
            TrialDocument(run, of: runs, width: layout.resultWidth, charset: charset).document)
    }
}

/// How the body is divided between the form and what came of it.
struct TrialLayout: Sendable, Hashable {
    /// The names of the fields.
    static let labelWidth = 18

    /// Whether they stand side by side.
    let isWide: Bool
    let formWidth: Int
    let formRows: Int
    let resultWidth: Int
    let resultRows: Int

    init(size: Size) {
        isWide = size.columns >= 100
        formWidth = isWide ? min(100, size.columns / 2 - 1) : size.columns
        formRows = isWide ? size.rows : max(4, size.rows / 2)
        resultWidth = min(112, isWide ? size.columns - formWidth - 4 : size.columns - 2)
        resultRows = max(1, isWide ? size.rows : size.rows - formRows - 1)
    }

    /// Columns of the text of a field.
    var textWidth: Int { max(4, formWidth - Self.labelWidth - 2) }
}
