internal import Screens
internal import Settings
internal import Terminal

/// Signing in where there is no form: what is wanted beside the password is asked for on the terminal, and what is to be
/// opened in a browser is told there.
extension HeadlessConsole {
    /// For everything but a browser.
    private static var patience: Duration { .seconds(70) }

    /// Waits until somebody has signed in.
    /// - Returns: why nobody has, `nil` when somebody is.
    func signIn() -> String? {
        var hasTold = false
        while status == nil {
            let isBrowser = model.signIn?.browserPage != nil
            let isQuiet = wait(
                until: { Self.needsSomebody($0, hasTold: hasTold) },
                within: isBrowser ? .seconds(3600) : Self.patience)
            guard let form = model.signIn else { return nil }
            guard isQuiet else { return "the server did not answer in time" }
            if let page = form.browserPage {
                if let problem = page.problem { return problem }
                guard !hasTold else { return "nobody signed in" }
                hasTold = true
                StandardStreams.complain("Open \(page.address) in a browser, and allow the code \(page.code).")
            } else if let problem = form.notice {
                return problem.message
            } else if form.wantsCode {
                guard let code = StandardStreams.askSecret("Code of the second factor: ") else {
                    return "a code of the second factor is wanted, and nobody is here to type it"
                }
                for scalar in code.unicodeScalars { press(.character(scalar)) }
                press(Key(.enter))
            }
        }
        return "left"
    }

    /// Whether nothing goes on without somebody, or the sign-in has come to its end.
    private static func needsSomebody(_ model: Model, hasTold: Bool) -> Bool {
        guard let form = model.signIn else { return true }
        if let page = form.browserPage { return page.problem != nil || !hasTold && !page.code.isEmpty }
        return form.notice != nil || form.wantsCode && form.phase == .editing
    }
}
