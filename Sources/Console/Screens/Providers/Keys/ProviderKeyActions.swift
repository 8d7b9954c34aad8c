import FoundationEssentials
import Terminal
import WireAPI

/// What can be done to the keys of a provider: draining, revoking, deleting.
struct ProviderKeyActions: Sendable {
    private var changing = Awaited<OperatorProviderKey>()
    private var deleting = Awaited<OperatorNothing>()
    private var deleted = ""

    var status: Segment? {
        if changing.isWaiting { return Segment("Changing the key", .accent) }
        return deleting.isWaiting ? Segment("Deleting the key", .accent) : nil
    }

    mutating func perform(_ action: ProviderAction, on aim: ProviderAim, _ context: inout ScreenContext) {
        guard let provider = aim.provider else { return }
        switch action {
        case .addKey: context.push(ProviderKeyForm.adding(to: provider))
        case .rotateKey: if let key = aim.key { context.push(ProviderKeyForm.rotating(key, of: provider)) }
        case .drainKey:
            guard let key = aim.key else { return }
            changing.ask(.setKey(key.id, of: provider.id, to: key.state == .active ? .draining : .active), &context)
        case .revokeKey: confirm("Revoke", aim, { .setKey($0.id, .revoked, name: $0.name) }, &context)
        case .deleteKey: confirm("Delete", aim, { .deleteKeyAgreed($0.id, name: $0.name) }, &context)
        case .setKey(let id, let state, _): changing.ask(.setKey(id, of: provider.id, to: state), &context)
        case .deleteKeyAgreed(let id, let name):
            deleted = name
            deleting.ask(.deleteKey(id, of: provider.id), &context)
        case .add, .edit, .drain, .undrain, .remove, .removeAgreed, .test, .testModel, .ask, .setLimits, .probe: break
        }
    }

    /// Takes an answer; says whether keys have changed.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Bool {
        if let result = changing.take(answer) {
            switch result {
            case .success(let key):
                context.say("The key \(key.name) \(ProviderKeyWords.sentence(key.state))", .good)
                return true
            case .failure(let failure): context.say("The key is as it was: \(failure.message)", .bad)
            }
        }
        if let result = deleting.take(answer) {
            switch result {
            case .success:
                context.say("The key \(deleted) is deleted", .good)
                return true
            case .failure(let failure): context.say("Not deleted: \(failure.message)", .bad)
            }
        }
        return false
    }

    private func confirm(
        _ verb: String, _ aim: ProviderAim, _ action: (OperatorProviderKey) -> ProviderAction,
        _ context: inout ScreenContext
    ) {
        guard let key = aim.key, let provider = aim.provider else { return }
        let others = aim.keys?.filter { $0.id != key.id && $0.state == .active }.count
        var effects = ["Nothing brings it back: calls that run with it end, none begins."]
        if key.state == .revoked { effects = ["It is revoked already; its name and its limits go with it."] }
        if others == 0, key.state != .revoked {
            effects.append("No other key of \(provider.name) is active: its calls will be refused.")
        } else if let others, key.state != .revoked {
            effects.append("\(ProviderEffectWords.count(others, "other active key")) take its calls.")
        }
        context.present(
            Confirmation(
                "\(verb) the key \(key.name)", effects: effects, typing: key.name, at: context.now,
                ProviderCommand.act(action(key))))
    }
}
