package import FoundationEssentials
import Tenancy
import Terminal
import WireAPI

/// What can be done to API keys, from their list and from one that is open.
package enum KeyAction: Sendable, Hashable {
    case make
    case rotate
    case revoke, revokeAgreed(UUID, name: String)

    /// The keys of both screens.
    static func bindings<Command: Sendable & Hashable>(_ command: (KeyAction) -> Command) -> [Binding<Command>] {
        [
            Binding(
                [.character("R")], command(.rotate), hint: "rotate",
                "Make a new key in its place, shown once; both work for a while", .action, needs: .apiKeyCreate),
            Binding(
                [.character("K")], command(.revoke), hint: "revoke", "Revoke it: it opens nothing any more", .action,
                needs: .apiKeyRevoke),
        ]
    }
}

/// Does what is to be done to a key, and tells what came of it.
struct KeyActions: Sendable {
    private var making = KeyMaking()
    private var revoking = Awaited<OperatorNothing>()
    private var name = ""

    var status: Segment? { revoking.isWaiting ? Segment("Revoking it", .accent) : making.status }

    /// Whether an action makes sense for a key. One for a person is made by themselves only.
    static func can(_ action: KeyAction, on key: OperatorAPIKey?, for owner: OperatorUser? = nil) -> Bool {
        switch action {
        case .make: owner.map { $0.kind == .serviceAccount && $0.state == .active } ?? true
        case .rotate: key?.state == .usable
        case .revoke: key.map { $0.state != .revoked } ?? false
        case .revokeAgreed: true
        }
    }

    mutating func perform<Command: Sendable & Hashable>(
        _ action: KeyAction, on key: OperatorAPIKey?, for owner: OperatorUser? = nil, _ context: inout ScreenContext,
        _ command: (KeyAction) -> Command
    ) {
        switch action {
        case .make: making.make(for: owner, &context)
        case .rotate: if let key { context.push(KeyForm.rotating(key)) }
        case .revoke:
            guard let key else { return }
            let used = key.lastUsedAt.map { "It was last used \(ItemFigures.age($0, context.scope)) ago." }
            context.present(
                Confirmation(
                    "Revoke the key \(key.name)",
                    effects: [
                        "Within seconds it opens nothing any more, wherever it is used. Nothing brings it back.",
                        used ?? "It was never used.",
                    ], typing: key.name, at: context.now, command(.revokeAgreed(key.id, name: key.name))))
        case .revokeAgreed(let id, let name):
            self.name = name
            revoking.ask(.revokeKey(id), &context)
        }
    }

    /// Takes an answer; says whether something has changed.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Bool {
        making.receive(answer, &context)
        guard let result = revoking.take(answer) else { return false }
        let name = name
        return context.tell(result) { _ in "\(name) opens nothing any more" }
    }
}

/// Makes keys: reads what can be chosen from, then asks.
struct KeyMaking: Sendable {
    private var projects = ProjectReading()
    private var owner: OperatorUser?

    var status: Segment? { projects.isWaiting ? Segment("Reading the projects", .accent) : nil }

    /// For a service account, or for the person who is signed in.
    mutating func make(for owner: OperatorUser?, _ context: inout ScreenContext) {
        self.owner = owner
        projects.begin(&context)
    }

    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard let all = projects.receive(answer, &context), context.isSeen else { return }
        context.push(KeyForm.making(for: owner, in: all, context.scope))
    }
}
