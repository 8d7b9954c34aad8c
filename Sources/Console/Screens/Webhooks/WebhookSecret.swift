import FoundationEssentials
import Terminal
import WireAPI

/// The secret of a webhook, the one time that it is shown.
extension ShownOnceScreen {
    static func secret(of made: OperatorWebhookSecret) -> ShownOnceScreen {
        var sections = [
            Section(
                "How a receiver checks",
                "webhook-signature holds v1, and the base64 of the HMAC-SHA256, by the bytes that the secret's base64 stands for, of webhook-id, a dot, webhook-timestamp, a dot and the body. Libraries of Standard Webhooks do it. A message that is older than five minutes, or whose webhook-id was seen before, is not to be acted on.",
                .quiet)
        ]
        if let until = made.webhook.formerSecretExpiresAt {
            sections.append(Section("The former secret", "It signs too until \(Formats.full(until))."))
        }
        return ShownOnceScreen(
            "Secret", of: made.webhook.name, heading: "The secret of \(made.webhook.name)", [made.secret],
            advice:
                "Give it to the receiver now: it is not shown again, and nothing here can read it any more. y copies it.",
            sections: sections, copies: [Copy("i", "identifier", made.webhook.id.lowercase)])
    }
}
