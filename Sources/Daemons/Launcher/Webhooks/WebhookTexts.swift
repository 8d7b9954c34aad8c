internal import FoundationEssentials
internal import Operations
internal import WireAPI

// What `scorable webhook` prints for people.
extension OperatorWebhookList {
    var text: String {
        guard !results.isEmpty else { return "No webhook is configured.\n" }
        var table = TextTable([
            "ID", "NAME", "STATE", "WAITING", "DELIVERED", "FAILED", "DROPPED", "LAST SUCCESS", "EVENTS", "URL",
        ])
        for webhook in results {
            let counts = webhook.deliveries
            table.add([
                webhook.id.uuidString.lowercased(), webhook.description.isEmpty ? nil : webhook.description,
                webhook.state.rawValue, "\(counts.waiting)", "\(counts.delivered)", "\(counts.failed)",
                "\(counts.dropped)", webhook.health.lastSuccessAt?.formatted(.iso8601),
                webhook.eventTypes?.joined(separator: ",") ?? "all", webhook.url,
            ])
        }
        return table.text
    }
}

extension OperatorWebhook {
    /// What people call it.
    var name: String { (description.isEmpty ? url : description).shown }

    var words: String {
        switch state {
        case .active: "\(name) is active.\n"
        case .paused: "\(name) is paused: events for it wait.\n"
        case .disabled: "\(name) is disabled. \(stateReason ?? "")\n"
        }
    }
}

extension OperatorWebhookSecret {
    var text: String {
        let former = webhook.formerSecretExpiresAt.map {
            "The former one signs too until \($0.formatted(.iso8601)).\n"
        }
        return """
            webhook  \(webhook.id.uuidString.lowercased())
            secret   \(secret)
            Give it to the receiver now: it is not shown again.

            """ + (former ?? "")
    }
}

extension OperatorWebhookTest {
    var text: String {
        "\(sentence) It took \(durationMs) ms.\n" + (answer.isEmpty ? "" : "answer   \(answer.shown)\n")
            + "message  \(messageID)\n"
    }
}

extension OperatorWebhookDeliveryPage {
    var text: String {
        var table = TextTable(["ID", "CREATED", "EVENT", "STATE", "ATTEMPTS", "STATUS", "TOOK", "NEXT", "OUTCOME"])
        for delivery in results {
            let last = delivery.lastAttempt
            table.add([
                delivery.id.uuidString.lowercased(), delivery.createdAt.formatted(.iso8601), delivery.eventType,
                delivery.state.rawValue, "\(delivery.attempts)", last?.status.map { "\($0)" },
                last.map { "\($0.durationMs) ms" }, delivery.nextAttemptAt?.formatted(.iso8601), last?.outcome,
            ])
        }
        return table.text
    }
}
