import Terminal
import WireAPI

/// The sign-in form. Pure; the view reads it.
package struct SignIn: Sendable {
    /// What its keys do.
    package enum Command: Sendable, Hashable { case submit, otherField, quit }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter)], .submit, hint: "sign in", "Next field; on the last one, sign in"),
        Binding(
            [Key(.tab), Key(.down), Key(.up), Key(.tab, .shift)], .otherField, hint: "other field", "The other field"),
        Binding([.control("q")], .quit, hint: "quit", "Leave", .everywhere),
    ]

    /// Where the typing goes.
    package enum Focus: Sendable, Hashable { case email, password }

    /// How far the attempt is.
    package enum Phase: Sendable, Hashable {
        case editing
        case submitting(since: Duration)
    }

    package private(set) var email: TextField
    private(set) var password: TextField
    package private(set) var focus: Focus
    package private(set) var phase = Phase.editing
    /// What the last attempt came to, or why one has to sign in again.
    package private(set) var notice: ServerFailure?

    /// A form with what is known already.
    package init(email: String, password: String = "", notice: ServerFailure? = nil) {
        self.email = TextField(email)
        self.password = TextField(password)
        self.notice = notice
        focus = email.isEmpty ? .email : .password
    }

    /// Whether everything for an attempt is there.
    package var isComplete: Bool { !email.text.isEmpty && !password.text.isEmpty }

    mutating func take(_ key: Key) {
        guard phase == .editing else { return }
        switch focus {
        case .email: _ = email.take(key)
        case .password: _ = password.take(key)
        }
    }

    mutating func paste(_ text: String) {
        guard phase == .editing else { return }
        switch focus {
        case .email: email.insert(text)
        case .password: password.insert(text)
        }
    }

    mutating func switchField() {
        guard phase == .editing else { return }
        focus = focus == .email ? .password : .email
    }

    /// Enter: goes on to what is missing, else makes an attempt.
    mutating func submit(at now: Duration) -> Effect? {
        guard phase == .editing else { return nil }
        guard !email.text.isEmpty else {
            focus = .email
            return nil
        }
        guard !password.text.isEmpty else {
            focus = .password
            return nil
        }
        phase = .submitting(since: now)
        return .signIn(OperatorSignIn(email: email.text, password: password.text))
    }

    /// The attempt failed: what was typed stays, a wrong password does not.
    mutating func failed(_ failure: ServerFailure) {
        phase = .editing
        notice = failure
        guard failure.kind == .wrongCredentials else { return }
        password = TextField()
        focus = .password
    }
}

extension SignIn: CustomStringConvertible {
    /// Without the password.
    package var description: String { "SignIn(\(email.text), \(phase))" }
}
