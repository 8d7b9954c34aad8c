import WireAPI

/// Asks for the reason before something is taken out of service, and says what that does.
enum DrainForm {
    /// `wish` is what is asked of the server and `note` says what will happen. Where calls would be refused, `word` must be
    /// typed. `undo` puts it back.
    static func screen(
        _ name: String, _ wish: OperatorDrainWish, note: String, typing word: String? = nil,
        undo: some Sendable & Hashable
    ) -> FormScreen<OperatorNothing> {
        var fields: [FormField] = [.text("reason", "Reason", hint: "what others should know; may stay empty")]
        if let word {
            fields.append(.text("confirm", "Type \(word)", hint: "calls will be refused", isRequired: true))
        }
        return FormScreen("Drain \(name)", note: note, Form(fields)) { values throws(FormProblem) in
            if let word, values["confirm"] != word { throw FormProblem("confirm", "that is not \(word)") }
            return .drain(
                OperatorDrainWish(
                    providerID: wish.providerID, upstreamModel: wish.upstreamModel, modelID: wish.modelID,
                    isDrained: true, reason: values.text("reason")))
        } done: { _, context in
            context.say("\(name) gets no new calls", .good)
            context.offerUndo("put \(name) back into service", undo)
        }
    }

    /// What happens when one model at a provider is drained.
    static func note(running: Int?, models: [String]) -> String {
        let asked = models.isEmpty ? "No model asks it." : "It is asked by \(ProviderEffectWords.names(models))."
        return "\(calls(running)) \(asked) Those that have no other place are refused until it is put back."
    }

    /// What happens when all of a provider is drained.
    static func note(running: Int?, _ effects: OperatorProviderEffects) -> String {
        var text = calls(running)
        if !effects.modelsNarrowed.isEmpty {
            text += " New calls of \(ProviderEffectWords.names(effects.modelsNarrowed)) go to their other places."
        }
        if !effects.modelsLost.isEmpty {
            text +=
                " Calls of \(ProviderEffectWords.names(effects.modelsLost)) are refused until it is put back: no other place serves them."
        }
        return text
    }

    private static func calls(_ running: Int?) -> String {
        guard let running else { return "Calls that run are not touched." }
        if running == 0 { return "No call runs there now." }
        return
            "\(ProviderEffectWords.count(running, "call")) run\(running == 1 ? "s" : "") there now and will end by \(running == 1 ? "itself" : "themselves")."
    }
}
