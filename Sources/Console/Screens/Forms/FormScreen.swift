package import Terminal
package import WireAPI

/// A form over the screen that opened it. What it says is checked, sent, and told to whoever opened it; while something is
/// wrong it stays, with the cursor where it is wrong.
package struct FormScreen<Reply: Decodable & Sendable>: Screen {
    /// It has no commands: every key is text or one of `FormKeys`.
    package enum Command: Sendable, Hashable {}

    package static var bindings: [Binding<Command>] { [] }

    package let title: String
    /// What saving will do, in a sentence or two.
    let note: String
    private(set) var form: Form
    private(set) var problem: FormProblem?
    /// What the key that sends it is called.
    private let verb: String
    private let request: @Sendable (FormValues) throws(FormProblem) -> OperatorRequest<Reply>
    private let done: @Sendable (Reply, FormValues, inout ScreenContext) -> Void
    private let answer: Answer
    /// The list over the form that names are picked from.
    private var picker: NamePicker?
    private var sending = Awaited<Reply>()
    private var session = SessionWatch()
    private var startedAt = Duration.zero
    private var isWarned = false

    /// What the answer to it is.
    package enum Answer: Sendable, Hashable {
        /// Something that can be read again.
        case usual
        /// Something that is shown this once: the form stays until it has come.
        case shownOnce
    }

    /// - Parameters:
    ///   - title: what the header calls it.
    ///   - note: what saving will do.
    ///   - form: the fields.
    ///   - verb: what sending it is called, where nothing is saved.
    ///   - answer: what the answer is.
    ///   - request: what is sent, or which field cannot be.
    ///   - done: what the answer leads to; the form has been left by then.
    package init(
        _ title: String, note: String = "", _ form: Form, verb: String = "save", answer: Answer = .usual,
        request: @escaping @Sendable (FormValues) throws(FormProblem) -> OperatorRequest<Reply>,
        done: @escaping @Sendable (Reply, inout ScreenContext) -> Void
    ) {
        self.init(
            title, note: note, form, verb: verb, answer: answer, request: request, doneWith: { done($0, &$2) })
    }

    /// A form of which the answer is told with what was filled in.
    package init(
        _ title: String, note: String = "", _ form: Form, verb: String = "save", answer: Answer = .usual,
        request: @escaping @Sendable (FormValues) throws(FormProblem) -> OperatorRequest<Reply>,
        doneWith done: @escaping @Sendable (Reply, FormValues, inout ScreenContext) -> Void
    ) {
        self.title = title
        self.note = note
        self.form = form
        self.verb = verb
        self.answer = answer
        self.request = request
        self.done = done
    }

    var isSending: Bool { sending.isWaiting }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        guard session.hasChanged(context.scope) else { return }
        sending.forget()
        picker = nil
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if picker?.receive(answer, &context) == true { return }
        guard let result = sending.take(answer) else { return }
        switch result {
        case .success(let reply):
            form.forgetSecrets()
            context.pop()
            done(reply, form.values, &context)
        case .failure(let failure):
            // The server begins with the name of the field that it complains about.
            let field = String(failure.message.prefix { $0 != ":" && $0 != " " })
            let isKnown = form.asked.contains { $0.id == field }
            let message =
                isKnown
                ? String(failure.message.dropFirst(field.count).drop { $0 == ":" || $0 == " " }) : failure.message
            stop(FormProblem(isKnown ? field : "", message))
        }
    }

    private mutating func stop(_ problem: FormProblem) {
        self.problem = problem
        form.point(at: problem.field)
    }

    // MARK: Typing

    package var isTyping: Bool { true }
    package var isTypingSecret: Bool { form.focused?.kind == .secret }
    package var typingHelp: [KeyHelp] {
        picker?.help
            ?? FormKeys.bindings(sending: verb, picksNames: form.focused?.names != nil).map(KeyHelp.init)
    }
    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {}

    package mutating func type(_ key: Key, _ context: inout ScreenContext) -> Bool {
        // Esc is the way out everywhere.
        guard key != Key(.escape) else { return false }
        guard !isSending else { return true }
        isWarned = false
        if picker != nil {
            pressInPicker(key, &context)
            return true
        }
        switch KeyTables.command(key, in: FormKeys.bindings) {
        case .save: save(&context)
        case .nextField: form.move(by: 1)
        case .previousField: form.move(by: -1)
        case .pickName:
            guard let field = form.focused, let names = field.names else { return false }
            picker = NamePicker(field, names, &context)
        case .help: return false
        case .nextChoice, .previousChoice, .leave, nil:
            guard form.take(key) else { return false }
            problem = nil
        }
        return true
    }

    private mutating func pressInPicker(_ key: Key, _ context: inout ScreenContext) {
        guard case .pick(let text)? = picker?.press(key, &context) else { return }
        picker = nil
        problem = nil
        form.fill(text)
    }

    package mutating func paste(_ text: String, _ context: inout ScreenContext) {
        guard !isSending else { return }
        guard picker == nil else {
            picker?.paste(text, &context)
            return
        }
        form.insert(text)
        problem = nil
    }

    package var holds: String? {
        isSending && answer == .shownOnce ? "What is made is shown with the answer, this once: it is waited for" : nil
    }

    package mutating func dismiss(_ context: inout ScreenContext) -> Bool {
        if picker != nil {
            picker = nil
            return true
        }
        if isSending {
            sending.forget()
            context.say("Not waited for any more: it may be done all the same", .caution)
            return true
        }
        guard form.isChanged, !isWarned else { return false }
        isWarned = true
        context.say("Esc again throws away what was typed", .caution)
        return true
    }

    private mutating func save(_ context: inout ScreenContext) {
        if let missing = form.missing { return stop(missing) }
        do {
            let request = try request(form.values)
            problem = nil
            startedAt = context.now
            sending.ask(request, &context)
        } catch {
            stop(error)
        }
    }

    // MARK: Picture

    package mutating func click(_ row: Int, _ column: Int, _ area: Area, _ context: inout ScreenContext) {
        guard picker == nil else { return }
        if let place = FormView(form, note: note, problem: problem, context.scope).field(at: row, area) {
            form.point(atPlace: place)
        }
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        FormView(form, note: note, problem: problem, scope).draw(into: &frame, area)
        picker?.draw(into: &frame, area)
    }

    package func address(_ scope: Scope) -> [Segment] { [Segment(title, .strong)] }

    package func status(_ scope: Scope) -> Segment? {
        if isSending {
            let way = answer == .shownOnce ? "what is made is shown once" : "Esc does not wait for it"
            return Segment("Sent \((scope.now - startedAt).wholeSeconds)s ago; \(way)", .accent)
        }
        if picker != nil { return form.focused.map { Segment("\($0.label): type to narrow the list") } }
        if let problem { return Segment(problem.message, .bad) }
        return form.focused.map { Segment("\($0.label): \(FormView.hint(of: $0))") }
    }

    package func wake(after now: Duration) -> Duration? { isSending ? now + .seconds(1) : nil }
}
