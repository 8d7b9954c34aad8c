import FoundationEssentials
import Tenancy
import Terminal
import WireAPI

/// What can be done to models, from their list and from one that is open.
struct ModelActions: Sendable {
    /// What an answer has led to.
    enum Outcome: Sendable, Hashable {
        case nothing
        case changed
        /// The model is gone.
        case removed
    }

    /// What the providers are read for.
    private enum Intent: Sendable {
        case add
        case edit(OperatorModel)
    }

    private var providers = Awaited<OperatorProviderList>()
    private var intent = Intent.add
    private var effects = Awaited<OperatorModelEffects>()
    private var subject: OperatorModel?
    private var removing = Awaited<OperatorNothing>()
    private var undraining = Awaited<OperatorNothing>()
    private var probing = Awaited<OperatorModel>()
    private var success = ""

    var status: Segment? {
        if providers.isWaiting { return Segment("Reading the providers", .accent) }
        if effects.isWaiting { return Segment("Asking what it would affect", .accent) }
        if removing.isWaiting { return Segment("Deleting", .accent) }
        if undraining.isWaiting { return Segment("Putting it back into service", .accent) }
        return probing.isWaiting ? Segment("Trying what it can do, which takes a while", .accent) : nil
    }

    static func can(_ action: ModelAction, on model: OperatorModel?, _ scope: Scope) -> Bool {
        switch action {
        case .add: scope.may(.providerRead)
        case .edit: scope.may(.providerRead) && model?.isEditable == true
        case .remove: model?.isEditable == true
        case .test: model != nil
        case .setPrice: model != nil
        case .probeAgain: model.map { $0.isEditable && $0.hasOwnAddress } ?? false
        case .drain: model.map { $0.isEditable && $0.hasOwnAddress } ?? false
        case .ask, .probe, .undrain, .removeAgreed: true
        }
    }

    mutating func perform(_ action: ModelAction, on model: OperatorModel?, _ context: inout ScreenContext) {
        switch action {
        case .add: read(.add, &context)
        case .edit: if let model { read(.edit(model), &context) }
        case .test: if let model { askForPrompt(model, &context) }
        case .ask(let id, let name, let prompt): context.push(TestCallScreen(id, name: name, prompt: prompt))
        case .probe: context.push(ProbeForm.screen())
        case .probeAgain: if let model { probing.ask(.probeModel(model.id), &context) }
        case .drain: if let model { drain(model, &context) }
        case .undrain(let wish, let name): undrain(wish, name, &context)
        case .setPrice:
            guard let place = model?.places.first else { return }
            context.push(
                PriceForm.adding(
                    provider: place.providerName ?? place.kind, model: place.upstreamModel, runsInstallation: false))
        case .remove:
            guard let model else { return }
            subject = model
            effects.ask(.modelEffects(model.id), &context)
        case .removeAgreed(let id, let revision, let name):
            success = "\(name) is deleted"
            removing.ask(.deleteModel(id, revision: revision), &context)
        }
    }

    /// Takes an answer; says what it has led to.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Outcome {
        if let result = providers.take(answer) {
            switch result {
            case .success(let list):
                open(ModelForm(providers: list.results, runsInstallation: list.runsInstallation), &context)
            case .failure(let failure): context.say("Nothing was done: \(failure.message)", .bad)
            }
        }
        if let result = effects.take(answer) {
            switch result {
            case .success(let effects): confirm(effects, &context)
            case .failure(let failure): context.say("Nothing was done: \(failure.message)", .bad)
            }
        }
        if let result = probing.take(answer) {
            switch result {
            case .success(let model):
                context.say("What \(model.name) can do was tried again", .good)
                return .changed
            case .failure(let failure): context.say("Not tried: \(failure.message)", .bad)
            }
        }
        if let result = undraining.take(answer) { return tell(result, "Not put back", .changed, &context) }
        if let result = removing.take(answer) { return tell(result, "Not deleted", .removed, &context) }
        return .nothing
    }

    private func tell(
        _ result: Result<OperatorNothing, ServerFailure>, _ refusal: String, _ outcome: Outcome,
        _ context: inout ScreenContext
    ) -> Outcome {
        switch result {
        case .success:
            context.say(success, .good)
            return outcome
        case .failure(let failure):
            context.say("\(refusal): \(failure.message)", .bad)
            return .nothing
        }
    }

    private mutating func read(_ intent: Intent, _ context: inout ScreenContext) {
        self.intent = intent
        providers.ask(.providers, &context)
    }

    private func open(_ form: ModelForm, _ context: inout ScreenContext) {
        switch intent {
        case .add: context.push(form.adding())
        case .edit(let model): context.push(form.changing(model))
        }
    }

    private func askForPrompt(_ model: OperatorModel, _ context: inout ScreenContext) {
        context.present(
            Prompt("Ask \(model.name)", hint: TestCallScreen.promptHint) {
                ModelCommand.act(.ask(model.id, name: model.name, prompt: $0))
            })
    }

    private mutating func drain(_ model: OperatorModel, _ context: inout ScreenContext) {
        let wish = OperatorDrainWish(providerID: nil, modelID: model.id, isDrained: model.drain == nil)
        guard wish.isDrained else { return undrain(wish, model.name, &context) }
        let back =
            model.fallbacks.isEmpty
            ? "New ones go to its other places or are refused."
            : "New ones go to its other places or to \(model.fallbacks.joined(separator: ", "))."
        context.push(
            DrainForm.screen(
                model.name, wish, note: "Calls that run are not touched. \(back)",
                undo: ModelCommand.act(.undrain(wish.reversed, name: model.name))))
    }

    private mutating func undrain(_ wish: OperatorDrainWish, _ name: String, _ context: inout ScreenContext) {
        success = "\(name) is in service again"
        undraining.ask(.drain(wish), &context)
    }

    private func confirm(_ effects: OperatorModelEffects, _ context: inout ScreenContext) {
        guard let model = subject else { return }
        context.present(
            Confirmation(
                "Delete \(model.name)", effects: ProviderEffectWords.lines(effects), typing: model.name,
                at: context.now,
                ModelCommand.act(.removeAgreed(id: model.id, revision: model.revision, name: model.name))))
    }
}
