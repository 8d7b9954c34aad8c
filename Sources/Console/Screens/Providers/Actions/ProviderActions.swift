import FoundationEssentials
import Terminal
import WireAPI

/// What can be done to providers, from their list and from one that is open.
struct ProviderActions: Sendable {
    /// What an answer has led to.
    enum Outcome: Sendable, Hashable {
        case nothing
        case changed
        /// The provider is gone.
        case removed
    }

    /// What it is that one wants to know the effects of.
    private enum Intent: Sendable {
        case drain
        case remove
    }

    private var effects = Awaited<OperatorProviderEffects>()
    private var intent = Intent.drain
    private var subject: OperatorProvider?
    private var removing = Awaited<OperatorNothing>()
    private var undraining = Awaited<OperatorNothing>()
    private var tests = ModelTestChoice()
    private var keys = ProviderKeyActions()
    /// What to say when it is done.
    private var success = ""

    /// What an action that is on its way is doing.
    var status: Segment? {
        if effects.isWaiting { return Segment("Asking what it would affect", .accent) }
        if removing.isWaiting { return Segment("Deleting", .accent) }
        if undraining.isWaiting { return Segment("Putting it back into service", .accent) }
        return tests.status ?? keys.status
    }

    /// Whether an action makes sense for what is aimed at.
    static func can(_ action: ProviderAction, on aim: ProviderAim) -> Bool {
        switch action {
        case .add: !aim.kinds.isEmpty
        case .edit, .remove, .addKey, .setLimits: aim.isEditable
        // The demonstration is switched off by a setting.
        case .drain: aim.isEditable && aim.provider?.kind != ProviderKindWords.demonstration
        case .rotateKey, .drainKey, .revokeKey: aim.isEditable && aim.key.map { $0.state != .revoked } ?? false
        case .deleteKey: aim.isEditable && aim.key != nil
        case .test: aim.provider != nil
        case .undrain, .removeAgreed, .testModel, .ask, .setKey, .deleteKeyAgreed, .probe: true
        }
    }

    mutating func perform(_ action: ProviderAction, on aim: ProviderAim, _ context: inout ScreenContext) {
        switch action {
        case .add: context.push(ProviderForm.adding(aim.kinds, runsInstallation: aim.runsInstallation))
        case .edit: if let provider = aim.provider { context.push(ProviderForm.changing(provider, aim.kinds)) }
        case .drain: drain(aim, &context)
        case .undrain(let wish, let name): undrain(wish, name, &context)
        case .remove: ask(.remove, aim, &context)
        case .removeAgreed(let id, let revision, let name):
            success = "\(name) is deleted"
            removing.ask(.deleteProvider(id, revision: revision), &context)
        case .test: if let provider = aim.provider { tests.begin(provider, aim.deployment, &context) }
        case .testModel(let id, let name): ModelTestChoice.askForPrompt(id, name: name, &context)
        case .ask(let id, let name, let prompt): context.push(TestCallScreen(id, name: name, prompt: prompt))
        case .addKey, .rotateKey, .drainKey, .setKey, .revokeKey, .deleteKey, .deleteKeyAgreed:
            keys.perform(action, on: aim, &context)
        case .setLimits: if let provider = aim.provider { context.push(LimitForm.setting(provider, aim)) }
        case .probe: context.push(ProbeForm.screen())
        }
    }

    /// Takes an answer; says what it has led to.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Outcome {
        if let result = effects.take(answer) {
            switch result {
            case .success(let effects): confirm(effects, &context)
            case .failure(let failure): context.say("Nothing was done: \(failure.message)", .bad)
            }
        }
        if let result = removing.take(answer) {
            switch result {
            case .success:
                context.say(success, .good)
                return .removed
            case .failure(let failure): context.say("Not deleted: \(failure.message)", .bad)
            }
        }
        if let result = undraining.take(answer) {
            switch result {
            case .success:
                context.say(success, .good)
                return .changed
            case .failure(let failure): context.say("Not put back: \(failure.message)", .bad)
            }
        }
        tests.receive(answer, &context)
        return keys.receive(answer, &context) ? .changed : .nothing
    }

    // MARK: Out of service

    private mutating func drain(_ aim: ProviderAim, _ context: inout ScreenContext) {
        guard let provider = aim.provider else { return }
        guard let deployment = aim.deployment else {
            guard provider.drain == nil else {
                return undrain(OperatorDrainWish(providerID: provider.id, isDrained: false), provider.name, &context)
            }
            return ask(.drain, aim, &context)
        }
        let wish = OperatorDrainWish(
            providerID: provider.id, upstreamModel: deployment.upstreamModel, isDrained: deployment.drain == nil)
        let name = "\(deployment.upstreamModel) at \(provider.name)"
        guard wish.isDrained else { return undrain(wish, name, &context) }
        context.push(
            DrainForm.screen(
                name, wish, note: DrainForm.note(running: deployment.running, models: deployment.models),
                undo: ProviderCommand.act(.undrain(wish.reversed, name: name))))
    }

    private mutating func undrain(_ wish: OperatorDrainWish, _ name: String, _ context: inout ScreenContext) {
        success = "\(name) is in service again"
        undraining.ask(.drain(wish), &context)
    }

    private mutating func ask(_ intent: Intent, _ aim: ProviderAim, _ context: inout ScreenContext) {
        guard let provider = aim.provider else { return }
        self.intent = intent
        subject = provider
        effects.ask(.providerEffects(provider.id), &context)
    }

    private func confirm(_ effects: OperatorProviderEffects, _ context: inout ScreenContext) {
        guard let provider = subject else { return }
        switch intent {
        case .drain:
            let wish = OperatorDrainWish(providerID: provider.id, isDrained: true)
            context.push(
                DrainForm.screen(
                    provider.name, wish, note: DrainForm.note(running: provider.running, effects),
                    typing: effects.modelsLost.isEmpty ? nil : provider.name,
                    undo: ProviderCommand.act(.undrain(wish.reversed, name: provider.name))))
        case .remove:
            context.present(
                Confirmation(
                    "Delete \(provider.name)", effects: ProviderEffectWords.lines(effects), typing: provider.name,
                    at: context.now,
                    ProviderCommand.act(
                        .removeAgreed(id: provider.id, revision: provider.revision, name: provider.name))))
        }
    }
}

extension OperatorDrainWish {
    /// What takes it back.
    var reversed: OperatorDrainWish {
        OperatorDrainWish(
            providerID: providerID, upstreamModel: upstreamModel, modelID: modelID, isDrained: !isDrained)
    }
}

extension OperatorDeployment {
    /// Calls at this moment over all proxies; `nil` where that is not shown.
    var running: Int? {
        let counts = replicas.compactMap(\.running)
        return counts.isEmpty ? nil : counts.reduce(0, +)
    }
}
