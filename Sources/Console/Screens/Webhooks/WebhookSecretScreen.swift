package import Terminal
package import WireAPI

/// The secret of a webhook, the one time that it is shown. Leaving the screen forgets it.
package struct WebhookSecretScreen: Screen {
    /// It has no commands of its own: the secret is copied as everything is.
    package enum Command: Sendable, Hashable {}

    package static var bindings: [Binding<Command>] { [] }

    private let made: OperatorWebhookSecret

    package init(_ made: OperatorWebhookSecret) { self.made = made }

    package var title: String { "Secret" }
    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {}

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        var document = Document(width: min(100, max(1, area.columns.count - 2)), charset: scope.charset)
        document.title("The secret of \(made.webhook.name)")
        document.line(made.secret, .strong)
        document.line("")
        document.body(
            "Give it to the receiver now: it is not shown again, and nothing here can read it any more. y copies it.",
            .caution)
        document.title("How a receiver checks")
        document.body(
            "webhook-signature holds v1, and the base64 of the HMAC-SHA256, by the bytes that the secret's base64 stands for, of webhook-id, a dot, webhook-timestamp, a dot and the body. Libraries of Standard Webhooks do it. A message that is older than five minutes, or whose webhook-id was seen before, is not to be acted on.",
            .quiet)
        if let until = made.webhook.formerSecretExpiresAt {
            document.title("The former secret")
            document.body("It signs too until \(Formats.full(until)).")
        }
        var reader = Reader()
        reader.resize(rows: area.rows.count)
        reader.show(document)
        reader.draw(into: &frame, Area(rows: area.rows, columns: area.right(of: 1).columns))
    }

    package func address(_ scope: Scope) -> [Segment] { [Segment(made.webhook.name, .strong)] }
    package func status(_ scope: Scope) -> Segment? {
        Segment("Shown this once: Esc forgets it", .caution)
    }

    package func copies(_ scope: Scope) -> [Copy] {
        [Copy("s", "secret", made.secret), Copy("i", "identifier", made.webhook.id.lowercase)]
    }
}
