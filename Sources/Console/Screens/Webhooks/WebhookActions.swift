package import FoundationEssentials
import Tenancy
import Terminal
import WireAPI

/// What can be done to an endpoint.
package enum WebhookAction: Sendable, Hashable {
    case add, edit, test, pause, rotate, remove
    case removeAgreed(UUID, name: String)
    /// Takes back a pausing, or a letting go on.
    case set(UUID, isPaused: Bool)

    /// The keys of both screens that show endpoints.
    static func bindings<Command: Sendable & Hashable>(
        _ command: (WebhookAction) -> Command
    ) -> [Binding<Command>] {
        [
            Binding(
                [.character("T")], command(.test), hint: "test", "Send a ping now and see what is answered", .action,
                needs: .webhookUpdate),
            Binding(
                [.character("P")], command(.pause), hint: "pause", "Pause it, or let it go on", .action,
                needs: .webhookUpdate),
            Binding(
                [.character("E")], command(.edit), hint: "change", "Change its address, name and events", .action,
                needs: .webhookUpdate),
            Binding(
                [.character("S")], command(.rotate), "Give it a new secret; the former one signs too for a while",
                .action, needs: .webhookUpdate),
            Binding(
                [.character("K")], command(.remove), "Delete it with its deliveries", .action, needs: .webhookUpdate),
        ]
    }
}

/// Does what is to be done to an endpoint, and tells what came of it.
struct WebhookActions: Sendable {
    /// What an answer has led to.
    enum Outcome {
        case nothing, changed, removed
    }

    private var pausing = Awaited<OperatorWebhook>()
    private var testing = Awaited<OperatorWebhookTest>()
    private var deleting = Awaited<OperatorNothing>()
    private var deleted = ""
    /// Whether the change that is on its way takes one back.
    private var isUndoing = false

    var status: Segment? {
        if testing.isWaiting { return Segment("Sending a ping; an endpoint has 10 s to answer", .accent) }
        if pausing.isWaiting { return Segment("Telling the server", .accent) }
        return deleting.isWaiting ? Segment("Deleting it", .accent) : nil
    }

    mutating func perform<Command: Sendable & Hashable>(
        _ action: WebhookAction, on webhook: OperatorWebhook?, eventTypes: [String], _ context: inout ScreenContext,
        _ command: (WebhookAction) -> Command
    ) {
        switch action {
        case .add: context.push(WebhookForm.adding(eventTypes: eventTypes))
        case .edit: if let webhook { context.push(WebhookForm.editing(webhook, eventTypes: eventTypes)) }
        case .rotate: if let webhook { context.push(WebhookForm.rotating(webhook)) }
        case .test: if let webhook { testing.ask(.testWebhook(webhook.id), &context) }
        case .pause:
            guard let webhook else { return }
            isUndoing = false
            pausing.ask(
                webhook.state == .active ? .pauseWebhook(webhook.id) : .resumeWebhook(webhook.id), &context)
        case .set(let id, let isPaused):
            isUndoing = true
            pausing.ask(isPaused ? .pauseWebhook(id) : .resumeWebhook(id), &context)
        case .remove:
            guard let webhook else { return }
            context.present(
                Confirmation(
                    "Delete the webhook \(webhook.name)",
                    effects: [
                        "\(Formats.count(webhook.deliveries.waiting)) deliveries wait and are not sent.",
                        "What was delivered is not seen here any more. Nothing brings it back.",
                    ], typing: webhook.name, at: context.now, command(.removeAgreed(webhook.id, name: webhook.name))))
        case .removeAgreed(let id, let name):
            deleted = name
            deleting.ask(.deleteWebhook(id), &context)
        }
    }

    /// Takes an answer; says what it has led to.
    mutating func receive<Command: Sendable & Hashable>(
        _ answer: ServerAnswer, _ context: inout ScreenContext, _ command: (WebhookAction) -> Command
    ) -> Outcome {
        if let result = pausing.take(answer) { return takePause(result, &context, command) }
        if let result = testing.take(answer) {
            switch result {
            case .success(let test):
                let said = test.answer.isEmpty ? "" : " \(test.answer)"
                let took = Formats.latency(milliseconds: Double(test.durationMs))
                context.say("\(test.sentence) It took \(took).\(said)", test.isTaken ? .good : .bad)
            case .failure(let failure): context.say("Nothing was sent: \(failure.message)", .bad)
            }
        }
        if let result = deleting.take(answer) {
            switch result {
            case .success:
                context.say("\(deleted) is deleted", .good)
                return .removed
            case .failure(let failure): context.say("Not deleted: \(failure.message)", .bad)
            }
        }
        return .nothing
    }

    private func takePause<Command: Sendable & Hashable>(
        _ result: Result<OperatorWebhook, ServerFailure>, _ context: inout ScreenContext,
        _ command: (WebhookAction) -> Command
    ) -> Outcome {
        switch result {
        case .success(let webhook):
            let isPaused = webhook.state == .paused
            context.say("\(webhook.name) \(isPaused ? "is paused: events for it wait" : "goes on")", .good)
            if !isUndoing {
                context.offerUndo("as it was before", command(.set(webhook.id, isPaused: !isPaused)))
            }
            return .changed
        case .failure(let failure):
            context.say("Nothing has changed: \(failure.message)", .bad)
            return .nothing
        }
    }
}
