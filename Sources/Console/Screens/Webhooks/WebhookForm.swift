import FoundationEssentials
import WireAPI

/// Adding an endpoint, changing what is said of one, and giving it a new secret.
enum WebhookForm {
    private static let note =
        "Receivers check the signature with the secret that is shown once when the webhook is made."

    static func adding(eventTypes: [String]) -> FormScreen<OperatorWebhookSecret> {
        FormScreen("Add a webhook", note: note, Form(fields(nil, eventTypes))) { values throws(FormProblem) in
            .addWebhook(draft(values, project: nil))
        } done: { made, context in
            context.push(ShownOnceScreen.secret(of: made))
        }
    }

    static func editing(_ webhook: OperatorWebhook, eventTypes: [String]) -> FormScreen<OperatorWebhook> {
        FormScreen(
            "Change \(webhook.name)", note: "Its secret stays. What waits is sent to the new address.",
            Form(fields(webhook, eventTypes))
        ) { values throws(FormProblem) in
            .changeWebhook(webhook.id, to: draft(values, project: webhook.project?.id))
        } done: { changed, context in
            context.say("\(changed.name) is changed", .good)
        }
    }

    static func rotating(_ webhook: OperatorWebhook) -> FormScreen<OperatorWebhookSecret> {
        FormScreen(
            "A new secret for \(webhook.name)",
            note: "Both secrets sign while they overlap, so that the receiver can change over in its own time.",
            Form([.text("overlap_hours", "Overlap", hint: "hours, from 0 to 168", value: "24")])
        ) { values throws(FormProblem) in
            .rotateWebhook(
                webhook.id, OperatorWebhookRotation(overlapHours: try values.count("overlap_hours", in: 0...168)))
        } done: { made, context in
            context.push(ShownOnceScreen.secret(of: made))
        }
    }

    private static func fields(_ webhook: OperatorWebhook?, _ eventTypes: [String]) -> [FormField] {
        let scopes = [
            FormField.Choice("all", "everything, also what is to come"),
            FormField.Choice("some", "what is named below"),
        ]
        let isEverything = webhook.map { $0.eventTypes == nil } ?? true
        return [
            .text(
                "url", "Address", hint: "such as https://hooks.example.com/scorable", value: webhook?.url ?? "",
                isRequired: true),
            .text("description", "Name", hint: "to know it by", value: webhook?.description ?? ""),
            .choice("scope", "Hears of", scopes, value: isEverything ? "all" : "some"),
            .names(
                "event_types", "Events", of: NameSource("events", known: eventTypes), hint: "with commas between",
                value: webhook?.eventTypes?.joined(separator: ", ") ?? "", isRequired: true,
                when: { $0["scope"] == "some" }),
        ]
    }

    private static func draft(_ values: FormValues, project: UUID?) -> OperatorWebhookDraft {
        OperatorWebhookDraft(
            url: values["url"], description: values.text("description"), projectID: project,
            eventTypes: values["scope"] == "all" ? nil : values.list("event_types"))
    }
}
