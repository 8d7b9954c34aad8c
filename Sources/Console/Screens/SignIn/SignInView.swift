import Terminal

/// Draws the sign-in form in the middle of the screen.
struct SignInView {
    private static let width = 54

    private let model: Model
    private let marks: Marks

    init(_ model: Model) {
        self.model = model
        marks = Marks(model.charset)
    }

    func draw(into frame: inout Frame) {
        guard let form = model.signIn else { return }
        let body = Layout(size: frame.size).body
        if let browser = form.browser {
            DeviceLoginView(browser, title: "Sign in to \(model.server)", at: model.now)
                .draw(into: &frame, Area(rows: body, columns: 0..<frame.size.columns))
            return
        }
        let width = min(Self.width, frame.size.columns - 4)
        let left = (frame.size.columns - width) / 2
        let isTall = body.count >= 14
        let fields = form.wantsCode ? 3 : 2
        var row = body.lowerBound + max(0, (body.count - (isTall ? 7 + 2 * fields : 3 + fields)) / 2)
        if isTall {
            let end = frame.put(marks.logo, row, left, Style(.good))
            frame.put("scorable", row, marks.logo.isEmpty ? left : end + 1, Style(.strong))
            frame.put("the operator's console", row + 1, left, Style(.quiet))
            row += 3
        }
        line("server", row, left, into: &frame)
        frame.put(model.server, row, left + 10, Style(.plain), width: width - 10)
        row += isTall ? 2 : 1
        field("email", form.email, form.focus == .email, .clear, row, left, width, into: &frame)
        row += isTall ? 2 : 1
        field("password", form.password, form.focus == .password, .masked, row, left, width, into: &frame)
        row += isTall ? 2 : 1
        if form.wantsCode {
            field("code", form.code, form.focus == .code, .clear, row, left, width, into: &frame)
            row += isTall ? 2 : 1
        }
        drawState(form, row, left, width, into: &frame)
    }

    private func line(_ label: String, _ row: Int, _ column: Int, into frame: inout Frame) {
        frame.put(label, row, column, Style(.quiet))
    }

    private func field(
        _ label: String, _ field: TextField, _ isFocused: Bool, _ display: TextField.Display, _ row: Int, _ left: Int,
        _ width: Int, into frame: inout Frame
    ) {
        line(label, row, left, into: &frame)
        let style = Style(isFocused ? .strong : .plain, on: .field)
        let cursor = field.draw(into: &frame, row, left + 10, width: width - 10, style, as: display)
        if isFocused { frame.showCursor(row, cursor) }
    }

    private func drawState(_ form: SignIn, _ row: Int, _ left: Int, _ width: Int, into frame: inout Frame) {
        switch form.phase {
        case .submitting(let since):
            let seconds = (model.now - since).wholeSeconds
            let age = seconds > 1 ? " \(Formats.span(seconds: seconds))" : ""
            frame.put("\(marks.waiting) signing in\(age)", row, left, Style(.quiet))
        case .editing:
            guard let notice = form.notice else {
                let hint = form.wantsCode ? "The code of your authenticator, or a recovery code." : ""
                frame.put(hint, row, left, Style(.quiet), width: width)
                return
            }
            let ink: Ink = notice.kind == .sessionEnded ? .caution : .bad
            let text = TextLines(notice.message, width: width - 2, charset: frame.charset, limit: 3)
            frame.put(marks.failure, row, left, Style(ink))
            for (offset, line) in text.lines.enumerated() { frame.put(line, row + offset, left + 2, Style(ink)) }
            if notice.isTransient {
                frame.put("Enter tries again.", row + text.lines.count, left + 2, Style(.quiet))
            }
        }
    }
}
