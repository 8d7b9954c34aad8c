internal import Terminal
internal import WireAPI

/// Asks once more who is there: what is dangerous is only done for somebody who has shown it lately. What was asked for is
/// done when that is known, and else told not to have been.
struct IdentityCheck: Sendable {
    /// What is wanted.
    enum Step: Sendable {
        case password
        case code
        case browser(DeviceLogin)
    }

    /// How it ended.
    enum Ending: Sendable {
        /// With the session as it is now, where that is known.
        case confirmed(OperatorSession?)
        case abandoned
    }

    /// What waits for it.
    private(set) var actions: [Ask]
    private(set) var step: Step
    /// `nil` while it is open.
    private(set) var ending: Ending?
    private var field = TextField()
    private var confirming = Awaited<OperatorSession>()
    private var complaint: String?
    private let openedAt: Duration

    /// Opens for something that was asked for; what is shown depends on how the session was opened.
    init(for action: Ask, by means: OperatorConfirmation.Means?, on machine: String?, _ context: inout ScreenContext) {
        actions = [action]
        openedAt = context.now
        switch means {
        case .password, nil: step = .password
        case .code: step = .code
        case .identityProvider:
            var login = DeviceLogin(.confirmation)
            login.begin(on: machine, &context)
            step = .browser(login)
        }
    }

    /// Something else that waits for it.
    mutating func add(_ action: Ask) { actions.append(action) }

    /// Whether keys are text for it.
    var isTyping: Bool { if case .browser = step { false } else { true } }
    var isSecret: Bool { if case .password = step { true } else { false } }

    /// The keys that make sense now.
    var help: [KeyHelp] {
        guard case .browser(let login) = step else { return [] }
        return DeviceLogin.bindings.filter { binding in
            switch binding.command {
            case .again: login.isEnded
            case .copyAddress, .copyCode: login.phase == .waiting
            case .leave: true
            case .quit: false
            }
        }.map(KeyHelp.init)
    }

    func wake(after now: Duration) -> Duration? {
        if case .browser(let login) = step { login.wake(after: now) } else { nil }
    }

    // MARK: Keys

    mutating func press(_ key: Key, on machine: String?, _ context: inout ScreenContext) {
        if key == Key(.escape) {
            ending = .abandoned
            return
        }
        // Keys that come this soon were meant for the screen below.
        guard context.now - openedAt >= Confirmation.settling else { return }
        guard case .browser(var login) = step else { return type(key, &context) }
        switch KeyTables.command(key, in: DeviceLogin.bindings) {
        case .again where login.isEnded:
            login.begin(on: machine, &context)
            step = .browser(login)
        case .copyAddress: if let codes = login.login { context.copy(codes.verificationUriComplete) }
        case .copyCode: if let codes = login.login { context.copy(codes.userCode) }
        case .again, .leave, .quit, nil: break
        }
    }

    private mutating func type(_ key: Key, _ context: inout ScreenContext) {
        guard !confirming.isWaiting else { return }
        guard key == Key(.enter) else {
            if field.take(key) { complaint = nil }
            return
        }
        guard !field.text.isEmpty else { return }
        let text = field.text
        let confirmation =
            isSecret ? OperatorConfirmation(password: text) : OperatorConfirmation(code: text.trimmingBlanks)
        confirming.ask(.confirm(confirmation), &context)
    }

    mutating func paste(_ text: String) {
        guard isTyping, !confirming.isWaiting else { return }
        field.insert(text)
    }

    // MARK: Answers

    /// Takes an answer, when it is one of its own.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if case .browser(var login) = step {
            let outcome = login.receive(answer, &context)
            step = .browser(login)
            if case .confirmed = outcome { ending = .confirmed(nil) }
        }
        guard let result = confirming.take(answer) else { return }
        switch result {
        case .success(let session): ending = .confirmed(session)
        case .failure(let failure):
            field = TextField()
            if failure.kind == .secondFactorRequired {
                step = .code
            } else if case .code = step, failure.message.hasPrefix("password: ") {
                // There is no second factor any more.
                step = .password
            } else {
                // The field that the server complains about is the one that is seen.
                let fields = ["password: ", "code: "]
                let field = fields.first { failure.message.hasPrefix($0) } ?? ""
                complaint = String(failure.message.dropFirst(field.count))
            }
        }
    }

    // MARK: Picture

    func draw(into frame: inout Frame, _ area: Area, at now: Duration) {
        if case .browser(let login) = step {
            let panel = Panel("Show that it is you", width: 90, height: area.rows.count, in: area)
            panel.draw(into: &frame)
            DeviceLoginView(login, title: "What you asked for is dangerous: sign in once more.", on: .panel, at: now)
                .draw(into: &frame, panel.inside)
            return
        }
        let ask = isSecret ? "Your password:" : "The code of your authenticator, or a recovery code:"
        let why = "What you asked for is done once it is known that it is you, and for ten minutes nobody asks again."
        let width = min(64, area.columns.count - 4)
        let text = TextLines(why, width: max(10, width - 2), charset: frame.charset, limit: 4).lines
        let panel = Panel("Show that it is you", width: width + 2, height: text.count + 6, in: area)
        panel.draw(into: &frame)
        let inside = panel.inside
        let left = inside.columns.lowerBound + 1
        let room = inside.columns.count - 2
        // The field must be seen; on a small screen the reason gives way.
        let reason = text.prefix(max(0, inside.rows.count - 3))
        var row = inside.rows.lowerBound
        for line in reason {
            frame.put(line, row, left, Style(.quiet, on: .panel), width: room)
            row += 1
        }
        if inside.rows.count > reason.count + 3 { row += 1 }
        frame.put(complaint ?? ask, row, left, Style(complaint == nil ? .plain : .bad, on: .panel), width: room)
        guard row + 1 < inside.rows.upperBound else { return }
        let cursor = field.draw(
            into: &frame, row + 1, left, width: room, Style(.plain, on: .field), as: isSecret ? .masked : .clear)
        frame.showCursor(row + 1, cursor)
        guard confirming.isWaiting, row + 2 < inside.rows.upperBound else { return }
        frame.put("Asking the server", row + 2, left, Style(.quiet, on: .panel), width: room)
    }
}
