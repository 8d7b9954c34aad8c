import Terminal
import WireAPI

/// Until somebody has signed in: by the form, or by a browser that the console waits for.
extension Model {
    /// Asks whether there is an identity provider, so that only then a browser is offered.
    mutating func askForSingleSignOn() -> [Effect] {
        inContext { model, context in model.singleSignOn.ask(.singleSignOn, &context) }
    }

    /// Asks for a code, and waits for a browser.
    mutating func signInByBrowser() -> [Effect] {
        let machine = machine
        return inContext { model, context in
            var browser = DeviceLogin(.session)
            browser.begin(on: machine, &context)
            model.signIn?.browser = browser
        }
    }

    /// Takes an answer, where it is for whoever signs in.
    mutating func takeInSignIn(_ answer: ServerAnswer) -> [Effect] {
        if let result = singleSignOn.take(answer) {
            // Not known is not offered by mistake: the server says so when it is tried.
            if case .success(let offer) = result { signIn?.isSingleSignOnOffered = offer.isOffered }
            return []
        }
        guard var browser = signIn?.browser else { return [] }
        var outcome = DeviceLogin.Outcome.nothing
        let effects = inContext { model, context in
            outcome = browser.receive(answer, &context)
            model.signIn?.browser = browser
        }
        switch outcome {
        case .nothing, .confirmed: return effects
        case .signedIn(let session): return effects + begin(session)
        }
    }

    mutating func pressInSignIn(_ key: Key) -> [Effect] {
        if let browser = signIn?.browser { return press(key, waitingFor: browser) }
        guard let command = KeyTables.command(key, in: SignIn.bindings) else {
            signIn?.take(key)
            return []
        }
        switch command {
        case .submit: return signIn?.submit(at: now).map { [$0] } ?? []
        case .otherField: signIn?.switchField()
        case .browser:
            guard signIn?.phase == .editing else { return [] }
            return signInByBrowser()
        case .quit: return [.quit(0)]
        }
        return []
    }

    private mutating func press(_ key: Key, waitingFor browser: DeviceLogin) -> [Effect] {
        switch KeyTables.command(key, in: DeviceLogin.bindings) {
        case .again: return browser.isEnded ? signInByBrowser() : []
        case .copyAddress: return browser.login.map { [.copy($0.verificationUriComplete)] } ?? []
        case .copyCode: return browser.login.map { [.copy($0.userCode)] } ?? []
        case .leave: signIn?.browser = nil
        case .quit: return [.quit(0)]
        case nil: break
        }
        return []
    }
}
