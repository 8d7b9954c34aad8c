package import Terminal
import WireAPI

/// Setting up a second factor: what to scan with an app that makes codes, and the first code.
package struct SecondFactorScreen: Screen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable { case askForCode, confirm(String) }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter)], .askForCode, hint: "type the code", "Type the code that the app shows")
    ]

    private var secret = Loadable<OperatorSecondFactorSecret>()
    private var confirming = Awaited<OperatorRecoveryCodes>()

    package init() {}

    package var title: String { "Second factor" }
    package var isSettled: Bool { secret.isSettled }
    package var failure: ServerFailure? { secret.value == nil ? secret.failure : nil }
    package func can(_ command: Command, _ scope: Scope) -> Bool { secret.value != nil }

    package mutating func appear(_ context: inout ScreenContext) {
        // Each time a new secret is made: what was scanned before would be worth nothing.
        if secret.value == nil, !secret.isLoading { secret.load(.beginSecondFactor(), &context) }
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        secret.receive(answer, &context)
        guard let result = confirming.take(answer) else { return }
        switch result {
        case .success(let codes):
            context.pop()
            context.push(ShownOnceScreen.recoveryCodes(codes))
            context.renewSession()
            context.say("From now on a code is asked for", .good)
        case .failure(let failure): context.say("Not taken: \(failure.message)", .bad)
        }
    }

    package var holds: String? {
        confirming.isWaiting ? "The recovery codes come with the answer, this once: it is waited for" : nil
    }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .askForCode:
            context.present(
                Prompt(
                    "The code that the app shows", hint: "Six digits; it changes every half minute",
                    problem: { $0.trimmingBlanks.isEmpty ? "A code is needed" : nil }
                ) { Command.confirm($0.trimmingBlanks) })
        case .confirm(let code): confirming.ask(.confirmSecondFactor(code: code), &context)
        }
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        guard let secret = secret.value else {
            EmptyList(
                subject: "second factor", isRead: false, failure: self.secret.failure,
                failingSince: self.secret.failingSince
            ).draw(into: &frame, area, scope)
            return
        }
        // Where there is no room for the whole address, one without who and where is as good.
        ScanPage(texts: [secret.uri, "otpauth://totp/scorable?secret=\(secret.secret)"]) { width, charset in
            Self.lines(secret, width, charset)
        }.draw(into: &frame, area)
    }

    private static func lines(
        _ secret: OperatorSecondFactorSecret, _ width: Int, _ charset: Charset
    ) -> [ScanPage.Line] {
        func wrapped(_ text: String, _ ink: Ink, isNeeded: Bool = true) -> [ScanPage.Line] {
            ScanPage.wrapped(text, ink, isNeeded: isNeeded, width: width, charset)
        }
        return wrapped("Your second factor", .strong, isNeeded: false) + [ScanPage.blank]
            + wrapped("Scan it with an app that makes codes, or type this secret into the app:", .quiet)
            + wrapped(secret.secret, .strong) + [ScanPage.blank]
            + wrapped("Then press Enter and type the code that the app shows.", .plain)
            + wrapped("Until then nothing has changed.", .quiet, isNeeded: false)
    }

    package func status(_ scope: Scope) -> Segment? {
        confirming.isWaiting
            ? Segment("Asking the server", .accent) : Segment("Shown this once: Esc forgets it", .caution)
    }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let secret = secret.value else { return [] }
        return [Copy("s", "secret", secret.secret), Copy("u", "address for the app", secret.uri)]
    }
}

extension SecondFactorScreen: CustomStringConvertible, CustomReflectable {
    /// Without the secret.
    package var description: String { "SecondFactorScreen" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension ShownOnceScreen {
    static func recoveryCodes(_ codes: OperatorRecoveryCodes) -> ShownOnceScreen {
        ShownOnceScreen(
            "Recovery codes", of: "yours", heading: "Your recovery codes", codes.codes,
            advice:
                "Keep them where the device is not: each opens once, in the place of a code, when the device is lost. They are not shown again. y copies them."
        )
    }
}

/// Changing a second factor that there is, which wants a code of it.
enum SecondFactorForm {
    private static let code = FormField.text(
        "code", "Code", hint: "of your authenticator, or a recovery code", isRequired: true)

    static func removing() -> FormScreen<OperatorNothing> {
        FormScreen(
            "Remove your second factor", note: "Then your password alone opens. Your recovery codes go with it.",
            Form([code]), verb: "remove"
        ) { values throws(FormProblem) in
            .removeSecondFactor(OperatorConfirmation(code: values["code"]))
        } done: { _, context in
            context.renewSession()
            context.say("You sign in by your password alone now", .caution)
        }
    }

    static func renewingCodes() -> FormScreen<OperatorRecoveryCodes> {
        FormScreen(
            "New recovery codes", note: "Those that are left open nothing any more.", Form([code]), verb: "make them",
            answer: .shownOnce
        ) { values throws(FormProblem) in
            .renewRecoveryCodes(OperatorConfirmation(code: values["code"]))
        } done: { codes, context in
            context.push(ShownOnceScreen.recoveryCodes(codes))
        }
    }
}
