import Terminal
import WireAPI

/// The sign-in form: by a password and a code where one is wanted, or by a browser. Pure; the view reads it.
package struct SignIn: Sendable {
    /// What its keys do.
    package enum Command: Sendable, Hashable { case submit, otherField, browser, quit }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter)], .submit, hint: "sign in", "Next field; on the last one, sign in"),
        Binding(
            [Key(.tab), Key(.down), Key(.up), Key(.tab, .shift)], .otherField, hint: "other field", "The other field"),
        Binding(
            [.control("s"), Key(.function(4))], .browser, hint: "single sign-on",
            "Sign in by a browser, at your organisation's identity provider"),
        Binding([.control("q")], .quit, hint: "quit", "Leave", .everywhere),
    ]
    /// The keys while a browser is waited for.
    package static var browserHelp: [KeyHelp] { DeviceLogin.bindings.map(KeyHelp.init) }

    /// Where the typing goes.
    package enum Focus: Sendable, Hashable { case email, password, code }

    /// How far the attempt is.
    package enum Phase: Sendable, Hashable {
        case editing
        case submitting(since: Duration)
    }

    package private(set) var email: TextField
    private(set) var password: TextField
    private(set) var code = TextField()
    /// Whether the password was right and a code is wanted beside it.
    package private(set) var wantsCode = false
    package private(set) var focus: Focus
    package private(set) var phase = Phase.editing
    /// What the last attempt came to, or why one has to sign in again.
    package private(set) var notice: ServerFailure?
    /// Waits for a browser, in place of the form.
    var browser: DeviceLogin?
    /// Whether there is an identity provider; `nil` while that is not known.
    var isSingleSignOnOffered: Bool?

    /// A form with what is known already.
    package init(email: String, password: String = "", notice: ServerFailure? = nil) {
        self.email = TextField(email)
        self.password = TextField(password)
        self.notice = notice
        focus = email.isEmpty ? .email : .password
    }

    /// Whether everything for an attempt is there.
    package var isComplete: Bool { !email.text.isEmpty && !password.text.isEmpty && (!wantsCode || !code.text.isEmpty) }

    /// What is to be opened in a browser, where nobody sees the form.
    package struct BrowserPage: Sendable, Hashable {
        /// With the code in it; empty until there is one.
        package let address: String
        package let code: String
        /// Why it came to nothing.
        package let problem: String?
    }

    /// `nil` while no browser is waited for.
    package var browserPage: BrowserPage? {
        browser.map { browser in
            let problem: String? =
                switch browser.phase {
                case .beginning, .waiting: nil
                case .denied: "it was denied in the browser"
                case .expired: "the code has expired: nobody used it in time"
                case .failed(let failure): failure.message
                }
            return BrowserPage(
                address: browser.login?.verificationUriComplete ?? "", code: browser.login?.userCode ?? "",
                problem: problem)
        }
    }

    /// The keys that make sense now.
    var help: [KeyHelp] {
        guard let browser else {
            return Self.bindings.filter { $0.command != .browser || isSingleSignOnOffered != false }.map(KeyHelp.init)
        }
        return DeviceLogin.bindings.filter { binding in
            switch binding.command {
            case .again: browser.isEnded
            case .copyAddress, .copyCode: browser.phase == .waiting
            case .leave, .quit: true
            }
        }.map(KeyHelp.init)
    }

    mutating func take(_ key: Key) {
        guard phase == .editing else { return }
        switch focus {
        case .email: if email.take(key) { forgetCode() }
        case .password: if password.take(key) { forgetCode() }
        case .code: _ = code.take(key)
        }
    }

    /// It was wanted for another address or password.
    private mutating func forgetCode() {
        wantsCode = false
        code = TextField()
    }

    mutating func paste(_ text: String) {
        guard phase == .editing, browser == nil else { return }
        switch focus {
        case .email: email.insert(text)
        case .password: password.insert(text)
        case .code: code.insert(text)
        }
    }

    mutating func switchField() {
        guard phase == .editing else { return }
        switch focus {
        case .email: focus = .password
        case .password: focus = wantsCode ? .code : .email
        case .code: focus = .email
        }
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
        guard !wantsCode || !code.text.isEmpty else {
            focus = .code
            return nil
        }
        phase = .submitting(since: now)
        return .signIn(
            OperatorSignIn(
                email: email.text, password: password.text, code: wantsCode ? code.text.trimmingBlanks : nil))
    }

    /// The attempt failed: what was typed stays, a wrong password or code does not.
    mutating func failed(_ failure: ServerFailure) {
        phase = .editing
        if failure.kind == .secondFactorRequired {
            wantsCode = true
            focus = .code
            notice = nil
            return
        }
        notice = failure
        guard failure.kind == .wrongCredentials else { return }
        if wantsCode {
            // The password was right when the code was asked for.
            code = TextField()
            focus = .code
            notice = ServerFailure(
                .wrongCredentials, "The code was not taken. Each works once, and for half a minute only.")
        } else {
            password = TextField()
            focus = .password
        }
    }
}

extension SignIn: CustomStringConvertible {
    /// Without the password.
    package var description: String { "SignIn(\(email.text), \(phase))" }
}
