import FoundationEssentials
import Terminal
import WireAPI

extension OperatorWebhook: Identifiable {
    /// What people call it.
    var name: String { description.isEmpty ? url : description }

    /// What it hears of.
    var events: String { eventTypes?.joined(separator: ", ") ?? "everything" }

    /// How it does, in a few words.
    func standing(_ scope: Scope) -> Segment {
        switch state {
        case .disabled: return Segment("disabled: \(stateReason ?? "")", .bad)
        case .paused: return Segment("paused: \(deliveries.waiting) wait", .caution)
        case .active: break
        }
        if let since = health.failingSince {
            let reason = health.lastFailureReason.map { ": \($0)" } ?? ""
            return Segment("failing for \(ItemFigures.age(since, scope))\(reason)", .bad)
        }
        guard let last = health.lastSuccessAt else { return Segment("told of nothing yet", .quiet) }
        return Segment("well, told \(ItemFigures.age(last, scope)) ago", .good)
    }

    func explanation(_ scope: Scope) -> Explanation {
        var text = Explanation(
            name,
            definition:
                "An address that is told of events by signed POST requests. It may be told twice of the same event, under the same webhook-id, and not in the order of what happened."
        ).value(standing(scope).text, standing(scope).ink)
        text = text.adding("Hears of", "\(events), in \(project?.label ?? "every project").")
        if health.consecutiveFailures > 0 {
            text = text.why(
                "\(health.consecutiveFailures) attempts in a row have failed. After 5 days of that it is disabled.")
        }
        if let until = formerSecretExpiresAt, scope.date.map({ until > $0 }) ?? true {
            text = text.adding("Secrets", "Two sign until \(Formats.full(until)): the receiver may check with either.")
        }
        return text.source("The database; the LLM proxy sends what is sent.").freshness(
            "Read every few seconds while it is seen.")
    }
}

extension OperatorWebhook.State {
    var ink: Ink {
        switch self {
        case .active: .good
        case .paused: .caution
        case .disabled: .bad
        }
    }
}

extension OperatorWebhookDelivery: Identifiable {
    /// What came of it last, in a few words.
    var outcome: String { lastAttempt?.outcome ?? "It was not sent yet." }

    /// When it is sent next, counted from now.
    func next(_ scope: Scope) -> String {
        guard let nextAttemptAt, let now = scope.date else { return "" }
        let seconds = Int(nextAttemptAt.timeIntervalSince(now).rounded(.up))
        return seconds > 0 ? "in \(Formats.span(seconds: seconds))" : "due"
    }
}

extension OperatorWebhookDelivery.State {
    var ink: Ink {
        switch self {
        case .waiting: .accent
        case .delivered: .good
        case .failed: .bad
        case .dropped: .caution
        }
    }
}
